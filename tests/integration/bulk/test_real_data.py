"""Monthly snapshots: made up by the test, and real ones where LISTINGAPI_TEST_DATA names their folder."""

import os
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from listingapi.bulk.importing import Summary
from listingapi.bulk.repository import Connection
from tests.bulk_files import Importer, day, line, write

ASKED = {
    "listings": "SELECT count(*) FROM listing",
    "price entries": "SELECT count(*) FROM listing_price",
    "down": "SELECT count(*) FROM ({steps}) AS step WHERE price_eur < before",
    "up": "SELECT count(*) FROM ({steps}) AS step WHERE price_eur > before",
    "with more than one price": "SELECT count(*) FROM ({histories}) AS history WHERE entries > 1",
    "that return to an earlier price": "SELECT count(*) FROM ({histories}) AS history WHERE entries > prices",
    "longest history": "SELECT max(entries) FROM ({histories}) AS history",
}
STEPS = "SELECT price_eur, lag(price_eur) OVER (PARTITION BY listing_id ORDER BY version) AS before FROM listing_price"
HISTORIES = "SELECT count(*) AS entries, count(DISTINCT price_eur) AS prices FROM listing_price GROUP BY listing_id"

REAL = {
    "lines read": 195_568,
    "listings": 92_967,
    "price entries": 108_790,
    "down": 12_677,
    "up": 3_146,
    "with more than one price": 12_937,
    "that return to an earlier price": 151,
    "longest history": 8,
}
MONTHS = 6


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Add the real data where they are."""
    folder = os.environ.get("LISTINGAPI_TEST_DATA")
    metafunc.parametrize("data", ["made up", folder] if folder else ["made up"])


def observed(listing: int, month: int) -> int | None:
    """The price of a made-up listing in a month; none while it is not on the market."""
    if month < listing % 3 or month > MONTHS - listing % 2:
        return None
    return 100_000 + listing + 1000 * (month * listing % 7 % 3)


def snapshots(folder: Path) -> Iterator[Path]:
    for month in range(1, MONTHS + 1):
        lines = [
            line(external_id=f"flat-{n}", latest_price_eur=price, observed_date=day(month))
            for n in range(500)
            if (price := observed(n, month)) is not None
        ]
        yield write(folder / f"{month}.ndjson.gz", lines)


def expected_of_snapshots() -> dict[str, Any]:
    """The counts of the made-up snapshots, listing by listing."""
    counts: Counter[str] = Counter()
    longest = 0
    for listing in range(500):
        seen = [price for month in range(1, MONTHS + 1) if (price := observed(listing, month)) is not None]
        history = [price for n, price in enumerate(seen) if n == 0 or price != seen[n - 1]]
        steps = [after - before for before, after in pairwise(history)]
        longest = max(longest, len(history))
        counts.update(
            {
                "lines read": len(seen),
                "listings": 1,
                "price entries": len(history),
                "down": sum(step < 0 for step in steps),
                "up": sum(step > 0 for step in steps),
                "with more than one price": len(history) > 1,
                "that return to an earlier price": len(history) > len(set(history)),
            }
        )
    return {**counts, "longest history": longest}


async def test_snapshots_give_exactly_their_listings_and_price_changes_and_a_second_import_adds_nothing(
    importer: Importer, superuser: Connection, data: str
) -> None:
    made_up = data == "made up"
    files = list(snapshots(importer.folder)) if made_up else real_files(data)
    expected = expected_of_snapshots() if made_up else REAL

    first = await importer.files(*files)
    assert first.refused == 0
    assert {"lines read": first.lines, **await counted(superuser)} == expected
    assert (first.new, first.entries) == (expected["listings"], expected["price entries"])

    rows = await superuser.fetchval("SELECT sum(version) FROM listing")
    again = await importer.files(*files)
    assert again == Summary(lines=first.lines, unchanged=first.lines)
    assert {"lines read": again.lines, **await counted(superuser)} == expected
    assert await superuser.fetchval("SELECT sum(version) FROM listing") == rows


def real_files(folder: str) -> list[Path]:
    return sorted(Path(folder).glob("poland_sale/*.ndjson.gz"))


async def counted(superuser: Connection) -> dict[str, int]:
    return {
        name: await superuser.fetchval(query.format(steps=STEPS, histories=HISTORIES)) for name, query in ASKED.items()
    }
