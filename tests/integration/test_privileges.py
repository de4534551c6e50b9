"""The history is append-only by privilege: the role that serves requests can't change or remove an entry."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest

from listingapi.events import changes_repository
from listingapi.infra.database import Database
from tests import factories
from tests.conftest import TestDatabase
from tests.pools import opened

SESSIONS = """
    SELECT usename FROM pg_stat_activity WHERE application_name = 'listingapi serve' AND datname = current_database()
"""
PRIVILEGES = """
    SELECT privilege_type FROM information_schema.role_table_grants
    WHERE table_name = $1 AND grantee = 'listingapi_app'
"""


@pytest.fixture
async def serving(database: TestDatabase) -> AsyncIterator[Any]:
    """A session like those of the application."""
    connection = await asyncpg.connect(database.serving_url)
    yield connection
    await connection.close()


@pytest.fixture
async def listing_id(client: httpx.AsyncClient) -> int:
    created: int = (await client.post("/listings", json=factories.listing())).json()["id"]
    return created


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE listing_price SET price_eur = 1",
        "UPDATE listing_price SET created_date = now()",
        "DELETE FROM listing_price",
        "TRUNCATE listing_price",
        "TRUNCATE listing CASCADE",
        "DELETE FROM listing",
        "ALTER TABLE listing_price DISABLE TRIGGER ALL",
        "DROP TABLE listing_price",
        "CREATE TABLE other (id bigint)",
        "SET ROLE listingapi_owner",
        "UPDATE alembic_version SET version_num = '0'",
    ],
)
async def test_the_serving_role_may_not(serving: Any, superuser: Any, listing_id: int, statement: str) -> None:
    before = await superuser.fetch("SELECT * FROM listing_price")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await serving.execute(statement)

    assert await superuser.fetch("SELECT * FROM listing_price") == before
    assert [row["listing_id"] for row in before] == [listing_id]


async def test_the_serving_role_may_append_and_read(serving: Any, listing_id: int) -> None:
    await serving.execute("INSERT INTO listing_price VALUES ($1, 2, 5, now(), now(), 'api')", listing_id)

    assert await serving.fetchval("SELECT count(*) FROM listing_price") == 2


async def test_the_serving_role_may_ask_which_database_this_is_and_of_which_timeline(
    database: TestDatabase, superuser: Any
) -> None:
    control = "SELECT system_identifier, timeline_id FROM pg_control_system(), pg_control_checkpoint()"
    known = await superuser.fetchrow(control)
    async with opened(database) as serving:
        server, _, timeline = (await changes_repository.identity(serving)).split(".")

    assert (int(server), int(timeline, 16)) == (known["system_identifier"], known["timeline_id"])


async def test_nothing_else_is_granted_on_the_history(superuser: Any) -> None:
    granted = {row["privilege_type"] for row in await superuser.fetch(PRIVILEGES, "listing_price")}

    assert granted == {"SELECT", "INSERT"}


async def test_the_application_runs_as_that_role_which_owns_nothing(
    client: httpx.AsyncClient, superuser: Any, database: TestDatabase
) -> None:
    await client.get("/listings")
    assert {row["usename"] for row in await superuser.fetch(SESSIONS)} == {"listingapi_app"}
    assert await superuser.fetchval("SELECT count(*) FROM pg_class WHERE relowner = 'listingapi_app'::regrole") == 0
    assert not await superuser.fetchval(
        "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = 'listingapi_app'"
    )
    assert database.migration_url != database.serving_url


async def test_another_login_acts_as_that_role_too(database: TestDatabase, superuser: Any) -> None:
    await superuser.execute("CREATE ROLE portal LOGIN IN ROLE listingapi_app")
    logged_in = Database(pool_size=1)
    await logged_in.open(database.serving_url.replace("listingapi_app@", "portal@"))
    row = await logged_in.fetchrow("SELECT session_user::text, current_user::text")
    await logged_in.close()
    await superuser.execute("DROP ROLE portal")

    assert row is not None
    assert tuple(row) == ("portal", "listingapi_app")
