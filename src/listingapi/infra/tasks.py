"""Ends work that goes on by itself."""

import asyncio
from typing import Any

SECONDS_BETWEEN_REMINDERS = 1.0


async def end(task: asyncio.Task[Any]) -> None:
    """Cancel a task, and wait until it has ended: what it calls may have kept the first time to itself."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=SECONDS_BETWEEN_REMINDERS)
