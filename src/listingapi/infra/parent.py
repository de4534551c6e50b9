"""Ties a process to the life of its parent, which may be killed without a chance to end it."""

import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1


def stop_when_parent_dies(stop: signal.Signals) -> None:
    """Have this process get a signal when its parent dies; Linux knows how."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, stop)
