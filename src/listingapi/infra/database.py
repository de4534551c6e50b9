"""The pool of connections to PostgreSQL: named, bounded and with a timeout on everything."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from listingapi.infra.errors import DatabaseRefuses, DatabaseUnavailable
from listingapi.infra.pool_metrics import OPEN
from listingapi.infra.start import StartError

SERVING_ROLE = "listingapi_app"
CONNECT_SECONDS = 5.0
CLOSE_SECONDS = 2.0
STATEMENT_SECONDS = 10.0
OLDEST_POSTGRESQL = 15

CONNECTION_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.exceptions.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.CannotConnectNowError,
    OSError,
    TimeoutError,
)
# It may well answer whoever reads: a standby that was made the only one, a disk that is full.
WRITES_REFUSED = (asyncpg.ReadOnlySQLTransactionError, asyncpg.InsufficientResourcesError)


class Transaction:
    """Statements that take effect together, over several round trips."""

    def __init__(
        self, connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record] | asyncpg.Connection[asyncpg.Record]"
    ) -> None:
        self._connection = connection

    async def fetch(self, statement: str, *arguments: Any) -> Sequence[asyncpg.Record]:
        """Run one statement and return its rows."""
        rows: list[asyncpg.Record] = await self._connection.fetch(statement, *arguments)
        return rows

    async def fetchrow(self, statement: str, *arguments: Any) -> asyncpg.Record | None:
        """Run one statement and return its first row, if any."""
        return await self._connection.fetchrow(statement, *arguments)


class Database:
    """PostgreSQL as the serving role sees it."""

    def __init__(self, *, pool_size: int, session: Mapping[str, str] | None = None) -> None:
        self._pool_size = pool_size
        self._session = {"role": SERVING_ROLE, "application_name": "listingapi serve", **(session or {})}
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._wanted = 0

    @property
    def name(self) -> str:
        """What PostgreSQL calls the connections."""
        return self._session["application_name"]

    @property
    def usage(self) -> tuple[int, int, int, int]:
        """How many connections are open, in use, and may be there at most; and how many wait for one."""
        size, idle = (self._pool.get_size(), self._pool.get_idle_size()) if self._pool else (0, 0)
        return size, size - idle, self._pool_size, max(0, self._wanted - (size - idle))

    async def open(self, url: str) -> None:
        """Open the pool; call once, in the event loop that uses it.

        Raises:
            StartError: PostgreSQL can't be reached, or does not let us in.
        """
        # it would log each attempt to connect again with its traceback; whoever uses it says what becomes of that
        logging.getLogger("asyncpg.pool").setLevel(logging.CRITICAL)
        try:
            self._pool = await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=self._pool_size,
                timeout=CONNECT_SECONDS,
                command_timeout=STATEMENT_SECONDS,
                reset=_leave_as_it_is,
                server_settings=self._session,
            )
        except (asyncpg.PostgresError, *CONNECTION_LOST) as error:
            raise _not_let_in(error) from None
        OPEN.add(self)

    async def close(self) -> None:
        """Let running statements end, then close every connection; those of a server that does not answer are cut."""
        if self._pool:
            try:
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self._pool.close()
            except TimeoutError:
                self._pool.terminate()
            self._pool = None
        OPEN.discard(self)

    def cut(self) -> None:
        """Break off every connection; whoever waits for an answer is told that PostgreSQL is away."""
        if self._pool:
            self._pool.terminate()

    async def fetch(self, statement: str, *arguments: Any) -> Sequence[asyncpg.Record]:
        """Run one statement, in a transaction of its own, and return its rows.

        Raises:
            DatabaseUnavailable: PostgreSQL could not be reached or went away (503).
            DatabaseRefuses: it takes no writes, or is short of space or memory (503).
        """
        async with self._connection() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(statement, *arguments)
            return rows

    async def fetchrow(self, statement: str, *arguments: Any) -> asyncpg.Record | None:
        """Run one statement, in a transaction of its own, and return its first row, if any."""
        async with self._connection() as connection:
            return await connection.fetchrow(statement, *arguments)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Let statements take effect at the end of the block, or none of them if it raises."""
        async with self._connection() as connection, connection.transaction():
            yield Transaction(connection)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator["asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"]:
        pool = self._pool
        if pool is None:
            raise DatabaseUnavailable
        self._wanted += 1
        try:
            connection = await pool.acquire(timeout=CONNECT_SECONDS)
            try:
                yield connection
            except BaseException:
                await _given_back(pool, connection)
                raise
            await pool.release(connection)
        except CONNECTION_LOST as error:
            raise DatabaseUnavailable from error
        except WRITES_REFUSED as error:
            raise DatabaseRefuses from error
        finally:
            self._wanted -= 1


async def _given_back(
    pool: "asyncpg.Pool[asyncpg.Record]", connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
) -> None:
    """Give a connection back that may be waiting still; if that fails when nobody waits for it any more, it is cut."""
    giving = asyncio.ensure_future(pool.release(connection))
    giving.add_done_callback(_no_matter_how)
    await asyncio.shield(giving)


def _no_matter_how(task: "asyncio.Task[None]") -> None:
    if not task.cancelled():
        task.exception()


async def _leave_as_it_is(_: object) -> None:
    """Spare the session its reset.

    A single statement leaves nothing to reset, and a reset that failed would deny a write that was committed.
    """


async def connect(url: str, **options: Any) -> "asyncpg.Connection[asyncpg.Record]":
    """Open one connection, for work outside requests.

    Raises:
        StartError: PostgreSQL can't be reached, refuses the user, or is older than 15.
    """
    try:
        connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS, **options)
    except (asyncpg.PostgresError, OSError, TimeoutError, ValueError) as error:
        raise _not_let_in(error) from None
    major = connection.get_server_version().major
    if major < OLDEST_POSTGRESQL:
        await connection.close()
        raise StartError(f"PostgreSQL {major} is too old: ListingAPI needs {OLDEST_POSTGRESQL} or newer.")
    return connection


def _not_let_in(error: Exception) -> StartError:
    return StartError(f"PostgreSQL does not let us in: {str(error) or type(error).__name__}.")
