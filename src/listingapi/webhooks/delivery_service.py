"""The use cases of deliveries, as the account sees them: the log of a webhook, and what is to be sent again."""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus

import msgspec
from msgspec import UNSET

from listingapi.answers import Answer, answer
from listingapi.audit import repository as audit
from listingapi.idempotency import repository as records
from listingapi.idempotency.attempts import Attempt
from listingapi.infra.database import Database
from listingapi.pagination import Page
from listingapi.webhooks import delivery_repository as repository
from listingapi.webhooks import repository as webhooks
from listingapi.webhooks.errors import DeliveryNotFound, WebhookNotFound
from listingapi.webhooks.schemas import DeliveryState, WebhookDelivery


class DeliveryService:
    """Reads the log of deliveries, and lets one be made again."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def page(
        self, account_id: int, webhook_id: int, *, state: DeliveryState | None, after: int | None, limit: int
    ) -> Page[WebhookDelivery]:
        """A page of at most `limit` deliveries of a webhook after one of them, newest first.

        Raises:
            WebhookNotFound: the account has no such webhook.
        """
        if await webhooks.get(self._database, account_id, webhook_id, self._clock()) is None:
            raise WebhookNotFound(webhook_id)
        found = await repository.page(self._database, account_id, webhook_id, state=state, after=after, limit=limit + 1)
        return Page.of(found, limit, place=lambda delivery: delivery.id)

    async def replay(self, webhook_id: int, delivery_id: int, attempt: Attempt) -> Answer:
        """Make a delivery again, whatever became of it, with all the attempts that a new one has.

        Raises:
            DeliveryNotFound: the webhook has no such delivery.
        """
        while True:
            now = self._clock().astimezone(UTC)
            before, row = await repository.load(self._database, attempt, webhook_id, delivery_id)
            await records.check_row(self._database, attempt, row, now)
            if before is None:
                raise DeliveryNotFound(delivery_id)
            write = records.begin(attempt)
            repository.send_again(write, attempt.account_id, webhook_id, delivery_id, now)
            details = {"webhook_id": webhook_id, "delivery_id": delivery_id}
            audit.record(write, attempt.by, attempt.operation, now=now, details=details)
            after = msgspec.structs.replace(before, state="pending", due_date=now, delivered_date=UNSET)
            done = answer(after, status=HTTPStatus.ACCEPTED)
            if await records.commit(self._database, write, attempt, done, now):
                return done
