"""Redis, as something that may be missing: whoever uses it goes on without it at once, and it comes back by itself."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from redis.asyncio import Redis as Client
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.commands.core import AsyncScript

from listingapi.infra.start import StartError

ANSWER_SECONDS = 0.05
CONNECT_SECONDS = 1.0
PAUSE_SECONDS = 2.0
MOST_CONNECTIONS = 2

logger = structlog.get_logger()


class RedisUnavailable(Exception):
    """Redis does not answer, or not in time."""


class Redis:
    """Connections to Redis: named, bounded, and with a timeout on everything.

    When an answer fails or takes longer than 50 ms, Redis is left alone; it is asked every two seconds, beside the
    requests, whether it is back.
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
        except ValueError as error:
            raise StartError(f"The setting LISTINGAPI_REDIS_URL is wrong: {error}.") from None
        self.is_available = False
        self._tried = asyncio.Event()
        self._lost = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Stay connected until the end of the block, which begins also where there is no Redis."""
        keeper = asyncio.create_task(self._keep_connected(), name="redis")
        try:
            await self._tried.wait()
            yield
        finally:
            self.is_available = False
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper
            await self._client.aclose()

    def script(self, lua: str) -> AsyncScript:
        """Make a Lua script ready to run, many times."""
        return self._client.register_script(lua)

    async def run(self, script: AsyncScript, keys: Sequence[str], arguments: Sequence[int]) -> Any:
        """Run a script.

        Raises:
            RedisUnavailable: it did not answer in time, or only with an error.
        """
        if not self.is_available:
            raise RedisUnavailable
        try:
            return await _in_time(script(keys, arguments))
        except Exception as error:  # also RuntimeError of a transport that is closed: whatever it is, we go on without
            self._leave_alone(error)
            raise RedisUnavailable from error

    def _leave_alone(self, error: Exception) -> None:
        if self.is_available:
            logger.warning("redis_unavailable", reason=type(error).__name__)
        self.is_available = False
        self._lost.set()

    async def _keep_connected(self) -> None:
        while True:
            if await self._answers():
                self._lost.clear()
                self.is_available = True
                self._tried.set()
                await self._lost.wait()
            await asyncio.sleep(PAUSE_SECONDS)

    async def _answers(self) -> bool:
        try:
            await self._client.ping()
        except Exception as error:  # noqa: BLE001 - as above
            if not self._tried.is_set():
                logger.warning("redis_unavailable", reason=type(error).__name__)
            self._tried.set()
            return False
        if self._tried.is_set():
            logger.info("redis_available")
        return True


async def _in_time(answer: Awaitable[Any]) -> Any:
    asked = asyncio.ensure_future(answer)
    try:
        # A process that was held up itself finds an answer that came in time only after its own clock has run out.
        for seconds in (ANSWER_SECONDS, ANSWER_SECONDS / 10):
            if (await asyncio.wait([asked], timeout=seconds))[0]:
                return asked.result()
    finally:
        asked.cancel()
    raise TimeoutError
