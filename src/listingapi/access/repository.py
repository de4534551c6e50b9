"""The SQL of whom credentials belong to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from listingapi.access.callers import Caller
from listingapi.access.scopes import MAY_HAVE, Kind, Scope
from listingapi.infra.database import Database
from listingapi.infra.write import Write

OF_KEY = """
    SELECT account_id, kind, is_suspended, reads_per_minute, writes_per_minute, key_id, scopes, expires_date,
        revoked_date
    FROM api_key JOIN account USING (account_id)
    WHERE digest = $1
"""
OF_ACCOUNT = """
    SELECT account_id, kind, is_suspended, reads_per_minute, writes_per_minute FROM account WHERE account_id = $1
"""
OPERATOR = """
    SELECT FROM account
    WHERE account_id = {account_id} AND kind = 'operator' AND NOT is_suspended
        AND ({key_id}::bigint IS NULL OR EXISTS (
            SELECT FROM api_key
            WHERE api_key.account_id = {account_id} AND key_id = {key_id} AND revoked_date IS NULL FOR SHARE
        ))
"""
TOUCH = """
    UPDATE api_key SET last_used_date = used.last_used_date
    FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) AS used (account_id, key_id, last_used_date)
    WHERE api_key.account_id = used.account_id AND api_key.key_id = used.key_id
        AND (api_key.last_used_date < used.last_used_date OR api_key.last_used_date IS NULL)
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """The account that credentials belong to."""

    account_id: int
    kind: Kind
    is_suspended: bool
    reads_per_minute: int | None
    writes_per_minute: int | None

    @property
    def may_have(self) -> frozenset[Scope]:
        """The most that its credentials may do."""
        return frozenset() if self.is_suspended else MAY_HAVE[self.kind]


@dataclass(frozen=True, slots=True)
class StoredKey:
    """An API key as it is known: everything but the key."""

    holder: Holder
    key_id: int
    scopes: frozenset[Scope]
    expires_date: datetime | None
    revoked_date: datetime | None

    def is_good(self, now: datetime) -> bool:
        """Whether it opens anything at a time."""
        is_expired = self.expires_date is not None and self.expires_date <= now
        return not (is_expired or self.revoked_date or self.holder.is_suspended)


async def is_operator(database: Database, by: Caller) -> bool:
    """Whether a caller's key, if they have one, opens something at this moment, and their account is an operator's."""
    return await database.fetchrow(OPERATOR.format(account_id="$1", key_id="$2"), by.account_id, by.key_id) is not None


def while_operator(write: Write, by: Caller) -> None:
    """Let a write take effect only if that holds; whoever would end it at the same time waits for the write."""
    account_id, key_id = write.bind(by.account_id, "bigint"), write.bind(by.key_id, "bigint")
    write.require(f"EXISTS ({OPERATOR.format(account_id=account_id, key_id=key_id)} FOR SHARE)")


async def find_key(database: Database, digest: bytes) -> StoredKey | None:
    """The key of a digest, if there is one."""
    row = await database.fetchrow(OF_KEY, digest)
    if row is None:
        return None
    scopes = frozenset(Scope(scope) for scope in row["scopes"])
    return StoredKey(_holder(row), row["key_id"], scopes, row["expires_date"], row["revoked_date"])


async def find_holder(database: Database, account_id: int) -> Holder | None:
    """An account, if there is one."""
    row = await database.fetchrow(OF_ACCOUNT, account_id)
    return _holder(row) if row else None


async def touch(database: Database, uses: Mapping[tuple[int, int], datetime]) -> None:
    """Say when keys, by account and number, were used last; in their order, so that no two wait for each other."""
    several = sorted(uses)
    await database.fetch(
        TOUCH, [key[0] for key in several], [key[1] for key in several], [uses[key] for key in several]
    )


def _holder(row: asyncpg.Record) -> Holder:
    return Holder(
        row["account_id"], row["kind"], row["is_suspended"], row["reads_per_minute"], row["writes_per_minute"]
    )
