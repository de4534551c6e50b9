"""Sends the head of an answer together with its body: a process that is killed in between would leave half an answer.

Whoever stands in front and got nothing can ask another process; whoever got a head can't.
"""

import asyncio


class WholeAnswer(asyncio.Transport):
    """The transport of one answer: the first that is written waits for the second, but for no longer than a moment."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._head: bytes | None = None
        self._sending: asyncio.Handle | None = None

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Hold the head back; send what comes after it at once, and the head with it."""
        if self._head is None:
            self._head = bytes(data)
            self._sending = self._loop.call_soon(self._send)
        elif self._sending:
            self._send(bytes(data))
        else:
            self._transport.write(data)

    def close(self) -> None:
        """Close the connection when all is sent."""
        if self._sending:
            self._send()
        self._transport.close()

    def is_closing(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._transport.is_closing()

    def _send(self, body: bytes = b"") -> None:
        if self._sending and self._head:
            self._sending.cancel()
            self._sending = None
            self._transport.write(self._head + body)
