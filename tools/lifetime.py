"""A process that does not outlive the one that started it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
# Looked up before any fork: a child may not load libraries.
_PRCTL = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def end_with(parent: int) -> None:
    """Ask the kernel (Linux) for SIGTERM when our parent ends; end now when it has ended already."""
    if _PRCTL is not None:
        _PRCTL(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)


def end_with_me() -> Callable[[], None]:
    """The same, to be given to :class:`subprocess.Popen` as ``preexec_fn``."""
    parent = os.getpid()
    return lambda: end_with(parent)
