"""The SQL of markets: what is kept of each listing, made anew from it by one statement, and what is asked of that."""

from collections.abc import Collection, Sequence

from listingapi.infra.database import Database, Transaction
from listingapi.markets.schemas import Market, MonthRange
from listingapi.markets.statistics import MonthFacts

MOST_MONTHS = 1200

DERIVED = {
    "listing_id": "listing_id",
    "version": "version",
    "country": "country",
    "city": "lower(city)",
    "city_start": "left(lower(city), 100)",
    "building_type": "building_type",
    "month": "date_trunc('month', created_date AT TIME ZONE 'UTC')::date",
    "price_eur": "latest_price_eur",
    "price_per_m2_eur": """
        CASE WHEN surface_area_m2 >= 0.01 THEN round(latest_price_eur / surface_area_m2::numeric, 2) END
    """,
    "cut_percent": """
        CASE WHEN latest_price_eur < original_price_eur
            THEN round((original_price_eur - latest_price_eur) * 100 / original_price_eur, 2) END
    """,
}

# The prices of a listing are those of its corrected history, and every write raises its version: whoever read the
# listing last has the last word, in whichever order events come.
KEEP = f"""
    WITH listing AS MATERIALIZED ({{listings}}), kept AS (
        INSERT INTO pricing.market_listing AS known ({", ".join(DERIVED)})
        SELECT {", ".join(DERIVED.values())} FROM listing
        ON CONFLICT (listing_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in DERIVED)}
        WHERE known.version <= excluded.version
    )
    SELECT count(*) AS number, max(listing_id) AS last FROM listing
"""
KEEP_SOME = KEEP.format(listings="SELECT * FROM listing WHERE listing_id = ANY ($1::bigint[]) ORDER BY listing_id")
KEEP_NEXT = KEEP.format(listings="SELECT * FROM listing WHERE listing_id > $1 ORDER BY listing_id LIMIT $2")
COUNT = "SELECT count(*) FROM listing"

# Listings of a market are those that a search of its city finds, by an index-only scan: with a plan for its own value,
# PostgreSQL sees that a city that is no longer than what the index holds need not be compared again.
STATISTICS = f"""
    SELECT
        month, count(*) AS listings_count, count(price_per_m2_eur) AS with_surface_count,
        count(cut_percent) AS reduced_count,
        percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY (price_eur * 100)::float8) AS price_quartiles,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY (price_per_m2_eur * 100)::float8) AS median_per_m2,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY (cut_percent * 100)::float8) AS median_cut
    FROM pricing.market_listing
    WHERE country = $1 AND city_start = left(lower($2), 100) AND (length(lower($2)) < 100 OR city = lower($2))
        AND building_type = $3 AND month >= COALESCE($4, '-infinity'::date) AND month <= COALESCE($5, 'infinity'::date)
    GROUP BY month
    ORDER BY month DESC
    LIMIT {MOST_MONTHS}
"""


async def keep(transaction: Transaction, listings: Collection[int]) -> None:
    """Make what is kept of some listings anew."""
    await transaction.fetch(KEEP_SOME, list(listings))


async def keep_next(database: Database, after: int, limit: int) -> tuple[int, int | None]:
    """Make anew what is kept of the next listings by id; returns how many, and the last of them, if there is one."""
    [row] = await database.fetch(KEEP_NEXT, after, limit)
    return row["number"], row["last"]


async def number_of_listings(database: Database) -> int:
    """How many listings there are."""
    [row] = await database.fetch(COUNT)
    return int(row["count"])


async def months(database: Database, market: Market, range_: MonthRange) -> Sequence[MonthFacts]:
    """The aggregates of each month in which listings came on a market, the newest 1 200, oldest first."""
    found = await database.fetch(
        STATISTICS, market.country, market.city, market.building_type, range_.first, range_.last
    )
    return [MonthFacts.of(row) for row in reversed(found)]
