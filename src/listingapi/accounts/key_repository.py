"""The SQL of API keys. A key itself is nowhere: what is stored is its digest."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

import asyncpg
from msgspec import UNSET

from listingapi.access.scopes import Kind, Scope
from listingapi.accounts.key_schemas import APIKey
from listingapi.idempotency.attempts import Attempt
from listingapi.idempotency.repository import RECORD_COLUMNS
from listingapi.infra.database import Database
from listingapi.infra.write import Write

COLUMNS = "key_id, name, hint, scopes, created_date, created_by, expires_date, last_used_date, revoked_date"

MOST_LISTED = 1000

# There is a row for an account without keys, too.
OF_ACCOUNT = f"""
    SELECT api_key.*
    FROM account LEFT JOIN (SELECT account_id, {COLUMNS} FROM api_key) AS api_key USING (account_id)
    WHERE account.account_id = $1
    ORDER BY api_key.key_id DESC
    LIMIT {MOST_LISTED}
"""
GET = f"SELECT {COLUMNS} FROM api_key WHERE account_id = $1 AND key_id = $2"
LOAD = f"""
    SELECT api_key.*, {RECORD_COLUMNS}
    FROM (SELECT) AS one
    LEFT JOIN (SELECT {COLUMNS} FROM api_key WHERE account_id = $1 AND key_id = $2) AS api_key ON true
    LEFT JOIN idempotency_record AS record ON record.account_id = $3 AND record.key = $4
"""
PREPARE = f"""
    SELECT
        nextval('api_key_key_id_seq') AS new_id,
        (SELECT kind FROM account WHERE account_id = $1) AS kind,
        (
            SELECT count(*) FROM api_key
            WHERE account_id = $1 AND revoked_date IS NULL AND COALESCE(expires_date > $4, true)
        ) AS keys,
        {RECORD_COLUMNS}
    FROM (SELECT) AS one
    LEFT JOIN idempotency_record AS record ON record.account_id = $2 AND record.key = $3
"""
OWNERS = "SELECT key_id, account_id FROM api_key WHERE key_id = ANY ($1)"
WITH_OWNERS = f"""
    SELECT account.name AS account, {", ".join(f"api_key.{column}" for column in COLUMNS.split(", "))}
    FROM api_key JOIN account USING (account_id)
    WHERE account_id = $1 OR $1 IS NULL
    ORDER BY key_id
"""


async def all_of(database: Database, account_id: int) -> list[APIKey] | None:
    """The keys of an account, newest first; None if there is no such account."""
    rows = await database.fetch(OF_ACCOUNT, account_id)
    return [key_of(row) for row in rows if row["key_id"] is not None] if rows else None


async def get(database: Database, account_id: int, key_id: int) -> APIKey | None:
    """A key of an account, if it has one of this id."""
    row = await database.fetchrow(GET, account_id, key_id)
    return key_of(row) if row else None


async def load(
    database: Database, attempt: Attempt, account_id: int, key_id: int
) -> tuple[APIKey | None, asyncpg.Record]:
    """A key of an account, if it has one of this id, and the row that holds the record of the attempt."""
    row = await database.fetchrow(LOAD, account_id, key_id, attempt.account_id, attempt.key)
    row = cast("asyncpg.Record", row)
    return key_of(row) if row["key_id"] is not None else None, row


async def prepare(database: Database, attempt: Attempt, account_id: int, now: datetime) -> asyncpg.Record:
    """The id of a key to be, the kind of its account (None: there is none), its number of good keys, and the record."""
    row = await database.fetchrow(PREPARE, account_id, attempt.account_id, attempt.key, now)
    return cast("asyncpg.Record", row)


async def owners(database: Database, key_ids: Sequence[int]) -> dict[int, int]:
    """The accounts of those keys that there are."""
    return {row["key_id"]: row["account_id"] for row in await database.fetch(OWNERS, key_ids)}


async def with_owners(database: Database, account_id: int | None) -> list[tuple[str, APIKey]]:
    """All keys, or those of one account, in the order of their ids, each with the name of its account."""
    return [(row["account"], key_of(row)) for row in await database.fetch(WITH_OWNERS, account_id)]


def insert(write: Write, account_id: int, kind: Kind, made: APIKey, digest: bytes) -> None:
    """Store a new key, as the guard of a write: it finds no row where its account is of another kind by now."""
    values: dict[str, tuple[Any, str]] = {
        "account_id": (account_id, "bigint"),
        "key_id": (made.id, "bigint"),
        "name": (made.name, "text"),
        "hint": (made.hint, "text"),
        "digest": (digest, "bytea"),
        "scopes": (made.scopes, "text[]"),
        "created_date": (made.created_date, "timestamptz"),
        "created_by": (made.created_by, "text"),
        "expires_date": (None if made.expires_date is UNSET else made.expires_date, "timestamptz"),
    }
    account = f"account_id = {write.bind(account_id, 'bigint')} AND kind = {write.bind(kind, 'text')}"
    write.guard(f"""
        INSERT INTO api_key ({", ".join(values)}) OVERRIDING SYSTEM VALUE
        SELECT {", ".join(write.bind(*value) for value in values.values())}
        FROM account WHERE {account} AND {write.may_run}
        RETURNING key_id
    """)


def revoke(write: Write, account_id: int, key_id: int, now: datetime) -> None:
    """Revoke a key, as the guard of a write: it finds no row where the key was revoked before."""
    write.guard(f"""
        UPDATE api_key SET revoked_date = {write.bind(now, "timestamptz")}
        WHERE {_is(write, account_id, key_id)} AND revoked_date IS NULL AND {write.may_run}
        RETURNING key_id
    """)


def keep(write: Write, account_id: int, key_id: int) -> None:
    """Change nothing, as the guard of a write that is recorded all the same."""
    write.guard(f"SELECT key_id FROM api_key WHERE {_is(write, account_id, key_id)} AND {write.may_run}")


def key_of(row: asyncpg.Record) -> APIKey:
    """A key from its row."""
    dates = {name: row[name] for name in ("expires_date", "last_used_date", "revoked_date") if row[name] is not None}
    return APIKey(
        id=row["key_id"],
        name=row["name"],
        hint=row["hint"],
        scopes=[Scope(scope) for scope in row["scopes"]],
        created_date=row["created_date"],
        created_by=row["created_by"],
        **dates,
    )


def _is(write: Write, account_id: int, key_id: int) -> str:
    return f"account_id = {write.bind(account_id, 'bigint')} AND key_id = {write.bind(key_id, 'bigint')}"
