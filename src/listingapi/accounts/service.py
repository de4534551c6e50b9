"""The use cases of accounts. None is ever deleted: what it owns and did would be nobody's. It is suspended instead."""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import msgspec
from msgspec import UNSET

from listingapi.access.callers import Caller
from listingapi.access.scopes import MAY_HAVE, Scope
from listingapi.accounts import repository, standing
from listingapi.accounts.errors import AccountNameTaken, AccountNotFound, OwnAccount
from listingapi.accounts.names import is_name
from listingapi.accounts.schemas import RATES, Account, AccountState, AccountWrite
from listingapi.answers import Answer, answer
from listingapi.audit import repository as audit
from listingapi.idempotency import repository as records
from listingapi.idempotency.attempts import Attempt
from listingapi.infra.database import Database
from listingapi.pagination import Page


class AccountService:
    """Keeps the accounts."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def page(self, *, after: int | None, limit: int) -> Page[Account]:
        """A page of at most `limit` accounts after one of them, oldest first."""
        found = await repository.page(self._database, after=after or 0, limit=limit + 1)
        return Page.of(found, limit, place=lambda account: account.id)

    async def get(self, account_id: int) -> Account:
        """Read an account.

        Raises:
            AccountNotFound: there is none of this id.
        """
        return _required(await repository.get(self._database, account_id), account_id)

    async def find(self, name: str) -> Account:
        """Read an account by its name.

        Raises:
            AccountNotFound: there is none of this name.
        """
        return _required(await repository.find(self._database, name) if is_name(name) else None, name)

    async def create(self, data: AccountWrite, attempt: Attempt) -> Answer:
        """Add an account.

        Raises:
            AccountNameTaken: there is one of this name.
        """
        while True:
            now = self._now()
            await standing.check(self._database, attempt.by)
            prepared = await repository.prepare(self._database, attempt)
            await records.check_row(self._database, attempt, prepared, now)
            account_id: int = prepared["new_id"]
            await self._see_that_name_is_free(data.name, account_id)
            write = standing.begin(attempt)
            repository.insert(write, account_id, data, now)
            details = {"account_id": account_id, **_plain(data)}
            audit.record(write, attempt.by, attempt.operation, now=now, details=details)
            created = Account(id=account_id, suspended=False, created_date=now, **msgspec.structs.asdict(data))
            location = {"Location": f"/accounts/{account_id}"}
            done = answer(created, status=HTTPStatus.CREATED, headers=location)
            if await repository.commit(self._database, write, attempt, done, now):
                return done

    async def patch(self, account_id: int, patch: dict[str, Any], attempt: Attempt) -> Answer:
        """Change some properties of an account; `null` removes a rate.

        Raises:
            AccountNotFound: there is none of this id.
            AccountNameTaken: another one has the name.
            OwnAccount: the caller would lock themselves out.
        """
        while True:
            now = self._now()
            await standing.check(self._database, attempt.by)
            found, row = await repository.load(self._database, attempt, account_id)
            await records.check_row(self._database, attempt, row, now)
            before = _required(found, account_id)
            after = _patched(before, patch)
            _see_that_caller_stays(attempt.by, before, after)
            if after.name != before.name:
                await self._see_that_name_is_free(after.name, account_id)
            write = standing.begin(attempt)
            repository.update(write, before, after)
            if changes := _changes(before, after):
                details = {"account_id": account_id, "changed": [*changes], **changes}
                audit.record(write, attempt.by, attempt.operation, now=now, details=details)
            changed = Account(id=before.id, created_date=before.created_date, **msgspec.structs.asdict(after))
            done = answer(changed)
            if await repository.commit(self._database, write, attempt, done, now):
                return done

    async def _see_that_name_is_free(self, name: str, account_id: int) -> None:
        if await repository.is_taken(self._database, name, by_other_than=account_id):
            raise AccountNameTaken(name)

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)


def _required(account: Account | None, asked: object) -> Account:
    if account is None:
        raise AccountNotFound(asked)
    return account


def _patched(before: Account, patch: dict[str, Any]) -> AccountState:
    """The account after a merge patch (RFC 7396); only a rate may be removed, also one that is not there."""
    removed = {name for name in RATES if name in patch and patch[name] is None}
    merged = msgspec.structs.asdict(before.state) | patch
    left_out = removed | {name for name, value in merged.items() if value is UNSET}
    return AccountState.read({name: given for name, given in merged.items() if name not in left_out})


def _see_that_caller_stays(by: Caller, before: Account, after: AccountState) -> None:
    """Nobody takes their own credentials the right to undo it; those who have none have that right by other means."""
    if by.actor in standing.WITHOUT_CREDENTIALS or by.account_id != before.id:
        return
    if after.suspended or Scope.ACCOUNTS_ADMIN not in MAY_HAVE[after.kind]:
        raise OwnAccount


def _plain(data: AccountWrite) -> dict[str, Any]:
    """Its fields as the audit trail holds them; null for a rate that is not set."""
    return {name: None if value is UNSET else value for name, value in msgspec.structs.asdict(data).items()}


def _changes(before: Account, after: AccountState) -> dict[str, Any]:
    known = msgspec.structs.asdict(before.state)
    return {name: value for name, value in _plain(after).items() if getattr(after, name) != known[name]}
