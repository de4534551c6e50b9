"""How long the commonest searches take on seeded listings, by which plans, and what page 10 000 costs beside page 1.

    listingapi seed --listings 500000 --prices 1000000 --data-dir DIR
    .venv/bin/python bench/search_times.py DIR

Each search is the statement that the application makes of it, on a session like its own, a page of 20 listings. A time
is the median of 31 runs; the first five are not counted. Nothing is written.
"""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg

from listingapi.app import SEARCH_SESSION
from listingapi.infra.database import SERVING_ROLE
from listingapi.listings.filters import Search
from listingapi.listings.search import found_by, page_of
from listingapi.provision import existing_database
from listingapi.query import read_query
from listingapi.settings import load_settings

LIMIT = 21
RUNS, WARM_UP = 31, 5
LAST_WEEK = (datetime.now(UTC) - timedelta(days=7)).isoformat()

SEARCHES: dict[str, dict[str, Any]] = {
    "city, newest first": {"city": "Lyon"},
    "city and price range": {"city": "Lyon", "min_price_eur": "200000", "max_price_eur": "300000"},
    "postal prefix and rooms, cheapest first": {
        "postal_code": "6900",
        "min_rooms": "3",
        "max_rooms": "4",
        "sort": "price",
    },
    "text in a city": {"city": "Lyon", "text": "balcon"},
    "reduced since a week ago, biggest drop first": {"reduced_since": LAST_WEEK, "sort": "-drop"},
}
COUNT = "SELECT count(*) FROM listing"
UNKNOWN = {"city": "Nowhere"}


def main() -> None:
    if not (folders := sys.argv[1:]):
        sys.exit(__doc__)
    with existing_database(load_settings(data_dir=Path(folders[0]))) as settings:
        asyncio.run(measure(settings.serving_url))


async def measure(url: str) -> None:
    """Print a line a search."""
    session = await asyncpg.connect(url, server_settings={"role": SERVING_ROLE, **SEARCH_SESSION})
    print(f"{await session.fetchval(COUNT)} listings")
    for name, asked in SEARCHES.items():
        for view in ("plain", "detailed"):
            await report(
                session, f"{name}{' (detailed)' if view == 'detailed' else ''}", asked, detailed=view == "detailed"
            )
    for number in (1, 10_000):
        for name, asked in (("newest", {}), ("cheapest", {"sort": "price"}), ("biggest drop", {"sort": "-drop"})):
            await report(
                session, f"page {number}, {name} first", asked, after=await place_before(session, asked, number)
            )
    for mode in ("force_custom_plan", "force_generic_plan"):
        await session.execute(f"SET plan_cache_mode = {mode}")
        print(f"{f'a city that there is not, {mode}':<58} {await median_of(session, *page(UNKNOWN)):8.2f} ms")
    await session.close()


def page(asked: dict[str, Any], **options: Any) -> tuple[str, list[Any]]:
    """The statement for a page of a search, and its arguments."""
    return page_of(read_query(asked, Search), **{"after": None, "limit": LIMIT, **options})


async def median_of(session: Any, statement: str, arguments: list[Any]) -> float:
    """How many milliseconds a statement takes."""
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        await session.fetch(statement, *arguments)
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds[WARM_UP:]) * 1000


async def report(session: Any, name: str, asked: dict[str, Any], **options: Any) -> None:
    """Print how long a search takes, how much it reads and how."""
    statement, arguments = page(asked, **options)
    median = await median_of(session, statement, arguments)
    [[plan]] = await session.fetch(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", *arguments)
    top = json.loads(plan)[0]["Plan"]
    read = top["Shared Hit Blocks"] + top["Shared Read Blocks"]
    print(f"{name:<58} {median:8.2f} ms {read:7} pages   {' < '.join(steps(top))}", flush=True)


async def place_before(session: Any, asked: dict[str, Any], number: int) -> tuple[Any, int] | None:
    """The place of the last listing before a page."""
    if number == 1:
        return None
    before = (number - 1) * (LIMIT - 1)
    statement, arguments = found_by(read_query(asked, Search), after=None, limit=before)
    place = f"SELECT place, listing_id FROM ({statement}) AS pages OFFSET {before - 1}"  # noqa: S608 - our own statement
    return tuple(await session.fetchrow(place, *arguments))


def steps(plan: dict[str, Any]) -> Iterator[str]:
    """The steps of a plan from its end to its beginning, with the indexes that it reads."""
    yield " ".join(filter(None, (plan["Node Type"], plan.get("Index Name") or plan.get("Relation Name"))))
    for child in plan.get("Plans", ()):
        yield from steps(child)


if __name__ == "__main__":
    main()
