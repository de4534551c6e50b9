"""Prices that are appended or scheduled, and what is refused."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.clock import Clock
from tests.history import prices_of
from tests.integration.prices.conftest import ApplyDue
from tests.scheduling import RULES, scheduled, states

FILL = """
    INSERT INTO scheduled_price
        (listing_id, version, price_eur, effective_date, created_date, account_id, is_confirmed)
    SELECT 1, 1000 + n, n, '2100-01-01', '2023-01-12', 1, false FROM generate_series(1, $1::bigint) AS n
"""
HISTORY = "SELECT version, price_eur, created_date, recorded_date, source, flags FROM listing_price ORDER BY version"


async def test_a_price_is_appended(client: httpx.AsyncClient, clock: Clock, path: str) -> None:
    clock.advance(days=1)
    answer = await client.post(path, json={"price_eur": 95_000.5})

    assert answer.status_code == 201
    assert answer.json() == {"version": 2, "price_eur": 95_000.5, "created_date": "2023-01-13T09:23:36Z"}
    assert (await client.get(path)).json()[1:] == [{"price_eur": 95_000.5, "created_date": "2023-01-13T09:23:36Z"}]
    assert (await client.get("/listings/1")).json()["latest_price_eur"] == 95_000.5


@pytest.mark.parametrize("same", [100_000, "100000.00", 1e5])
async def test_the_price_that_it_has_appends_nothing(
    client: httpx.AsyncClient, clock: Clock, superuser: Any, path: str, same: Any
) -> None:
    before = await superuser.fetchrow("SELECT * FROM listing")
    clock.advance(days=1)
    answer = await client.post(path, json={"price_eur": same})

    assert answer.status_code == 200
    assert answer.json() == {"version": 1, "price_eur": 100_000, "created_date": "2023-01-12T09:23:36Z"}
    assert await superuser.fetchrow("SELECT * FROM listing") == before


@pytest.mark.parametrize("date", ["2023-01-12T09:23:36Z", "2023-01-12T09:23:35Z", "0001-01-01T00:00:00Z"])
async def test_a_price_is_not_scheduled_for_the_past(client: httpx.AsyncClient, path: str, date: str) -> None:
    answer = await client.post(path, json=scheduled(1, date), headers={"accept": "application/problem+json"})

    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "/effective_date", "detail": "must be in the future"}]


@pytest.mark.parametrize(
    "date", ["tomorrow", "2023-02-01", "2023-02-01T00:00:00", "0001-01-01T00:00:00+14:00", 7, None]
)
async def test_an_effective_date_is_a_time_with_its_offset(client: httpx.AsyncClient, path: str, date: Any) -> None:
    answer = await client.post(path, json=scheduled(1, date))

    assert answer.status_code == 422
    assert answer.json()["message"].startswith("effective_date must be ")


async def test_a_price_is_scheduled_and_listed(
    client: httpx.AsyncClient, clock: Clock, apply_due: ApplyDue, path: str
) -> None:
    answer = await client.post(path, json=scheduled(90_000, "2023-02-01T01:00:00+01:00"))
    clock.set("2023-01-31T23:59:59Z")
    await apply_due()

    assert answer.status_code == 202
    assert answer.headers["location"] == f"{path}/scheduled/2"
    expected = {
        "version": 2, "price_eur": 90_000, "effective_date": "2023-02-01T00:00:00Z",
        "created_date": "2023-01-12T09:23:36Z", "state": "pending",
    }  # fmt: skip
    assert answer.json() == expected
    assert (await client.get(f"{path}/scheduled")).json() == [expected]
    assert len((await client.get(path)).json()) == 1
    assert (await client.get("/listings/1")).json()["latest_price_eur"] == 100_000


async def test_a_listing_of_nothing_has_nothing_scheduled(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(f"{path}/scheduled")).json() == []
    assert (await client.get("/listings/7/prices/scheduled")).status_code == 404


async def test_a_scheduled_price_is_cancelled(
    client: httpx.AsyncClient, clock: Clock, superuser: Any, apply_due: ApplyDue, path: str
) -> None:
    where = (await client.post(path, json=scheduled(90_000, "2023-02-01T00:00:00Z"))).headers["location"]
    first, again = await client.delete(where), await client.delete(where)
    clock.set("2023-03-01T00:00:00Z")
    await apply_due()

    assert (first.status_code, first.content) == (204, b"")
    assert (again.status_code, again.content) == (204, b"")
    assert await states(client, path) == [(90_000, "cancelled")]
    assert await prices_of(superuser, 1) == [100_000]


@pytest.mark.parametrize("version", ["1", "7", "abc", "-1", "9223372036854775808"])
async def test_what_was_not_scheduled_is_not_found(client: httpx.AsyncClient, path: str, version: str) -> None:
    assert (await client.delete(f"{path}/scheduled/{version}")).status_code == 404


async def test_at_most_a_hundred_are_pending(client: httpx.AsyncClient, superuser: Any, path: str) -> None:
    await superuser.execute(FILL, 99)
    hundredth = await client.post(path, json=scheduled(1, "2100-01-01T00:00:00Z"))
    too_many = await client.post(path, json=scheduled(2, "2100-01-01T00:00:00Z"))
    await client.delete(hundredth.headers["location"])

    assert (hundredth.status_code, too_many.status_code) == (202, 409)
    assert too_many.json()["message"].startswith("At most 100 prices of a listing may be scheduled")
    assert (await client.post(path, json=scheduled(2, "2100-01-01T00:00:00Z"))).status_code == 202


async def test_two_at_once_dont_pass_the_limit(client: httpx.AsyncClient, superuser: Any, path: str) -> None:
    await superuser.execute(FILL, 97)
    answers = await asyncio.gather(
        *(client.post(path, json=scheduled(price, "2100-01-01T00:00:00Z")) for price in range(8))
    )

    assert sorted(answer.status_code for answer in answers) == [202] * 3 + [409] * 5


async def test_a_withdrawal_cancels_what_is_pending(
    client: httpx.AsyncClient, clock: Clock, superuser: Any, apply_due: ApplyDue, path: str
) -> None:
    await client.post(path, json=scheduled(90_000, "2023-02-01T00:00:00Z"))
    await client.delete("/listings/1")
    await client.post("/listings/1/relist")
    clock.set("2023-03-01T00:00:00Z")
    await apply_due()

    [entry] = (await client.get(f"{path}/scheduled")).json()
    assert (entry["state"], entry["reason"]) == ("cancelled", "The listing was withdrawn.")
    assert (entry["settled_version"], entry["settled_date"]) == (3, "2023-01-12T09:23:36Z")
    assert await prices_of(superuser, 1) == [100_000]


@pytest.mark.parametrize(
    ("action", "confirm", "status"),
    [("flag", "false", 202), ("confirm", "false", 409), ("confirm", "true", 202), ("reject", "true", 422)],
)
async def test_rules_are_asked_when_a_price_is_scheduled(
    client: httpx.AsyncClient, path: str, action: str, confirm: str, status: int
) -> None:
    await client.post("/pricing-rules", json=RULES[action])
    answer = await client.post(path, json=scheduled(1, "2023-02-01T00:00:00Z"), params={"confirm": confirm})

    assert answer.status_code == status
    assert len(await states(client, path)) == (status == 202)


@pytest.mark.parametrize(("action", "status"), [("flag", 201), ("confirm", 409), ("reject", 422)])
async def test_rules_are_asked_of_an_appended_price(
    client: httpx.AsyncClient, superuser: Any, path: str, action: str, status: int
) -> None:
    rule_id = (await client.post("/pricing-rules", json=RULES[action])).json()["id"]
    answer = await client.post(path, json={"price_eur": 1}, headers={"accept": "application/problem+json"})

    assert answer.status_code == status
    detail = "The price changes by -100.00 %, more than 50 %."
    if action == "flag":
        objection = {"rule_id": rule_id, "kind": "largest-change", "action": "flag", "detail": detail}
        assert answer.json()["flags"] == [objection]
        assert (await client.get(f"{path}?view=detailed")).json()[-1]["flags"] == [objection]
    else:
        assert answer.json()["errors"] == [{"pointer": "/price_eur", "detail": detail}]
        assert await prices_of(superuser, 1) == [100_000]


async def test_a_price_that_has_to_be_confirmed_is_taken_with_confirm(client: httpx.AsyncClient, path: str) -> None:
    await client.post("/pricing-rules", json=RULES["confirm"])
    asked = await client.post(path, json={"price_eur": 1}, headers={"accept": "application/problem+json"})
    confirmed = await client.post(f"{path}?confirm=true", json={"price_eur": 1})

    assert asked.json()["type"] == "urn:listingapi:problem:price-change-needs-confirmation"
    assert confirmed.status_code == 201
