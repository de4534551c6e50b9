"""Runs a process that works until it is told to stop."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import uvloop

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Work = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


def run(work: Work, *, grace_seconds: float) -> None:
    """Do some work until it is over, or was cut short.

    The work is given an event, which is set when the process is told to stop; so many seconds later it is cut short.
    """
    uvloop.run(_run(work, grace_seconds))


async def ends_within(seconds: float, ending: asyncio.Event) -> bool:
    """Wait for so many seconds, or until the process is to end; returns whether it is."""
    with suppress(TimeoutError):
        await asyncio.wait_for(ending.wait(), seconds)
    return ending.is_set()


async def _run(work: Work, grace_seconds: float) -> None:
    ending, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, ending.set)
    working, told = asyncio.ensure_future(work(ending)), asyncio.ensure_future(ending.wait())
    await asyncio.wait((working, told), return_when=asyncio.FIRST_COMPLETED)
    await asyncio.wait((working,), timeout=grace_seconds)
    for task in (working, told):
        task.cancel()
    with suppress(asyncio.CancelledError):
        await working
