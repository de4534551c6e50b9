"""Waits for what only the database or a file shows."""

import asyncio
from collections.abc import Awaitable, Callable

PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 0.02


async def until(
    holds: Callable[[], Awaitable[bool]], seconds: float = PATIENCE_SECONDS, *, pause: float = PAUSE_SECONDS
) -> None:
    """Wait until something holds; that it does not in so many seconds fails the test."""
    async with asyncio.timeout(seconds):
        while True:
            if await holds():
                return
            await asyncio.sleep(pause)
