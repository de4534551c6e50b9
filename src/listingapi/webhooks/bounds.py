"""Connections that give only so much of an answer, in small pieces: nobody's answer keeps the event loop to itself."""

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

# Of all that is answered, heads of answers on the way included; and in how many pieces of which size.
MOST_ANSWER_BYTES = 16 * 1024
MOST_PIECES = 200
LARGEST_PIECE = 1024


class BoundedNetwork(httpcore.AsyncNetworkBackend):
    """Makes connections that are bounded."""

    def __init__(self) -> None:
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - as httpcore calls it
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect."""
        return BoundedStream(await self._network.connect_tcp(host, port, timeout, local_address, socket_options))


class BoundedStream(httpcore.AsyncNetworkStream):
    """A connection on which reading fails as soon as more was read than anybody needs to say."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._pieces = self._bytes = 0

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - as httpcore calls it
        """Read a small piece.

        Raises:
            httpcore.RemoteProtocolError: there was enough of it.
        """
        if self._pieces >= MOST_PIECES or self._bytes >= MOST_ANSWER_BYTES:
            raise httpcore.RemoteProtocolError("the answer is too long")
        piece = await self._stream.read(min(max_bytes, LARGEST_PIECE), timeout)
        self._pieces += 1
        self._bytes += len(piece)
        return piece

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as httpcore calls it
        """Write as ever."""
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close as ever."""
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - as httpcore calls it
    ) -> httpcore.AsyncNetworkStream:
        """The connection within TLS, where what was said is counted anew."""
        return BoundedStream(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        """What is known of the connection."""
        return self._stream.get_extra_info(info)
