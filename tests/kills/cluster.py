"""The processes of a deployment, each started again when it ends, as whoever runs it would."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import httpx

from tests.until import until

START_SECONDS = 60.0
STOP_SECONDS = 30.0
PAUSE_SECONDS = 0.1


class Supervised:
    """A process of the command `listingapi`, which is started again whenever it ends."""

    def __init__(self, kind: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.kind = kind
        self._arguments = arguments
        self._environment = environment
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def keep_running(self) -> None:
        """Start it, again and again, until cancelled; then it is ended."""
        try:
            while True:
                self._process = await self._start()
                await self._process.wait()
        finally:
            await self._stop()

    def kill(self) -> bool:
        """`kill -9`; whether it ran."""
        if self._process is None or self._process.returncode is not None:
            return False
        with suppress(ProcessLookupError):
            self._process.kill()
            return True
        return False

    async def _start(self) -> asyncio.subprocess.Process:
        with self._log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.kills.process", *self._arguments,
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **self._environment},
            )  # fmt: skip

    async def _stop(self) -> None:
        if self._process and self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()


@asynccontextmanager
async def supervising(processes: Sequence[Supervised]) -> AsyncIterator[None]:
    """Keep processes running until the end of the block."""
    tasks = [asyncio.create_task(process.keep_running()) for process in processes]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until_ready(addresses: Sequence[tuple[str, int]]) -> None:
    """Wait until all servers answer."""
    async with httpx.AsyncClient() as client:
        for host, port in addresses:
            await until(partial(_is_ready, client, f"http://{host}:{port}/readyz"), START_SECONDS)


async def _is_ready(client: httpx.AsyncClient, url: str) -> bool:
    with suppress(httpx.TransportError):
        return (await client.get(url)).is_success
    return False
