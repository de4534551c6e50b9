"""Many prices changed by one request: each line is judged by itself, and a dry run foretells what becomes of it."""

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.history import assert_histories_are_whole, prices_of
from tests.statements import seen_by

BATCH = "/prices:batch"
MAKE_LISTINGS = """
    WITH made AS (
        INSERT INTO listing (
            account_id, version, name, description, building_type, latest_price_eur, original_price_eur, price_version,
            price_changed_date, surface_area_m2, rooms_count, bedrooms_count, street_address, postal_code, city,
            country, created_date, updated_date
        )
        SELECT 1, 1, 'n', 'd', 'HOUSE', n, n, 1, date, 9, 1, 0, 's', 'p', 'c', 'FR', date, date
        FROM generate_series(1, $1::bigint) AS n, (SELECT timestamptz '2023-01-01Z' AS date) AS day
        RETURNING *
    )
    INSERT INTO listing_price (listing_id, version, price_eur, created_date, recorded_date, source)
    SELECT listing_id, version, latest_price_eur, created_date, created_date, 'seed' FROM made
"""


def batch(*lines: Any) -> dict[str, Any]:
    """The body of a request; a pair is a listing and its price."""
    pairs = (
        dict(zip(("listing_id", "price_eur"), line, strict=True)) if type(line) is tuple else line for line in lines
    )
    return {"prices": list(pairs)}


async def make(superuser: Any, number: int) -> None:
    """Listings with the ids from 1, each with its id as its price."""
    await superuser.execute(MAKE_LISTINGS, number)


def results(answer: httpx.Response) -> list[tuple[int, int]]:
    """The numbers of the lines and what became of them."""
    assert answer.status_code == 207, answer.text
    return [(result["line"], result["status"]) for result in answer.json()["results"]]


async def state_of(superuser: Any) -> Sequence[Any]:
    """All that a batch may change."""
    return [
        await superuser.fetch(f"SELECT * FROM {table} ORDER BY 1, 2")
        for table in ("listing", "listing_price", "idempotency_record")
    ]


async def test_each_line_is_answered_in_its_order(client: httpx.AsyncClient, superuser: Any) -> None:
    await make(superuser, 3)
    answer = await client.post(BATCH, json=batch((3, 30), (1, "10.50"), (2, 2)))

    assert answer.status_code == 207
    assert answer.json() == {
        "dry_run": False,
        "results": [
            {"line": 1, "listing_id": 3, "status": 201, "version": 2, "price_eur": 30,
             "created_date": "2023-01-12T09:23:36Z"},
            {"line": 2, "listing_id": 1, "status": 201, "version": 2, "price_eur": 10.5,
             "created_date": "2023-01-12T09:23:36Z"},
            {"line": 3, "listing_id": 2, "status": 200, "version": 1, "price_eur": 2,
             "created_date": "2023-01-01T00:00:00Z"},
        ],
    }  # fmt: skip
    assert [listing["latest_price_eur"] for listing in (await client.get("/listings")).json()] == [30, 2, 10.5]
    assert await prices_of(superuser, 3) == [3, 30]
    assert await prices_of(superuser, 2) == [2]
    await assert_histories_are_whole(superuser)


BAD_LINES = [
    pytest.param({"listing_id": 2}, 422, "price_eur is required", id="no price"),
    pytest.param({"listing_id": 2, "price_eur": "much"}, 422, "price_eur must be a number", id="a price that is none"),
    pytest.param({"listing_id": 2, "price_eur": 0.001}, 422, "price_eur must be a number", id="too many decimals"),
    pytest.param({"listing_id": "x", "price_eur": 1}, 422, "listing_id must be the id", id="an id that is none"),
    pytest.param({"listing_id": 2**63, "price_eur": 1}, 422, "listing_id must be the id", id="beyond a bigint"),
    pytest.param({"listing_id": 2, "price_eur": 1, "x": 1}, 422, "x is not a known", id="an unknown property"),
    pytest.param([2, 1], 422, "The body must be an object", id="no object"),
    pytest.param(None, 422, "The body must be an object", id="null"),
    pytest.param({"listing_id": 1, "price_eur": 7}, 422, "listing_id must not be that of line 1 again", id="doubled"),
    pytest.param({"listing_id": 99, "price_eur": 1}, 404, "There is no listing 99.", id="an unknown listing"),
    pytest.param({"listing_id": 3, "price_eur": 1}, 410, "Listing 3, “n” in c, last at 3 €", id="a withdrawn listing"),
]


@pytest.mark.parametrize(("bad", "status", "message"), BAD_LINES)
async def test_a_bad_line_does_not_hold_up_the_others(
    client: httpx.AsyncClient, superuser: Any, bad: Any, status: int, message: str
) -> None:
    await make(superuser, 4)
    await client.delete("/listings/3")
    answer = await client.post(BATCH, json=batch((1, 10), bad, (4, 40)))

    assert results(answer) == [(1, 201), (2, status), (3, 201)]
    refused = answer.json()["results"][1]
    assert refused["message"].startswith(message)
    assert refused["type"].startswith("urn:listingapi:problem:")
    assert [await prices_of(superuser, number) for number in (1, 2, 3, 4)] == [[1, 10], [2], [3], [4, 40]]


@pytest.mark.parametrize(
    ("action", "confirm", "status"),
    [("flag", "false", 201), ("confirm", "false", 409), ("confirm", "true", 201), ("reject", "true", 422)],
)
async def test_rules_hold_up_only_the_lines_that_break_them(
    client: httpx.AsyncClient, superuser: Any, action: str, confirm: str, status: int
) -> None:
    await make(superuser, 2)
    await client.post("/pricing-rules", json={"kind": "largest-change", "action": action, "max_change_percent": 50})
    answer = await client.post(BATCH, json=batch((1, 100), (2, "2.10")), params={"confirm": confirm})

    assert results(answer) == [(1, status), (2, 201)]
    first, second = answer.json()["results"]
    assert ("flags" in first) == (status == 201)
    assert "flags" not in second
    flags = await superuser.fetch(
        "SELECT flags IS NOT NULL AS has FROM listing_price WHERE version = 2 ORDER BY 1 DESC"
    )
    assert [row["has"] for row in flags] == ([True, False] if status == 201 else [False])


async def test_a_dry_run_foretells_what_becomes_of_each_line_and_changes_nothing(
    client: httpx.AsyncClient, superuser: Any
) -> None:
    await make(superuser, 4)
    await client.delete("/listings/3")
    await client.post("/pricing-rules", json={"kind": "largest-change", "action": "flag", "max_change_percent": 50})
    body = batch((1, 10), (2, 2), (3, 1), (4, "x"), (1, 2), (99, 1), None)
    before = await state_of(superuser)
    dry = await client.post(f"{BATCH}?dry_run=true", json=body, headers={"Idempotency-Key": "dry"})
    assert await state_of(superuser) == before
    real = await client.post(BATCH, json=body)

    assert [status for _, status in results(dry)] == [201, 200, 410, 422, 422, 404, 422]
    assert dry.json() == real.json() | {"dry_run": True}
    assert await state_of(superuser) != before


async def test_a_thousand_lines_are_taken(client: httpx.AsyncClient, superuser: Any) -> None:
    await make(superuser, 1000)
    answer = await client.post(BATCH, json=batch(*((number, 5000 - number) for number in range(1000, 0, -1))))

    assert results(answer) == [(line, 201) for line in range(1, 1001)]
    assert await superuser.fetchval("SELECT sum(latest_price_eur) FROM listing") == 5000 * 1000 - 500_500
    await assert_histories_are_whole(superuser)


@pytest.mark.parametrize(
    "body", [batch(), batch(*((number, 1) for number in range(1001))), {"prices": {}}, {}, {"prices": [], "x": 1}],
    ids=["no line", "1 001 lines", "no array", "nothing", "more"],
)  # fmt: skip
async def test_a_batch_has_one_to_a_thousand_lines(client: httpx.AsyncClient, body: Any) -> None:
    answer = await client.post(BATCH, json=body)

    assert answer.status_code == 422
    assert "prices" in answer.json()["message"]


async def test_nothing_at_all_may_be_wrong_with_every_line(client: httpx.AsyncClient) -> None:
    assert results(await client.post(BATCH, json=batch((7, 1), None))) == [(1, 404), (2, 422)]


async def test_batches_in_opposite_orders_do_not_block_each_other(
    database: TestDatabase, clock: Clock, superuser: Any
) -> None:
    await make(superuser, 200)
    async with client_of(database.settings(), clock) as one, client_of(database.settings(), clock) as other:
        answers = await asyncio.gather(
            *(
                client.post(BATCH, json=batch(*((number, 1000 * turn + number) for number in order)))
                for turn in range(1, 5)
                for client, order in ((one, range(1, 201)), (other, range(200, 0, -1)))
            ),
            *(one.patch(f"/listings/{number}", json={"latest_price_eur": 7}) for number in range(50, 60)),
        )

    assert {answer.status_code for answer in answers} == {200, 207}
    await assert_histories_are_whole(superuser)


async def test_a_batch_takes_the_same_number_of_statements_however_many_its_lines(
    database: TestDatabase, clock: Clock, superuser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = seen_by(monkeypatch)
    await make(superuser, 300)
    numbers = []
    async with client_of(database.settings(database_pool_size=1), clock) as client:
        await client.post(BATCH, json=batch((1, 0)))  # what a connection learns once is not counted
        for lines, headers in ((1, {}), (300, {}), (2, {"Idempotency-Key": "a"}), (299, {"Idempotency-Key": "b"})):
            seen.clear()
            await client.post(BATCH, json=batch(*((n, n + lines) for n in range(1, lines + 1))), headers=headers)
            numbers.append(len(seen))

    assert numbers == [5, 5, 7, 7]


async def test_a_line_with_a_version_is_taken_on_that_version_only(client: httpx.AsyncClient, superuser: Any) -> None:
    await make(superuser, 2)
    lines = [{"listing_id": 1, "price_eur": 5, "version": 1}, {"listing_id": 2, "price_eur": 5, "version": 7}]
    results = (await client.post(BATCH, json={"prices": lines})).json()["results"]

    assert [result["status"] for result in results] == [201, 412]


async def test_a_line_has_to_name_a_version_where_that_is_configured(
    database: TestDatabase, clock: Clock, superuser: Any
) -> None:
    await make(superuser, 2)
    lines = [{"listing_id": 1, "price_eur": 5, "version": 1}, {"listing_id": 2, "price_eur": 5}]
    async with client_of(database.settings(require_if_match=True), clock) as client:
        results = (await client.post(BATCH, json={"prices": lines})).json()["results"]

    assert [result["status"] for result in results] == [201, 428]
