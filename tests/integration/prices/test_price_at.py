"""`GET /listings/{id}/prices/at`: the price that was in force at a time, as it is known now or was known then."""

from typing import Any

import httpx
import pytest

from tests import factories
from tests.integration.prices.conftest import TellStory

PROBLEMS = {"Accept": "application/problem+json"}


@pytest.mark.parametrize(
    ("query", "price", "version"),
    [
        pytest.param("time=2024-01-01T12:00:00Z", 300_000, 1, id="from its very moment"),
        pytest.param("time=2024-01-02T11:59:59Z", 300_000, 1, id="until the next one"),
        pytest.param("time=2024-01-02T13:00:00%2B01:00", 285_000, 2, id="of any zone, as it was corrected"),
        pytest.param("time=2024-01-05T18:00:00Z", 285_000, 2, id="a void one was never in force"),
        pytest.param("time=2024-01-07T18:00:00Z", 285_000, 2, id="also while it was withdrawn"),
        pytest.param("time=2999-01-01T00:00:00Z", 270_000, 8, id="the last one from then on"),
        pytest.param("time=2024-01-02T18:00:00Z&known_at=2024-01-02T18:00:00Z", 28_500, 2, id="the slip, known then"),
        pytest.param("time=2024-01-02T18:00:00Z&known_at=2024-01-05T11:59:59Z", 285_000, 2, id="corrected, known then"),
        pytest.param("time=2024-01-03T18:00:00Z&known_at=2024-01-03T18:00:00Z", 285_000, 3, id="before the correction"),
        pytest.param("time=2024-01-05T18:00:00Z&known_at=2024-01-05T18:00:00Z", 290_000, 5, id="not void yet"),
        pytest.param("time=2024-01-05T18:00:00Z&known_at=2024-01-06T12:00:00Z", 285_000, 2, id="void by then"),
        pytest.param("time=2024-01-08T18:00:00Z&known_at=2024-01-02T00:00:00Z", 300_000, 1, id="all that was known"),
    ],
)
async def test_a_price_at_a_time(
    client: httpx.AsyncClient, tell_story: TellStory, query: str, price: int, version: int
) -> None:
    found = (await client.get(f"{await tell_story()}/prices/at?{query}")).json()

    assert (found["price_eur"], found["version"]) == (price, version)


async def test_the_answer_says_since_when_and_what_was_asked(client: httpx.AsyncClient, tell_story: TellStory) -> None:
    query = {"time": "2024-01-05T20:00:00+02:00", "known_at": "2024-01-09T00:00:00.5Z"}

    assert (await client.get(f"{await tell_story()}/prices/at", params=query)).json() == {
        "price_eur": 285_000,
        "created_date": "2024-01-02T12:00:00Z",
        "version": 2,
        "time": "2024-01-05T18:00:00Z",
        "known_at": "2024-01-09T00:00:00.500000Z",
    }


async def test_without_known_at_none_is_answered(client: httpx.AsyncClient, tell_story: TellStory) -> None:
    answer = (await client.get(f"{await tell_story()}/prices/at?time=2024-01-05T18:00:00Z")).json()

    assert "known_at" not in answer


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        pytest.param(
            "time=2024-01-01T11:59:59Z",
            "The listing had no price then: its first is of 2024-01-01T12:00:00Z.",
            id="before the first price",
        ),
        pytest.param(
            "time=2024-01-05T00:00:00Z&known_at=2023-12-31T00:00:00Z",
            "No price of the listing was known then: its first was recorded at 2024-01-01T12:00:00Z.",
            id="before anything was known",
        ),
    ],
)
async def test_where_there_was_no_price_it_is_said_from_when_there_is_one(
    client: httpx.AsyncClient, tell_story: TellStory, query: str, detail: str
) -> None:
    missing = await client.get(f"{await tell_story()}/prices/at?{query}", headers=PROBLEMS)

    assert missing.status_code == 404
    assert missing.json()["type"] == "urn:listingapi:problem:no-price-then"
    assert missing.json()["detail"] == detail


async def test_a_price_that_was_told_late_was_not_known_before(client: httpx.AsyncClient, superuser: Any) -> None:
    listing_id = (await client.post("/listings", json=factories.listing())).json()["id"]
    insert = "INSERT INTO listing_price VALUES ($1, 2, 5, '2023-02-01Z', '2023-03-01Z', 'import')"
    await superuser.execute(insert, listing_id)
    prices = []
    for known_at in ("2023-02-28T23:59:59Z", "2023-03-01T00:00:00Z"):
        query = f"time=2023-02-15T00:00:00Z&known_at={known_at}"
        prices.append((await client.get(f"/listings/{listing_id}/prices/at?{query}")).json()["price_eur"])

    assert prices == [100_000, 5]


@pytest.mark.parametrize(
    ("query", "pointers"),
    [
        ("", ["?time"]),
        ("known_at=2024-01-01T00:00:00Z", ["?time"]),
        ("time=yesterday&known_at=today", ["?known_at", "?time"]),
        ("time=2024-01-01T00:00:00+01:00", ["?time"]),
        ("time=2024-01-01T00:00:00Z&at=x", ["?at"]),
        ("time=2024-01-01T00:00:00Z&time=2024-01-01T00:00:00Z", ["?time"]),
    ],
)
async def test_what_is_wrong_with_a_question_is_named(
    client: httpx.AsyncClient, query: str, pointers: list[str]
) -> None:
    listing_id = (await client.post("/listings", json=factories.listing())).json()["id"]
    refused = await client.get(f"/listings/{listing_id}/prices/at?{query}", headers=PROBLEMS)

    assert refused.status_code == 422
    assert sorted(error["pointer"] for error in refused.json()["errors"]) == pointers
