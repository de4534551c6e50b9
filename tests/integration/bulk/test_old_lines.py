"""What becomes of observations that are older than what is known, or of the future."""

from typing import Any

import httpx
import pytest

from listingapi.bulk.importing import Summary
from tests import factories
from tests.bulk_files import Importer, day, line
from tests.clock import Clock

OLD = {
    "an older price": (line(latest_price_eur=5), "its price differs, but is not newer than the newest entry"),
    "another price of the same date": (
        line(latest_price_eur=5, observed_date=day(10)),
        "its price differs, but is not newer than the newest entry",
    ),
    "older facts": (line(name="Ruin", latest_price_eur=2), "is older than the listing's last update"),
    "older facts with a price that came later": (
        line(name="Ruin", latest_price_eur=2, observed_date="2023-09-15T00:00:00Z"),
        "is older than the listing's last update",
    ),
    "a price that was in force before, but not then": (
        line(latest_price_eur=1, observed_date=day(10)),
        "its price differs, but is not newer than the newest entry",
    ),
    "an older price between the newest entry and the last update": (
        line(latest_price_eur=5, observed_date="2023-10-15T00:00:00Z"),
        "is older than the listing's last update",
    ),
}


@pytest.mark.parametrize(("old", "reason"), OLD.values(), ids=OLD)
async def test_what_is_older_than_the_listing_is_refused(importer: Importer, old: Any, reason: str) -> None:
    await importer(
        line(latest_price_eur=1, observed_date=day(9)),
        line(latest_price_eur=2, observed_date=day(10)),
        line(latest_price_eur=2, observed_date=day(11), rooms_count=9),
    )
    before = await importer.exported()

    assert await importer(old, line(external_id="flat-2")) == Summary(lines=2, new=1, entries=1, refused=1)
    ((number, said),) = importer.refused()
    assert number == 1
    assert reason in said
    assert (await importer.exported())[:1] == before


async def test_what_is_older_but_says_nothing_different_is_unchanged(importer: Importer) -> None:
    await importer(line(observed_date=day(9)))

    assert await importer(line(observed_date=day(8))) == Summary(lines=1, unchanged=1)


OF_ITS_TIME = {
    "the first price at its date": line(latest_price_eur=1, observed_date=day(9)),
    "the first price until the second": line(latest_price_eur=1, observed_date="2023-09-30T23:59:59Z"),
    "the first price with other facts": line(latest_price_eur=1, observed_date=day(9), name="Ruin"),
    "the second price with other facts": line(latest_price_eur=2, observed_date=day(10), name="Ruin"),
    "the last price before the last update": line(
        latest_price_eur=3, observed_date="2023-11-15T00:00:00Z", name="Ruin"
    ),
}


@pytest.mark.parametrize("old", OF_ITS_TIME.values(), ids=OF_ITS_TIME)
async def test_what_is_older_and_had_the_price_of_its_time_is_unchanged(importer: Importer, old: Any) -> None:
    await importer(*(line(latest_price_eur=month - 8, observed_date=day(month)) for month in (9, 10, 11)))
    await importer(line(latest_price_eur=3, observed_date=day(12), rooms_count=9))
    before = await importer.exported()

    assert await importer(old) == Summary(lines=1, unchanged=1)
    assert await importer.exported() == before


async def test_the_files_of_a_listing_that_the_api_has_changed_since_are_still_known(
    importer: Importer, client: httpx.AsyncClient, clock: Clock
) -> None:
    seen = [line(latest_price_eur=month, observed_date=day(month)) for month in (1, 2)]
    await importer(*seen)
    clock.set(day(3))
    (listing,) = (await client.get("/listings")).json()
    await client.put(f"/listings/{listing['id']}", json=factories.listing(name="By hand", latest_price_eur=7))
    before = await importer.exported()

    assert await importer(*seen) == Summary(lines=2, unchanged=2)
    assert await importer(line(latest_price_eur=1, observed_date=day(2))) == Summary(lines=1, refused=1)
    assert await importer.exported() == before


OF_THE_FUTURE = {
    "observed": {"observed_date": "2024-07-01T12:05:01Z"},
    "updated": {"observed_date": None, "updated_date": "2024-07-01T14:05:01+02:00"},
    "created": {"observed_date": "2024-08-01T00:00:00Z", "created_date": "2024-07-01T12:05:01Z"},
    "priced": {
        "observed_date": "2024-08-01T00:00:00Z",
        "prices": [{"price_eur": 100_000, "created_date": "2024-07-02T00:00:00Z"}],
    },
}


@pytest.mark.parametrize("is_there", [True, False], ids=["is there", "is new"])
@pytest.mark.parametrize("dates", OF_THE_FUTURE.values(), ids=OF_THE_FUTURE)
async def test_a_line_of_the_future_is_refused(importer: Importer, dates: Any, *, is_there: bool) -> None:
    await importer(line(external_id="flat-1" if is_there else "flat-2", latest_price_eur=1))
    before = await importer.exported()
    given = {name: value for name, value in line(**dates).items() if value is not None}

    assert await importer(given) == Summary(lines=1, refused=1)
    assert importer.refused() == [(1, "it is of the future: a date of it is more than 5 minutes after now")]
    assert await importer.exported() == before


async def test_clocks_may_differ_a_little(importer: Importer) -> None:
    assert (await importer(line(observed_date="2024-07-01T12:05:00Z"))).new == 1
