"""The use cases of webhooks: accounts subscribe addresses of theirs to events."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import UNSET

from listingapi.answers import Answer, answer
from listingapi.audit import repository as audit
from listingapi.errors import FieldProblem, InvalidRequest
from listingapi.idempotency import repository as records
from listingapi.idempotency.attempts import Attempt
from listingapi.infra.database import Database
from listingapi.infra.write import Write
from listingapi.webhooks import repository, signing
from listingapi.webhooks.addresses import AddressRefused, AllowedAddresses
from listingapi.webhooks.errors import TooManyWebhooks, WebhookNotFound
from listingapi.webhooks.schemas import NewWebhook, Webhook, WebhookState, WebhookWrite

# Two that are created at once may both be the last one.
MOST_WEBHOOKS = 100
BOTH_SECRETS_SIGN = timedelta(hours=24)
SECRET = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Told:
    """A webhook with its new secret, which nobody is told again, and what is kept of that answer."""

    webhook: Webhook
    secret: bytes

    @property
    def answer(self) -> Answer:
        """The one answer that holds the secret."""
        known = msgspec.structs.asdict(self.webhook)
        return self._answer(NewWebhook(**known, secret=signing.as_text(self.secret)))

    @property
    def recorded(self) -> Answer:
        """The same without the secret: what is kept of a request must not hold it."""
        return self._answer(self.webhook)

    def _answer(self, body: Webhook) -> Answer:
        headers = SECRET | {"Location": f"/webhooks/{self.webhook.id}"}
        return answer(body, status=HTTPStatus.CREATED, headers=headers)


class WebhookService:
    """Keeps the webhooks of accounts. They are the account's: whoever may write them sees them all."""

    def __init__(self, database: Database, clock: Callable[[], datetime], allowed: AllowedAddresses) -> None:
        self._database = database
        self._clock = clock
        self._allowed = allowed

    async def all_of(self, account_id: int) -> list[Webhook]:
        """The webhooks of an account, in the order in which they were created."""
        return await repository.all_of(self._database, account_id, self._now())

    async def get(self, account_id: int, webhook_id: int) -> Webhook:
        """Read a webhook.

        Raises:
            WebhookNotFound: the account has no such webhook.
        """
        return _required(await repository.get(self._database, account_id, webhook_id, self._now()), webhook_id)

    async def create(self, data: WebhookWrite, attempt: Attempt) -> Told:
        """Add a webhook to the caller's account.

        Raises:
            InvalidRequest: its address is none that is called.
            TooManyWebhooks: the account has all that it may have.
        """
        while True:
            now = self._now()
            prepared = await repository.prepare(self._database, attempt)
            await records.check_row(self._database, attempt, prepared, now)
            self._check_url(data)
            if prepared["webhooks"] >= MOST_WEBHOOKS:
                raise TooManyWebhooks(MOST_WEBHOOKS)
            given = msgspec.structs.asdict(data)
            made = Webhook(**given, id=prepared["new_id"], state="active", created_date=now, updated_date=now)
            told = Told(made, signing.new_secret())
            write = records.begin(attempt)
            repository.insert(write, attempt.account_id, made, data, told.secret)
            _record(write, attempt, now, made)
            if await records.commit(self._database, write, attempt, told.recorded, now):
                return told

    async def patch(self, webhook_id: int, patch: dict[str, Any], attempt: Attempt) -> Answer:
        """Change some properties of a webhook.

        Raises:
            WebhookNotFound: the account has no such webhook.
            InvalidRequest: it would not be one.
        """

        def decide(write: Write, before: Webhook, version: int, now: datetime) -> Answer:
            data = before.patched(patch)
            if data.url != before.url:
                self._check_url(data)
            after = _changed(before, data, now)
            repository.update(write, attempt.account_id, after, data, version)
            return answer(after)

        return await self._change(webhook_id, attempt, decide)

    async def rotate(self, webhook_id: int, attempt: Attempt) -> Told:
        """Give a webhook another secret; the one from before signs, too, for 24 hours, and the one before that no more.

        Raises:
            WebhookNotFound: the account has no such webhook.
        """
        secret = signing.new_secret()
        told: list[Told] = []

        def decide(write: Write, before: Webhook, version: int, now: datetime) -> Answer:
            dates = {
                "updated_date": max(now, before.updated_date),
                "previous_secret_expires_date": now + BOTH_SECRETS_SIGN,
            }
            after = msgspec.structs.replace(before, **dates)
            repository.rotate(write, attempt.account_id, after, secret, version)
            told.append(Told(after, secret))
            return told[-1].recorded

        await self._change(webhook_id, attempt, decide)
        return told[-1]

    async def delete(self, webhook_id: int, attempt: Attempt) -> Answer:
        """Delete a webhook of the caller's account: nothing is sent for it any more.

        Raises:
            WebhookNotFound: the account has no such webhook.
        """

        def decide(write: Write, _: Webhook, version: int, __: datetime) -> Answer:
            repository.delete(write, attempt.account_id, webhook_id, version)
            return answer(status=HTTPStatus.NO_CONTENT)

        return await self._change(webhook_id, attempt, decide)

    async def _change(
        self, webhook_id: int, attempt: Attempt, decide: Callable[[Write, Webhook, int, datetime], Answer]
    ) -> Answer:
        while True:
            now = self._now()
            found, row = await repository.load(self._database, attempt, webhook_id, now)
            await records.check_row(self._database, attempt, row, now)
            before = _required(found, webhook_id)
            write = records.begin(attempt)
            done = decide(write, before, row["version"], now)
            _record(write, attempt, now, before)
            if await records.commit(self._database, write, attempt, done, now):
                return done

    def _check_url(self, data: WebhookWrite) -> None:
        try:
            self._allowed.check_url(data.url)
        except AddressRefused as refused:
            raise InvalidRequest([FieldProblem("/url", str(refused))]) from None

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)


def _required(webhook: Webhook | None, webhook_id: int) -> Webhook:
    if webhook is None:
        raise WebhookNotFound(webhook_id)
    return webhook


def _changed(before: Webhook, data: WebhookState, now: datetime) -> Webhook:
    written = msgspec.structs.asdict(data) | {"state": before.state if data.state is UNSET else data.state}
    reason = before.paused_reason if data.state is UNSET else UNSET
    return msgspec.structs.replace(before, **written, paused_reason=reason, updated_date=max(now, before.updated_date))


def _record(write: Write, attempt: Attempt, now: datetime, webhook: Webhook) -> None:
    """Tell the audit trail which webhook it is, and its host alone: the rest of an address may be secret."""
    details = {"webhook_id": webhook.id, "host": urlsplit(webhook.url).hostname}
    audit.record(write, attempt.by, attempt.operation, now=now, details=details)
