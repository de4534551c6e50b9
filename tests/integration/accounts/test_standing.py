"""An operator whose credentials end must not use the second for which they are remembered to take that back."""

import asyncio
from typing import TypeAlias

import asyncpg
import httpx
import pytest

from tests.accounts import Accounts, Headers
from tests.conftest import TestDatabase

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@pytest.fixture
async def good(accounts: Accounts) -> Headers:
    return await accounts.key(await accounts.add("good", "operator"))


@pytest.fixture
async def bad(closed: httpx.AsyncClient, accounts: Accounts) -> tuple[str, Headers]:
    """The path of an operator's account, and a key of theirs that is remembered."""
    account_id = await accounts.add("bad", "operator")
    key = await accounts.key(account_id)
    assert (await closed.get("/accounts", headers=key)).status_code == 200
    return f"/accounts/{account_id}", key


@pytest.mark.parametrize("end", [{"suspended": True}, {"kind": "agency"}])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", {"suspended": False, "kind": "operator"}),
        ("POST", "/keys", {"name": "successor"}),
        ("DELETE", "/keys/1", None),
    ],
)
async def test_a_suspended_operator_changes_nothing_any_more(  # noqa: PLR0913, PLR0917 - a case is that much
    closed: httpx.AsyncClient,
    good: Headers,
    bad: tuple[str, Headers],
    end: object,
    method: str,
    path: str,
    body: object,
) -> None:
    account, key = bad
    assert (await closed.patch(account, json=end, headers=good)).status_code == 200

    answer = await closed.request(method, account + path, json=body, headers=key)

    assert answer.status_code == 401
    assert (await closed.get(account, headers=good)).json() | end == (await closed.get(account, headers=good)).json()


async def test_a_revoked_key_makes_no_successor(
    closed: httpx.AsyncClient, good: Headers, bad: tuple[str, Headers]
) -> None:
    account, key = bad
    (own,) = (await closed.get(f"{account}/keys", headers=good)).json()
    assert (await closed.delete(f"{account}/keys/{own['id']}", headers=good)).status_code == 204

    answers = [
        await closed.post(f"{account}/keys", json={"name": "successor"}, headers=key),
        await closed.post("/accounts", json={"name": "another", "kind": "operator"}, headers=key),
    ]

    assert [answer.status_code for answer in answers] == [401, 401]


async def test_a_write_that_begins_while_its_operator_is_being_suspended_is_refused(
    closed: httpx.AsyncClient, good: Headers, bad: tuple[str, Headers], database: TestDatabase, superuser: Connection
) -> None:
    account, key = bad
    suspending = await asyncpg.connect(database.superuser_url)
    async with suspending.transaction():
        await suspending.execute("UPDATE account SET is_suspended = true WHERE name = 'bad'")
        late = asyncio.create_task(closed.post(f"{account}/keys", json={"name": "late"}, headers=key))
        while not await superuser.fetchval(WAITING):
            pass
    await suspending.close()

    assert (await late).status_code == 401
    assert len((await closed.get(f"{account}/keys", headers=good)).json()) == 1
