"""The SQL of searches: put together from the conditions that were given, and no others."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import asyncpg
from msgspec import UNSET

from listingapi.infra.database import Database
from listingapi.listings.filters import Search, Status
from listingapi.listings.rows import COLUMNS, WRITTEN_COLUMNS
from listingapi.prices.facts_repository import facts_of

# Written as in the indexes of migration 0004, or the planner does not take them for the same.
PRICE_PER_M2 = """
    CASE WHEN surface_area_m2 >= 0.01 THEN round(latest_price_eur / surface_area_m2::numeric, 2) END
"""
DROP_PERCENT = """
    CASE WHEN original_price_eur > 0
        THEN round((original_price_eur - latest_price_eur) * 100 / original_price_eur, 2) ELSE 0 END
"""
IS_ON_MARKET = "(withdrawn_date IS NULL)"

# The indexes hold the beginnings of texts. What is no longer than those is not compared again: with a plan for its own
# value, PostgreSQL sees that before it plans.
CITY = """
    left(lower(city), 100) = left(lower({0}), 100) AND (length(lower({0})) < 100 OR lower(city) = lower({0}))
"""
POSTAL_CODE = """
    left(postal_code, 32) COLLATE "C" ^@ left({0}, 32) AND (length({0}) <= 32 OR starts_with(postal_code, {0}))
"""

CONDITIONS = {
    "country": "country = {}",
    "city": CITY,
    "postal_code": POSTAL_CODE,
    "building_type": "building_type = ANY ({})",
    "min_price_eur": "latest_price_eur >= {}",
    "max_price_eur": "latest_price_eur <= {}",
    "min_price_per_m2": f"({PRICE_PER_M2}) >= {{}}",
    "max_price_per_m2": f"({PRICE_PER_M2}) <= {{}}",
    "min_surface_area_m2": "surface_area_m2 >= {}",
    "max_surface_area_m2": "surface_area_m2 <= {}",
    "min_rooms": "rooms_count >= {}",
    "max_rooms": "rooms_count <= {}",
    "min_bedrooms": "bedrooms_count >= {}",
    "max_bedrooms": "bedrooms_count <= {}",
    "text": "words @@ listing_query({})",
    "updated_since": "updated_date >= {}",
    "reduced_since": "price_changed_date >= {} AND latest_price_eur < previous_price_eur",
    "min_drop_percent": f"({DROP_PERCENT}) >= {{}}::text::numeric",
}


@dataclass(frozen=True, slots=True)
class Order:
    """What a sort goes by, the kind of its values, and what else a listing has to be."""

    expression: str
    kind: type
    condition: str = "true"


ORDERS = {
    "created": Order("created_date", datetime),
    "updated": Order("updated_date", datetime),
    "price": Order("latest_price_eur", Decimal),
    "price_per_m2": Order(f"({PRICE_PER_M2})", Decimal, f"({PRICE_PER_M2}) IS NOT NULL"),
    "drop": Order(f"({DROP_PERCENT})", Decimal),
    "changed": Order("price_changed_date", datetime),
}

# A page ends where its texts come to this, as one text may be of 1 MiB. A text is measured by its header: those beyond
# the page are neither unpacked nor sent. Whether a listing is followed by another one says where a page ended.
LARGEST_PAGE_BYTES = 4 * 1024 * 1024
BOUNDED = f"""
    SELECT {{columns}}
    FROM (
        SELECT
            found.*,
            sum(
                octet_length(name) + octet_length(description)
                + octet_length(street_address) + octet_length(postal_code) + octet_length(city)
            ) OVER before AS bytes_before,
            lead(true, 1, false) OVER before AS is_followed
        FROM ({{page}}) AS found
        WINDOW before AS (
            ORDER BY place {{direction}}, listing_id {{direction}} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
    ) AS measured
    WHERE bytes_before IS NULL OR bytes_before < {LARGEST_PAGE_BYTES}
    ORDER BY place {{direction}}, listing_id {{direction}}
"""

PLAIN_COLUMNS = f"{WRITTEN_COLUMNS}, place, is_followed"

DETAILED = f"""
    SELECT *
    FROM ({{page}}) AS page
    CROSS JOIN LATERAL ({facts_of("page.listing_id")}) AS history
    ORDER BY page.place {{direction}}, page.listing_id {{direction}}
"""
MORE_COLUMNS = """,
    previous_price_eur, original_price_eur, price_changed_date, withdrawn_date, relisted_date, earlier_time_on_market
"""


@dataclass(slots=True)
class Statement:
    """A statement in the making: its conditions, and the values that they name."""

    conditions: list[str] = field(default_factory=list)
    arguments: list[Any] = field(default_factory=list)

    def bind(self, value: Any) -> str:
        """Give the statement a value; returns how the statement names it."""
        self.arguments.append(value)
        return f"${len(self.arguments)}"


def order_of(search: Search) -> tuple[Order, bool]:
    """What a search is sorted by, and whether the largest comes first."""
    return ORDERS[search.sort.removeprefix("-")], search.sort.startswith("-")


def page_of(
    search: Search, *, after: tuple[Any, int] | None, limit: int, detailed: bool = False
) -> tuple[str, list[Any]]:
    """The statement for a page of a search, `after` a place in its order, and its arguments."""
    found, arguments = found_by(search, after=after, limit=limit, more_columns=MORE_COLUMNS if detailed else "")
    _, is_descending = order_of(search)
    direction = "DESC" if is_descending else "ASC"
    page = BOUNDED.format(page=found, direction=direction, columns="*" if detailed else PLAIN_COLUMNS)
    return (DETAILED.format(page=page, direction=direction) if detailed else page), arguments


def found_by(
    search: Search, *, after: tuple[Any, int] | None, limit: int, more_columns: str = ""
) -> tuple[str, list[Any]]:
    """The statement for the listings that a search finds, however large their texts are, and its arguments."""
    order, is_descending = order_of(search)
    direction = "DESC" if is_descending else "ASC"
    statement = Statement([_on_market(search.status), order.condition])
    statement.conditions.extend(_filters(search, statement))
    if after:
        statement.conditions.append(_beyond(search, statement, after))
    found = f"""
        SELECT {COLUMNS}, {order.expression} AS place {more_columns}
        FROM listing {"" if search.text is UNSET else "JOIN listing_text USING (listing_id)"}
        WHERE {" AND ".join(statement.conditions)}
        ORDER BY {", ".join(f"{part} {direction}" for part in _sorted_by(search))}
        LIMIT {statement.bind(limit)}
    """
    return found, statement.arguments


async def find(
    database: Database, search: Search, *, after: tuple[Any, int] | None, limit: int, detailed: bool
) -> Sequence[asyncpg.Record]:
    """At most `limit` listings that come after a place in a search, fewer where their texts are large.

    Each has its `place`, and `is_followed` if another one is among the first `limit`; with what a summary is made of,
    if `detailed`; otherwise they are to be written out.
    """
    statement, arguments = page_of(search, after=after, limit=limit, detailed=detailed)
    return await database.fetch(statement, *arguments)


def _filters(searched: Search, statement: Statement) -> list[str]:
    given = {name: getattr(searched, name) for name in CONDITIONS}
    return [CONDITIONS[name].format(statement.bind(value)) for name, value in given.items() if value is not UNSET]


def _on_market(status: Status) -> str:
    """The first column of every index. Withdrawn is a range of it, as its negation would match no index."""
    return IS_ON_MARKET if status == "on-market" else f"{IS_ON_MARKET} <= false"


def _sorted_by(search: Search) -> list[str]:
    order, _ = order_of(search)
    expression = f"{order.expression} + 0" if _reads_the_place_first(search) else order.expression
    return [expression, "listing_id"] if search.status == "on-market" else [IS_ON_MARKET, expression, "listing_id"]


def _reads_the_place_first(search: Search) -> bool:
    """Whether to keep the planner from walking an index of prices until it has met enough listings of a place.

    It believes that prices are alike everywhere: the cheapest of a dear city come late in that index. The index of
    cities holds prices in their order; of other places, all listings are read and sorted.
    """
    return (search.sort.endswith("price") and search.postal_code is not UNSET) or (
        search.sort.endswith("price_per_m2") and (search.city is not UNSET or search.postal_code is not UNSET)
    )


def _beyond(search: Search, statement: Statement, after: tuple[Any, int]) -> str:
    place = [statement.bind(value) for value in after]
    first = ["false"] if search.status == "withdrawn" else []
    _, is_descending = order_of(search)
    return f"({', '.join(_sorted_by(search))}) {'<' if is_descending else '>'} ({', '.join([*first, *place])})"
