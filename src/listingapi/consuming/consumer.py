"""What a consumer is: it takes events of some types, and has its effects in a transaction of its own."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from listingapi.events.cloud_events import CloudEvent, EventType
from listingapi.infra.database import Transaction


@dataclass(frozen=True, slots=True)
class Consumer:
    """One that acts on events, under a name of lower-case letters.

    `handle` does so within the transaction in which the event is recorded as consumed: what it raises takes all back,
    and the event comes again. It may be given events that failed before after later ones of the same listing.
    """

    name: str
    types: Sequence[EventType]
    handle: Callable[[Transaction, CloudEvent], Awaitable[None]]
