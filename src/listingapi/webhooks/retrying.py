"""What becomes of a delivery after an attempt: pure, from how the attempt ended."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from listingapi.webhooks.schemas import DeliveryState

# How long after each failed attempt the next one comes; after the last of them there is none.
PAUSES = (
    timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=5),
    timedelta(hours=10), timedelta(hours=14), timedelta(hours=20), timedelta(hours=24),
)  # fmt: skip
# A pause is longer by up to this share of it, so that what failed together does not come back together.
JITTER = 0.2
LONGEST_RETRY_AFTER = timedelta(hours=24)
# A receiver that can't be had at all is left alone for so long, with all that waits for it.
HOLDS = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=5))

SECONDS = re.compile(r"[0-9]{1,9}")

Fraction = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended: with a status, or a problem that kept one from coming. `retry_after` is the header."""

    status: int | None = None
    problem: str | None = None
    retry_after: str | None = None

    @property
    def is_success(self) -> bool:
        """Whether the receiver has taken the delivery."""
        return self.status is not None and HTTPStatus(200) <= self.status < HTTPStatus(300)

    @property
    def is_trouble(self) -> bool:
        """Whether the receiver is in no state to take more than one delivery at a time."""
        return self.status is None or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants no more."""
        return self.status == HTTPStatus.GONE


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a delivery: when it is tried again, if so; and until when its receiver is left alone, if so."""

    state: DeliveryState
    due_date: datetime | None = None
    held_until: datetime | None = None


def verdict(outcome: Outcome, attempts: int, failures: int, now: datetime, fraction: Fraction) -> Verdict:
    """What becomes of a delivery after so many attempts, this one included.

    `failures` is how often in a row its receiver was in trouble before; `fraction` gives numbers from 0 to 1.
    """
    if outcome.is_success:
        return Verdict("delivered")
    if outcome.is_gone:
        return Verdict("failed")
    asked = pause_asked_for(outcome.retry_after, now)
    hold = max(asked, HOLDS[min(failures, len(HOLDS) - 1)] if outcome.status is None else timedelta())
    held_until = now + hold if hold else None
    if attempts > len(PAUSES):
        return Verdict("failed", held_until=held_until)
    pause = PAUSES[attempts - 1] * (1 + JITTER * fraction())
    return Verdict("pending", now + max(pause, asked), held_until)


def pause_asked_for(header: str | None, now: datetime) -> timedelta:
    """What `Retry-After` asks for, as seconds or as a date, at most a day; nothing where it can't be read."""
    if header is None:
        return timedelta()
    if SECONDS.fullmatch(header):
        return min(timedelta(seconds=int(header)), LONGEST_RETRY_AFTER)
    try:
        until = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return timedelta()
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(until - now, timedelta()), LONGEST_RETRY_AFTER)
