"""The SQL of single listings: one statement reads all that a write is decided on, a part of another one writes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

import asyncpg
from msgspec import UNSET

from listingapi.idempotency.attempts import Attempt
from listingapi.idempotency.repository import RECORD_COLUMNS
from listingapi.infra.database import Database, Transaction
from listingapi.infra.write import Write
from listingapi.listings.lives import has_other_content
from listingapi.listings.rows import COLUMNS, listing_of
from listingapi.listings.schemas import Listing, StoredListing
from listingapi.money import Euros
from listingapi.prices.rules import Rule, rules_of

STATE_COLUMNS = f"""
    {COLUMNS}, account_id, previous_price_eur, original_price_eur, price_version, price_changed_date, withdrawn_date,
    relisted_date, earlier_time_on_market
"""

RULES_OF = """
    SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(rule))) AS rules
    FROM pricing_rule AS rule
    WHERE rule.account_id = {account_id}
"""

GET = f"SELECT {STATE_COLUMNS} FROM listing WHERE listing_id = $1"

# All that a write needs to know; there is a row whether or not there is such a listing.
LOAD = f"""
    SELECT
        listing.*, rules, {RECORD_COLUMNS},
        EXISTS (
            SELECT FROM scheduled_price WHERE listing_id = $1 AND state = 'pending' AND effective_date <= $4
        ) AS is_due
    FROM (SELECT) AS one
    LEFT JOIN (SELECT {STATE_COLUMNS} FROM listing WHERE listing_id = $1) AS listing ON true
    LEFT JOIN LATERAL ({RULES_OF.format(account_id="listing.account_id")}) AS of_account ON true
    LEFT JOIN idempotency_record AS record ON record.account_id = $2 AND record.key = $3
"""

# The same for several writes, each with its number.
LOAD_SEVERAL = f"""
    SELECT
        asked.number, listing.*, rules, {RECORD_COLUMNS},
        EXISTS (
            SELECT FROM scheduled_price
            WHERE listing_id = asked.id AND state = 'pending' AND effective_date <= asked.now
        ) AS is_due
    FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::timestamptz[])
        WITH ORDINALITY AS asked (id, by_id, by_key, now, number)
    LEFT JOIN LATERAL (SELECT {STATE_COLUMNS} FROM listing WHERE listing_id = asked.id) AS listing ON true
    LEFT JOIN LATERAL ({RULES_OF.format(account_id="listing.account_id")}) AS of_account ON true
    LEFT JOIN idempotency_record AS record ON record.account_id = by_id AND record.key = by_key
"""

PREPARE = f"""
    SELECT nextval('listing_listing_id_seq') AS new_id, rules, {RECORD_COLUMNS}
    FROM ({RULES_OF.format(account_id="$1")}) AS of_account
    LEFT JOIN idempotency_record AS record ON record.account_id = $1 AND record.key = $2
"""

SEVERAL = f"""
    SELECT listing.*, rules
    FROM (SELECT {STATE_COLUMNS} FROM listing WHERE listing_id = ANY ($1) ORDER BY listing_id {{lock}}) AS listing
    LEFT JOIN LATERAL ({RULES_OF.format(account_id="listing.account_id")}) AS of_account ON true
"""
FIND = SEVERAL.format(lock="")
LOCK = SEVERAL.format(lock="FOR NO KEY UPDATE")


class Asked(NamedTuple):
    """Who is about to write which listing: the account and key of the attempt, and when."""

    listing_id: int
    account_id: int
    key: str | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a write is decided on: the listing, if there is one, its account's rules, and the row that it came in."""

    listing: StoredListing | None
    rules: Sequence[Rule]
    row: asyncpg.Record


async def get(database: Database, listing_id: int) -> StoredListing | None:
    """A listing, if there is one of this id."""
    row = await database.fetchrow(GET, listing_id)
    return _stored(row) if row else None


async def load(database: Database, asked: Sequence[Asked]) -> dict[Asked, Loaded]:
    """What some writes on listings are decided on."""
    if len(asked) == 1:
        return {asked[0]: _loaded(cast("asyncpg.Record", await database.fetchrow(LOAD, *asked[0])))}
    rows = await database.fetch(LOAD_SEVERAL, *map(list, zip(*asked, strict=True)))
    return {asked[row["number"] - 1]: _loaded(row) for row in rows}


def _loaded(row: asyncpg.Record) -> Loaded:
    return Loaded(_stored(row) if row["listing_id"] is not None else None, _rules(row), row)


async def prepare(database: Database, attempt: Attempt) -> tuple[int, Loaded]:
    """The id of a listing to be, and what its creation is decided on."""
    row = cast("asyncpg.Record", await database.fetchrow(PREPARE, attempt.account_id, attempt.key))
    return row["new_id"], Loaded(None, _rules(row), row)


async def find(database: Database, listing_ids: Sequence[int]) -> list[Loaded]:
    """What writes on some listings are decided on."""
    return [Loaded(_stored(row), _rules(row), row) for row in await database.fetch(FIND, listing_ids)]


async def lock(transaction: Transaction, listing_ids: Sequence[int]) -> list[Loaded]:
    """The same, and nobody else changes these listings until the transaction ends."""
    return [Loaded(_stored(row), _rules(row), row) for row in await transaction.fetch(LOCK, listing_ids)]


def insert(write: Write, after: StoredListing) -> None:
    """Store a new listing, as the guard of a write."""
    values = _content_values(after.listing) | _state_values(after)
    values |= {
        "listing_id": (after.listing.id, "bigint"),
        "account_id": (after.account_id, "bigint"),
        "created_date": (after.listing.created_date, "timestamptz"),
    }
    write.guard_row("listing", values, returning="listing_id")
    _write_words(write, after.listing)


def replace(write: Write, before: StoredListing, after: StoredListing) -> None:
    """Store the next version of a listing, as the guard of a write: it finds no row where the version is another.

    What a client writes besides the price is sent only if it changed. The same version only claims the row.
    """
    key = {"listing_id": (before.listing.id, "bigint"), "version": (before.version, "bigint")}
    if after.version == before.version:
        where = " AND ".join(f"{name} = {write.bind(*value)}" for name, value in key.items())
        write.guard(f"SELECT listing_id FROM listing WHERE {where} AND {write.may_run} FOR NO KEY UPDATE")
        return
    is_other = has_other_content(before.listing, after.listing)
    values = (_content_values(after.listing) if is_other else {}) | _state_values(after)
    write.guard_change("listing", key, values, returning="listing_id")
    if is_other:
        _write_words(write, after.listing)


def _write_words(write: Write, listing: Listing) -> None:
    address = listing.postal_address
    texts = (listing.name, listing.description, address.street_address, address.postal_code, address.city)
    write.add(f"""
        INSERT INTO listing_text (listing_id, words)
        SELECT listing_id, listing_words({", ".join(write.bind(text, "text") for text in texts)}) FROM guard
        ON CONFLICT (listing_id) DO UPDATE SET words = excluded.words
    """)


def _content_values(listing: Listing) -> dict[str, tuple[Any, str]]:
    address, phone_number = listing.postal_address, listing.contact_phone_number
    return {
        "name": (listing.name, "text"),
        "description": (listing.description, "text"),
        "building_type": (listing.building_type, "text"),
        "surface_area_m2": (listing.surface_area_m2, "double precision"),
        "rooms_count": (listing.rooms_count, "integer"),
        "bedrooms_count": (listing.bedrooms_count, "integer"),
        "contact_phone_number": (None if phone_number is UNSET else phone_number, "text"),
        "street_address": (address.street_address, "text"),
        "postal_code": (address.postal_code, "text"),
        "city": (address.city, "text"),
        "country": (address.country, "text"),
    }


def _state_values(after: StoredListing) -> dict[str, tuple[Any, str]]:
    return {
        "version": (after.version, "bigint"),
        "latest_price_eur": (after.price_eur, "numeric"),
        "previous_price_eur": (after.previous_price_eur, "numeric"),
        "original_price_eur": (after.original_price_eur, "numeric"),
        "price_version": (after.price_version, "bigint"),
        "price_changed_date": (after.price_changed_date, "timestamptz"),
        "updated_date": (after.listing.updated_date, "timestamptz"),
        "withdrawn_date": (after.withdrawn_date, "timestamptz"),
        "relisted_date": (after.relisted_date, "timestamptz"),
        "earlier_time_on_market": (after.earlier_time_on_market, "interval"),
    }


def _rules(row: asyncpg.Record) -> list[Rule]:
    return rules_of(row["rules"]) if row["rules"] else []


def _stored(row: asyncpg.Record) -> StoredListing:
    previous = row["previous_price_eur"]
    return StoredListing(
        listing=listing_of(row),
        version=row["version"],
        account_id=row["account_id"],
        previous_price_eur=None if previous is None else Euros(previous),
        original_price_eur=Euros(row["original_price_eur"]),
        price_version=row["price_version"],
        price_changed_date=row["price_changed_date"],
        withdrawn_date=row["withdrawn_date"],
        relisted_date=row["relisted_date"],
        earlier_time_on_market=row["earlier_time_on_market"],
    )


def change_market(write: Write, kind: str, after: StoredListing, *, account_id: int, now: datetime) -> None:
    """Add to a write that the listing left the market, or came back to it, with this version."""
    write.add_row(
        "listing_market_change",
        {
            "listing_id": (after.listing.id, "bigint"),
            "version": (after.version, "bigint"),
            "kind": (kind, "text"),
            "created_date": (after.listing.updated_date, "timestamptz"),
            "recorded_date": (now, "timestamptz"),
            "account_id": (account_id, "bigint"),
        },
    )


def cancel_schedules(write: Write, after: StoredListing) -> None:
    """Add to a write that no price is scheduled any more, because the listing left the market."""
    write.add(f"""
        UPDATE scheduled_price SET
            state = 'cancelled',
            reason = 'The listing was withdrawn.',
            settled_date = {write.bind(after.listing.updated_date, "timestamptz")},
            settled_version = {write.bind(after.version, "bigint")}
        FROM guard
        WHERE scheduled_price.listing_id = guard.listing_id AND state = 'pending'
    """)
