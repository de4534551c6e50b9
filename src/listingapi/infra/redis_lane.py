"""A connection to Redis on which many commands are under way, each answered in its turn.

The library makes the connection, writes commands and reads what comes. But its own way for each command, through a
pool, attempts and a stream, takes ten times as long as the command itself: 186 microseconds of a processor, here 16.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, cast

import hiredis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import NoScriptError, ResponseError

# A process that was held up itself finds an answer that came in time only after its own clock has run out.
GRACE = 0.1
NO_SCRIPT = "NOSCRIPT"

Lost = Callable[[Exception], None]
# What was answered, or an error of the library, or that by which the lane was lost.
Tell = Callable[[Any], None]


class _Asked(NamedTuple):
    tell: Tell
    at: float


class Lane(asyncio.Protocol):
    """Takes over a connection that the library has made; is told to be lost when an answer takes so many seconds."""

    def __init__(self, connection: AbstractConnection, seconds: float, lost: Lost) -> None:
        self._connection = connection
        self._seconds = seconds
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._reader = hiredis.Reader(notEnoughData=Lane)
        self._under_way: deque[_Asked] = deque()
        self._watch: asyncio.TimerHandle | None = None
        self._late: _Asked | None = None
        writer = cast("asyncio.StreamWriter", connection._writer)  # noqa: SLF001 - the library has no way to give it away
        self._transport = writer.transport
        self._transport.set_protocol(self)

    def ask(self, *command: bytes | int | str) -> asyncio.Future[Any]:
        """Send a command; its answer fails with an error of the library, or with that by which the lane was lost."""
        answer: asyncio.Future[Any] = self._loop.create_future()
        self.send(partial(_settle, answer), *command)
        return answer

    def send(self, tell: Tell, *command: bytes | int | str) -> None:
        """The same for who is called back, with the answer or the error."""
        if self._transport.is_closing():
            tell(ConnectionError("the connection is closed"))
            return
        self._under_way.append(_Asked(tell, self._loop.time()))
        self._transport.write(hiredis.pack_command(cast("tuple[bytes]", command)))
        if self._watch is None:
            self._watch = self._loop.call_later(self._seconds, self._look)

    async def close(self) -> None:
        """End it; what is under way fails."""
        self._lost = _nobody
        self._end(ConnectionError("the connection was closed"))
        await self._connection.disconnect(nowait=True)

    def data_received(self, data: bytes) -> None:
        """Give what came to whoever asked for it."""
        self._reader.feed(data)
        try:
            while (came := self._reader.gets()) is not Lane:
                if not isinstance(came, hiredis.PushNotification):
                    self._under_way.popleft().tell(_error_of(came) if isinstance(came, hiredis.ReplyError) else came)
        except (hiredis.ProtocolError, IndexError) as error:
            self._end(error)

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits does so in vain."""
        self._end(exc or ConnectionError("Redis closed the connection"))

    def _look(self) -> None:
        """See whether the answer that comes next is late, and still is when all that came has been read."""
        self._watch = None
        if not self._under_way:
            return
        first = self._under_way[0]
        left = first.at + self._seconds - self._loop.time()
        if left > 0:
            self._watch = self._loop.call_later(left, self._look)
        elif first is self._late:
            self._end(TimeoutError())
        else:
            self._late = first
            self._watch = self._loop.call_later(self._seconds * GRACE, self._look)

    def _end(self, error: Exception) -> None:
        if self._watch:
            self._watch.cancel()
        self._transport.abort()
        while self._under_way:
            self._under_way.popleft().tell(error)
        lost, self._lost = self._lost, _nobody
        lost(error)


def _nobody(_: Exception) -> None:
    """Whoever knows need not be told again."""


def _error_of(came: hiredis.ReplyError) -> ResponseError:
    said = str(came)
    return NoScriptError(said) if said.startswith(NO_SCRIPT) else ResponseError(said)


def _settle(answer: asyncio.Future[Any], came: Any) -> None:
    if answer.done():
        return
    if isinstance(came, Exception):
        answer.set_exception(came)
    else:
        answer.set_result(came)
