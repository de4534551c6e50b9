"""Makes the deliveries that are due: a few of each webhook and account at a time, so that none waits for another's.

Whoever makes one takes a lease on it first. If the process dies, the lease runs out, and the delivery is made again by
whoever looks next, under the same `webhook-id`.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic

import structlog
from msgspec import UNSET
from prometheus_client import Counter as Metric

from listingapi.infra.database import Database
from listingapi.infra.periodic import every
from listingapi.webhooks import delivery_repository, lease_repository, signing
from listingapi.webhooks.lease_repository import Bounds, Claimed
from listingapi.webhooks.retrying import Outcome, verdict
from listingapi.webhooks.schemas import WebhookAttempt
from listingapi.webhooks.sending import Sender

MOST_AT_ONCE = 100
MOST_OF_ONE_WEBHOOK = 4
MOST_OF_ONE_ACCOUNT = 10
# A receiver is prompt whose last attempt was over so soon. What others take leaves room for these.
PROMPT_SECONDS = 2.0
MOST_OF_UNPROVEN = 50
BOUNDS = Bounds(
    of_webhook=MOST_OF_ONE_WEBHOOK,
    of_account=MOST_OF_ONE_ACCOUNT,
    of_all=MOST_AT_ONCE,
    of_unproven=MOST_OF_UNPROVEN,
)
# Longer than any attempt takes.
LEASE = timedelta(seconds=60)
SECONDS_BETWEEN_LOOKS = 0.2
SECONDS_TO_END = 3.0
NOT_SENT = "it could not be sent"
DELIVERED, FAILED = "delivered", "failed"

ATTEMPTS = Metric("listingapi_webhook_attempts", "Attempts at deliveries of webhooks.", ["outcome"])

logger = structlog.get_logger()


class Deliverer:
    """Delivers what is due, within bounds for each webhook, each account and all; any number of them may run."""

    def __init__(self, database: Database, sender: Sender, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._sender = sender
        self._clock = clock
        self._running: dict[asyncio.Task[None], Claimed] = {}
        for outcome in (DELIVERED, FAILED):
            ATTEMPTS.labels(outcome)  # of a count that appears with its first attempt, no alert sees the growth

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Deliver until the end of the block; what is not delivered a few seconds after that is left to others."""
        try:
            async with (
                every(SECONDS_BETWEEN_LOOKS, self.start_due, name="webhook_deliveries"),
                every(600, self._purge, name="old_webhook_deliveries"),
                every(60, self._pause_full, name="full_webhooks"),
            ):
                yield
        finally:
            await self._end()

    async def start_due(self) -> None:
        """Begin with what is due, until all that is left is somebody's turn already, or there are enough at once."""
        while await self._claim_some():
            await asyncio.wait(self._running, timeout=SECONDS_BETWEEN_LOOKS, return_when=asyncio.FIRST_COMPLETED)

    async def _claim_some(self) -> bool:
        now = self._now()
        claimed = await lease_repository.claim(
            self._database, now=now, lease_end=now + LEASE, running=self._running.values(), bounds=BOUNDS
        )
        for each in claimed:
            task = asyncio.create_task(self._deliver(each), name="webhook_delivery")
            self._running[task] = each
            task.add_done_callback(self._running.pop)
        return bool(claimed)

    async def _deliver(self, claimed: Claimed) -> None:
        """Make one attempt, and note what came of it; if that can't be noted, it is made again after the lease."""
        try:
            await self._attempt(claimed)
        except Exception as error:  # noqa: BLE001 - whatever it is, others are to be delivered
            about = {"webhook_id": claimed.webhook_id, "delivery_id": claimed.delivery_id}
            logger.warning("webhook_delivery_not_noted", **about, reason=type(error).__name__)

    async def _attempt(self, claimed: Claimed) -> None:
        began, now = monotonic(), self._now()
        headers = signing.headers(f"msg_{claimed.delivery_id}", claimed.event, now, claimed.secrets)
        outcome = await self._sent(claimed, headers)
        seconds = monotonic() - began
        attempt = _attempt_of(outcome, now, seconds=seconds)
        now = self._now()
        decided = verdict(outcome, claimed.attempts + 1, claimed.failures, now, random.random)
        await lease_repository.settle(
            self._database, claimed, decided, attempt, outcome=outcome, is_prompt=seconds <= PROMPT_SECONDS, now=now
        )
        ATTEMPTS.labels(DELIVERED if outcome.is_success else FAILED).inc()
        if decided.state == "failed":
            await delivery_repository.pause_failing(self._database, claimed.key, now)

    async def _sent(self, claimed: Claimed, headers: Mapping[str, str]) -> Outcome:
        """Send it; what nobody thought of is a failed attempt, too, so that it is not made for ever."""
        try:
            return await self._sender.post(claimed.url, claimed.event.encode(), headers)
        except Exception as error:  # noqa: BLE001 - whatever it is, the attempt was made
            logger.warning("webhook_not_sent", webhook_id=claimed.webhook_id, reason=type(error).__name__)
            return Outcome(problem=NOT_SENT)

    async def _end(self) -> None:
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=SECONDS_TO_END)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _purge(self) -> None:
        while await delivery_repository.purge(self._database, self._now()) == delivery_repository.PURGED_AT_ONCE:
            pass

    async def _pause_full(self) -> None:
        await delivery_repository.pause_full(self._database, self._now())

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)


def _attempt_of(outcome: Outcome, date: datetime, *, seconds: float) -> WebhookAttempt:
    return WebhookAttempt(
        date=date,
        milliseconds=round(seconds * 1000),
        status=UNSET if outcome.status is None else outcome.status,
        problem=UNSET if outcome.problem is None else outcome.problem,
    )
