"""The SQL of listings that are not there yet: which those are, and COPY into all tables that have something of them."""

from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from listingapi.bulk import fresh
from listingapi.bulk.folding import folded
from listingapi.bulk.fresh import Fresh
from listingapi.bulk.lines import GIVEN_ID, Row
from listingapi.bulk.repository import Connection

LISTINGS_AT_ONCE = 128

FOUND_IDS = "SELECT listing_id FROM listing WHERE listing_id = ANY ($1::bigint[])"
FOUND_NAMES = """
    SELECT external_id, listing_id FROM listing_external_id WHERE account_id = $1 AND external_id = ANY ($2::text[])
"""
TAKE_IDS = "SELECT nextval($1::text::regclass) AS listing_id FROM generate_series(1, $2::bigint)"

# Texts that were folded before have only to be taken apart.
ADD_WORDS = """
    INSERT INTO listing_text (listing_id, words)
    SELECT listing_id, CASE WHEN folded IS NULL THEN listing_words(text) ELSE to_tsvector('simple', folded) END
    FROM unnest($1::bigint[], $2::text[], $3::text[]) AS new (listing_id, folded, text)
"""

LISTING = (
    "listing_id", "account_id", "version", "name", "description", "building_type", "latest_price_eur",
    "previous_price_eur", "original_price_eur", "price_version", "price_changed_date", "surface_area_m2", "rooms_count",
    "bedrooms_count", "contact_phone_number", "street_address", "postal_code", "city", "country", "created_date",
    "updated_date",
)  # fmt: skip
EXTERNAL_ID = ("account_id", "external_id", "listing_id")
PRICE = ("listing_id", "version", "price_eur", "created_date", "recorded_date", "source", "account_id", "actor")
EVENT = ("listing_id", "version", "type", "account_id", "created_date", "data")


async def found_ids(connection: Connection, listing_ids: Sequence[int]) -> Collection[int]:
    """The listings that there are of these."""
    return {row[0] for row in await connection.fetch(FOUND_IDS, listing_ids)} if listing_ids else set()


async def found_names(connection: Connection, account_id: int, external_ids: Sequence[str]) -> Mapping[str, int]:
    """The account's listings that have one of these external ids, by it."""
    return dict(await connection.fetch(FOUND_NAMES, account_id, external_ids)) if external_ids else {}


async def take_ids(connection: Connection, ids_from: str, rows: Sequence[Row]) -> Iterator[int]:
    """The id of each row, which begins with its turn: the one that it gives, or one that nobody else gets."""
    given = [row[1 + GIVEN_ID] for row in rows]
    taken = iter(await connection.fetch(TAKE_IDS, ids_from, given.count(None)) if None in given else ())
    return (next(taken)["listing_id"] if listing_id is None else listing_id for listing_id in given)


async def add(connection: Connection, account_id: int, listings: Sequence[Fresh], *, now: datetime) -> None:
    """Store listings with their external ids, words, histories and events; they must not be there."""
    await _copy(connection, "listing", LISTING, fresh.listing_lines(account_id), listings)
    named = [new for new in listings if new.external_id is not None]
    if named:
        await _copy(connection, "listing_external_id", EXTERNAL_ID, fresh.external_id_lines(account_id), named)
    await _add_words(connection, listings)
    await _copy(connection, "listing_price", PRICE, fresh.price_lines(account_id, now), listings)
    await _copy(connection, "outbox", EVENT, fresh.event_lines(account_id, now), listings)


async def _add_words(connection: Connection, listings: Sequence[Fresh]) -> None:
    texts = [new.text for new in listings]
    in_python = [folded(text) for text in texts]
    left = [text if done is None else None for text, done in zip(texts, in_python, strict=True)]
    await connection.execute(ADD_WORDS, [new.listing_id for new in listings], in_python, left)


async def _copy(
    connection: Connection, table: str, columns: Sequence[str], lines: fresh.Lines, listings: Sequence[Fresh]
) -> None:
    await connection.copy_to_table(table, columns=columns, source=_chunks(map(lines, listings)))


async def _chunks(lines: Iterator[str]) -> AsyncIterator[bytes]:
    """The lines some at a time; they are written while PostgreSQL takes those before them."""
    while chunk := "".join(islice(lines, LISTINGS_AT_ONCE)):
        yield chunk.encode()
