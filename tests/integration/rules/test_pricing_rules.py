"""Pricing rules are data: added, read, replaced and deleted over HTTP, and held against prices from then on."""

import asyncio
from typing import Any

import httpx
import pytest

from listingapi.access.scopes import Scope
from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of

LARGEST = {"kind": "largest-change", "action": "confirm", "max_change_percent": 50}
PER_M2 = {
    "kind": "price-per-m2",
    "action": "flag",
    "min_price_per_m2_eur": 0.01,
    "max_price_per_m2_eur": 999999999999.99,
    "country": "FR",
    "building_type": "APARTMENT",
}
HIGHEST_PER_M2 = {"kind": "price-per-m2", "action": "reject", "max_price_per_m2_eur": 9000}
INTERVAL = {"kind": "smallest-interval", "action": "reject", "min_interval_seconds": 3600}
KINDS = [LARGEST, PER_M2, HIGHEST_PER_M2, INTERVAL]

OTHER_ACCOUNT = """
    WITH other AS (INSERT INTO account (name) VALUES ('other') RETURNING account_id)
    INSERT INTO pricing_rule (account_id, kind, action, max_change_percent, created_date, updated_date)
    SELECT account_id, 'largest-change', 'reject', 1, now(), now() FROM other
    RETURNING rule_id
"""
FILL = """
    INSERT INTO pricing_rule (account_id, kind, action, min_interval_seconds, created_date, updated_date)
    SELECT 1, 'smallest-interval', 'flag', 1, now(), now() FROM generate_series(1, $1)
"""


async def add(client: httpx.AsyncClient, rule: dict[str, Any], **headers: str) -> httpx.Response:
    answer = await client.post("/pricing-rules", json=rule, headers=headers)
    assert answer.status_code == 201
    return answer


@pytest.mark.parametrize("rule", KINDS, ids=lambda rule: f"{rule['kind']} {rule['action']}")
async def test_a_rule_is_read_as_it_was_written(client: httpx.AsyncClient, rule: dict[str, Any]) -> None:
    created = await add(client, rule)
    read = await client.get(created.headers["location"])

    dates = dict.fromkeys(("created_date", "updated_date"), "2023-01-12T09:23:36Z")
    assert created.json() == rule | dates | {"id": created.json()["id"]}
    assert read.json() == created.json()


async def test_an_account_lists_all_its_rules(client: httpx.AsyncClient) -> None:
    assert (await client.get("/pricing-rules")).json() == []
    created = [(await add(client, rule)).json() for rule in KINDS]

    assert (await client.get("/pricing-rules")).json() == created


async def test_a_rule_is_replaced_also_by_one_of_another_kind(client: httpx.AsyncClient, clock: Clock) -> None:
    created = await add(client, PER_M2)
    clock.advance(hours=1)
    replaced = await client.put(created.headers["location"], json=INTERVAL)

    dates = {"created_date": "2023-01-12T09:23:36Z", "updated_date": "2023-01-12T10:23:36Z"}
    assert replaced.status_code == 200
    assert replaced.json() == INTERVAL | dates | {"id": created.json()["id"]}
    assert (await client.get("/pricing-rules")).json() == [replaced.json()]


async def test_a_rule_may_be_sent_back_as_it_was_read(client: httpx.AsyncClient) -> None:
    created = await add(client, PER_M2)
    replaced = await client.put(created.headers["location"], json=created.json())

    assert replaced.json() == created.json()


async def test_a_deleted_rule_is_gone(client: httpx.AsyncClient) -> None:
    kept, deleted = await add(client, LARGEST), await add(client, INTERVAL)
    answer = await client.delete(deleted.headers["location"])

    assert (answer.status_code, answer.content) == (204, b"")
    assert (await client.get("/pricing-rules")).json() == [kept.json()]


@pytest.mark.parametrize("rule_id", ["7", "abc", "-1", "9223372036854775808", "1" * 400])
async def test_a_rule_that_does_not_exist_is_not_found(client: httpx.AsyncClient, rule_id: str) -> None:
    path = f"/pricing-rules/{rule_id}"
    answers = [await client.get(path), await client.put(path, json=LARGEST), await client.delete(path)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert answers[0].json() == {"message": f"There is no pricing rule {rule_id[:40]}."}


async def test_the_rules_of_another_account_are_not_there(client: httpx.AsyncClient, superuser: Any) -> None:
    path = f"/pricing-rules/{await superuser.fetchval(OTHER_ACCOUNT)}"
    answers = [await client.get(path), await client.put(path, json=LARGEST), await client.delete(path)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert (await client.get("/pricing-rules")).json() == []
    assert await superuser.fetchval("SELECT max_change_percent FROM pricing_rule") == 1


async def test_an_account_has_at_most_a_hundred_rules(client: httpx.AsyncClient, superuser: Any) -> None:
    await superuser.execute(FILL, 99)
    hundredth = await add(client, LARGEST)
    answer = await client.post("/pricing-rules", json=LARGEST)

    assert answer.status_code == 409
    assert answer.json() == {"message": "An account has at most 100 pricing rules: delete or replace one."}
    assert len((await client.get("/pricing-rules")).json()) == 100
    assert (await client.delete(hundredth.headers["location"])).status_code == 204
    await add(client, LARGEST)


async def test_a_wrong_rule_is_refused_field_by_field(client: httpx.AsyncClient) -> None:
    headers = {"accept": "application/problem+json"}
    given = {"kind": "smallest-interval", "action": "reject", "min_interval_seconds": 1, "country": "FR"}
    answer = await client.post("/pricing-rules", json=given, headers=headers)

    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "/country", "detail": "does not go with the kind smallest-interval"}]


async def test_rules_need_a_scope_of_their_own_also_to_be_read(database: TestDatabase, clock: Clock) -> None:
    scopes = frozenset({Scope.LISTINGS_READ, Scope.LISTINGS_WRITE})
    async with client_of(database.settings(anonymous_scopes=scopes), clock) as client:
        answers = [
            await client.get("/pricing-rules"),
            await client.get("/pricing-rules/1"),
            await client.post("/pricing-rules", json=LARGEST),
            await client.put("/pricing-rules/1", json=LARGEST),
            await client.delete("/pricing-rules/1"),
        ]

    assert [answer.status_code for answer in answers] == [401] * 5
    assert "rules:write" in answers[0].json()["message"]


async def test_a_repeated_creation_makes_one_rule(client: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": '"first"'}
    created, again = await add(client, LARGEST, **key), await add(client, LARGEST, **key)
    other = await client.post("/pricing-rules", json=INTERVAL, headers=key)

    assert again.content == created.content
    assert again.headers["location"] == created.headers["location"]
    assert other.status_code == 422
    assert (await client.get("/pricing-rules")).json() == [created.json()]


async def test_many_clients_with_one_key_make_one_rule(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": '"once"'}
    answers = await asyncio.gather(*(client.post("/pricing-rules", json=LARGEST, headers=headers) for _ in range(16)))

    (made,) = (await client.get("/pricing-rules")).json()
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert [made] * sum(answer.status_code == 201 for answer in answers) == [
        answer.json() for answer in answers if answer.status_code == 201
    ]


async def test_repeated_replacements_and_deletions_are_answered_as_before(client: httpx.AsyncClient) -> None:
    path = (await add(client, LARGEST)).headers["location"]
    replaced = await client.put(path, json=INTERVAL, headers={"Idempotency-Key": '"put"'})
    deleted = await client.delete(path, headers={"Idempotency-Key": '"delete"'})
    replaced_again = await client.put(path, json=INTERVAL, headers={"Idempotency-Key": '"put"'})
    deleted_again = await client.delete(path, headers={"Idempotency-Key": '"delete"'})

    assert (replaced_again.status_code, replaced_again.content) == (200, replaced.content)
    assert (deleted_again.status_code, deleted_again.content) == (deleted.status_code, b"") == (204, b"")
    assert (await client.get("/pricing-rules")).json() == []


async def change_price(client: httpx.AsyncClient, path: str, price: int, **params: str) -> httpx.Response:
    return await client.put(path, json=factories.listing(latest_price_eur=price), params=params)


async def test_a_rule_holds_from_its_creation_to_its_deletion(client: httpx.AsyncClient) -> None:
    listing = (await client.post("/listings", json=factories.listing(latest_price_eur=100_000))).headers["location"]
    assert (await change_price(client, listing, 40_000)).status_code == 200

    rule = (await add(client, LARGEST)).headers["location"]
    asked = await change_price(client, listing, 100_000)
    assert asked.status_code == 409
    assert asked.json()["message"] == (
        "The price changes by 150.00 %, more than 50 %. If it is meant, send it again with confirm=true."
    )
    assert (await change_price(client, listing, 100_000, confirm="true")).status_code == 200

    await client.put(rule, json=LARGEST | {"action": "reject"})
    assert (await change_price(client, listing, 40_000, confirm="true")).status_code == 422

    await client.delete(rule)
    assert (await change_price(client, listing, 40_000)).status_code == 200


async def test_the_rules_of_other_accounts_hold_up_nothing(client: httpx.AsyncClient, superuser: Any) -> None:
    await superuser.execute(OTHER_ACCOUNT)
    listing = (await client.post("/listings", json=factories.listing(latest_price_eur=100_000))).headers["location"]

    assert (await change_price(client, listing, 40_000)).status_code == 200
