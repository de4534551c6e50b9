"""What the commands do with accounts and keys, on the database itself; the audit trail knows them by `command line`."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import msgspec

from listingapi.access.callers import COMMAND_LINE, DEFAULT_ACCOUNT_ID, Caller
from listingapi.access.scopes import Scope
from listingapi.accounts.key_schemas import APIKey, APIKeyWrite
from listingapi.accounts.key_service import Creation, KeyService
from listingapi.accounts.schemas import Account, AccountWrite
from listingapi.accounts.service import AccountService
from listingapi.errors import RequestError
from listingapi.idempotency.attempts import Attempt
from listingapi.infra.database import CONNECTION_LOST, Database
from listingapi.infra.start import StartError
from listingapi.pagination import LARGEST_BIGINT

MOST_A_PAGE = 1000
CALLER = Caller(DEFAULT_ACCOUNT_ID, frozenset(Scope), COMMAND_LINE)


class Office:
    """Does for a person at a terminal what the API does for an operator; accounts go by their names."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._accounts = AccountService(database, clock)
        self._keys = KeyService(database, clock)
        self._clock = clock

    async def create_account(self, **given: Any) -> Account:
        """Add an account."""
        done = await self._accounts.create(AccountWrite.read(given), Attempt(CALLER, "post-accounts"))
        return msgspec.json.decode(done.body, type=Account)

    async def all_accounts(self) -> list[Account]:
        """Every account, oldest first."""
        found: list[Account] = []
        after = None
        while True:
            page = await self._accounts.page(after=after, limit=MOST_A_PAGE)
            found += page.items
            if (after := page.last) is None:
                return found

    async def set_suspended(self, name: str, *, suspended: bool) -> None:
        """Suspend an account, or take that back."""
        account = await self._accounts.find(name)
        await self._accounts.patch(account.id, {"suspended": suspended}, Attempt(CALLER, "patch-account"))

    async def create_key(self, account: str, *, expires_in_days: int | None, **given: Any) -> Creation:
        """Make a key for an account."""
        if expires_in_days is not None:
            given["expires_date"] = (self._clock() + timedelta(days=expires_in_days)).isoformat()
        data = APIKeyWrite.read(given)
        owner = await self._accounts.find(account)
        return await self._keys.create(owner.id, data, Attempt(CALLER, "post-account-keys"))

    async def all_keys(self, account: str | None) -> list[tuple[str, APIKey]]:
        """All keys, or those of an account, oldest first, each with the name of its account."""
        return await self._keys.with_owners((await self._accounts.find(account)).id if account else None)

    async def revoke_keys(self, key_ids: list[int]) -> None:
        """Revoke keys.

        Raises:
            StartError: one of them does not exist; then none is revoked.
        """
        found = await self._keys.owners([key_id for key_id in key_ids if 0 <= key_id <= LARGEST_BIGINT])
        if missing := [str(key_id) for key_id in key_ids if key_id not in found]:
            raise StartError(f"There is no API key {', '.join(missing)}: none was revoked.")
        for key_id, account_id in found.items():
            await self._keys.revoke(account_id, key_id, Attempt(CALLER, "delete-account-key"))


@asynccontextmanager
async def open_office(url: str, clock: Callable[[], datetime]) -> AsyncIterator[Office]:
    """An office on a database, for one command.

    Raises:
        StartError: what was asked for can't be done, or the database can't be reached or went away.
    """
    database = Database(pool_size=1, session={"application_name": "listingapi accounts"})
    try:
        await database.open(url)
        yield Office(database, clock)
    except RequestError as error:
        raise StartError(error.detail if error.detail.endswith(".") else f"{error.detail}.") from None
    except (asyncpg.PostgresError, *CONNECTION_LOST) as error:
        raise StartError(f"The database can't be reached: {str(error) or type(error).__name__}.") from None
    finally:
        await database.close()
