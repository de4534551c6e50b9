"""The migrations, and the rules that the schema keeps to, read from PostgreSQL's own catalogue.

The rules let an existing engine distribute the tables by listing: what must be unique or refers to another table
does so within one listing (or one account), and nothing depends on running in one place.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest
from alembic import command
from alembic.script import ScriptDirectory

from listingapi.infra.migrations import config, current_revision, migrate, newest_revision, require_current_schema
from tests.conftest import TestDatabase

# Small tables that such an engine copies to every node.
REFERENCE_TABLES = ("account", "alembic_version", "event_feed", "relay_partition", "signing_key")

KEYS_OUTSIDE_LISTING_AND_ACCOUNT = """
    SELECT format('%s.%s', c.conrelid::regclass, c.conname)
    FROM pg_constraint c
    WHERE c.contype IN ('p', 'u', 'f')
      AND c.connamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
      AND NOT c.conrelid::regclass::text = ANY ($1)
      AND NOT EXISTS (
          SELECT FROM pg_attribute a
          WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND a.attname IN ('listing_id', 'account_id')
      )
"""
UNIQUE_INDEXES_WITHOUT_CONSTRAINT = """
    SELECT i.indexrelid::regclass::text
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indisunique
      AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace)
      AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
"""
SEQUENCES_BUT_BIGINT = "SELECT sequencename FROM pg_sequences WHERE data_type <> 'bigint'::regtype"
TRIGGERS = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
TABLES = """
    SELECT tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY tablename
"""
PRIVILEGES = """
    SELECT privilege_type FROM information_schema.table_privileges
    WHERE grantee = 'listingapi_app' AND table_name = $1
    ORDER BY privilege_type
"""
MAY_CREATE_SCHEMAS = "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO alone', current_database()); END $$"
COLUMNS_OF_TYPE = """
    SELECT format('%s.%s', table_name, column_name) FROM information_schema.columns
    WHERE table_schema = 'public' AND data_type = $1
"""


async def column(connection: "asyncpg.Connection[asyncpg.Record]", query: str, *arguments: Any) -> list[str]:
    """The first column of what a query finds."""
    return [row[0] for row in await connection.fetch(query, *arguments)]


def tables_of(database: TestDatabase) -> list[str]:
    async def find() -> list[str]:
        connection = await asyncpg.connect(database.superuser_url)
        try:
            return await column(connection, TABLES)
        finally:
            await connection.close()

    return asyncio.run(find())


async def execute(database: TestDatabase, statement: str) -> None:
    connection = await asyncpg.connect(database.superuser_url)
    await connection.execute(statement)
    await connection.close()


async def user_of(url: str) -> str:
    """Whom a connection that serves requests acts as."""
    connection = await asyncpg.connect(url, server_settings={"role": "listingapi_app"})
    user: str = await connection.fetchval("SELECT current_user")
    await connection.close()
    return user


def test_migrations_go_up_down_and_up_again(create_empty_database: Callable[[], TestDatabase]) -> None:
    database = create_empty_database()

    migrate(database.migration_url, database.serving_url)
    after_up = tables_of(database)
    command.downgrade(config(database.migration_url), "base")
    after_down = tables_of(database)
    migrate(database.migration_url, database.serving_url)

    assert "listing_price" in after_up
    assert after_down == ["alembic_version"]
    assert tables_of(database) == after_up


def test_every_migration_can_be_taken_back_by_itself(create_empty_database: Callable[[], TestDatabase]) -> None:
    database = create_empty_database()
    migrate(database.migration_url, database.serving_url)
    alembic = config(database.migration_url)

    for revision in ScriptDirectory.from_config(alembic).walk_revisions():
        command.downgrade(alembic, str(revision.down_revision or "base"))
        command.upgrade(alembic, revision.revision)
        command.downgrade(alembic, str(revision.down_revision or "base"))


def test_several_processes_may_migrate_at_once(create_empty_database: Callable[[], TestDatabase]) -> None:
    database = create_empty_database()

    environment = {
        **os.environ,
        "LISTINGAPI_DATABASE_URL": database.serving_url,
        "LISTINGAPI_MIGRATION_DATABASE_URL": database.migration_url,
    }
    command_line = [sys.executable, "-m", "listingapi", "migrate"]

    processes = [subprocess.Popen(command_line, env=environment) for _ in range(3)]

    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert current_revision(database.serving_url) == newest_revision()


def test_one_role_may_migrate_and_serve(create_empty_database: Callable[[], TestDatabase]) -> None:
    """Also where it created the serving role: since PostgreSQL 16 that alone does not let it act as that role."""
    database = create_empty_database()
    asyncio.run(execute(database, "CREATE ROLE alone LOGIN; GRANT ALL ON SCHEMA public TO alone"))
    asyncio.run(execute(database, MAY_CREATE_SCHEMAS))
    asyncio.run(execute(database, "GRANT listingapi_app TO alone WITH ADMIN TRUE, SET FALSE"))
    alone = database.superuser_url.replace("postgres@", "alone@")

    migrate(alone, alone)

    assert asyncio.run(user_of(alone)) == "listingapi_app"


def test_a_database_of_a_newer_release_is_served_and_left_alone(create_database: Callable[[], TestDatabase]) -> None:
    database = create_database()

    async def make_newer() -> None:
        connection = await asyncpg.connect(database.superuser_url)
        await connection.execute("UPDATE alembic_version SET version_num = '9999'")
        await connection.close()

    asyncio.run(make_newer())
    require_current_schema(database.serving_url)
    migrate(database.migration_url, database.serving_url)

    assert current_revision(database.serving_url) == "9999"


def test_the_newest_revision_is_the_one_that_alembic_finds(database: TestDatabase) -> None:
    alembic = config(database.migration_url)

    assert newest_revision() == ScriptDirectory.from_config(alembic).get_current_head()
    assert current_revision(database.serving_url) == newest_revision()


async def test_every_key_holds_the_listing_or_the_account(superuser: "asyncpg.Connection[asyncpg.Record]") -> None:
    assert await column(superuser, KEYS_OUTSIDE_LISTING_AND_ACCOUNT, REFERENCE_TABLES) == []
    assert await column(superuser, UNIQUE_INDEXES_WITHOUT_CONSTRAINT) == []


async def test_nothing_depends_on_running_in_one_place(superuser: "asyncpg.Connection[asyncpg.Record]") -> None:
    assert await column(superuser, SEQUENCES_BUT_BIGINT) == []
    assert await column(superuser, TRIGGERS) == []


async def test_money_is_exact_and_times_have_their_zone(superuser: "asyncpg.Connection[asyncpg.Record]") -> None:
    assert await column(superuser, COLUMNS_OF_TYPE, "timestamp without time zone") == []
    assert await column(superuser, COLUMNS_OF_TYPE, "double precision") == ["listing.surface_area_m2"]
    money = set(await column(superuser, COLUMNS_OF_TYPE, "numeric"))
    assert {"listing.latest_price_eur", "listing_price.price_eur"} <= money


@pytest.mark.parametrize(
    ("table", "privileges"),
    [
        pytest.param("listing_price", ["INSERT", "SELECT"], id="the history is append-only"),
        pytest.param("listing", ["INSERT", "SELECT", "UPDATE"], id="a listing is never deleted"),
        pytest.param("alembic_version", ["SELECT"], id="the revision is only read"),
    ],
)
async def test_the_serving_role_may_do_no_more_than_it_needs(
    superuser: "asyncpg.Connection[asyncpg.Record]", table: str, privileges: list[str]
) -> None:
    assert await column(superuser, PRIVILEGES, table) == privileges


async def test_the_serving_role_owns_nothing(superuser: "asyncpg.Connection[asyncpg.Record]") -> None:
    owned = "SELECT relname FROM pg_class WHERE relowner = 'listingapi_app'::regrole"

    assert await column(superuser, owned) == []
