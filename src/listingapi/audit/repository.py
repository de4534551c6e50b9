"""The SQL of the audit trail: each entry commits with the write that it tells of."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import msgspec
from msgspec import UNSET

from listingapi.access.callers import Caller
from listingapi.answers import to_json
from listingapi.audit.schemas import AuditEntry, AuditSearch
from listingapi.infra.database import Database
from listingapi.infra.write import Write

COLUMNS = "audit_id, created_date, account_id, actor, operation, listing_id, version, details"
CONDITIONS = {
    "account_id": "account_id = {}",
    "actor": "actor = {}",
    "operation": "operation = {}",
    "listing_id": "listing_id = {}",
    "since": "created_date >= {}",
    "until": "created_date <= {}",
}


def record(  # noqa: PLR0913 - an entry has that much to say
    write: Write,
    by: Caller,
    operation: str,
    *,
    now: datetime,
    listing_id: int | None = None,
    version: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add to a write who did what; `details` are what JSON can say, and never a secret."""
    write.add_row(
        "audit_entry",
        {
            "account_id": (by.account_id, "bigint"),
            "created_date": (now, "timestamptz"),
            "actor": (by.actor, "text"),
            "operation": (operation, "text"),
            "listing_id": (listing_id, "bigint"),
            "version": (version, "bigint"),
            "details": (to_json(details).decode() if details else None, "jsonb"),
        },
    )


def record_listings(write: Write, by: Caller, operation: str, *, now: datetime, changed: list[str]) -> None:
    """The same for all the listings and versions of the part called `given`, each with an entry of its own."""
    write.add(f"""
        INSERT INTO audit_entry (account_id, created_date, actor, operation, listing_id, version, details)
        SELECT {write.bind(by.account_id, "bigint")}, {write.bind(now, "timestamptz")},
            {write.bind(by.actor, "text")}, {write.bind(operation, "text")}, listing_id, version,
            {write.bind(msgspec.json.encode({"changed": changed}).decode(), "jsonb")}
        FROM given
    """)


def page_of(search: AuditSearch, *, after: int | None, limit: int) -> tuple[str, list[Any]]:
    """The statement for a page of entries, newest first, `after` one of them, and its arguments.

    Its order is that of an index of all entries, of the entries of an account and of those of a listing.
    """
    arguments: list[Any] = [limit]
    conditions = ["true"]
    for name, value in search.given.items():
        arguments.append(value)
        conditions.append(CONDITIONS[name].format(f"${len(arguments)}"))
    if after is not None:
        arguments.append(after)
        conditions.append(f"audit_id < ${len(arguments)}")
    statement = f"""
        SELECT {COLUMNS} FROM audit_entry WHERE {" AND ".join(conditions)} ORDER BY audit_id DESC LIMIT $1
    """
    return statement, arguments


async def find(database: Database, search: AuditSearch, *, after: int | None, limit: int) -> Sequence[AuditEntry]:
    """At most `limit` entries, newest first, that come after one of them."""
    statement, arguments = page_of(search, after=after, limit=limit)
    return [_entry(row) for row in await database.fetch(statement, *arguments)]


def _entry(row: asyncpg.Record) -> AuditEntry:
    return AuditEntry(
        id=row["audit_id"],
        created_date=row["created_date"],
        account_id=row["account_id"],
        actor=row["actor"],
        operation=row["operation"],
        listing_id=UNSET if row["listing_id"] is None else row["listing_id"],
        version=UNSET if row["version"] is None else row["version"],
        details=UNSET if row["details"] is None else msgspec.json.decode(row["details"]),
    )
