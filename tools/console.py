"""How the tools speak: progress on standard error, results on standard output, problems in one sentence."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Problem(Exception):
    """Something a person can mend: what is wrong, and what to do about it."""

    def __init__(self, sentence: str, remedy: str) -> None:
        super().__init__(f"{sentence} {remedy}")
        self.sentence = sentence
        self.remedy = remedy


def say(text: str) -> None:
    """One line of progress."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Announce a long step, and say how long it took when it went well."""
    say(f"{text} ...")
    begun = time.monotonic()
    yield
    say(f"  done in {time.monotonic() - begun:.0f} s")


def end_with_one_sentence(command: Callable[[], int]) -> int:
    """Run a command; a :class:`Problem` becomes its sentence and remedy and exit status 1."""
    try:
        return command()
    except Problem as problem:
        say(f"\n{problem.sentence}\n{problem.remedy}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130
