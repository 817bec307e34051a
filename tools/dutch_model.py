"""Fetch spaCy's small Dutch model, the release that fits this spaCy, within a few seconds or not at all.

``python -m tools.dutch_model FOLDER SECONDS`` prints the wheel's path. spaCy knows where its releases are.
"""

from __future__ import annotations

import contextlib
import importlib
import signal
import sys
import urllib.request
from pathlib import Path

MODEL = "nl_core_news_sm"


def main() -> None:
    """Ends with status 1, silently, when it can't be had in time."""
    folder, seconds = Path(sys.argv[1]), float(sys.argv[2])
    with contextlib.redirect_stdout(sys.stderr):
        spacy_download = importlib.import_module("spacy.cli.download")
    about = importlib.import_module("spacy.about")
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(1))
    signal.setitimer(signal.ITIMER_REAL, seconds)
    with contextlib.redirect_stdout(sys.stderr):
        version = spacy_download.get_version(MODEL, spacy_download.get_compatibility())
    wheel = f"{MODEL}-{version}-py3-none-any.whl"
    address = f"{about.__download_url__}/{MODEL}-{version}/{wheel}"
    folder.mkdir(parents=True, exist_ok=True)
    with urllib.request.urlopen(address, timeout=seconds) as answer:
        content = answer.read()
    (folder / wheel).write_bytes(content)
    print(folder / wheel)


if __name__ == "__main__":
    main()
