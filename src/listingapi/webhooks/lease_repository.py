"""The SQL of who makes which delivery when: a few of each webhook at a time, each under a lease."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from listingapi.answers import to_json
from listingapi.infra.database import Database
from listingapi.webhooks.retrying import Outcome, Verdict
from listingapi.webhooks.schemas import WebhookAttempt

MOST_ATTEMPTS_KEPT = 20

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
    SELECT waiting.*, due.delivery_id, due.attempts, event
    FROM waiting CROSS JOIN LATERAL (
        SELECT delivery_id, attempts, listing_id, version, type, is_own FROM webhook_delivery
        WHERE webhook_delivery.account_id = waiting.account_id
            AND webhook_delivery.webhook_id = waiting.webhook_id AND due_date <= $1
        ORDER BY due_date LIMIT waiting.free
        FOR UPDATE SKIP LOCKED
    ) AS due JOIN webhook_event USING (listing_id, version, type, is_own)
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
        UPDATE webhook
        SET failures = $11, held_until = CASE WHEN $5 <> 'delivered' THEN greatest(held_until, $12::timestamptz) END
        FROM settled
        WHERE NOT $9 AND webhook.account_id = settled.account_id AND webhook.webhook_id = settled.webhook_id
            AND (failures <> $11 OR held_until IS NOT NULL OR $12::timestamptz IS NOT NULL)
    )
    SELECT FROM settled
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
    failures = claimed.failures + 1 if outcome.status is None else 0
    of_webhook = (outcome.is_gone, claimed.url, failures, verdict.held_until)
    await database.fetch(SETTLE, *key, verdict.state, verdict.due_date, logged, now, *of_webhook)


def _claimed(row: asyncpg.Record, lease_end: datetime) -> Claimed:
    known = {name: row[name] for name in Claimed.__slots__ if name not in {"secrets", "lease_end"}}
    secrets = tuple(secret for secret in (row["secret"], row["previous_secret"]) if secret is not None)
    return Claimed(**known, secrets=secrets, lease_end=lease_end)
