"""The SQL of single prices of the corrected story: in force at a time, or to be after one more correction.

The story is that of the view `listing_price_history`. It is read from its end, no further than it takes, so that what
was just said is found at once, however long the history is.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import asyncpg

from listingapi.errors import ListingNotFound
from listingapi.infra.database import Database
from listingapi.listings import market
from listingapi.money import Euros
from listingapi.prices.errors import PriceEntryNotFound
from listingapi.prices.schemas import ListingPrice

# The last word on each entry that was corrected, by its version; null if it is void. One object, as each entry that is
# read asks for its own, and a join of all of them would have to read the whole history.
LAST_WORDS = """
    SELECT jsonb_object_agg(corrects_version, price_eur ORDER BY version) AS prices
    FROM ({corrections}) AS correction
"""
CORRECTIONS = "SELECT version, corrects_version, price_eur FROM listing_price_correction WHERE listing_id = $1"


def _price_of(entry: str) -> str:
    """What an entry comes to, null if it is void."""
    word = f"last_word.prices ->> {entry}.version::text"
    return f"CASE WHEN last_word.prices ? {entry}.version::text THEN ({word})::numeric ELSE {entry}.price_eur END"


# The last entry that changed the price. Between two that do, no entry is read more than twice.
LAST_CHANGE = f"""
    SELECT
        entry.version, {_price_of("entry")} AS price_eur, entry.created_date, before.price_eur AS price_before_eur
    FROM listing_price AS entry
    LEFT JOIN LATERAL (
        SELECT {_price_of("earlier")} AS price_eur
        FROM listing_price AS earlier
        WHERE listing_id = $1 AND version < entry.version AND {_price_of("earlier")} IS NOT NULL {{known}}
        ORDER BY version DESC
        LIMIT 1
    ) AS before ON true
    WHERE
        listing_id = $1 AND {_price_of("entry")} IS NOT NULL {{known}} {{begun}}
        AND {_price_of("entry")} IS DISTINCT FROM before.price_eur
    ORDER BY version DESC
    LIMIT 1
"""
FIRST = f"""
    SELECT {_price_of("entry")} AS price_eur, created_date
    FROM listing_price AS entry
    WHERE listing_id = $1 AND {_price_of("entry")} IS NOT NULL {{known}}
    ORDER BY version
    LIMIT 1
"""

# Only where no price was in force, the rest is looked for.
IN_FORCE = f"""
    SELECT
        listing.withdrawn_date, change.version, change.price_eur, change.created_date,
        CASE WHEN change.version IS NULL THEN (SELECT created_date FROM ({FIRST}) AS first) END AS first_created_date,
        CASE WHEN change.version IS NULL THEN (
            SELECT min(recorded_date) FROM listing_price WHERE listing_id = $1
        ) END AS first_recorded_date
    FROM listing
    CROSS JOIN ({LAST_WORDS}) AS last_word
    LEFT JOIN LATERAL ({LAST_CHANGE}) AS change ON true
    WHERE listing.listing_id = $1
"""
BEGUN = "AND created_date <= $2"
KNOWN = "AND recorded_date <= $3"
IN_FORCE_NOW = IN_FORCE.format(corrections=CORRECTIONS, begun=BEGUN, known="")
IN_FORCE_THEN = IN_FORCE.format(corrections=f"{CORRECTIONS} {KNOWN}", begun=BEGUN, known=KNOWN)

# A correction comes with a later version than the entry, and than the corrections before it.
CORRECTED = f"""
    SELECT
        said.price_eur AS said_price_eur, change.version, change.price_eur, change.created_date,
        change.price_before_eur, first.price_eur AS first_price_eur
    FROM (
        SELECT price_eur
        FROM (
            SELECT version, price_eur FROM listing_price WHERE listing_id = $1 AND version = $2
            UNION ALL
            SELECT version, price_eur FROM ({CORRECTIONS}) AS correction WHERE corrects_version = $2
        ) AS word
        ORDER BY version DESC
        LIMIT 1
    ) AS said
    CROSS JOIN ({LAST_WORDS}) AS last_word
    LEFT JOIN LATERAL ({LAST_CHANGE}) AS change ON true
    LEFT JOIN LATERAL ({FIRST}) AS first ON true
""".format(corrections=f"{CORRECTIONS} UNION ALL SELECT {2**63 - 1}, $2, $3::numeric", begun="", known="")


@dataclass(frozen=True, slots=True)
class InForce:
    """The entry that was in force at a time; where there was none, when the first was and when one was first known."""

    entry: ListingPrice | None
    first_created_date: datetime | None
    first_recorded_date: datetime


@dataclass(frozen=True, slots=True)
class Ends:
    """The last entry of a story, the price before it, if there is one, and the first price."""

    last: ListingPrice
    previous_price_eur: Euros | None
    original_price_eur: Euros


@dataclass(frozen=True, slots=True)
class Corrected:
    """What one more correction does: the last word on its entry until then, and what is left of the story, if any."""

    said_price_eur: Decimal | None
    story: Ends | None


async def in_force(database: Database, listing_id: int, time: datetime, known_at: datetime | None) -> InForce:
    """The price that was in force at a time, as it is known now or was known then.

    Raises:
        ListingNotFound, ListingWithdrawn: there is no such listing on the market.
    """
    statement, *arguments = (IN_FORCE_THEN, time, known_at) if known_at else (IN_FORCE_NOW, time)
    row = await database.fetchrow(statement, listing_id, *arguments)
    if row is None:
        raise ListingNotFound(listing_id)
    if row["withdrawn_date"] is not None:
        await market.read(database, listing_id)  # which says what it was
    return InForce(_entry(row), row["first_created_date"], row["first_recorded_date"])


async def corrected(database: Database, listing_id: int, version: int, price_eur: Euros | None) -> Corrected:
    """What the story becomes if an entry is said to have had another price, or with none to be void.

    Raises:
        PriceEntryNotFound: there is no such entry.
    """
    row = await database.fetchrow(CORRECTED, listing_id, version, price_eur)
    if row is None:
        raise PriceEntryNotFound(version)
    return Corrected(row["said_price_eur"], _ends(row))


def _entry(row: asyncpg.Record) -> ListingPrice | None:
    if row["version"] is None:
        return None
    return ListingPrice(row["version"], Euros(row["price_eur"]), row["created_date"])


def _ends(row: asyncpg.Record) -> Ends | None:
    last = _entry(row)
    if last is None:
        return None
    previous = row["price_before_eur"]
    return Ends(last, None if previous is None else Euros(previous), Euros(row["first_price_eur"]))
