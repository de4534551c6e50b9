"""Redis, as something that may be missing: whoever uses it goes on without it at once, and it comes back by itself."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from hashlib import sha1
from time import monotonic
from typing import Any

import structlog
from redis.asyncio import Redis as Client
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError, ResponseError

from listingapi.infra.complaints import Complaint
from listingapi.infra.redis_lane import Lane
from listingapi.infra.redis_pace import Pace
from listingapi.infra.start import StartError
from listingapi.infra.tasks import end

ANSWER_SECONDS = 0.05
# Of that; where even the quickest answers take longer, whoever waits for Redis is served better by PostgreSQL.
SLOW_SHARE = 0.4
PINGS = 3
CONNECT_SECONDS = 1.0
PAUSE_SECONDS = 2.0
# After that without a message, it is seen whether the connection is still one.
SILENCE_SECONDS = 5.0
# More than are ever used at a time beside the lane (what is heard, and to see whether Redis is there).
MOST_CONNECTIONS = 8
# What it says who has no room for more, and is told to throw nothing away: it still answers what it has.
FULL = "OOM"

logger = structlog.get_logger()


class RedisUnavailable(Exception):
    """Redis does not answer, or not in time."""


class RedisSlow(Exception):
    """Redis answers, but too late to be of use."""


class Script:
    """A program in Lua that Redis runs many times, and knows by its digest."""

    def __init__(self, lua: str) -> None:
        self.lua = lua
        self.sha = sha1(lua.encode(), usedforsecurity=False).hexdigest()


class Redis:
    """Connections to Redis: named, bounded, and with a timeout on everything.

    When an answer fails or takes longer than 50 ms, or all answers of a second take longer than 20, Redis is left
    alone; it is asked every two seconds, beside the requests, whether it is back.
    """

    def __init__(self, url: str) -> None:
        try:
            self._client = Client.from_url(
                url,
                client_name="listingapi-serve",
                max_connections=MOST_CONNECTIONS,
                socket_timeout=CONNECT_SECONDS,
                socket_connect_timeout=CONNECT_SECONDS,
                retry=Retry(NoBackoff(), 0),
            )
        except ValueError:  # what it says may have a part of the password in it
            reason = "it names no Redis. What is special in its password has to be percent-encoded."
            raise StartError(f"The setting LISTINGAPI_REDIS_URL is wrong: {reason}") from None
        self.is_available = False
        self._lane: Lane | None = None
        self._pace = _new_pace()  # of the lane
        self._tried = asyncio.Event()
        self._lost = asyncio.Event()
        self._fullness = Complaint("redis_is_full", "redis_has_room")
        self._users = 0
        self._keeper: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Stay connected until the end of the block, which begins also where there is no Redis.

        Several may share it: it is connected until the last of their blocks ends.
        """
        self._users += 1
        self._keeper = self._keeper or asyncio.create_task(self._keep_connected(), name="redis")
        try:
            await self._tried.wait()
            yield
        finally:
            self._users -= 1
            if not self._users:
                await self._disconnect(self._keeper)

    async def _disconnect(self, keeper: asyncio.Task[None]) -> None:
        self.is_available = False
        self._keeper = None
        self._tried.clear()
        await end(keeper)
        await self._close_lane()
        await self._client.aclose()

    def script(self, lua: str) -> Script:
        """Make a Lua script ready to run, many times."""
        return Script(lua)

    async def run(self, script: Script, keys: Sequence[str], arguments: Sequence[bytes | int | str]) -> Any:
        """Run a script.

        Raises:
            RedisUnavailable: it did not answer in time, or only with an error.
        """
        try:
            return await self._answer("EVALSHA", script.sha, len(keys), *keys, *arguments)
        except NoScriptError:
            return await self._answer("EVAL", script.lua, len(keys), *keys, *arguments)

    def look(self, keys: Sequence[str], tell: Callable[[Sequence[bytes | None] | None], None]) -> None:
        """Tell what there is under some keys, as soon as it is known; None where Redis does not answer."""
        if self._lane is None or not self.is_available:
            asyncio.get_running_loop().call_soon(tell, None)
        else:
            self._lane.send(partial(self._tell, tell, self._timed()), "MGET", *keys)

    def _tell(self, tell: Callable[[Sequence[bytes | None] | None], None], turn: "_Turn | None", came: Any) -> None:
        if isinstance(came, Exception):
            self._leave_alone(came)
            tell(None)
        else:
            self._note_pace(turn)
            tell(came)

    async def hear(self, channel: str, tell: Callable[[bytes], None]) -> None:
        """Tell of each message on a channel, until cancelled; what is said while Redis is away is lost."""
        complaint = _complaint_of("redis_hearing")

        def told(said: bytes) -> None:
            tell(said)
            complaint.end()

        while True:
            try:
                async with self._client.pubsub() as heard:
                    await heard.subscribe(channel)
                    await _listen(heard, told)
            except Exception as error:  # noqa: BLE001 - whatever it is, the next time may go well
                complaint.say(type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _answer(self, *command: bytes | int | str) -> Any:
        if self._lane is None or not self.is_available:
            raise RedisUnavailable
        turn = self._timed()
        try:
            answer = await self._lane.ask(*command)
        except NoScriptError:
            raise
        except ResponseError as error:
            if str(error).startswith(FULL):
                self._fullness.say(FULL)
            else:
                self._leave_alone(error)
            raise RedisUnavailable from error
        except Exception as error:  # whatever it is, we go on without
            self._leave_alone(error)
            raise RedisUnavailable from error
        self._note_pace(turn)
        return answer

    def _timed(self) -> "_Turn | None":
        """Of some commands it is told how long they take: for each, that would cost more than the command."""
        return _Turn() if self._pace.is_due() else None

    def _note_pace(self, turn: "_Turn | None") -> None:
        if turn and self._pace.is_too_slow(turn.ago()):
            self._leave_alone(RedisSlow())

    def _leave_alone(self, error: Exception) -> None:
        if self.is_available:
            logger.warning("redis_unavailable", reason=type(error).__name__)
        self.is_available = False
        self._lost.set()

    async def _keep_connected(self) -> None:
        complaint = _complaint_of("redis_connection")
        while True:
            try:
                await self._use_while_it_answers()
                complaint.end()
            except Exception as error:  # noqa: BLE001 - whatever it is, the next time may go well
                complaint.say(type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _use_while_it_answers(self) -> None:
        if await self._answers():
            self._lost.clear()
            self.is_available = True
            self._tried.set()
            await self._lost.wait()
        await self._drop_connections()

    async def _drop_connections(self) -> None:
        """Of those that nobody uses, and the lane: a Redis that was started anew knows none of them."""
        await self._close_lane()
        with suppress(RedisError, OSError, RuntimeError):
            await self._client.connection_pool.disconnect(inuse_connections=False)

    async def _close_lane(self) -> None:
        if self._lane:
            lane, self._lane = self._lane, None
            await lane.close()

    async def _answers(self) -> bool:
        try:
            await self._client.ping()
            connection = self._client.connection_pool.make_connection()  # type: ignore[no-untyped-call]
            await connection.connect()
            self._lane = Lane(connection, ANSWER_SECONDS, self._leave_alone)
            self._pace = _new_pace()
            await _require_pace(self._lane)
        except Exception as error:  # noqa: BLE001 - as above
            if not self._tried.is_set():
                logger.warning("redis_unavailable", reason=type(error).__name__)
            self._tried.set()
            return False
        if self._tried.is_set():
            logger.info("redis_available")
        return True


class _Turn:
    """When this process would have heard an answer that came at once: what it is late itself is no fault of Redis."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self._at: float | None = None
        # It may look for it a moment too early, hears it in the turn after that, and goes on in one more.
        loop.call_soon(loop.call_soon, loop.call_soon, self._note)

    def _note(self) -> None:
        self._at = monotonic()

    def ago(self) -> float:
        """How many seconds ago that was."""
        return 0.0 if self._at is None else monotonic() - self._at


async def _require_pace(lane: Lane) -> None:
    """See that it answers soon enough.

    Raises:
        RedisSlow: it takes too long.
    """
    took = []
    for _ in range(PINGS):
        turn = _Turn()
        await lane.ask("PING")
        took.append(turn.ago())
    if min(took) > ANSWER_SECONDS * SLOW_SHARE:
        raise RedisSlow


def _new_pace() -> Pace:
    return Pace(ANSWER_SECONDS * SLOW_SHARE, monotonic)


def _complaint_of(work: str) -> Complaint:
    return Complaint("periodic_work_failed", "periodic_work_goes_on", work=work)


async def _listen(heard: PubSub, tell: Callable[[bytes], None]) -> None:
    """Tell of each message; it ends when not even a ping is answered: what is cut on the way is not told to anybody."""
    is_pinged = False
    while True:
        message = await heard.get_message(timeout=SILENCE_SECONDS)
        if message is None:
            if is_pinged:
                return
            await heard.ping()
        elif message["type"] == "message":
            tell(message["data"])
        is_pinged = message is None


def redis_at(url: str | None) -> Redis | None:
    """The Redis of a setting, if it names one.

    Raises:
        StartError: that is no URL of a Redis.
    """
    return Redis(url) if url else None
