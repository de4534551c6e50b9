"""What can be seen of consumers from outside."""

from collections.abc import Iterable

from prometheus_client import Counter

from listingapi.consuming.consumer import Consumer

CONSUMED = Counter("listingapi_events_consumed", "Events that took effect, by consumer.", ["consumer"])
FAILED = Counter("listingapi_events_failed", "Times that a consumer could not act on an event.", ["consumer"])
DEAD = Counter("listingapi_events_dead", "Events that failed for the last time, by consumer.", ["consumer"])


def begin(consumers: Iterable[Consumer]) -> None:
    """Say that nothing was counted so far: of a count that appears with its first event, no alert sees the growth."""
    for consumer in consumers:
        for counter in (CONSUMED, FAILED, DEAD):
            counter.labels(consumer.name)
