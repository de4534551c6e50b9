"""The SQL of who makes which delivery when: a few of each webhook at a time, each under a lease."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from listingapi.answers import to_json
from listingapi.infra.database import Database
from listingapi.webhooks.retrying import Outcome, Verdict
from listingapi.webhooks.schemas import WebhookAttempt

MOST_ATTEMPTS_KEPT = 20

# A few of each webhook that has some due, and not many of one account, chosen by lot, so that all have their turn: a
# receiver that is busy, is left alone or can't be had takes nothing from the others, nor do a hundred of one account.
# Of receivers that are not known to be prompt, there are not more than leave room for those that are, whosever they
# are. A row that somebody else has locked is theirs.
DUE = """
    WITH busy AS (
        SELECT * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS busy (account_id, webhook_id, running)
    ), busy_account AS (
        SELECT account_id, sum(running)::bigint AS running FROM busy GROUP BY account_id
    ), waiting AS (
        SELECT
            account_id, webhook_id, url, secret, failures, is_prompt,
            CASE WHEN previous_secret_expires_date > $1 THEN previous_secret END AS previous_secret,
            (CASE WHEN failures > 0 THEN 1 ELSE $5::bigint END) - coalesce(busy.running, 0) AS free,
            $6::bigint - coalesce(busy_account.running, 0) AS free_of_account,
            row_number() OVER (PARTITION BY account_id ORDER BY random()) AS turn
        FROM webhook JOIN account USING (account_id)
            LEFT JOIN busy USING (account_id, webhook_id) LEFT JOIN busy_account USING (account_id)
        WHERE state = 'active' AND NOT is_suspended AND coalesce(held_until <= $1, true) AND (is_prompt OR $8 > 0)
            AND coalesce(busy.running, 0) < CASE WHEN failures > 0 THEN 1 ELSE $5::bigint END
            AND EXISTS (
                SELECT FROM webhook_delivery AS due
                WHERE due.account_id = webhook.account_id AND due.webhook_id = webhook.webhook_id
                    AND due.due_date <= $1
            )
    ), ranked AS (
        SELECT *, row_number() OVER (PARTITION BY is_prompt ORDER BY turn, random()) AS rank
        FROM waiting WHERE turn <= free_of_account
    ), chosen AS MATERIALIZED (
        SELECT * FROM ranked WHERE rank <= CASE WHEN is_prompt THEN $7::bigint ELSE $8::bigint END
    ), due AS MATERIALIZED (
        SELECT
            chosen.*, delivery_id, attempts, listing_id, version, type, is_own,
            row_number() OVER (PARTITION BY chosen.account_id ORDER BY turn) AS place
        FROM chosen CROSS JOIN LATERAL (
            SELECT delivery_id, attempts, listing_id, version, type, is_own FROM webhook_delivery
            WHERE webhook_delivery.account_id = chosen.account_id
                AND webhook_delivery.webhook_id = chosen.webhook_id AND due_date <= $1
            ORDER BY due_date LIMIT chosen.free
            FOR UPDATE SKIP LOCKED
        ) AS delivery
    )
    SELECT *
    FROM (
        SELECT due.*, event, row_number() OVER (PARTITION BY is_prompt ORDER BY place, random()) AS number
        FROM due JOIN webhook_event USING (listing_id, version, type, is_own)
        WHERE place <= free_of_account
    ) AS found
    WHERE is_prompt OR number <= $8 ORDER BY place, random() LIMIT $7
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
        SET failures = $11, is_prompt = $13,
            failing_since = CASE WHEN $5 <> 'delivered' THEN coalesce(failing_since, $8) END,
            held_until = CASE WHEN $5 <> 'delivered' THEN greatest(held_until, $12::timestamptz) END
        FROM settled
        WHERE NOT $9 AND webhook.account_id = settled.account_id AND webhook.webhook_id = settled.webhook_id
            AND (
                failures <> $11 OR is_prompt <> $13 OR (failing_since IS NULL) <> ($5 = 'delivered')
                OR held_until IS NOT NULL OR $12::timestamptz IS NOT NULL
            )
    )
    SELECT FROM settled
"""


# An account and a webhook of it.
Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many deliveries may be under way at once: of one webhook, of one account, and of all.

    `of_unproven`: to all receivers that are not known to be prompt.
    """

    of_webhook: int
    of_account: int
    of_all: int
    of_unproven: int


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
    is_prompt: bool
    lease_end: datetime

    @property
    def key(self) -> Key:
        """Whose it is."""
        return self.account_id, self.webhook_id


async def claim(
    database: Database, *, now: datetime, lease_end: datetime, running: Collection[Claimed], bounds: Bounds
) -> list[Claimed]:
    """Deliveries that are due, as many as the bounds leave room for beside those that are running."""
    busy = Counter(each.key for each in running)
    keys = [[key[place] for key in busy] for place in (0, 1)]
    unproven = bounds.of_unproven - sum(not each.is_prompt for each in running)
    most = (bounds.of_webhook, bounds.of_account, bounds.of_all - len(running), unproven)
    async with database.transaction() as transaction:
        rows = await transaction.fetch(DUE, now, *keys, list(busy.values()), *most)
        if rows:
            keys = [[row[name] for row in rows] for name in ("account_id", "webhook_id", "delivery_id")]
            await transaction.fetch(LEASE, *keys, lease_end)
    return [_claimed(row, lease_end) for row in rows]


async def settle(  # noqa: PLR0913 - what an attempt leaves
    database: Database,
    claimed: Claimed,
    verdict: Verdict,
    attempt: WebhookAttempt,
    *,
    outcome: Outcome,
    is_prompt: bool,
    now: datetime,
) -> None:
    """Note what became of a delivery, unless the lease ended meanwhile and it is somebody else's."""
    key = (*claimed.key, claimed.delivery_id, claimed.lease_end)
    logged = to_json([attempt]).decode()
    failures = claimed.failures + 1 if outcome.is_trouble else 0
    of_webhook = (outcome.is_gone, claimed.url, failures, verdict.held_until, is_prompt)
    await database.fetch(SETTLE, *key, verdict.state, verdict.due_date, logged, now, *of_webhook)


def _claimed(row: asyncpg.Record, lease_end: datetime) -> Claimed:
    known = {name: row[name] for name in Claimed.__slots__ if name not in {"secrets", "lease_end"}}
    secrets = tuple(secret for secret in (row["secret"], row["previous_secret"]) if secret is not None)
    return Claimed(**known, secrets=secrets, lease_end=lease_end)
