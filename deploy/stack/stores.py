"""What keeps the data of the stack: a PostgreSQL with two roles, a Redis, a RabbitMQ."""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from tests.rabbitmq_server import RabbitServer
from tests.redis_server import redis_in

from listingapi.infra.database import SERVING_ROLE, connect
from listingapi.infra.embedded import SUPERUSER, Server, own_server

DEFINITIONS = Path(__file__).parents[1] / "rabbitmq" / "definitions.json"
DATABASE, OWNER, USER = "listings", "listings_owner", "listings_api"
# What an administrator does once (docs/operations.md): one role owns the tables and migrates, another one serves.
ROLES = (
    f"CREATE ROLE {OWNER} LOGIN CREATEROLE",
    f"CREATE ROLE {USER} LOGIN",
    f"GRANT {SERVING_ROLE} TO {USER}",
    f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
    # for the pools of all processes, and those of whoever tries more of them; it takes a restart
    "ALTER SYSTEM SET max_connections = 300",
)
THERE_ALREADY = (asyncpg.DuplicateObjectError, asyncpg.DuplicateDatabaseError)


@dataclass(frozen=True, slots=True)
class Postgres:
    """Where the database is for who serves, who migrates, and who may do all."""

    serving_url: str
    migration_url: str
    superuser_url: str


@contextmanager
def postgresql(data_dir: Path) -> Iterator[Postgres]:
    """Run the PostgreSQL of a data directory until the end of the block.

    Raises:
        StartError: another one runs there, or it can't be used.
    """
    with own_server(data_dir) as server:
        asyncio.run(_prepare(server))
    with own_server(data_dir) as server:
        yield Postgres(server.url(USER, DATABASE), server.url(OWNER, DATABASE), server.url(SUPERUSER, DATABASE))


async def _prepare(server: Server) -> None:
    connection = await connect(server.url(SUPERUSER, "postgres"))
    try:
        for statement in ROLES:
            with suppress(*THERE_ALREADY):
                await connection.execute(statement)
    finally:
        await connection.close()


@contextmanager
def redis() -> Iterator[str]:
    """Run a Redis until the end of the block, whose socket has a short path; yields its address."""
    with tempfile.TemporaryDirectory(prefix="listingapi-redis-") as folder, redis_in(Path(folder)) as server:
        yield server.url


@contextmanager
def rabbitmq(folder: Path) -> Iterator[str]:
    """Run the RabbitMQ of a folder until the end of the block; yields its address."""
    folder.mkdir(exist_ok=True)
    server = RabbitServer(folder)
    try:
        server.start()
        server.control("import_definitions", str(DEFINITIONS))
        yield f"amqp://guest:guest@127.0.0.1:{server.port}/"
        server.stop()
    finally:
        server.end()
