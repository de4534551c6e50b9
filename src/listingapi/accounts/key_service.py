"""The use cases of API keys."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

import msgspec
from msgspec import UNSET

from listingapi.access import keys
from listingapi.access.scopes import MAY_HAVE, Kind, Scope
from listingapi.accounts import key_repository as repository
from listingapi.accounts import standing
from listingapi.accounts.errors import AccountNotFound, APIKeyNotFound, TooManyAPIKeys
from listingapi.accounts.key_schemas import APIKey, APIKeyWrite, NewAPIKey
from listingapi.answers import Answer, answer
from listingapi.audit import repository as audit
from listingapi.errors import FieldProblem, InvalidRequest
from listingapi.idempotency import repository as records
from listingapi.idempotency.attempts import Attempt
from listingapi.infra.database import Database
from listingapi.infra.write import Write

# Those that open something. Two that are created at once may both be the last one.
MOST_KEYS = 1000
SECRET = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Creation:
    """The key of a new API key, which nobody is told again, and what is kept of it."""

    key: str
    made: APIKey
    location: str

    @property
    def told(self) -> Answer:
        """The one answer that holds the key."""
        return self._answer(NewAPIKey(**msgspec.structs.asdict(self.made), key=self.key))

    @property
    def recorded(self) -> Answer:
        """The same without the key: what is kept of a request must not hold it."""
        return self._answer(self.made)

    def _answer(self, body: APIKey) -> Answer:
        return answer(body, status=HTTPStatus.CREATED, headers=SECRET | {"Location": self.location})


class KeyService:
    """Keeps the API keys of accounts; a key that was made is never changed, only revoked."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def all_of(self, account_id: int) -> list[APIKey]:
        """The last 1 000 keys of an account, newest first, also those that open nothing any more.

        Raises:
            AccountNotFound: there is none of this id.
        """
        found = await repository.all_of(self._database, account_id)
        if found is None:
            raise AccountNotFound(account_id)
        return found

    async def with_owners(self, account_id: int | None = None) -> list[tuple[str, APIKey]]:
        """All keys, or those of one account, oldest first, each with the name of its account."""
        return await repository.with_owners(self._database, account_id)

    async def owners(self, key_ids: Sequence[int]) -> dict[int, int]:
        """The accounts that keys belong to, by the ids of those keys that there are."""
        return await repository.owners(self._database, key_ids)

    async def get(self, account_id: int, key_id: int) -> APIKey:
        """Read a key.

        Raises:
            APIKeyNotFound: the account has none of this id.
        """
        return _required(await repository.get(self._database, account_id, key_id), key_id)

    async def create(self, account_id: int, data: APIKeyWrite, attempt: Attempt) -> Creation:
        """Make a key for an account.

        Raises:
            AccountNotFound: there is none of this id.
            InvalidRequest: it would expire at once, or do what the account's kind may not.
            TooManyAPIKeys: the account has all that it may have.
        """
        while True:
            now = self._now()
            await standing.check(self._database, attempt.by)
            prepared = await repository.prepare(self._database, attempt, account_id, now)
            await records.check_row(self._database, attempt, prepared, now)
            kind: Kind | None = prepared["kind"]
            if kind is None:
                raise AccountNotFound(account_id)
            _check(data, kind, now)
            if prepared["keys"] >= MOST_KEYS:
                raise TooManyAPIKeys(MOST_KEYS)
            creation = _create(account_id, prepared["new_id"], data, kind, attempt, now)
            write = standing.begin(attempt)
            repository.insert(write, account_id, kind, creation.made, keys.digest(creation.key))
            _record(write, attempt, account_id, creation.made, now)
            if await records.commit(self._database, write, attempt, creation.recorded, now):
                return creation

    async def revoke(self, account_id: int, key_id: int, attempt: Attempt) -> Answer:
        """Let a key open nothing from now on; once more changes nothing.

        Raises:
            APIKeyNotFound: the account has none of this id.
        """
        while True:
            now = self._now()
            await standing.check(self._database, attempt.by)
            found, row = await repository.load(self._database, attempt, account_id, key_id)
            await records.check_row(self._database, attempt, row, now)
            key = _required(found, key_id)
            write = standing.begin(attempt)
            if key.revoked_date is UNSET:
                repository.revoke(write, account_id, key_id, now)
                _record(write, attempt, account_id, key, now)
            else:
                repository.keep(write, account_id, key_id)
            done = answer(status=HTTPStatus.NO_CONTENT)
            if await records.commit(self._database, write, attempt, done, now):
                return done

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)


def _required(key: APIKey | None, key_id: int) -> APIKey:
    if key is None:
        raise APIKeyNotFound(key_id)
    return key


def _check(data: APIKeyWrite, kind: Kind, now: datetime) -> None:
    problems = [
        FieldProblem(f"/scopes/{place}", f"must not be {scope}: no key of an account of the kind {kind} may have that")
        for place, scope in enumerate(data.scopes or ())
        if scope not in MAY_HAVE[kind]
    ]
    if data.expires_date is not UNSET and data.expires_date <= now:
        problems.append(FieldProblem("/expires_date", "must be in the future"))
    if problems:
        raise InvalidRequest(problems)


def _create(  # noqa: PLR0913, PLR0917 - all that a key is made of
    account_id: int, key_id: int, data: APIKeyWrite, kind: Kind, attempt: Attempt, now: datetime
) -> Creation:
    key = keys.new_key()
    scopes = MAY_HAVE[kind] if data.scopes is UNSET else frozenset(data.scopes)
    made = APIKey(
        id=key_id,
        name=data.name,
        hint=keys.hint(key),
        scopes=[scope for scope in Scope if scope in scopes],
        created_date=now,
        created_by=attempt.by.actor,
        expires_date=data.expires_date,
    )
    return Creation(key, made, f"/accounts/{account_id}/keys/{key_id}")


def _record(write: Write, attempt: Attempt, account_id: int, key: APIKey, now: datetime) -> None:
    details = {"account_id": account_id, "key_id": key.id, "scopes": key.scopes}
    audit.record(write, attempt.by, attempt.operation, now=now, details=details)
