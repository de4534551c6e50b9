"""Work that is done again and again while the application runs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from listingapi.infra.complaints import Complaint


@asynccontextmanager
async def every(seconds: float, work: Callable[[], Awaitable[object]], *, name: str) -> AsyncIterator[None]:
    """Do some work at once and then every so many seconds until the end of the block; failures are logged, not each."""
    ending = asyncio.Event()
    task = asyncio.create_task(_again_and_again(seconds, work, name, ending), name=name)
    try:
        yield
    finally:
        ending.set()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _again_and_again(
    seconds: float, work: Callable[[], Awaitable[object]], name: str, ending: asyncio.Event
) -> None:
    """Until it is cancelled; work may keep that to itself, or fail over it, as does a rollback on a lost connection."""
    complaint = Complaint("periodic_work_failed", "periodic_work_goes_on", work=name)
    while not ending.is_set():
        try:
            await work()
            complaint.end()
        except Exception as error:  # noqa: BLE001 - whatever it is, the next time may go well
            complaint.say(type(error).__name__)
        await asyncio.sleep(seconds)
