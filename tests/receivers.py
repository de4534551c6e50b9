"""A real receiver of webhooks on a loopback address, which can answer in every way."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from tests.until import PATIENCE_SECONDS

Answer = Callable[["Receiver", asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """What it was sent, and how many connections it had at once; `answer` is what it does then."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.received: list[Received] = []
        self.connections = 0
        self.most_at_once = 0
        self.released = asyncio.Event()
        self.port = 0
        self._now = 0
        self._news = asyncio.Condition()

    @property
    def url(self) -> str:
        """Where it is, without TLS."""
        return f"http://127.0.0.1:{self.port}/hook"

    async def has(self, number: int) -> None:
        """Wait until it was sent so many requests."""
        async with asyncio.timeout(PATIENCE_SECONDS), self._news:
            await self._news.wait_for(lambda: len(self.received) >= number)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request."""
        self.connections += 1
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            received = await _read(reader)
            async with self._news:
                self.received.append(received)
                self._news.notify_all()
            await self.answer(self, writer)
        self._now -= 1
        writer.close()
        with suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()


def answers(status: int, body: bytes = b"", **headers: str) -> Answer:
    """Answer as HTTP wants it."""

    async def answer(_: Receiver, writer: asyncio.StreamWriter) -> None:
        given = {"Content-Length": str(len(body)), "Connection": "close"} | headers
        lines = [f"HTTP/1.1 {status} X", *(f"{name.replace('_', '-')}: {value}" for name, value in given.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()

    return answer


def writes(data: bytes) -> Answer:
    """Write something, and hang up."""

    async def answer(_: Receiver, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return answer


async def hangs(receiver: Receiver, _: asyncio.StreamWriter) -> None:
    """Say nothing."""
    await receiver.released.wait()


def goes_on(beginning: bytes, piece: bytes, seconds: float = 0.0) -> Answer:
    """Begin, and go on without an end, piece by piece."""

    async def answer(receiver: Receiver, writer: asyncio.StreamWriter) -> None:
        writer.write(beginning)
        while not receiver.released.is_set():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(seconds)

    return answer


@asynccontextmanager
async def receiving(
    answer: Answer | None = None, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    """Run a receiver until the end of the block; it says 204 unless it is told otherwise."""
    receiver = Receiver(answer or answers(204))
    server = await asyncio.start_server(receiver.serve, host, port, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        receiver.released.set()
        server.close()
        await server.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    return Received(head[0], headers, await reader.readexactly(int(headers.get("content-length", 0))))
