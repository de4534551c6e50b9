"""The SQL that reads price histories. Each read is one statement, which also says whether there is such a listing.

The listing's row comes first: no row means that there is no such listing, `withdrawn_date` that it is off the market;
only what is said of such a one is read by another statement. Beside it is what is read of its history, a row for each
item, or one of nulls if there is none.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg

from listingapi.access.callers import Caller
from listingapi.access.scopes import Scope
from listingapi.errors import ListingNotFound
from listingapi.infra.database import Database
from listingapi.listings import market
from listingapi.money import Euros
from listingapi.pagination import LARGEST_BIGINT
from listingapi.prices.facts_repository import facts_of
from listingapi.prices.records import Place, entry_of
from listingapi.prices.schemas import HistoryEntry, ListingPrice
from listingapi.prices.summary import PriceFacts
from listingapi.prices.window import Window

IN_WINDOW = "created_date BETWEEN COALESCE($2, '-infinity'::timestamptz) AND COALESCE($3, 'infinity'::timestamptz)"

# The listing goes through the view's window down to the primary key, which includes all that is read: an index-only
# scan of one listing. The place can't go below the window, which compares each entry with the one before.
HISTORY = f"""
    SELECT
        listing.withdrawn_date, listing.version AS listing_version, entry.version, entry.price_eur, entry.created_date
    FROM listing
    LEFT JOIN LATERAL (
        SELECT version, price_eur, created_date
        FROM listing_price_history
        WHERE listing_id = $1 AND {IN_WINDOW} AND version %(beyond)s $4
        ORDER BY version %(order)s
        LIMIT $5
    ) AS entry ON true
    WHERE listing.listing_id = $1
    ORDER BY entry.version %(order)s
"""

# What came with one version stands in the order of `rank`. A void entry does nothing in the story, so that each entry
# is compared with the last one that is not void: void ones are a partition of their own.
PRICES = """
    SELECT
        entry.version, 1 AS rank, 'price' AS kind, entry.created_date, entry.recorded_date, entry.account_id,
        entry.price_eur, entry.source, entry.flags::text,
        correction.version AS corrected_by_version, correction.price_eur AS corrected_price_eur,
        lag(COALESCE(correction.price_eur, entry.price_eur)) OVER (
            PARTITION BY correction.version IS NOT NULL AND correction.price_eur IS NULL ORDER BY entry.version
        ) AS price_before_eur,
        NULL::bigint AS corrects_version, NULL AS reason
    FROM listing_price AS entry
    LEFT JOIN (
        SELECT DISTINCT ON (corrects_version) corrects_version, version, price_eur
        FROM listing_price_correction
        WHERE listing_id = $1
        ORDER BY corrects_version, version DESC
    ) AS correction ON correction.corrects_version = entry.version
    WHERE entry.listing_id = $1
"""
CORRECTIONS = """
    SELECT
        version, 2, 'correction', recorded_date, recorded_date, account_id, price_eur, NULL, NULL, NULL, NULL, NULL,
        corrects_version, reason
    FROM listing_price_correction
    WHERE listing_id = $1
"""
MARKET_CHANGES = """
    SELECT
        version, 0, kind, created_date, recorded_date, account_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM listing_market_change
    WHERE listing_id = $1
"""
DETAILED = f"""
    SELECT
        listing.withdrawn_date, listing.surface_area_m2, entry.version, entry.rank, entry.kind, entry.created_date,
        entry.recorded_date, COALESCE(entry.account_id, listing.account_id) AS account_id, entry.price_eur,
        entry.source, CASE WHEN $7 OR listing.account_id = $8 THEN entry.flags END AS flags,
        entry.corrected_by_version, entry.corrected_price_eur, entry.price_before_eur,
        entry.corrects_version, entry.reason
    FROM listing
    LEFT JOIN LATERAL (
        SELECT *
        FROM ({PRICES} UNION ALL {CORRECTIONS} UNION ALL {MARKET_CHANGES}) AS said
        WHERE {IN_WINDOW} AND (version, rank) %(beyond)s ($4, $5)
        ORDER BY version %(order)s, rank %(order)s
        LIMIT $6
    ) AS entry ON true
    WHERE listing.listing_id = $1
    ORDER BY entry.version %(order)s, entry.rank %(order)s
"""

SUMMARY = f"""
    SELECT
        listing.withdrawn_date, listing.latest_price_eur, listing.previous_price_eur, listing.original_price_eur,
        listing.price_changed_date, listing.surface_area_m2, listing.created_date, listing.relisted_date,
        listing.earlier_time_on_market, history.*
    FROM listing
    CROSS JOIN LATERAL ({facts_of("$1")}) AS history
    WHERE listing.listing_id = $1
"""

IN_ORDER = {"asc": {"order": "ASC", "beyond": ">"}, "desc": {"order": "DESC", "beyond": "<"}}
BEFORE_ALL = {"asc": 0, "desc": LARGEST_BIGINT}


async def history(
    database: Database, listing_id: int, window: Window, *, after_version: int | None, limit: int
) -> tuple[int, Sequence[ListingPrice]]:
    """The listing's version, and at most `limit` entries of the plain history in a window, after one in its order.

    Raises:
        ListingNotFound, ListingWithdrawn: there is no such listing on the market.
    """
    place = BEFORE_ALL[window.order] if after_version is None else after_version
    statement = HISTORY % IN_ORDER[window.order]
    rows = await _read(database, statement, listing_id, *_ends(window), place, limit)
    entries = [ListingPrice(row["version"], Euros(row["price_eur"]), row["created_date"]) for row in _items(rows)]
    return rows[0]["listing_version"], entries


async def detailed_history(  # noqa: PLR0913 - a page is that much
    database: Database, listing_id: int, window: Window, by: Caller, *, after: Place | None, limit: int
) -> Sequence[HistoryEntry]:
    """At most `limit` entries of all that was said in a window, after a place in its order.

    What pricing rules had against a price is told to who may change it, or correct it: rules are an account's own.

    Raises:
        ListingNotFound, ListingWithdrawn: there is no such listing on the market.
    """
    place = after or (BEFORE_ALL[window.order], 0)
    statement = DETAILED % IN_ORDER[window.order]
    corrects, own = Scope.PRICES_CORRECT in by.scopes, by.account_id if Scope.PRICES_WRITE in by.scopes else None
    rows = await _read(database, statement, listing_id, *_ends(window), *place, limit, corrects, own)
    return [entry_of(row) for row in _items(rows)]


async def facts(database: Database, listing_id: int) -> PriceFacts:
    """What the summary of a listing is made of.

    Raises:
        ListingNotFound, ListingWithdrawn: there is no such listing on the market.
    """
    [row] = await _read(database, SUMMARY, listing_id)
    return PriceFacts.of(row)


async def _read(database: Database, statement: str, listing_id: int, *arguments: Any) -> Sequence[asyncpg.Record]:
    rows = await database.fetch(statement, listing_id, *arguments)
    if not rows:
        raise ListingNotFound(listing_id)
    if rows[0]["withdrawn_date"] is not None:
        await market.read(database, listing_id)  # which says what it was
    return rows


def _ends(window: Window) -> tuple[datetime | None, datetime | None]:
    return window.from_ or None, window.to or None


def _items(rows: Sequence[asyncpg.Record]) -> list[asyncpg.Record]:
    return [row for row in rows if row["version"] is not None]
