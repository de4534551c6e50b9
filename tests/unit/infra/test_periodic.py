"""Work that is done again and again ends when it has to."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from listingapi.infra.periodic import every
from tests.until import PATIENCE_SECONDS

Work = Callable[[asyncio.Event], Awaitable[None]]


async def is_cancelled(begun: asyncio.Event) -> None:
    begun.set()
    await asyncio.Event().wait()


async def fails_when_cancelled(begun: asyncio.Event) -> None:
    try:
        await is_cancelled(begun)
    finally:
        raise ConnectionError("the connection is lost, too")


async def passes_over_it(begun: asyncio.Event) -> None:
    try:
        await is_cancelled(begun)
    except asyncio.CancelledError:
        return


@pytest.mark.parametrize("work", [is_cancelled, fails_when_cancelled, passes_over_it])
async def test_it_ends_with_the_block(work: Work) -> None:
    begun = asyncio.Event()

    async with asyncio.timeout(PATIENCE_SECONDS):
        async with every(0, lambda: work(begun), name="work"):
            await begun.wait()


async def test_a_failure_is_not_the_end() -> None:
    times, enough = 0, asyncio.Event()

    async def fail() -> None:
        nonlocal times
        times += 1
        if times == 3:
            enough.set()
        raise ValueError

    async with asyncio.timeout(PATIENCE_SECONDS), every(0, fail, name="work"):
        await enough.wait()
