"""The mistakes that an API with histories is known for, each by name."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import asyncpg
import httpx
import pytest

from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.history import assert_histories_are_whole, prices_of
from tests.statements import seen_by

ONE_TRANSACTION = """
    SELECT listing.xmin = listing_price.xmin
    FROM listing JOIN listing_price USING (listing_id)
    WHERE listing_price.version = listing.version
"""


async def create(client: httpx.AsyncClient, **given: Any) -> int:
    listing_id: int = (await client.post("/listings", json=factories.listing(**given))).json()["id"]
    return listing_id


@pytest.mark.parametrize("same", [100_000, 100_000.0, "100000", "100000.00", "0100000"])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_an_unchanged_price_adds_no_entry(
    client: httpx.AsyncClient, clock: Clock, superuser: Any, method: str, same: Any
) -> None:
    listing_id = await create(client, latest_price_eur=100_000)
    for name in ("Renovated", "Sold"):
        clock.advance(days=1)
        response = await client.request(
            method, f"/listings/{listing_id}", json=factories.listing(name=name, latest_price_eur=same)
        )
        assert response.json()["name"] == name

    assert await prices_of(superuser, listing_id) == [100_000]
    await assert_histories_are_whole(superuser)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_to_b_to_a_keeps_three_entries(client: httpx.AsyncClient, superuser: Any, method: str) -> None:
    listing_id = await create(client, latest_price_eur=1)
    for price in (2, 1, 1, 2, 1):
        await client.request(method, f"/listings/{listing_id}", json=factories.listing(latest_price_eur=price))

    assert await prices_of(superuser, listing_id) == [1, 2, 1, 2, 1]
    await assert_histories_are_whole(superuser)


async def test_listing_and_price_are_one_transaction(client: httpx.AsyncClient, superuser: Any) -> None:
    listing_id = await create(client)
    assert await superuser.fetchval(ONE_TRANSACTION) is True
    await client.put(f"/listings/{listing_id}", json=factories.listing(latest_price_eur=1))
    assert await superuser.fetchval(ONE_TRANSACTION) is True
    await client.patch(f"/listings/{listing_id}", json={"latest_price_eur": 2})
    assert await superuser.fetchval(ONE_TRANSACTION) is True


@pytest.fixture
def altered_database(create_database: Callable[[], TestDatabase]) -> TestDatabase:
    """A database that no other test gets."""
    return create_database()


async def test_a_listing_whose_entry_is_refused_is_not_written(altered_database: TestDatabase, clock: Clock) -> None:
    superuser = await asyncpg.connect(altered_database.superuser_url)
    await superuser.execute("ALTER TABLE listing_price ADD CHECK (price_eur <> 13)")
    async with client_of(altered_database.settings(), clock) as client:
        listing_id = await create(client, latest_price_eur=1)
        client.event_hooks = {}
        unlucky = factories.listing(name="Unlucky", latest_price_eur=13)
        assert (await client.put(f"/listings/{listing_id}", json=unlucky)).status_code == 500
        assert (await client.post("/listings", json=unlucky)).status_code == 500
        listed = (await client.get("/listings")).json()

    assert [(listing["name"], listing["latest_price_eur"]) for listing in listed] == [("Flat near the station", 1)]
    await assert_histories_are_whole(superuser)
    await superuser.close()


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that requests run."""
    return seen_by(monkeypatch)


def of_tables(statements: list[str]) -> list[str]:
    return [statement for statement in statements if "listing" in statement]


async def test_a_page_of_listings_is_one_statement_that_reads_no_history(
    statements: list[str], client: httpx.AsyncClient
) -> None:
    for _ in range(5):
        listing_id = await create(client)
        for price in range(3):
            await client.patch(f"/listings/{listing_id}", json={"latest_price_eur": price})
    statements.clear()
    assert len((await client.get("/listings?limit=4")).json()) == 4

    [statement] = of_tables(statements)
    assert "listing_price" not in statement


async def test_a_history_is_one_statement(statements: list[str], client: httpx.AsyncClient) -> None:
    listing_id = await create(client)
    for price in range(3):
        await client.patch(f"/listings/{listing_id}", json={"latest_price_eur": price})
    statements.clear()
    assert len((await client.get(f"/listings/{listing_id}/prices")).json()) == 4

    assert len(of_tables(statements)) == 1


CHANGES = {
    "PUT": ("PUT", "", factories.listing(latest_price_eur=1)),
    "PATCH": ("PATCH", "", {"latest_price_eur": 1}),
    "POST prices": ("POST", "/prices", {"price_eur": 1}),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "once"}], ids=["plain", "safe to repeat"])
async def test_a_change_of_price_takes_two_round_trips(
    statements: list[str], client: httpx.AsyncClient, change: str, headers: dict[str, str]
) -> None:
    method, below, body = CHANGES[change]
    listing_id = await create(client)
    statements.clear()
    answer = await client.request(method, f"/listings/{listing_id}{below}", json=body, headers=headers)

    assert answer.is_success
    assert len(statements) == 2, "what is done to the session counts as well"


AMOUNTS = [
    "0.1", "0.2", "0.3", "0.29", "1.1", "4.35", "1.15", "8.41", "70.07", "1234567.89", "333333333333.33",
    "999999999999.99", "999999999999.98", "900719925474.09", "900719925474.1", "0.01", "10.00",
]  # fmt: skip


@pytest.mark.parametrize("amount", AMOUNTS)
@pytest.mark.parametrize("quoted", [False, True])
async def test_money_is_exact_to_the_cent_as_text(
    client: httpx.AsyncClient, superuser: Any, amount: str, *, quoted: bool
) -> None:
    given = json.dumps(factories.listing(latest_price_eur="AMOUNT"))
    body = given.replace('"AMOUNT"', f'"{amount}"' if quoted else amount)
    created = await client.post("/listings", content=body, headers={"content-type": "application/json"})
    listing_id = created.json()["id"]

    expected = f"{Decimal(amount):.2f}".removesuffix(".00")
    assert f'"latest_price_eur":{expected},' in created.text
    assert f'"latest_price_eur":{expected},' in (await client.get("/listings")).text
    assert f'{{"price_eur":{expected},' in (await client.get(f"/listings/{listing_id}/prices")).text
    assert await prices_of(superuser, listing_id) == [Decimal(amount)]


@pytest.mark.parametrize("amount", ["0.30000000000000004", "2.675", "333333333333.3333", "999999999999.999", "1e15"])
async def test_money_that_would_have_to_be_rounded_is_refused(client: httpx.AsyncClient, amount: str) -> None:
    body = json.dumps(factories.listing(latest_price_eur="AMOUNT")).replace('"AMOUNT"', amount)
    response = await client.post("/listings", content=body, headers={"content-type": "application/json"})

    assert response.status_code == 422
    assert "latest_price_eur must be a number" in response.json()["message"]


async def test_a_cent_up_and_down_is_two_changes(client: httpx.AsyncClient, superuser: Any) -> None:
    listing_id = await create(client, latest_price_eur="999999999999.98")
    for price in ("999999999999.99", "999999999999.98"):
        await client.patch(f"/listings/{listing_id}", json={"latest_price_eur": price})

    assert await prices_of(superuser, listing_id) == [
        Decimal("999999999999.98"),
        Decimal("999999999999.99"),
        Decimal("999999999999.98"),
    ]
