"""The SQL of webhooks: one statement reads all that a write is decided on, another one writes."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

import asyncpg
from msgspec import UNSET

from listingapi.answers import to_json
from listingapi.consuming.incoming import Incoming
from listingapi.events.cloud_events import PRIVATE
from listingapi.idempotency.attempts import Attempt
from listingapi.idempotency.repository import RECORD_COLUMNS
from listingapi.infra.database import Database, Transaction
from listingapi.infra.write import Write
from listingapi.listings.filters import Wanted
from listingapi.money import Euros
from listingapi.parsing import read_json
from listingapi.percent import Percent
from listingapi.webhooks.matching import Subscription
from listingapi.webhooks.schemas import Webhook, WebhookSearch, WebhookState, WebhookWrite
from listingapi.wire import read_struct

COLUMNS = (
    "webhook_id, version, url, types, listing_id, search, min_cut_percent, min_cut_eur, state, paused_reason, "
    "previous_secret_expires_date, created_date, updated_date"
)

# Many events are held against the same ones.
KEPT_SEARCHES = 5_000

ALL = f"SELECT {COLUMNS} FROM webhook WHERE account_id = $1 ORDER BY webhook_id"
GET = f"SELECT {COLUMNS} FROM webhook WHERE account_id = $1 AND webhook_id = $2"

# There is a row whether or not there is such a webhook.
LOAD = f"""
    SELECT webhook.*, {RECORD_COLUMNS}
    FROM (SELECT) AS one
    LEFT JOIN (SELECT {COLUMNS} FROM webhook WHERE account_id = $1 AND webhook_id = $2) AS webhook ON true
    LEFT JOIN idempotency_record AS record ON record.account_id = $1 AND record.key = $3
"""
PREPARE = f"""
    SELECT
        nextval('webhook_webhook_id_seq') AS new_id,
        (SELECT count(*) FROM webhook WHERE account_id = $1) AS webhooks,
        {RECORD_COLUMNS}
    FROM (SELECT) AS one
    LEFT JOIN idempotency_record AS record ON record.account_id = $1 AND record.key = $2
"""

# Events, each with what a webhook may be about to be told of it.
TOLD_OF = """
    SELECT
        event.*, listing.version AS listing_version,
        ARRAY['all', 'country ' || country, 'city ' || left(lower(city), 100), 'listing ' || of_listing] AS subjects
    FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::boolean[])
        WITH ORDINALITY AS event (of_listing, event_type, owner_id, is_private, place)
    LEFT JOIN listing ON listing.listing_id = of_listing
"""
# By the index of subjects, so that what an event costs grows with those that it may be for, not with all there are.
# Of an account's own events, all; what an account intends is nobody else's business.
ASKING = """
    webhook JOIN account USING (account_id)
    WHERE webhook_subject(listing_id, search) = ANY (subjects) AND event_type = ANY (types) AND state = 'active'
        AND NOT is_suspended AND (account_id = owner_id OR NOT is_private)
"""
ASKED_FOR = f"""
    WITH event AS MATERIALIZED ({TOLD_OF})
    SELECT place FROM event WHERE EXISTS (SELECT FROM {ASKING})
"""
IS_AT = "SELECT true FROM listing WHERE listing_id = $1 AND version = $2"
SUBSCRIBED = f"""
    WITH event AS MATERIALIZED ({TOLD_OF})
    SELECT listing_version, asking.*
    FROM event CROSS JOIN LATERAL (
        SELECT account_id, webhook_id, search, min_cut_percent, min_cut_eur FROM {ASKING}
    ) AS asking
"""


async def all_of(database: Database, account_id: int, now: datetime) -> list[Webhook]:
    """The webhooks of an account, in the order of their ids."""
    return [webhook_of(row, now) for row in await database.fetch(ALL, account_id)]


async def get(database: Database, account_id: int, webhook_id: int, now: datetime) -> Webhook | None:
    """A webhook of an account, if it has one of this id."""
    row = await database.fetchrow(GET, account_id, webhook_id)
    return webhook_of(row, now) if row else None


async def load(
    database: Database, attempt: Attempt, webhook_id: int, now: datetime
) -> tuple[Webhook | None, asyncpg.Record]:
    """A webhook of the caller's account, if it has one of this id, and the row with its version and the record."""
    row = cast("asyncpg.Record", await database.fetchrow(LOAD, attempt.account_id, webhook_id, attempt.key))
    return webhook_of(row, now) if row["webhook_id"] is not None else None, row


async def prepare(database: Database, attempt: Attempt) -> asyncpg.Record:
    """The id of a webhook to be, how many the account has, and the record of the attempt."""
    return cast("asyncpg.Record", await database.fetchrow(PREPARE, attempt.account_id, attempt.key))


async def asked_for(transaction: Transaction, events: Sequence[Incoming]) -> Sequence[Incoming]:
    """Those of some events that a webhook may have to be told of: one look for all of them."""
    rows = await transaction.fetch(ASKED_FOR, *_told_of(events))
    places = {row["place"] for row in rows}
    return [event for place, event in enumerate(events, 1) if place in places]


async def subscribed(transaction: Transaction, event: Incoming) -> tuple[int, Sequence[Subscription]]:
    """The version of an event's listing, and what those ask for who may have to be told of the event.

    Their searches may still find other listings, or this one when it has another version.
    """
    rows = await transaction.fetch(SUBSCRIBED, *_told_of([event]))
    version = rows[0]["listing_version"] or 0 if rows else 0
    return version, [
        Subscription(
            row["account_id"], row["webhook_id"], _wanted(row["search"]), row["min_cut_percent"], row["min_cut_eur"]
        )
        for row in rows
    ]


async def is_at(transaction: Transaction, listing_id: int, version: int) -> bool:
    """Whether a listing has this version still."""
    return await transaction.fetchrow(IS_AT, listing_id, version) is not None


def insert(write: Write, account_id: int, made: Webhook, data: WebhookWrite, secret: bytes) -> None:
    """Store a new webhook, as the guard of a write."""
    values = _values(data) | {
        "account_id": (account_id, "bigint"),
        "webhook_id": (made.id, "bigint"),
        "version": (1, "bigint"),
        "state": (made.state, "text"),
        "secret": (secret, "bytea"),
        "created_date": (made.created_date, "timestamptz"),
        "updated_date": (made.updated_date, "timestamptz"),
    }
    write.guard(f"""
        INSERT INTO webhook ({", ".join(values)}) OVERRIDING SYSTEM VALUE
        SELECT {", ".join(write.bind(*value) for value in values.values())}
        WHERE {write.may_run}
        RETURNING webhook_id
    """)


def update(write: Write, account_id: int, after: Webhook, data: WebhookState, version: int) -> None:
    """Change a webhook, as the guard of a write: it finds no row where another version is there by now.

    Its receiver is tried at once again, however often it could not be had, as one of which nothing is known.
    """
    reason = None if after.paused_reason is UNSET else after.paused_reason
    values = _values(data) | {
        "state": (after.state, "text"),
        "paused_reason": (reason, "text"),
        "updated_date": (after.updated_date, "timestamptz"),
    }
    assignments = ", ".join(f"{name} = {write.bind(*value)}" for name, value in values.items())
    write.guard(f"""
        UPDATE webhook
        SET version = version + 1, failures = 0, held_until = NULL, failing_since = NULL, is_prompt = false,
            {assignments}
        WHERE {_is(write, account_id, after.id, version)} RETURNING webhook_id
    """)


def rotate(write: Write, account_id: int, after: Webhook, secret: bytes, version: int) -> None:
    """Sign with another secret from now on, for a while with the one before, too; as the guard of a write."""
    expires = write.bind(after.previous_secret_expires_date, "timestamptz")
    write.guard(f"""
        UPDATE webhook
        SET version = version + 1, previous_secret = secret, previous_secret_expires_date = {expires},
            secret = {write.bind(secret, "bytea")}, updated_date = {write.bind(after.updated_date, "timestamptz")}
        WHERE {_is(write, account_id, after.id, version)} RETURNING webhook_id
    """)


def delete(write: Write, account_id: int, webhook_id: int, version: int) -> None:
    """Delete a webhook, as the guard of a write; its deliveries are not looked at any more, and go in time."""
    write.guard(f"DELETE FROM webhook WHERE {_is(write, account_id, webhook_id, version)} RETURNING webhook_id")


def webhook_of(row: asyncpg.Record, now: datetime) -> Webhook:
    """A webhook from its row; a secret that signs no more is not spoken of."""
    expires, percent, euros = (row[name] for name in ("previous_secret_expires_date", "min_cut_percent", "min_cut_eur"))
    return Webhook(
        id=row["webhook_id"],
        url=row["url"],
        types=row["types"],
        listing_id=UNSET if row["listing_id"] is None else row["listing_id"],
        search=_search(row["search"]) or UNSET,
        min_cut_percent=UNSET if percent is None else Percent(percent),
        min_cut_eur=UNSET if euros is None else Euros(euros),
        state=row["state"],
        paused_reason=row["paused_reason"] or UNSET,
        created_date=row["created_date"],
        updated_date=row["updated_date"],
        previous_secret_expires_date=expires if expires is not None and expires > now else UNSET,
    )


def _is(write: Write, account_id: int, webhook_id: int, version: int) -> str:
    account, webhook = write.bind(account_id, "bigint"), write.bind(webhook_id, "bigint")
    is_known = f"version = {write.bind(version, 'bigint')}"
    return f"account_id = {account} AND webhook_id = {webhook} AND {is_known} AND {write.may_run}"


def _values(data: WebhookWrite) -> dict[str, tuple[Any, str]]:
    given = {
        "url": (data.url, "text"),
        "types": (data.types, "text[]"),
        "listing_id": (data.listing_id, "bigint"),
        "search": (UNSET if data.search is UNSET else to_json(data.search).decode(), "text"),
        "min_cut_percent": (data.min_cut_percent, "numeric"),
        "min_cut_eur": (data.min_cut_eur, "numeric"),
    }
    return {name: (None if value is UNSET else value, kind) for name, (value, kind) in given.items()}


def _told_of(events: Sequence[Incoming]) -> tuple[list[Any], ...]:
    return (
        [event.listing_id for event in events],
        [event.type for event in events],
        [int(event.event.account) for event in events],
        [event.type == PRIVATE for event in events],
    )


def _search(text: str | None) -> WebhookSearch | None:
    return None if text is None else read_struct(read_json(text.encode()), WebhookSearch)


@lru_cache(KEPT_SEARCHES)
def _wanted(text: str | None) -> Wanted | None:
    search = _search(text)
    return search.wanted if search else None
