"""A small HTTP client for tests that send much: one request at a time on a connection that is kept open."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, Self

TIMEOUT_SECONDS = 60.0
LONGEST_IDLE_SECONDS = 2.0
LARGEST_HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; the names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)

    @property
    def next_page(self) -> str | None:
        """The path of the next page, if a `Link` header names one."""
        link = self.headers.get("link", "")
        return link[1 : link.index(">")] if link else None


class Connection:
    """A connection to a server, opened when it is needed, and anew after a pause in which the server may close it."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used = 0.0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Drop the connection, whatever is under way on it; the next request opens another."""
        if self._streams:
            self._streams[1].transport.abort()
            self._streams = None

    async def request(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send a request, the body as JSON, and read its answer; `_` in the name of a header is `-`.

        Raises:
            OSError, EOFError: the server went away, or did not take the connection.
        """
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await self.send(method, path, body, **headers)
            return await self._read()

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> None:
        """Send a request only."""
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", "Host: test", f"Content-Length: {len(content)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if monotonic() - self._used > LONGEST_IDLE_SECONDS:
            self.close()
        self._used = monotonic()
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._address, limit=LARGEST_HEAD)
        self._streams[1].write("\r\n".join([*lines, "", ""]).encode() + content)
        await self._streams[1].drain()

    async def _read(self) -> Answer:
        assert self._streams
        head = (await self._streams[0].readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
        body = await self._streams[0].readexactly(int(headers.get("content-length", 0)))
        self._used = monotonic()
        if headers.get("connection") == "close":
            self.close()
        return Answer(int(head[0].split()[1]), headers, body)
