"""``make bench``: every figure of speed and size, one after the other."""

from __future__ import annotations

import sys

from bench import idle, speed, staff


def main() -> int:
    """How fast the product answers, the staff workspace with 1,000 reports, then what one handover process holds."""
    speed.main()
    print(flush=True)
    slow = staff.main()
    print(flush=True)
    return idle.main() or slow


if __name__ == "__main__":
    sys.exit(main())
