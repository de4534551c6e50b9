"""The SQL of accounts: one statement reads all that a write is decided on, another one writes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

import asyncpg
from msgspec import UNSET

from listingapi.accounts.schemas import RATES, Account, AccountState, AccountWrite
from listingapi.answers import Answer
from listingapi.idempotency import repository as records
from listingapi.idempotency.attempts import Attempt
from listingapi.idempotency.repository import RECORD_COLUMNS
from listingapi.infra.database import Database
from listingapi.infra.write import Write

NAME_TAKEN_MEANWHILE = "account_name_key"

COLUMNS = "account_id, name, kind, is_suspended, reads_per_minute, writes_per_minute, created_date"
GET = f"SELECT {COLUMNS} FROM account WHERE account_id = $1"
FIND = f"SELECT {COLUMNS} FROM account WHERE name = $1"
PAGE = f"SELECT {COLUMNS} FROM account WHERE account_id > $1 ORDER BY account_id LIMIT $2"

# There is a row whether or not there is such an account.
LOAD = f"""
    SELECT account.*, {RECORD_COLUMNS}
    FROM (SELECT) AS one
    LEFT JOIN (SELECT {COLUMNS} FROM account WHERE account_id = $1) AS account ON true
    LEFT JOIN idempotency_record AS record ON record.account_id = $2 AND record.key = $3
"""
PREPARE = f"""
    SELECT nextval('account_account_id_seq') AS new_id, {RECORD_COLUMNS}
    FROM (SELECT) AS one
    LEFT JOIN idempotency_record AS record ON record.account_id = $1 AND record.key = $2
"""
NAME_TAKEN = "SELECT FROM account WHERE name = $1 AND account_id <> $2"


async def get(database: Database, account_id: int) -> Account | None:
    """An account, if there is one of this id."""
    row = await database.fetchrow(GET, account_id)
    return account_of(row) if row else None


async def find(database: Database, name: str) -> Account | None:
    """An account, if there is one of this name."""
    row = await database.fetchrow(FIND, name)
    return account_of(row) if row else None


async def page(database: Database, *, after: int, limit: int) -> Sequence[Account]:
    """At most `limit` accounts whose ids come after one, in the order of their ids."""
    return [account_of(row) for row in await database.fetch(PAGE, after, limit)]


async def load(database: Database, attempt: Attempt, account_id: int) -> tuple[Account | None, asyncpg.Record]:
    """An account, if there is one of this id, and the row that holds the record of the attempt."""
    row = await database.fetchrow(LOAD, account_id, attempt.account_id, attempt.key)
    row = cast("asyncpg.Record", row)
    return account_of(row) if row["account_id"] is not None else None, row


async def prepare(database: Database, attempt: Attempt) -> asyncpg.Record:
    """The id of an account to be, and the record of the attempt."""
    return cast("asyncpg.Record", await database.fetchrow(PREPARE, attempt.account_id, attempt.key))


async def is_taken(database: Database, name: str, *, by_other_than: int) -> bool:
    """Whether another account has a name."""
    return await database.fetchrow(NAME_TAKEN, name, by_other_than) is not None


def insert(write: Write, account_id: int, data: AccountWrite, now: datetime) -> None:
    """Store a new account, as the guard of a write."""
    values = _values(data) | {"account_id": (account_id, "bigint"), "created_date": (now, "timestamptz")}
    write.guard_row("account", values, returning="account_id")


def update(write: Write, before: Account, after: AccountState) -> None:
    """Change an account, as the guard of a write: it finds no row where the account is no longer as it was."""
    values, known = _values(after), _values(before.state)
    assignments = ", ".join(f"{name} = {write.bind(*value)}" for name, value in values.items())
    unchanged = " AND ".join(f"{name} IS NOT DISTINCT FROM {write.bind(*value)}" for name, value in known.items())
    write.guard(f"""
        UPDATE account SET {assignments}
        WHERE account_id = {write.bind(before.id, "bigint")} AND {unchanged} AND {write.may_run}
        RETURNING account_id
    """)


async def commit(database: Database, write: Write, attempt: Attempt, answer: Answer, now: datetime) -> bool:
    """Run a write with the record of its answer; whether it took effect, or someone else was faster."""
    try:
        return await records.commit(database, write, attempt, answer, now)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != NAME_TAKEN_MEANWHILE:
            raise
        return False


def account_of(row: asyncpg.Record) -> Account:
    """An account from its row."""
    return Account(
        id=row["account_id"],
        name=row["name"],
        kind=row["kind"],
        suspended=row["is_suspended"],
        reads_per_minute=UNSET if row["reads_per_minute"] is None else row["reads_per_minute"],
        writes_per_minute=UNSET if row["writes_per_minute"] is None else row["writes_per_minute"],
        created_date=row["created_date"],
    )


def _values(data: AccountWrite) -> dict[str, tuple[Any, str]]:
    rates = {name: getattr(data, name) for name in RATES}
    values: dict[str, tuple[Any, str]] = {"name": (data.name, "text"), "kind": (data.kind, "text")}
    values |= {name: (None if rate is UNSET else rate, "bigint") for name, rate in rates.items()}
    return values | {"is_suspended": (isinstance(data, AccountState) and data.suspended, "boolean")}
