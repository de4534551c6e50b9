"""Every write leaves an entry in the audit trail, in its own transaction, and operators read it: filtered, in pages."""

from typing import Any

import httpx
import pytest

from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.statements import seen_by

PROBLEM = {"accept": "application/problem+json"}
NOW = "2023-01-12T09:23:36Z"
IN_TRANSACTION_OF = """
    SELECT audit_entry.xmin = {table}.xmin FROM audit_entry, {table}
    WHERE audit_id = (SELECT max(audit_id) FROM audit_entry) AND {table}.{column} = $1
"""


async def trail(client: httpx.AsyncClient, **asked: Any) -> list[dict[str, Any]]:
    answer = await client.get("/audit", params=asked)
    assert answer.status_code == 200, answer.text
    entries: list[dict[str, Any]] = answer.json()
    return entries


async def operations(client: httpx.AsyncClient, **asked: Any) -> list[str]:
    return [entry["operation"] for entry in await trail(client, **asked)]


@pytest.fixture
async def told(client: httpx.AsyncClient, clock: Clock) -> dict[str, Any]:
    """Two listings and an account with a key, each written an hour after the other."""
    await client.post("/listings", json=factories.listing())
    clock.advance(hours=1)
    await client.post("/listings", json=factories.listing())
    clock.advance(hours=1)
    await client.patch("/listings/1", json={"latest_price_eur": 5})
    clock.advance(hours=1)
    account: dict[str, Any] = (await client.post("/accounts", json={"name": "Agency", "kind": "agency"})).json()
    clock.advance(hours=1)
    await client.post(f"/accounts/{account['id']}/keys", json={"name": "a", "scopes": ["listings:read"]})
    return account


async def test_the_writes_of_operators_are_told_with_what_they_changed(client: httpx.AsyncClient) -> None:
    account = (await client.post("/accounts", json={"name": "Agency", "kind": "agency", "reads_per_minute": 9})).json()
    path = f"/accounts/{account['id']}"
    await client.patch(path, json={"kind": "portal", "suspended": True, "name": "Agency", "reads_per_minute": None})
    key = (await client.post(f"{path}/keys", json={"name": "a"})).json()
    await client.delete(f"{path}/keys/{key['id']}")
    entries = list(reversed(await trail(client)))

    scopes = ["listings:read", "events:read", "webhooks:write"]
    of_key = {"account_id": account["id"], "key_id": key["id"], "scopes": scopes}
    assert [(entry["operation"], entry["details"]) for entry in entries] == [
        (
            "post-accounts",
            {
                "account_id": account["id"], "name": "Agency", "kind": "agency",
                "reads_per_minute": 9, "writes_per_minute": None,
            },
        ),
        (
            "patch-account",
            {
                "account_id": account["id"], "changed": ["kind", "reads_per_minute", "suspended"],
                "kind": "portal", "reads_per_minute": None, "suspended": True,
            },
        ),
        ("post-account-keys", of_key),
        ("delete-account-key", of_key),
    ]  # fmt: skip
    assert {(entry["account_id"], entry["actor"], entry["created_date"]) for entry in entries} == {
        (1, "anonymous", NOW)
    }
    assert all(not {"listing_id", "version"} & entry.keys() for entry in entries)


async def test_who_did_it_is_told(database: TestDatabase, client: httpx.AsyncClient, clock: Clock) -> None:
    account = (await client.post("/accounts", json={"name": "ops", "kind": "operator"})).json()
    key = (await client.post(f"/accounts/{account['id']}/keys", json={"name": "a"})).json()
    async with client_of(database.settings(anonymous_scopes=frozenset()), clock) as operator:
        operator.headers["Authorization"] = f"Bearer {key['key']}"
        await operator.post("/listings", json=factories.listing())
        [entry, *_] = await trail(operator)

    assert (entry["account_id"], entry["actor"]) == (account["id"], f"key {key['id']}")
    assert (entry["operation"], entry["listing_id"], entry["version"]) == ("post-listings", 1, 1)


async def test_what_changed_nothing_or_was_refused_leaves_no_entry(
    client: httpx.AsyncClient, told: dict[str, Any]
) -> None:
    before = await trail(client)
    await client.patch(f"/accounts/{told['id']}", json={"name": "Agency", "suspended": False})
    await client.patch(f"/accounts/{told['id']}", json={"name": ""})
    await client.post("/accounts", json={"name": "Agency", "kind": "agency"})
    await client.post(f"/accounts/{told['id']}/keys", json={"name": "a", "scopes": ["accounts:admin"]})
    await client.delete(f"/accounts/{told['id']}/keys/7777")

    assert await trail(client) == before


async def test_a_repeated_request_is_told_once(client: httpx.AsyncClient) -> None:
    for _ in range(2):
        await client.post("/accounts", json={"name": "a", "kind": "agency"}, headers={"Idempotency-Key": "once"})

    assert await operations(client) == ["post-accounts"]


async def test_an_entry_is_of_the_transaction_of_the_write(
    client: httpx.AsyncClient, told: dict[str, Any], superuser: Any
) -> None:
    path = f"/accounts/{told['id']}"
    await client.patch(path, json={"name": "Other"})
    assert await superuser.fetchval(IN_TRANSACTION_OF.format(table="account", column="account_id"), told["id"]) is True
    key = (await client.post(f"{path}/keys", json={"name": "a"})).json()["id"]
    assert await superuser.fetchval(IN_TRANSACTION_OF.format(table="api_key", column="key_id"), key) is True
    await client.delete(f"{path}/keys/{key}")
    assert await superuser.fetchval(IN_TRANSACTION_OF.format(table="api_key", column="key_id"), key) is True


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["post-account-keys", "post-accounts", "patch-listing", "post-listings", "post-listings"]),
        ({"listing_id": 1}, ["patch-listing", "post-listings"]),
        ({"listing_id": 3}, []),
        ({"account_id": 1, "listing_id": 2}, ["post-listings"]),
        ({"account_id": 2**63 - 1}, []),
        ({"operation": "post-listings"}, ["post-listings"] * 2),
        ({"operation": "post-"}, []),
        ({"actor": "anonymous", "operation": "patch-listing"}, ["patch-listing"]),
        ({"actor": "key 1"}, []),
        ({"since": "2023-01-12T11:23:36Z"}, ["post-account-keys", "post-accounts", "patch-listing"]),
        ({"until": "2023-01-12T09:23:36Z"}, ["post-listings"]),
        ({"since": "2023-01-12T11:23:36+01:00", "until": "2023-01-12T10:23:36Z"}, ["post-listings"]),
    ],
    ids=str,
)
@pytest.mark.usefixtures("told")
async def test_the_trail_is_filtered_by_what_is_asked(
    client: httpx.AsyncClient, asked: dict[str, Any], expected: list[str]
) -> None:
    found = await operations(client, **asked)

    assert found[: len(expected)] == expected
    assert len(found) == len(expected)


@pytest.mark.usefixtures("told")
async def test_pages_lead_from_the_newest_to_the_oldest_entry(client: httpx.AsyncClient, clock: Clock) -> None:
    whole = await trail(client, actor="anonymous")
    seen, following = [], "/audit?limit=2&actor=anonymous"
    while following:
        page = await client.get(following)
        assert len(page.json()) <= 2
        seen += page.json()
        clock.advance(hours=1)
        await client.post("/listings", json=factories.listing())  # comes before the first page, and disturbs none
        following = page.links["next"]["url"] if page.links else ""

    assert seen == whole
    assert [entry["id"] for entry in seen] == sorted((entry["id"] for entry in seen), reverse=True)


@pytest.mark.usefixtures("told")
async def test_a_cursor_goes_on_with_the_filters_of_its_own(client: httpx.AsyncClient) -> None:
    following = (await client.get("/audit?limit=1&actor=anonymous")).links["next"]["url"]
    other = await client.get(following.replace("actor=anonymous", "actor=other"))
    fewer = await client.get(following.replace("&actor=anonymous", "").replace("actor=anonymous&", ""))

    assert (await client.get(following.replace("limit=1", "limit=3"))).status_code == 200
    assert [answer.status_code for answer in (other, fewer)] == [422, 422]


@pytest.mark.parametrize(
    ("query", "pointers"),
    [
        ("limit=0", ["?limit"]), ("limit=1001", ["?limit"]), ("account_id=-1", ["?account_id"]),
        ("account_id=x", ["?account_id"]), ("account_id=9223372036854775808", ["?account_id"]),
        ("listing_id=1.0", ["?listing_id"]), ("listing_id=x", ["?listing_id"]), ("actor=", ["?actor"]),
        ("operation=%00", ["?operation"]), (f"actor={'x' * 1001}", ["?actor"]), ("since=2023", ["?since"]),
        ("until=yesterday", ["?until"]),
        ("since=2023-01-02T00:00:00Z&until=2023-01-01T00:00:00Z", ["?since", "?until"]),
        ("version=1", ["?version"]), ("actor=a&actor=b", ["?actor"]), ("cursor=x", ["?cursor"]),
    ],
)  # fmt: skip
async def test_a_wrong_filter_is_named(client: httpx.AsyncClient, query: str, pointers: list[str]) -> None:
    answer = await client.get(f"/audit?{query}", headers=PROBLEM)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == pointers


async def test_a_page_is_one_statement(database: TestDatabase, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = seen_by(monkeypatch)
    async with client_of(database.settings(), clock) as client:
        for _ in range(3):
            await client.post("/listings", json=factories.listing())
        seen.clear()
        entries = await trail(client, limit=3, account_id=1)

    assert len(entries) == 3
    assert len([statement for statement in seen if "audit_entry" in statement]) == len(seen) == 1
