"""The SQL of idempotency records: each commits with the write that it is of."""

from datetime import datetime, timedelta

import asyncpg
import msgspec

from listingapi.answers import AlreadyAnswered, Answer
from listingapi.errors import IdempotencyKeyReused, RequestStillRunning
from listingapi.idempotency.attempts import Attempt
from listingapi.infra.database import Database, Transaction
from listingapi.infra.together import WritesTogether
from listingapi.infra.write import Outcome, Write

KEPT = timedelta(hours=72)
PURGED_AT_ONCE = 10_000
PURGE_LOCK = 7_214_580_114

# For statements that read what a write needs, and this with it.
RECORD_COLUMNS = """
    record.fingerprint AS record_fingerprint, record.status AS record_status, record.headers AS record_headers,
    record.body AS record_body, record.created_date AS record_date
"""

CLAIM = "SELECT pg_try_advisory_xact_lock($1) AS is_free"
FIND = f"""
    SELECT {RECORD_COLUMNS} FROM idempotency_record AS record WHERE record.account_id = $1 AND record.key = $2
"""
FORGET = "DELETE FROM idempotency_record WHERE account_id = $1 AND key = $2 AND created_date < $3"
# One process at a time, so that no two wait for each other's rows.
PURGE = f"""
    DELETE FROM idempotency_record WHERE (account_id, key) IN (
        SELECT account_id, key FROM idempotency_record WHERE created_date < $1 ORDER BY created_date
        LIMIT {PURGED_AT_ONCE}
    ) AND (SELECT pg_try_advisory_xact_lock({PURGE_LOCK}))
"""


async def enter(transaction: Transaction, attempt: Attempt, now: datetime) -> None:
    """Let only one attempt with this key be in a transaction at a time, and only if it was not answered before.

    Raises:
        RequestStillRunning: the first attempt is.
        AlreadyAnswered: the request was answered before.
        IdempotencyKeyReused: another request was.
    """
    if attempt.key is None:
        return
    claimed = await transaction.fetchrow(CLAIM, attempt.number)
    if not (claimed and claimed["is_free"]):
        raise RequestStillRunning
    if row := await transaction.fetchrow(FIND, attempt.account_id, attempt.key):
        await check_row(transaction, attempt, row, now)


async def check_row(database: Database | Transaction, attempt: Attempt, row: asyncpg.Record, now: datetime) -> None:
    """See by a row that has the record's columns whether a request was answered before; forget what is too old.

    Raises:
        AlreadyAnswered: the request was answered before.
        IdempotencyKeyReused: another request was.
    """
    if row["record_date"] is None:
        return
    if row["record_date"] < now - KEPT:
        await database.fetch(FORGET, attempt.account_id, attempt.key, now - KEPT)
        return
    if row["record_fingerprint"] != attempt.fingerprint:
        raise IdempotencyKeyReused
    headers: dict[str, str] = msgspec.json.decode(row["record_headers"])
    raise AlreadyAnswered(Answer(row["record_status"], row["record_body"], headers))


def begin(attempt: Attempt) -> Write:
    """Begin a write that only one attempt with this key is in at a time."""
    write = Write()
    if attempt.key is not None:
        write.claim(attempt.number)
    return write


async def commit(
    database: Database | Transaction | WritesTogether, write: Write, attempt: Attempt, answer: Answer, now: datetime
) -> bool:
    """Run a write with the record of its answer; whether it took effect, or someone else was faster.

    Raises:
        RequestStillRunning: the first attempt is.
    """
    if attempt.key is not None:
        _record(write, attempt, answer, now)
    outcome = await (database.run(write) if isinstance(database, WritesTogether) else write.run(database))
    if outcome is Outcome.STILL_RUNNING:
        raise RequestStillRunning
    return outcome is Outcome.DONE


def _record(write: Write, attempt: Attempt, answer: Answer, now: datetime) -> None:
    write.add_row(
        "idempotency_record",
        {
            "account_id": (attempt.account_id, "bigint"),
            "key": (attempt.key, "text"),
            "fingerprint": (attempt.fingerprint, "bytea"),
            "status": (answer.status, "smallint"),
            "headers": (msgspec.json.encode(answer.headers).decode(), "jsonb"),
            "body": (answer.body, "bytea"),
            "created_date": (now, "timestamptz"),
        },
    )


async def purge(database: Database, now: datetime) -> None:
    """Delete some of the records that are too old, without waiting for anyone."""
    await database.fetch(PURGE, now - KEPT)
