"""Work that is done again and again ends when it has to."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from structlog.testing import capture_logs

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


async def test_a_failure_is_said_once_and_that_it_is_over() -> None:
    times, enough = 0, asyncio.Event()

    async def fail_at_first() -> None:
        nonlocal times
        times += 1
        if times == 6:
            enough.set()
        if times < 4:
            raise ValueError

    with capture_logs() as said:
        async with asyncio.timeout(PATIENCE_SECONDS), every(0, fail_at_first, name="work"):
            await enough.wait()

    assert [entry["event"] for entry in said] == ["periodic_work_failed", "periodic_work_goes_on"]
