"""The SQL of pricing rules: one statement reads all that a write is decided on, another one writes."""

from datetime import datetime
from typing import Any, cast

import asyncpg
import msgspec
from msgspec import UNSET

from listingapi.idempotency.attempts import Attempt
from listingapi.idempotency.repository import RECORD_COLUMNS
from listingapi.infra.database import Database
from listingapi.infra.write import Write
from listingapi.rules.schemas import ANSWERED, PricingRule, PricingRuleWrite
from listingapi.wire import decode_custom

BOUNDS = {
    "max_change_percent": "numeric",
    "min_price_per_m2_eur": "numeric",
    "max_price_per_m2_eur": "numeric",
    "min_interval_seconds": "bigint",
    "country": "text",
    "building_type": "text",
}
COLUMNS = f"rule_id AS id, kind, action, {', '.join(BOUNDS)}, created_date, updated_date"

ALL = f"SELECT {COLUMNS} FROM pricing_rule WHERE account_id = $1 ORDER BY rule_id"
GET = f"SELECT {COLUMNS} FROM pricing_rule WHERE account_id = $1 AND rule_id = $2"

# There is a row whether or not there is such a rule.
LOAD = f"""
    SELECT rule.*, {RECORD_COLUMNS}
    FROM (SELECT) AS one
    LEFT JOIN (SELECT {COLUMNS} FROM pricing_rule WHERE account_id = $1 AND rule_id = $2) AS rule ON true
    LEFT JOIN idempotency_record AS record ON record.account_id = $1 AND record.key = $3
"""

PREPARE = f"""
    SELECT
        nextval('pricing_rule_rule_id_seq') AS new_id,
        (SELECT count(*) FROM pricing_rule WHERE account_id = $1) AS rules,
        {RECORD_COLUMNS}
    FROM (SELECT) AS one
    LEFT JOIN idempotency_record AS record ON record.account_id = $1 AND record.key = $2
"""


async def all_of(database: Database, account_id: int) -> list[PricingRule]:
    """The rules of an account, in the order of their ids."""
    return [_rule(row) for row in await database.fetch(ALL, account_id)]


async def get(database: Database, account_id: int, rule_id: int) -> PricingRule | None:
    """A rule of an account, if it has one of this id."""
    row = await database.fetchrow(GET, account_id, rule_id)
    return _rule(row) if row else None


async def load(database: Database, attempt: Attempt, rule_id: int) -> tuple[PricingRule | None, asyncpg.Record]:
    """A rule of the caller's account, if it has one of this id, and the row that holds the record of the attempt."""
    row = cast("asyncpg.Record", await database.fetchrow(LOAD, attempt.account_id, rule_id, attempt.key))
    return _rule(row) if row["id"] is not None else None, row


async def prepare(database: Database, attempt: Attempt) -> asyncpg.Record:
    """The id of a rule to be, how many rules the account has, and the record of the attempt."""
    return cast("asyncpg.Record", await database.fetchrow(PREPARE, attempt.account_id, attempt.key))


def insert(write: Write, account_id: int, rule_id: int, data: PricingRuleWrite, now: datetime) -> None:
    """Store a new rule, as the guard of a write."""
    values = _values(data) | {
        "account_id": (account_id, "bigint"),
        "rule_id": (rule_id, "bigint"),
        "created_date": (now, "timestamptz"),
        "updated_date": (now, "timestamptz"),
    }
    write.guard_row("pricing_rule", values, returning="rule_id")


def replace(write: Write, account_id: int, rule_id: int, data: PricingRuleWrite, updated_date: datetime) -> None:
    """Replace a rule, as the guard of a write: it finds no row where the rule is gone."""
    values = _values(data) | {"updated_date": (updated_date, "timestamptz")}
    assignments = ", ".join(f"{name} = {write.bind(*value)}" for name, value in values.items())
    write.guard(f"UPDATE pricing_rule SET {assignments} WHERE {_is(write, account_id, rule_id)} RETURNING rule_id")


def delete(write: Write, account_id: int, rule_id: int) -> None:
    """Delete a rule, as the guard of a write: it finds no row where the rule is gone."""
    write.guard(f"DELETE FROM pricing_rule WHERE {_is(write, account_id, rule_id)} RETURNING rule_id")


def _is(write: Write, account_id: int, rule_id: int) -> str:
    account, rule = write.bind(account_id, "bigint"), write.bind(rule_id, "bigint")
    return f"account_id = {account} AND rule_id = {rule} AND {write.may_run}"


def _values(data: PricingRuleWrite) -> dict[str, tuple[Any, str]]:
    bounds = {name: (getattr(data, name, UNSET), kind) for name, kind in BOUNDS.items()}
    values = {name: (None if value is UNSET else value, kind) for name, (value, kind) in bounds.items()}
    return values | {"kind": (data.kind, "text"), "action": (data.action, "text")}


def _rule(row: asyncpg.Record) -> PricingRule:
    answered = ANSWERED[row["kind"]]
    given = {name: row[name] for name in answered.__struct_fields__ if row[name] is not None}
    return msgspec.convert(given, answered, dec_hook=decode_custom)
