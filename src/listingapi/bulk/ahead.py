"""Works on the next item while the current one is used."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

Item = TypeVar("Item")


async def one_ahead(items: Iterator[Item]) -> AsyncIterator[Item]:
    """The items, of which the next one is made in a thread while the caller has the current one."""
    upcoming = _in_thread(lambda: next(items, None))
    while (item := await upcoming) is not None:
        upcoming = _in_thread(lambda: next(items, None))
        yield item


def _in_thread(make: Callable[[], Item]) -> "asyncio.Future[Item]":
    """Run a function in a thread that does not keep the process alive, such as one that waits for standard input."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Item] = loop.create_future()

    def run() -> None:
        outcome = _outcome(make)
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_settle, future, outcome)

    threading.Thread(target=run, daemon=True).start()
    return future


def _outcome(make: Callable[[], Item]) -> "Future[Item]":
    outcome: Future[Item] = Future()
    try:
        outcome.set_result(make())
    except Exception as error:  # noqa: BLE001 - it is raised where the item is awaited
        outcome.set_exception(error)
    return outcome


def _settle(future: "asyncio.Future[Item]", outcome: "Future[Item]") -> None:
    if future.cancelled():
        return
    if error := outcome.exception():
        future.set_exception(error)
    else:
        future.set_result(outcome.result())
