"""A wrong entry of a history is corrected: every reader gets the corrected story, and nothing is overwritten."""

import asyncio
from typing import Any

import httpx
import pytest

from tests import factories
from tests.clock import Clock
from tests.history import assert_histories_are_whole

Corrections = list[tuple[int, int | None]]
ENTRIES = "SELECT * FROM listing_price ORDER BY version"
PATH = "/listings/1/prices"


@pytest.fixture
async def told(client: httpx.AsyncClient, clock: Clock) -> None:
    """A listing at 100, 200 and 300 €, from the 12th, 13th and 14th of January on."""
    await client.post("/listings", json=factories.listing(latest_price_eur=100))
    for price in (200, 300):
        clock.advance(days=1)
        await client.post(PATH, json={"price_eur": price})
    clock.advance(days=1)


def correction(price: int | None, reason: str = "A slip.") -> dict[str, Any]:
    return {"reason": reason} | ({"void": True} if price is None else {"price_eur": price})


async def correct(client: httpx.AsyncClient, version: int, price: int | None) -> httpx.Response:
    return await client.post(f"{PATH}/{version}/corrections", json=correction(price))


async def prices(client: httpx.AsyncClient) -> list[int]:
    return [entry["price_eur"] for entry in (await client.get(PATH)).json()]


@pytest.mark.usefixtures("told")
async def test_a_correction_is_answered_as_it_stands_in_the_detailed_history(client: httpx.AsyncClient) -> None:
    priced = await correct(client, 2, 250)
    voided = await client.post(f"{PATH}/3/corrections", json=correction(None, reason="Never asked for."))

    both = {"kind": "correction", "created_date": "2023-01-15T09:23:36Z", "recorded_date": "2023-01-15T09:23:36Z",
            "account_id": 1}  # fmt: skip
    assert (priced.status_code, voided.status_code) == (201, 201)
    assert priced.json() == both | {"version": 4, "corrects_version": 2, "price_eur": 250, "reason": "A slip."}
    assert voided.json() == both | {"version": 5, "corrects_version": 3, "void": True, "reason": "Never asked for."}
    detailed = (await client.get(f"{PATH}?view=detailed")).json()
    assert [entry for entry in detailed if entry["kind"] == "correction"] == [priced.json(), voided.json()]


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("corrections", "expected"),
    [
        pytest.param([(1, 90)], [90, 200, 300], id="the first"),
        pytest.param([(2, 250)], [100, 250, 300], id="the middle"),
        pytest.param([(3, 290)], [100, 200, 290], id="the last"),
        pytest.param([(1, None)], [200, 300], id="the first is void"),
        pytest.param([(2, None)], [100, 300], id="the middle is void"),
        pytest.param([(3, None)], [100, 200], id="the last is void"),
        pytest.param([(3, 200)], [100, 200], id="the last becomes its neighbour"),
        pytest.param([(2, 100)], [100, 300], id="the middle becomes the first"),
        pytest.param([(2, 300)], [100, 300], id="the middle becomes the last"),
        pytest.param([(1, 300), (2, 300)], [300], id="all the same"),
        pytest.param([(2, 250), (2, 260)], [100, 260, 300], id="corrected again"),
        pytest.param([(2, 250), (2, 200)], [100, 200, 300], id="corrected back"),
        pytest.param([(3, None), (2, None), (3, 300)], [100, 300], id="void, and brought back"),
    ],
)
async def test_every_read_tells_the_corrected_story(
    client: httpx.AsyncClient, superuser: Any, corrections: Corrections, expected: list[int]
) -> None:
    before = await superuser.fetch(ENTRIES)
    for version, price in corrections:
        assert (await correct(client, version, price)).status_code == 201

    assert await prices(client) == expected
    listing = (await client.get("/listings/1")).json()
    assert (await client.get("/listings")).json() == [listing]
    assert listing["latest_price_eur"] == expected[-1]
    assert listing["updated_date"] == "2023-01-15T09:23:36Z"
    summary = (await client.get(f"{PATH}/summary")).json()
    assert (summary["current_price_eur"], summary["original_price_eur"]) == (expected[-1], expected[0])
    assert summary.get("previous_price_eur") == (expected[-2] if len(expected) > 1 else None)
    assert (summary["lowest_price_eur"], summary["highest_price_eur"]) == (min(expected), max(expected))
    now = (await client.get(f"{PATH}/at?time=2023-01-20T00:00:00Z")).json()
    assert now["price_eur"] == expected[-1]
    then = (await client.get(f"{PATH}/at?time=2023-01-20T00:00:00Z&known_at=2023-01-14T12:00:00Z")).json()
    assert then["price_eur"] == 300
    assert await superuser.fetch(ENTRIES) == before
    await assert_histories_are_whole(superuser)


@pytest.mark.usefixtures("told")
async def test_the_detailed_history_tells_what_was_said(client: httpx.AsyncClient) -> None:
    await correct(client, 2, 250)
    await correct(client, 2, None)
    detailed = (await client.get(f"{PATH}?view=detailed")).json()

    assert [(entry["kind"], entry["version"], entry.get("price_eur")) for entry in detailed] == [
        ("price", 1, 100), ("price", 2, 200), ("price", 3, 300), ("correction", 4, 250), ("correction", 5, None)
    ]  # fmt: skip
    assert (detailed[1]["voided"], detailed[1]["corrected_by_version"]) == (True, 5)


@pytest.mark.parametrize("price", [{}, {"price_eur": 6}])
async def test_what_is_not_void_does_not_say_so(client: httpx.AsyncClient, price: Any) -> None:
    answer = await client.post(f"{PATH}/1/corrections", json=price | {"void": False, "reason": "x"})

    assert answer.status_code == 422
    assert answer.json()["message"] == "void must be true or left out"


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    "body",
    [
        {}, [], {"price_eur": 1}, {"void": True}, {"reason": "x"}, {"void": False, "reason": "x"},
        {"price_eur": 1, "void": True, "reason": "x"}, {"price_eur": -1, "reason": "x"},
        {"price_eur": None, "reason": "x"}, {"price_eur": 1, "reason": ""}, {"price_eur": 1, "reason": 7},
        {"price_eur": 1, "reason": "x" * 2001}, {"price_eur": 1, "reason": "a\0b"},
    ],
    ids=str,
)  # fmt: skip
async def test_a_correction_is_a_price_or_void_with_a_reason(client: httpx.AsyncClient, body: Any) -> None:
    assert (await client.post(f"{PATH}/2/corrections", json=body)).status_code == 422
    assert await prices(client) == [100, 200, 300]


@pytest.mark.usefixtures("told")
async def test_what_is_no_entry_is_not_found(client: httpx.AsyncClient) -> None:
    await correct(client, 2, 250)
    await client.patch("/listings/1", json={"name": "Renamed"})
    for version in ("0", "4", "5", "6", "-1", "abc", "9223372036854775807", "9223372036854775808"):
        answer = await client.post(f"{PATH}/{version}/corrections", json=correction(1))
        assert answer.status_code == 404
        assert answer.json() == {"message": f"The listing's price history has no entry {version}."}
    assert (await client.post("/listings/7/prices/1/corrections", json=correction(1))).status_code == 404


@pytest.mark.usefixtures("told")
async def test_what_would_change_nothing_is_refused(client: httpx.AsyncClient, superuser: Any) -> None:
    await correct(client, 2, None)
    before = await superuser.fetchrow("SELECT * FROM listing")

    for version, price in ((2, None), (1, 100)):
        answer = await correct(client, version, price)
        assert answer.status_code == 409
        assert answer.json() == {"message": f"The entry {version} says that already."}
    assert await superuser.fetchrow("SELECT * FROM listing") == before


@pytest.mark.usefixtures("told")
async def test_the_only_price_stays(client: httpx.AsyncClient) -> None:
    await correct(client, 1, None)
    await correct(client, 3, None)
    answer = await correct(client, 2, None)

    assert answer.status_code == 409
    assert answer.json()["message"].startswith("A listing has at least one price")
    assert await prices(client) == [200]


async def test_a_price_that_was_corrected_away_may_come_again(client: httpx.AsyncClient, superuser: Any) -> None:
    await client.post("/listings", json=factories.listing(latest_price_eur=100))
    await client.post(PATH, json={"price_eur": 200})
    await correct(client, 2, 100)
    unchanged = await client.put("/listings/1", json=factories.listing(latest_price_eur=100))
    again = await client.put("/listings/1", json=factories.listing(latest_price_eur=200))

    assert (unchanged.json()["latest_price_eur"], again.json()["latest_price_eur"]) == (100, 200)
    assert await prices(client) == [100, 200]
    assert [row["version"] for row in await superuser.fetch(ENTRIES)] == [1, 2, 5]
    await assert_histories_are_whole(superuser)


@pytest.mark.usefixtures("told")
async def test_pricing_rules_do_not_hold_up_a_correction(client: httpx.AsyncClient) -> None:
    await client.post("/pricing-rules", json={"kind": "largest-change", "action": "reject", "max_change_percent": 1})

    assert (await correct(client, 3, 1)).status_code == 201
    assert await prices(client) == [100, 200, 1]


@pytest.mark.usefixtures("told")
async def test_corrections_and_prices_at_once_agree(client: httpx.AsyncClient, superuser: Any) -> None:
    answers = await asyncio.gather(
        *(correct(client, version, 1000 + price) for version in (1, 2, 3) for price in range(4)),
        *(client.post(PATH, json={"price_eur": 2000 + price}) for price in range(8)),
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len(await superuser.fetch(ENTRIES)) == 3 + 8
    assert (await client.get("/listings/1")).json()["latest_price_eur"] == (await prices(client))[-1]
    await assert_histories_are_whole(superuser)
