"""``make bench``: every figure of speed and size, one after the other."""

from __future__ import annotations

import sys

from bench import idle, speed


def main() -> int:
    """How fast the product answers, then what one handover process holds."""
    speed.main()
    print(flush=True)
    return idle.main()


if __name__ == "__main__":
    sys.exit(main())
