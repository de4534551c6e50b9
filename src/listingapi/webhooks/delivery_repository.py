"""The SQL of deliveries: how they come about, who tries them when, and what became of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg
import msgspec
from msgspec import UNSET

from listingapi.answers import to_json
from listingapi.consuming.incoming import Incoming
from listingapi.idempotency.attempts import Attempt
from listingapi.idempotency.repository import RECORD_COLUMNS
from listingapi.infra.database import Database, Transaction
from listingapi.infra.write import Write
from listingapi.webhooks.retrying import Outcome, Verdict
from listingapi.webhooks.schemas import DeliveryState, WebhookAttempt, WebhookDelivery

KEPT = timedelta(days=30)
PURGED_AT_ONCE = 5_000
PURGE_LOCK = 7_214_580_115
MOST_ATTEMPTS_KEPT = 20

COLUMNS = "delivery_id, listing_id, version, type, state, attempt_log, created_date, due_date, delivered_date"

ADD = """
    INSERT INTO webhook_delivery (
        account_id, webhook_id, listing_id, version, type, event, created_date, due_date
    )
    SELECT account_id, webhook_id, $4, $5, $6, event, $7, $7
    FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS added (account_id, webhook_id, event)
"""

# A few of each webhook that has some due, the one after the last first, so that all have their turn: a receiver that is
# busy, is left alone or can't be had takes nothing from the others. A row that somebody else has locked is theirs.
DUE = """
    WITH busy AS (
        SELECT * FROM unnest($2::bigint[], $3::bigint[]) AS busy (webhook_id, running)
    ), waiting AS MATERIALIZED (
        SELECT
            webhook.account_id, webhook_id, url, secret, failures,
            CASE WHEN previous_secret_expires_date > $1 THEN previous_secret END AS previous_secret,
            (CASE WHEN failures > 0 THEN 1 ELSE $4::bigint END) - coalesce(running, 0) AS free
        FROM webhook JOIN account USING (account_id) LEFT JOIN busy USING (webhook_id)
        WHERE state = 'active' AND NOT is_suspended AND coalesce(held_until <= $1, true)
            AND coalesce(running, 0) < CASE WHEN failures > 0 THEN 1 ELSE $4::bigint END
            AND EXISTS (
                SELECT FROM webhook_delivery AS due
                WHERE due.account_id = webhook.account_id AND due.webhook_id = webhook.webhook_id
                    AND due.due_date <= $1
            )
        ORDER BY webhook_id <= $5, webhook_id
        LIMIT $6
    )
    SELECT waiting.*, due.*
    FROM waiting CROSS JOIN LATERAL (
        SELECT delivery_id, event, attempts FROM webhook_delivery
        WHERE webhook_delivery.account_id = waiting.account_id
            AND webhook_delivery.webhook_id = waiting.webhook_id AND due_date <= $1
        ORDER BY due_date LIMIT waiting.free
        FOR UPDATE SKIP LOCKED
    ) AS due
    LIMIT $6
"""
LEASE = """
    UPDATE webhook_delivery SET due_date = $4
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS claimed (account_id, webhook_id, delivery_id)
    WHERE webhook_delivery.account_id = claimed.account_id AND webhook_delivery.webhook_id = claimed.webhook_id
        AND webhook_delivery.delivery_id = claimed.delivery_id
"""

# Only whoever still has the lease settles it. The webhook is written where there is something new to know of it.
SETTLE = f"""
    WITH settled AS (
        UPDATE webhook_delivery
        SET state = $5, due_date = $6, attempts = attempts + 1,
            attempt_log = (
                CASE WHEN jsonb_array_length(attempt_log) >= {MOST_ATTEMPTS_KEPT} THEN attempt_log - 0
                ELSE attempt_log END
            ) || $7::jsonb,
            delivered_date = CASE WHEN $5 = 'delivered' THEN $8::timestamptz END
        WHERE account_id = $1 AND webhook_id = $2 AND delivery_id = $3 AND due_date = $4
        RETURNING account_id, webhook_id
    ), ended AS (
        UPDATE webhook SET state = 'gone', version = version + 1, updated_date = greatest(updated_date, $8)
        FROM settled
        WHERE $9 AND webhook.account_id = settled.account_id AND webhook.webhook_id = settled.webhook_id
            AND url = $10 AND state <> 'gone'
    ), held AS (
        UPDATE webhook SET failures = CASE WHEN $11 THEN 0 ELSE failures + 1 END, held_until = $12::timestamptz
        FROM settled
        WHERE NOT $9 AND webhook.account_id = settled.account_id AND webhook.webhook_id = settled.webhook_id
            AND (NOT $11 OR failures <> 0 OR held_until IS DISTINCT FROM $12)
    )
    SELECT FROM settled
"""

PURGE = f"""
    DELETE FROM webhook_delivery WHERE (account_id, webhook_id, delivery_id) IN (
        SELECT account_id, webhook_id, delivery_id FROM webhook_delivery WHERE created_date < $1
        ORDER BY created_date LIMIT {PURGED_AT_ONCE}
    ) AND (SELECT pg_try_advisory_xact_lock({PURGE_LOCK}))
    RETURNING delivery_id
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


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is ours until its lease ends, with where it goes and what it is signed with."""

    account_id: int
    webhook_id: int
    delivery_id: int
    url: str
    secrets: tuple[bytes, ...]
    event: str
    attempts: int
    failures: int
    lease_end: datetime


async def add(
    transaction: Transaction, told: Sequence[tuple[int, int, str]], *, incoming: Incoming, now: datetime
) -> None:
    """Add a delivery for each account, webhook and event as that account sees it."""
    if told:
        accounts, webhooks, events = (list(each) for each in zip(*told, strict=True))
        of_event = (incoming.listing_id, incoming.version, incoming.type)
        await transaction.fetch(ADD, accounts, webhooks, events, *of_event, now)


async def claim(  # noqa: PLR0913 - the bounds of it
    database: Database,
    *,
    now: datetime,
    lease_end: datetime,
    running: Mapping[int, int],
    most_of_one: int,
    after: int,
    limit: int,
) -> list[Claimed]:
    """At most `limit` deliveries that are due, no more than so many of one webhook with those that are running."""
    async with database.transaction() as transaction:
        rows = await transaction.fetch(DUE, now, list(running), list(running.values()), most_of_one, after, limit)
        if rows:
            keys = [[row[name] for row in rows] for name in ("account_id", "webhook_id", "delivery_id")]
            await transaction.fetch(LEASE, *keys, lease_end)
    return [_claimed(row, lease_end) for row in rows]


async def settle(  # noqa: PLR0913 - what an attempt leaves
    database: Database, claimed: Claimed, verdict: Verdict, attempt: WebhookAttempt, *, outcome: Outcome, now: datetime
) -> None:
    """Note what became of a delivery, unless the lease ended meanwhile and it is somebody else's."""
    key = (claimed.account_id, claimed.webhook_id, claimed.delivery_id, claimed.lease_end)
    logged = to_json([attempt]).decode()
    of_webhook = (outcome.is_gone, claimed.url, outcome.status is not None, verdict.held_until)
    await database.fetch(SETTLE, *key, verdict.state, verdict.due_date, logged, now, *of_webhook)


async def purge(database: Database, now: datetime) -> int:
    """Delete some of the oldest deliveries that were kept for long enough; returns how many."""
    return len(await database.fetch(PURGE, now - KEPT))


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


def _claimed(row: asyncpg.Record, lease_end: datetime) -> Claimed:
    known = {name: row[name] for name in Claimed.__slots__ if name not in {"secrets", "lease_end"}}
    secrets = tuple(secret for secret in (row["secret"], row["previous_secret"]) if secret is not None)
    return Claimed(**known, secrets=secrets, lease_end=lease_end)


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
