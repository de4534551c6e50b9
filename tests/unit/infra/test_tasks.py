"""Work that goes on by itself ends when it is told to."""

import asyncio
from contextlib import suppress

import pytest

from listingapi.infra import tasks


async def test_it_is_gone() -> None:
    task = asyncio.create_task(asyncio.sleep(60))
    await tasks.end(task)

    assert task.cancelled()


async def test_it_is_reminded_where_it_keeps_that_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "SECONDS_BETWEEN_REMINDERS", 0.01)

    async def work() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    await tasks.end(task)

    assert task.cancelled()


async def test_what_has_ended_or_failed_already_is_no_trouble() -> None:
    async def fail() -> None:
        raise ValueError

    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    await tasks.end(task)

    assert isinstance(task.exception(), ValueError)
