"""Brings a database to the schema of this release."""

import asyncio
from functools import partial
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from listingapi.infra.database import CONNECT_SECONDS, SERVING_ROLE, connect
from listingapi.infra.start import StartError

PACKAGED = Path(__file__).parents[1] / "_migrations"
IN_THE_REPOSITORY = Path(__file__).parents[3] / "migrations"

# The role that serves requests is created once for a cluster; another process may be first.
CREATE_SERVING_ROLE = f"""
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{SERVING_ROLE}') THEN
            CREATE ROLE {SERVING_ROLE} NOLOGIN;
        END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$
"""
MAY_ACT_AS_SERVING_ROLE = f"SELECT pg_has_role($1, '{SERVING_ROLE}', 'MEMBER')"
HAS_REVISION = "SELECT to_regclass('alembic_version') IS NOT NULL"
CURRENT_REVISION = "SELECT version_num FROM alembic_version"


def migrate(migration_url: str, serving_url: str, *, revision: str = "head") -> None:
    """Create the serving role if it is missing, and run the migrations up to `revision`.

    Raises:
        StartError: the database can't be reached, is too old, or refuses.
    """
    asyncio.run(_prepare_roles(migration_url, serving_url))
    command.upgrade(config(migration_url), revision)


def require_current_schema(serving_url: str) -> None:
    """Check that the database has the schema of this release.

    Raises:
        StartError: it has another one, and what to do.
    """
    found = asyncio.run(_current_revision(serving_url))
    newest = ScriptDirectory.from_config(config(serving_url)).get_current_head()
    if found != newest:
        had = f"schema {found}" if found else "no schema yet"
        raise StartError(f"The database has {had}, this release needs {newest}: run “listingapi migrate” first.")


def config(migration_url: str) -> Config:
    """Alembic's configuration for a database."""
    settings = Config()
    folder = PACKAGED if PACKAGED.exists() else IN_THE_REPOSITORY
    settings.set_main_option("script_location", str(folder))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connect"] = partial(asyncpg.connect, migration_url, timeout=CONNECT_SECONDS)
    return settings


async def _prepare_roles(migration_url: str, serving_url: str) -> None:
    connection = await connect(migration_url)
    try:
        await connection.execute(CREATE_SERVING_ROLE)
        serving_user = await _user_of(serving_url)
        if not await connection.fetchval(MAY_ACT_AS_SERVING_ROLE, serving_user):
            await connection.execute(f'GRANT {SERVING_ROLE} TO "{serving_user}"')
    except asyncpg.InsufficientPrivilegeError as error:
        raise StartError(
            f"The migrating role may not prepare the role that serves requests ({error}); have an administrator run: "
            f"CREATE ROLE {SERVING_ROLE} NOLOGIN; GRANT {SERVING_ROLE} TO the user in LISTINGAPI_DATABASE_URL."
        ) from None
    finally:
        await connection.close()


async def _user_of(serving_url: str) -> str:
    connection = await connect(serving_url)
    try:
        return str(await connection.fetchval("SELECT session_user"))
    finally:
        await connection.close()


async def _current_revision(serving_url: str) -> str | None:
    connection = await connect(serving_url)
    try:
        if not await connection.fetchval(HAS_REVISION):
            return None
        return str(await connection.fetchval(CURRENT_REVISION))
    finally:
        await connection.close()
