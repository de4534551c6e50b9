"""Works on the next item while the current one is used."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
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
        settle = _settling(future, make)
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle)

    threading.Thread(target=run, daemon=True).start()
    return future


def _settling(future: "asyncio.Future[Item]", make: Callable[[], Item]) -> Callable[[], None]:
    try:
        made = make()
    except Exception as error:  # noqa: BLE001 - it is raised where the item is awaited
        failure = error
        return lambda: future.done() or future.set_exception(failure)
    return lambda: future.done() or future.set_result(made)
