"""A caller writes what belongs to their account, as far as their scopes go, and is named in what they wrote."""

from typing import Any, TypeAlias

import asyncpg
import httpx
import pytest

from listingapi.access.scopes import Scope
from tests import factories
from tests.accounts import Accounts, Headers
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of

NO_PRICES = frozenset({Scope.LISTINGS_READ, Scope.LISTINGS_WRITE})

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@pytest.fixture
async def owner(accounts: Accounts) -> int:
    return await accounts.add("owner")


@pytest.fixture
def client(closed: httpx.AsyncClient) -> httpx.AsyncClient:
    return closed


@pytest.fixture
async def both_keys(accounts: Accounts, owner: int) -> tuple[Headers, Headers]:
    """A key that may write listings but not prices, and one that may both."""
    return await accounts.key(owner, scopes=NO_PRICES), await accounts.key(owner)


async def add(client: httpx.AsyncClient, headers: Headers) -> str:
    """Add a listing; returns its address."""
    return (await client.post("/listings", json=factories.listing(), headers=headers)).headers["Location"]


async def prices(client: httpx.AsyncClient, listing: str, headers: Headers) -> list[float]:
    return [entry["price_eur"] for entry in (await client.get(f"{listing}/prices", headers=headers)).json()]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        pytest.param("PUT", "", factories.listing(latest_price_eur=90_000), id="by replacing the listing"),
        pytest.param("PATCH", "", {"latest_price_eur": 90_000}, id="by a patch"),
        pytest.param("POST", "/prices", {"price_eur": 90_000}, id="by appending it"),
        pytest.param("POST", "/relist", {"latest_price_eur": 90_000}, id="by relisting"),
    ],
)
async def test_a_price_changes_only_by_whoever_may_change_prices(
    client: httpx.AsyncClient, both_keys: tuple[Headers, Headers], method: str, path: str, body: dict[str, Any]
) -> None:
    without, with_prices = both_keys
    listing = await add(client, without)
    if path == "/relist":
        await client.delete(listing, headers=without)

    refused = await client.request(method, listing + path, json=body, headers=without)
    taken = await client.request(method, listing + path, json=body, headers=with_prices)

    assert refused.status_code == 403
    assert "prices:write" in refused.json()["message"]
    assert taken.is_success
    assert await prices(client, listing, with_prices) == [100_000, 90_000]


async def test_whoever_may_not_change_prices_may_change_all_else(
    client: httpx.AsyncClient, accounts: Accounts, owner: int
) -> None:
    key = await accounts.key(owner, scopes=NO_PRICES)
    listing = await add(client, key)

    answer = await client.put(listing, json=factories.listing(name="Another"), headers=key)

    assert (answer.status_code, answer.json()["name"]) == (200, "Another")


async def test_a_caller_without_credentials_is_asked_for_some_where_only_the_price_is_closed(
    database: TestDatabase, clock: Clock
) -> None:
    async with client_of(database.settings(anonymous_scopes=NO_PRICES), clock) as client:
        listing = await add(client, {})
        answer = await client.patch(listing, json={"latest_price_eur": 1})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_another_accounts_listing_is_closed_before_anything_about_it_is_said(
    client: httpx.AsyncClient, accounts: Accounts, owner: int
) -> None:
    own, other = await accounts.key(owner), await accounts.key(await accounts.add("other"))
    listing = await add(client, own)
    outdated = await client.patch(listing, json={}, headers=other | {"If-Match": '"7"'})
    await client.delete(listing, headers=own)
    withdrawn = await client.patch(listing, json={}, headers=other)

    assert (outdated.status_code, withdrawn.status_code) == (403, 403)


async def test_a_batch_changes_own_listings_and_refuses_the_lines_of_others(
    client: httpx.AsyncClient, accounts: Accounts, owner: int
) -> None:
    own, other = await accounts.key(owner), await accounts.key(await accounts.add("other"))
    listings = [await add(client, own), await add(client, other)]
    lines = [{"listing_id": int(listing.rpartition("/")[2]), "price_eur": 5} for listing in listings]

    rehearsed = await client.post("/prices:batch?dry_run=true", json={"prices": lines}, headers=own)
    done = await client.post("/prices:batch", json={"prices": lines}, headers=own)

    for answer in (rehearsed, done):
        assert [result["status"] for result in answer.json()["results"]] == [201, 403]
    assert [await prices(client, listing, own) for listing in listings] == [[100_000, 5], [100_000]]


async def test_an_operator_corrects_whose_listing_it_ever_is(
    client: httpx.AsyncClient, accounts: Accounts, owner: int
) -> None:
    own, operator = await accounts.key(owner), await accounts.key(await accounts.add("operator", "operator"))
    listing = await add(client, own)

    correction = {"price_eur": 110_000, "reason": "a digit was wrong"}
    answer = await client.post(f"{listing}/prices/1/corrections", json=correction, headers=operator)

    assert answer.status_code == 201
    assert await prices(client, listing, own) == [110_000]


async def test_a_key_of_one_account_never_gets_the_recorded_answer_of_another(
    client: httpx.AsyncClient, accounts: Accounts, owner: int
) -> None:
    own, other = await accounts.key(owner), await accounts.key(await accounts.add("other"))
    same = {"Idempotency-Key": "1"}

    first = await client.post("/listings", json=factories.listing(), headers=own | same)
    second = await client.post("/listings", json=factories.listing(), headers=other | same)

    assert first.json()["id"] != second.json()["id"]


async def test_each_write_of_a_listing_leaves_one_entry_in_the_audit_trail(
    client: httpx.AsyncClient, accounts: Accounts, owner: int, superuser: Connection
) -> None:
    key = await accounts.key(owner)
    actor = f"key {await superuser.fetchval('SELECT max(key_id) FROM api_key')}"
    listing = await add(client, key)
    number = int(listing.rpartition("/")[2])

    await client.patch(listing, json={"name": "Another", "latest_price_eur": 5}, headers=key)
    await client.patch(listing, json={"name": "Another"}, headers=key | {"If-Match": '"1"'})  # refused
    await client.post("/prices:batch", json={"prices": [{"listing_id": number, "price_eur": 6}]}, headers=key)
    await client.delete(listing, headers=key)
    await client.delete(listing, headers=key)  # changes nothing
    entries = await superuser.fetch("SELECT * FROM audit_entry ORDER BY audit_id")

    assert {(entry["account_id"], entry["actor"], entry["listing_id"]) for entry in entries} == {(owner, actor, number)}
    assert [(entry["operation"], entry["version"], entry["details"]) for entry in entries] == [
        ("post-listings", 1, None),
        ("patch-listing", 2, '{"changed": ["name", "latest_price_eur"]}'),
        ("post-prices-batch", 3, '{"changed": ["latest_price_eur"]}'),
        ("delete-listing", 4, None),
    ]


async def test_each_price_entry_says_who_it_is_of(
    client: httpx.AsyncClient, accounts: Accounts, owner: int, superuser: Connection, clock: Clock
) -> None:
    operators = await accounts.add("operator", "operator")
    own, operator = await accounts.key(owner), await accounts.key(operators)
    first, second = [f"key {row[0]}" for row in await superuser.fetch("SELECT key_id FROM api_key ORDER BY key_id")]
    listing = await add(client, own)
    await client.post(f"{listing}/prices", json={"price_eur": 5}, headers=own)
    scheduled = {"price_eur": 7, "effective_date": f"{clock.now.year + 1}-01-01T00:00:00Z"}
    await client.post(f"{listing}/prices", json=scheduled, headers=own)
    clock.advance(days=800)
    await client.post(f"{listing}/prices/1/corrections", json={"price_eur": 9, "reason": "?"}, headers=operator)

    entries = await superuser.fetch("SELECT source, account_id, actor FROM listing_price ORDER BY version")
    corrections = await superuser.fetch("SELECT account_id, actor FROM listing_price_correction")

    assert [tuple(entry) for entry in entries] == [
        ("api", owner, first), ("api", owner, first), ("schedule", owner, first),
    ]  # fmt: skip
    assert [tuple(correction) for correction in corrections] == [(operators, second)]


async def test_what_pricing_rules_had_against_a_price_is_told_to_whoever_may_write_or_correct_it(
    client: httpx.AsyncClient, accounts: Accounts, owner: int
) -> None:
    own = await accounts.key(owner)
    others = {
        "owner": own,
        "reader of the owner": await accounts.key(owner, scopes={Scope.LISTINGS_READ}),
        "portal": await accounts.key(await accounts.add("portal", "portal")),
        "other": await accounts.key(await accounts.add("other")),
        "operator": await accounts.key(await accounts.add("operator", "operator")),
    }
    await client.post("/pricing-rules", json={"kind": "largest-change", "max_change_percent": 1}, headers=own)
    listing = await add(client, own)
    await client.post(f"{listing}/prices", json={"price_eur": 5}, headers=own)

    def is_told(answer: httpx.Response) -> bool:
        return "flags" in answer.json()[-1]

    told = {
        name: is_told(await client.get(f"{listing}/prices?view=detailed", headers=headers))
        for name, headers in others.items()
    }

    assert told == {
        "owner": True, "reader of the owner": False, "portal": False, "other": False, "operator": True,
    }  # fmt: skip
