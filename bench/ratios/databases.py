"""The databases that are measured: seeded once, kept as templates in a folder, and copied for every run."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from tests.conftest import TestDatabase

from listingapi.infra.database import SERVING_ROLE
from listingapi.infra.embedded import DATABASE, OWNER_ROLE, SUPERUSER, Server, own_server
from listingapi.infra.migrations import has_current_schema, migrate

CONNECTIONS = 400
UNFINISHED = "unfinished"
COPIES = "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname !~ '^seeded_' AND datname <> ALL ($1)"


@dataclass(frozen=True, slots=True)
class Size:
    """How many listings and prices a database holds."""

    listings: int
    prices: int

    @property
    def template(self) -> str:
        """The database that is copied."""
        return f"seeded_{self.listings}_{self.prices}"


@contextmanager
def postgresql(folder: Path) -> Iterator[Server]:
    """The PostgreSQL of a folder, with room for the connections of all that is measured; only templates are kept."""
    with own_server(folder) as server:
        is_ready = asyncio.run(_has_room(server))
    if not is_ready:
        with own_server(folder) as server:
            asyncio.run(_execute(server, f"ALTER SYSTEM SET max_connections = {CONNECTIONS}"))
    with own_server(folder) as server:
        try:
            yield server
        finally:
            asyncio.run(_forget_copies(server))


def seeded(server: Server, size: Size, name: str) -> TestDatabase:
    """A database of this name and size, as it was when it was seeded."""
    if not asyncio.run(_exists(server, size.template)):
        _seed(server, size)
    template = _database(server, size.template)
    if not has_current_schema(template.serving_url):
        migrate(template.migration_url, template.serving_url)
    print(f"copying the database of {size.listings} listings", file=sys.stderr)
    _create(server, name, f"TEMPLATE {size.template} STRATEGY FILE_COPY")
    return _database(server, name)


def empty(server: Server, name: str) -> TestDatabase:
    """A database of this name with the schema, and nothing in it."""
    _create(server, name, "TEMPLATE template0")
    database = _database(server, name)
    migrate(database.migration_url, database.serving_url)
    return database


def settled(database: TestDatabase) -> TestDatabase:
    """A database of a server that has no more to write of what was done before."""
    asyncio.run(_checkpoint(database))
    return database


def environment_of(database: TestDatabase) -> dict[str, str]:
    """What tells a command of `listingapi` where the database is."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LISTINGAPI_")}
    return inherited | {
        "LISTINGAPI_DATABASE_URL": database.serving_url,
        "LISTINGAPI_MIGRATION_DATABASE_URL": database.migration_url,
    }


def _seed(server: Server, size: Size) -> None:
    database = empty(server, UNFINISHED)
    command = ["seed", "--listings", str(size.listings), "--prices", str(size.prices)]
    environment = environment_of(database)
    subprocess.run([sys.executable, "-m", "listingapi", *command], env=environment, check=True, stdout=sys.stderr)
    asyncio.run(_execute(server, "VACUUM (FREEZE, ANALYZE)", database=UNFINISHED))
    asyncio.run(_execute(server, f"ALTER DATABASE {UNFINISHED} RENAME TO {size.template}"))


def _create(server: Server, name: str, of: str) -> None:
    asyncio.run(_execute(server, f"DROP DATABASE IF EXISTS {name} (FORCE)"))
    asyncio.run(_execute(server, f"CREATE DATABASE {name} OWNER {OWNER_ROLE} {of}"))


def _database(server: Server, name: str) -> TestDatabase:
    return TestDatabase(server.url(SERVING_ROLE, name), server.url(OWNER_ROLE, name), server.url(SUPERUSER, name))


async def _exists(server: Server, name: str) -> bool:
    connection = await asyncpg.connect(server.url(SUPERUSER, "postgres"))
    found = await connection.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", name)
    await connection.close()
    return bool(found)


async def _forget_copies(server: Server) -> None:
    connection = await asyncpg.connect(server.url(SUPERUSER, "postgres"))
    for (name,) in await connection.fetch(COPIES, [DATABASE, "postgres"]):
        await connection.execute(f"DROP DATABASE {name} (FORCE)")
    await connection.close()


async def _has_room(server: Server) -> bool:
    connection = await asyncpg.connect(server.url(SUPERUSER, "postgres"))
    most = int(await connection.fetchval("SHOW max_connections"))
    await connection.close()
    return most >= CONNECTIONS


async def _checkpoint(database: TestDatabase) -> None:
    connection = await asyncpg.connect(database.superuser_url)
    await connection.execute("CHECKPOINT")
    await connection.close()


async def _execute(server: Server, statement: str, *, database: str = "postgres") -> None:
    connection = await asyncpg.connect(server.url(SUPERUSER, database))
    await connection.execute(statement)
    await connection.close()
