"""What the tests share: one real PostgreSQL for the session, and a fresh database, application and client per test."""

import asyncio
import gc
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from asgi_lifespan import LifespanManager

from listingapi.access.scopes import Scope
from listingapi.app import create_app
from listingapi.infra import database as connections
from listingapi.infra import redis
from listingapi.infra.embedded import OWNER_ROLE, SUPERUSER, Server, own_server
from listingapi.infra.migrations import migrate
from listingapi.settings import RATES_IN_PUBLIC, Settings
from tests import patient
from tests.clock import Clock
from tests.openapi import validate_answer
from tests.rabbitmq_server import RabbitServer, VirtualHost, rabbitmq_in
from tests.redis_server import RedisServer, redis_in
from tests.servers import ServeProcess, serving

TEMPLATE = "listingapi_template"

# What the migrations put there stays, as do the numbers of migrations.
KEPT_TABLES = ("account", "alembic_version", "event_feed", "relay_partition", "signing_key")
WRITTEN_TABLES = """
    SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename <> ALL ($1)
"""
EMPTIED = """
    DELETE FROM account WHERE account_id <> 1;
    UPDATE account SET name = 'default', kind = 'agency', is_suspended = false, reads_per_minute = NULL,
        writes_per_minute = NULL;
    ALTER SEQUENCE listing_listing_id_seq RESTART;
    UPDATE event_feed SET position = 0, forgotten_position = 0;
    UPDATE relay_partition SET position = 0;
"""
OBJECTS_BETWEEN_LOOKS = 50_000
numbers = count(1)


@dataclass(frozen=True, slots=True)
class TestDatabase:
    """A database of its own for a test: where the serving, the migrating and the superuser role reach it."""

    __test__ = False

    serving_url: str
    migration_url: str
    superuser_url: str

    def settings(self, **changed: Any) -> Settings:
        """Settings of an application on this database, where anonymous callers may do all, as often as they like."""
        given: dict[str, Any] = {
            "database_url": self.serving_url,
            "migration_database_url": self.migration_url,
            "anonymous_scopes": frozenset(Scope),
            "drain_seconds": 0,
            **dict.fromkeys(RATES_IN_PUBLIC, 0),
        }
        return Settings(**{**given, **changed})


def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of each later look for garbage.

    Each application is thousands of objects, so such looks are frequent; with all tests loaded one takes seconds on a
    busy machine, in which the process does nothing else, and connections that it opens run out of time. Then look
    seldom: a seventh of the time that an application takes to be made would go into that.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_LOOKS)


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """Have PostgreSQL take its time to let somebody in, and this process to hear of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connections, "CONNECT_SECONDS", patient.CONNECT_SECONDS)
        yield


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A real PostgreSQL, the embedded one, for the whole session."""
    with tempfile.TemporaryDirectory(prefix="listingapi-tests-") as folder, own_server(Path(folder)) as server:
        asyncio.run(_favour_speed(server))
        yield server


@pytest.fixture(scope="session")
def create_empty_database(postgresql: Server) -> Callable[[], TestDatabase]:
    """Makes databases without a schema."""

    def create() -> TestDatabase:
        return _create_database(postgresql, f"empty_{next(numbers)}", "template1")

    return create


@pytest.fixture(scope="session")
def create_database(postgresql: Server) -> Callable[[], TestDatabase]:
    """Makes databases with the schema of this release, as copies of one that was migrated once."""
    template = _create_database(postgresql, TEMPLATE, "template1")
    migrate(template.migration_url, template.serving_url)

    def create() -> TestDatabase:
        return _create_database(postgresql, f"test_{next(numbers)}", TEMPLATE)

    return create


@pytest.fixture(scope="session")
def emptied() -> list[TestDatabase]:
    """The databases that earlier tests have used; emptying one is twenty times as fast as making one."""
    return []


@pytest.fixture
def database(create_database: Callable[[], TestDatabase], emptied: list[TestDatabase]) -> Iterator[TestDatabase]:
    """An empty database with the schema of this release; a test that alters that makes one of its own."""
    taken = emptied.pop() if emptied else create_database()
    yield taken
    asyncio.run(_empty(taken))
    emptied.append(taken)


@pytest.fixture(scope="module")
def own_database(create_database: Callable[[], TestDatabase]) -> TestDatabase:
    """One for all tests of a module, which no other module gets."""
    return create_database()


@pytest.fixture(scope="session")
def running_redis() -> Iterator[RedisServer]:
    """A real Redis, for the whole session."""
    with tempfile.TemporaryDirectory(prefix="listingapi-redis-") as folder, redis_in(Path(folder)) as server:
        yield server


@pytest.fixture
def redis_server(running_redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> RedisServer:
    """A real Redis that remembers nothing, and has time to answer."""
    monkeypatch.setattr(redis, "ANSWER_SECONDS", patient.ANSWER_SECONDS)
    running_redis.flush()
    return running_redis


@pytest.fixture(scope="session")
def running_rabbitmq() -> Iterator[RabbitServer]:
    """A real RabbitMQ, for the whole session."""
    with tempfile.TemporaryDirectory(prefix="listingapi-rabbitmq-") as folder, rabbitmq_in(Path(folder)) as server:
        yield server


@pytest.fixture
def rabbitmq(running_rabbitmq: RabbitServer) -> Iterator[VirtualHost]:
    """A virtual host of a real RabbitMQ, which runs, for a test of its own."""
    running_rabbitmq.revive()
    host = running_rabbitmq.virtual_host()
    yield host
    if running_rabbitmq.was_killed:
        running_rabbitmq.renew()
    else:
        running_rabbitmq.revive()
        host.remove()


@pytest.fixture
async def superuser(database: TestDatabase) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection that may look at and do anything in the test's database."""
    connection = await asyncpg.connect(database.superuser_url)
    yield connection
    await connection.close()


@pytest.fixture
def clock() -> Clock:
    """The application's clock, in the hand of the test."""
    return Clock()


@pytest.fixture
async def client(database: TestDatabase, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application in this process; every answer is checked against the OpenAPI document."""
    async with client_of(database.settings(), clock) as connected:
        yield connected


@pytest.fixture(scope="session")
def live_server(create_database: Callable[[], TestDatabase]) -> Iterator[ServeProcess]:
    """A real `listingapi serve` on a database of its own, for what only a socket shows."""
    with serving(environment=create_database().settings().as_environment()) as server:
        yield server


@asynccontextmanager
async def client_of(settings: Settings, clock: Callable[[], Any]) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application with these settings; every answer is checked against the OpenAPI document."""
    app: Any = create_app(settings, clock=clock)
    async with LifespanManager(app, startup_timeout=60, shutdown_timeout=60):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        hooks = {"response": [validate_answer]}
        async with httpx.AsyncClient(transport=transport, base_url="http://test", event_hooks=hooks) as connected:
            yield connected


def _create_database(server: Server, name: str, template: str) -> TestDatabase:
    async def create() -> None:
        connection = await asyncpg.connect(server.url(SUPERUSER, "postgres"))
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER {OWNER_ROLE}")
        await connection.close()

    asyncio.run(create())
    return TestDatabase(server.url("listingapi_app", name), server.url(OWNER_ROLE, name), server.url(SUPERUSER, name))


async def _empty(database: TestDatabase) -> None:
    connection = await asyncpg.connect(database.superuser_url)
    deletions = [f"DELETE FROM {table};" for (table,) in await connection.fetch(WRITTEN_TABLES, KEPT_TABLES)]
    # so that no table has to be emptied before another one that it refers to
    in_any_order = "SET session_replication_role = replica;"
    await connection.execute("\n".join([in_any_order, *deletions, EMPTIED]))
    await connection.close()


async def _favour_speed(server: Server) -> None:
    """Let this PostgreSQL forget everything if the machine dies, as tests may."""
    connection = await asyncpg.connect(server.url(SUPERUSER, "postgres"))
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        await connection.execute(f"ALTER SYSTEM SET {setting} = off")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()
