"""Waits for what only the database or a file shows."""

import asyncio
from collections.abc import Awaitable, Callable

PATIENCE_SECONDS = 20.0


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something holds; that it never does fails the test."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if await holds():
                return
            await asyncio.sleep(0.02)
