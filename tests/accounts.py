"""Puts accounts and API keys into a test's database, and makes the headers that send them."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg

from listingapi.access import keys
from listingapi.access.scopes import MAY_HAVE, Kind, Scope
from tests.conftest import TestDatabase

Headers = dict[str, str]


def bearer(token: str) -> Headers:
    """The header that sends a key or a token."""
    return {"Authorization": f"Bearer {token}"}


class Accounts:
    """Accounts of one database."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection

    @classmethod
    @asynccontextmanager
    async def on(cls, database: TestDatabase) -> AsyncIterator["Accounts"]:
        """The accounts of a database, until the end of the block."""
        connection = await asyncpg.connect(database.superuser_url)
        try:
            yield cls(connection)
        finally:
            await connection.close()

    async def add(self, name: str, kind: Kind = "agency") -> int:
        """Add an account; returns its id."""
        added: int = await self._connection.fetchval(
            "INSERT INTO account (name, kind) VALUES ($1, $2) RETURNING account_id", name, kind
        )
        return added

    async def suspend(self, account_id: int) -> None:
        """Suspend an account."""
        await self._connection.execute("UPDATE account SET is_suspended = true WHERE account_id = $1", account_id)

    async def key(
        self,
        account_id: int,
        *,
        scopes: Collection[Scope] = MAY_HAVE["operator"],
        expires_date: datetime | None = None,
        revoked_date: datetime | None = None,
    ) -> Headers:
        """Give an account a key; returns the header that sends it."""
        key = keys.new_key()
        await self._connection.execute(
            """
            INSERT INTO api_key
                (account_id, name, hint, digest, scopes, created_date, created_by, expires_date, revoked_date)
            VALUES ($1, 'of a test', $2, $3, $4, $5, 'a test', $6, $7)
            """,
            account_id,
            keys.hint(key),
            keys.digest(key),
            sorted(scopes),
            datetime.now(UTC),
            expires_date,
            revoked_date,
        )
        return bearer(key)


def key_of_an_agency(database: TestDatabase) -> Headers:
    """The key of an account that is made for it, as requests have it; for who has no event loop."""

    async def made() -> Headers:
        async with Accounts.on(database) as accounts:
            return await accounts.key(await accounts.add("agency"))

    return asyncio.run(made())
