"""Everything that acts on events."""

from collections.abc import Callable, Sequence
from datetime import datetime

from listingapi.consuming.consumer import Consumer
from listingapi.markets import consumer as markets
from listingapi.reviews import consumer as reviews
from listingapi.webhooks import consumer as webhooks


def consumers_of(clock: Callable[[], datetime]) -> Sequence[Consumer]:
    """All consumers; whatever takes events to them starts from this list. Each event has one at least."""
    return [reviews.CONSUMER, markets.CONSUMER, webhooks.consumer_with(clock)]
