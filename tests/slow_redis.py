"""Stands before a Redis, and has its answers arrive later than they were given."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

Pump = Callable[[StreamReader, StreamWriter], Awaitable[None]]


class SlowRedis:
    """A relay to the Redis of a socket, and the seconds by which each answer is late."""

    def __init__(self, folder: Path, behind: str) -> None:
        self._path = folder / "slow.sock"
        self._behind = behind.removeprefix("unix://")
        self.late = 0.0
        self.answers = 0
        self._open: set[StreamWriter] = set()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"unix://{self._path}"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Relay until the end of the block."""
        async with await asyncio.start_unix_server(self._relay, self._path):
            yield
            for writer in self._open:
                writer.close()

    async def _relay(self, reader: StreamReader, writer: StreamWriter) -> None:
        redis_reader, redis_writer = await asyncio.open_unix_connection(self._behind)
        self._open |= {writer, redis_writer}
        await asyncio.gather(_pump(reader, redis_writer.write), self._answer(redis_reader, writer))
        for each in (writer, redis_writer):
            each.close()

    async def _answer(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Each part is as late as the next: one does not wait for the other."""
        loop = asyncio.get_running_loop()

        def send(data: bytes) -> None:
            self.answers += 1
            loop.call_later(self.late, partial(_send, writer, data))

        await _pump(reader, send)


async def _pump(reader: StreamReader, write: Callable[[bytes], None]) -> None:
    while data := await reader.read(65536):
        write(data)


def _send(writer: StreamWriter, data: bytes) -> None:
    if not writer.is_closing():
        writer.write(data)
