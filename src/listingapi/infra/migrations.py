"""Brings a database to the schema of this release."""

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from listingapi.infra.database import CONNECT_SECONDS, CONNECTION_LOST, SERVING_ROLE, connect
from listingapi.infra.start import StartError

if TYPE_CHECKING:
    from alembic.config import Config

PACKAGED = Path(__file__).parents[1] / "_migrations"
IN_THE_REPOSITORY = Path(__file__).parents[3] / "migrations"

ADVISORY_LOCK = 7_214_580_113
TRY_LOCK = f"SELECT pg_try_advisory_lock({ADVISORY_LOCK})"
TRY_LOCK_SECONDS = 0.2

# The role that serves requests is created once for a cluster; another process may be first.
CREATE_SERVING_ROLE = f"""
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{SERVING_ROLE}') THEN
            CREATE ROLE {SERVING_ROLE} NOLOGIN;
        END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$
"""
# From PostgreSQL 16 on, whoever creates a role is a member of it, but may not act as it.
MODE = "CASE WHEN current_setting('server_version_num')::integer < 160000 THEN 'MEMBER' ELSE 'SET' END"
MAY_ACT_AS_SERVING_ROLE = f"SELECT pg_has_role($1, '{SERVING_ROLE}', {MODE})"
HAS_REVISION = "SELECT to_regclass('alembic_version') IS NOT NULL"
LET_SERVING_ROLE_READ_REVISION = f"GRANT SELECT ON alembic_version TO {SERVING_ROLE}"
CURRENT_REVISION = "SELECT version_num FROM alembic_version"


def migrate(migration_url: str, serving_url: str) -> None:
    """Create the serving role if it is missing, and run the migrations that the database lacks.

    Raises:
        StartError: the database can't be reached, is too old, or refuses.
    """
    asyncio.run(_migrate(migration_url, serving_url))


def has_current_schema(serving_url: str) -> bool:
    """Whether a database has the schema that this release needs; that of a newer release serves it, too."""
    return (current_revision(serving_url) or "") >= newest_revision()


def require_current_schema(serving_url: str) -> None:
    """Check that a database has the schema that this release needs.

    Raises:
        StartError: it has an older one or none, and what to do.
    """
    if not has_current_schema(serving_url):
        found, newest = current_revision(serving_url), newest_revision()
        had = f"schema {found}" if found else "no schema yet"
        raise StartError(f"The database has {had}, this release needs {newest}: run “listingapi migrate” first.")


def current_revision(serving_url: str) -> str | None:
    """The revision of a database's schema; None if it has none."""
    return asyncio.run(_current_revision(serving_url))


def newest_revision() -> str:
    """The newest revision, from the names of the migrations: known without loading Alembic, which takes long."""
    return max(path.name.partition("_")[0] for path in (_folder() / "versions").glob("*.py"))


def config(migration_url: str) -> "Config":
    """Alembic's configuration for a database."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(_folder()))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connect"] = partial(asyncpg.connect, migration_url, timeout=CONNECT_SECONDS)
    return settings


def _folder() -> Path:
    return PACKAGED if PACKAGED.exists() else IN_THE_REPOSITORY


async def _migrate(migration_url: str, serving_url: str) -> None:
    connection = await connect(migration_url)
    try:
        await _lock(connection)
        await _prepare_roles(connection, serving_url)
        if (await _revision(connection) or "") < newest_revision():
            await asyncio.to_thread(_upgrade, migration_url)
        await connection.execute(LET_SERVING_ROLE_READ_REVISION)
    except CONNECTION_LOST as error:
        raise StartError(f"PostgreSQL went away during the migration, run it again: {error}.") from None
    finally:
        await connection.close()


async def _lock(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Wait until nobody else migrates. Whoever waits in a statement would block an index that is built concurrently."""
    while not await connection.fetchval(TRY_LOCK):  # noqa: ASYNC110 - another process holds it
        await asyncio.sleep(TRY_LOCK_SECONDS)


def _upgrade(migration_url: str) -> None:
    from alembic import command
    from sqlalchemy.exc import DBAPIError

    try:
        command.upgrade(config(migration_url), "head")
    except DBAPIError as error:
        raise StartError(f"The migration failed, and what it had begun was taken back: {error.orig}.") from None


async def _prepare_roles(connection: "asyncpg.Connection[asyncpg.Record]", serving_url: str) -> None:
    try:
        await connection.execute(CREATE_SERVING_ROLE)
        serving_user = await _user_of(serving_url)
        if not await connection.fetchval(MAY_ACT_AS_SERVING_ROLE, serving_user):
            quoted = await connection.fetchval("SELECT quote_ident($1)", serving_user)
            await connection.execute(f"GRANT {SERVING_ROLE} TO {quoted}")
    except asyncpg.InsufficientPrivilegeError as error:
        raise StartError(
            f"The migrating role may not prepare the role that serves requests ({error.args[0]}); "
            f"have an administrator run: CREATE ROLE {SERVING_ROLE} NOLOGIN; "
            f"GRANT {SERVING_ROLE} TO the user in LISTINGAPI_DATABASE_URL."
        ) from None


async def _user_of(serving_url: str) -> str:
    connection = await connect(serving_url)
    try:
        return str(await connection.fetchval("SELECT session_user"))
    finally:
        await connection.close()


async def _current_revision(serving_url: str) -> str | None:
    connection = await connect(serving_url)
    try:
        return await _revision(connection)
    except asyncpg.InsufficientPrivilegeError:
        return None  # the first migration is under way
    except CONNECTION_LOST as error:
        raise StartError(f"PostgreSQL went away: {error}.") from None
    finally:
        await connection.close()


async def _revision(connection: "asyncpg.Connection[asyncpg.Record]") -> str | None:
    if not await connection.fetchval(HAS_REVISION):
        return None
    revision: str | None = await connection.fetchval(CURRENT_REVISION)
    return revision
