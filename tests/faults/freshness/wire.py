"""A client that costs little: a request at a time on a connection that stays open, and of an answer what is needed."""

import asyncio
import re
from time import monotonic
from typing import NamedTuple

TIMEOUT_SECONDS = 30.0
# The servers close what is idle for longer.
LONGEST_IDLE_SECONDS = 2.0
END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
ETAG = re.compile(rb'\r\netag: *(?:W/)?"(\d+)"', re.IGNORECASE)
CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)

Address = tuple[str, int]


class Answer(NamedTuple):
    """An answer with the version that its ETag names (0 if there is none), and when it was asked for and was there."""

    status: int
    version: int
    body: bytes
    began: float
    ended: float


class Lost(Exception):
    """There was no answer, or only a part of one."""


class Wire(asyncio.Protocol):
    """A connection to one place, made when it is needed, and anew when it is lost."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._awaited: asyncio.Future[tuple[bytes, bytes]] | None = None
        self._used = 0.0

    async def ask(self, request: bytes) -> Answer:
        """Send a request, and await the whole answer.

        Raises:
            Lost: the place is not there, or breaks off, or takes too long.
        """
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                await self._connect()
                return await self._exchange(request)
        except (OSError, TimeoutError) as error:
            self.close()
            raise Lost(repr(error)) from error

    def close(self) -> None:
        """Drop the connection."""
        if self._transport:
            self._transport.abort()
            self._transport = None

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(END)
        if end < 0 or not self._awaited:
            return
        head = bytes(self._received[:end])
        length = LENGTH.search(head)
        whole = end + len(END) + (int(length[1]) if length and head[9:12] != b"304" else 0)
        if len(self._received) >= whole and not self._awaited.done():
            self._awaited.set_result((head, bytes(self._received[end + len(END) : whole])))
            self._received.clear()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._awaited and not self._awaited.done():
            self._awaited.set_exception(exc or ConnectionResetError())

    async def _connect(self) -> None:
        if monotonic() - self._used > LONGEST_IDLE_SECONDS:
            self.close()
        if self._transport is None:
            self._received.clear()
            self._awaited = None
            self._transport, _ = await asyncio.get_running_loop().create_connection(lambda: self, *self._address)

    async def _exchange(self, request: bytes) -> Answer:
        assert self._transport
        self._awaited = asyncio.get_running_loop().create_future()
        began = monotonic()
        self._transport.write(request)
        head, body = await self._awaited
        self._used = ended = monotonic()
        if CLOSES.search(head):
            self.close()
        etag = ETAG.search(head)
        return Answer(int(head[9:12]), int(etag[1]) if etag else 0, body, began, ended)


def request(method: str, path: str, *lines: str, body: bytes = b"") -> bytes:
    """The bytes of a request."""
    length = [f"Content-Length: {len(body)}"] if body else []
    return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: test", *length, *lines, "", "")).encode() + body
