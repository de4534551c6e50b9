"""What a consumer is: it takes events of some types, and has its effects in a transaction of its own."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from listingapi.events.cloud_events import CloudEvent, EventType
from listingapi.infra.database import Transaction


@dataclass(frozen=True, slots=True)
class Consumer:
    """One that acts on events, under a name of lower-case letters.

    `handle` does so, in their order, within the transaction in which the events are recorded as consumed: what it
    raises takes all back, and each event comes again by itself. It may be given events that failed before after later
    ones of the same listing.
    """

    name: str
    types: Sequence[EventType]
    handle: Callable[[Transaction, Sequence[CloudEvent]], Awaitable[None]]
