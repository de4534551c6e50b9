"""The SQL of deliveries as they come about, are read, asked for again and forgotten."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec
from msgspec import UNSET

from listingapi.consuming.incoming import Incoming
from listingapi.idempotency.attempts import Attempt
from listingapi.idempotency.repository import RECORD_COLUMNS
from listingapi.infra.database import Database, Transaction
from listingapi.infra.write import Write
from listingapi.webhooks.schemas import DeliveryState, WebhookAttempt, WebhookDelivery

KEPT = timedelta(days=30)
PURGED_AT_ONCE = 5_000
PURGE_LOCK = 7_214_580_115
MOST_PENDING = 100_000
FULL = f"more than {MOST_PENDING} deliveries are waiting"
LONGEST_FAILING = timedelta(days=5)
FAILING = f"nothing could be delivered for {LONGEST_FAILING.days} days"

COLUMNS = "delivery_id, listing_id, version, type, state, attempt_log, created_date, due_date, delivered_date"

# An event may be large, and many may want to be told of it.
ADD = """
    WITH kept AS (
        INSERT INTO webhook_event (listing_id, version, type, is_own, event, created_date)
        SELECT $1, $2, $3, is_own, event, $4::timestamptz FROM unnest($5::boolean[], $6::text[]) AS seen (is_own, event)
        ON CONFLICT DO NOTHING
    )
    INSERT INTO webhook_delivery (account_id, webhook_id, listing_id, version, type, is_own, created_date, due_date)
    SELECT account_id, webhook_id, $1, $2, $3, account_id = $7, $4, $4
    FROM unnest($8::bigint[], $9::bigint[]) AS added (account_id, webhook_id)
"""

PURGE_EVENTS = f"""
    DELETE FROM webhook_event WHERE (listing_id, version, type, is_own) IN (
        SELECT listing_id, version, type, is_own FROM webhook_event WHERE created_date < $1
        ORDER BY created_date LIMIT {PURGED_AT_ONCE}
    ) AND (SELECT pg_try_advisory_xact_lock({PURGE_LOCK}))
    RETURNING listing_id
"""
PURGE = f"""
    DELETE FROM webhook_delivery WHERE (account_id, webhook_id, delivery_id) IN (
        SELECT account_id, webhook_id, delivery_id FROM webhook_delivery WHERE created_date < $1
        ORDER BY created_date LIMIT {PURGED_AT_ONCE}
    ) AND (SELECT pg_try_advisory_xact_lock({PURGE_LOCK}))
    RETURNING delivery_id
"""

PAUSE_FULL = """
    UPDATE webhook
    SET state = 'paused', paused_reason = $1, version = version + 1, updated_date = greatest(updated_date, $2)
    WHERE state = 'active' AND EXISTS (
        SELECT FROM webhook_delivery AS waiting
        WHERE waiting.account_id = webhook.account_id AND waiting.webhook_id = webhook.webhook_id
            AND waiting.due_date IS NOT NULL
        OFFSET $3
    )
"""

PAUSE_FAILING = """
    UPDATE webhook
    SET state = 'paused', paused_reason = $3, version = version + 1, updated_date = greatest(updated_date, $4)
    WHERE account_id = $1 AND webhook_id = $2 AND state = 'active' AND failing_since <= $5
"""

PAGE = f"""
    SELECT {COLUMNS} FROM webhook_delivery
    WHERE account_id = $1 AND webhook_id = $2 AND ($3::bigint IS NULL OR delivery_id < $3)
        AND ($4::text IS NULL OR state = $4)
    ORDER BY delivery_id DESC LIMIT $5
"""
LOAD = f"""
    SELECT delivery.*, {RECORD_COLUMNS}
    FROM (SELECT) AS one
    LEFT JOIN (
        SELECT {COLUMNS} FROM webhook_delivery WHERE account_id = $1 AND webhook_id = $2 AND delivery_id = $3
            AND EXISTS (SELECT FROM webhook WHERE account_id = $1 AND webhook_id = $2)
    ) AS delivery ON true
    LEFT JOIN idempotency_record AS record ON record.account_id = $1 AND record.key = $4
"""


async def add(
    transaction: Transaction,
    incoming: Incoming,
    seen: Mapping[bool, str],
    *,
    told: Sequence[tuple[int, int]],
    now: datetime,
) -> None:
    """Add a delivery for each account and webhook; `seen` is the event as its own account sees it, and as others do."""
    of_event = (incoming.listing_id, incoming.version, incoming.type, now, list(seen), list(seen.values()))
    accounts, webhooks = ([pair[place] for pair in told] for place in (0, 1))
    await transaction.fetch(ADD, *of_event, int(incoming.event.account), accounts, webhooks)


async def purge(database: Database, now: datetime) -> int:
    """Delete some of the oldest deliveries that were kept for long enough, and their events; returns how many."""
    return max([len(await database.fetch(statement, now - KEPT)) for statement in (PURGE, PURGE_EVENTS)])


async def pause_full(database: Database, now: datetime) -> None:
    """Pause each webhook for which more is waiting than is kept for one."""
    await database.fetch(PAUSE_FULL, FULL, now, MOST_PENDING)


async def pause_failing(database: Database, key: tuple[int, int], now: datetime) -> None:
    """Pause a webhook, of which a delivery has failed for good, if none went well for days."""
    await database.fetch(PAUSE_FAILING, *key, FAILING, now, now - LONGEST_FAILING)


async def page(  # noqa: PLR0913 - which part of which log
    database: Database,
    account_id: int,
    webhook_id: int,
    *,
    state: DeliveryState | None,
    after: int | None,
    limit: int,
) -> Sequence[WebhookDelivery]:
    """At most `limit` deliveries of a webhook, newest first, that come after one of them."""
    rows = await database.fetch(PAGE, account_id, webhook_id, after, state, limit)
    return [_delivery(row) for row in rows]


async def load(
    database: Database, attempt: Attempt, webhook_id: int, delivery_id: int
) -> tuple[WebhookDelivery | None, asyncpg.Record]:
    """A delivery of the caller's account, if there is one, and the row that holds the record of the attempt."""
    row = await database.fetchrow(LOAD, attempt.account_id, webhook_id, delivery_id, attempt.key)
    assert row is not None  # noqa: S101 - the statement always has one
    return _delivery(row) if row["delivery_id"] is not None else None, row


def send_again(write: Write, account_id: int, webhook_id: int, delivery_id: int, now: datetime) -> None:
    """Let a delivery be due now, with all its attempts before it, as the guard of a write."""
    write.guard(f"""
        UPDATE webhook_delivery
        SET state = 'pending', attempts = 0, due_date = {write.bind(now, "timestamptz")}, delivered_date = NULL
        WHERE account_id = {write.bind(account_id, "bigint")} AND webhook_id = {write.bind(webhook_id, "bigint")}
            AND delivery_id = {write.bind(delivery_id, "bigint")} AND {write.may_run}
        RETURNING delivery_id
    """)


def _delivery(row: asyncpg.Record) -> WebhookDelivery:
    dates = {name: row[name] for name in ("due_date", "delivered_date")}
    return WebhookDelivery(
        id=row["delivery_id"],
        event_id=f"{row['listing_id']}-{row['version']}-{row['type']}",
        type=row["type"],
        listing_id=row["listing_id"],
        state=row["state"],
        attempts=msgspec.json.decode(row["attempt_log"], type=list[WebhookAttempt]),
        created_date=row["created_date"],
        **{name: UNSET if date is None else date for name, date in dates.items()},
    )
