"""Everything that acts on events."""

from collections.abc import Sequence

from listingapi.consuming.consumer import Consumer
from listingapi.markets import consumer as markets
from listingapi.reviews import consumer as reviews


def consumers_of() -> Sequence[Consumer]:
    """All consumers; whatever takes events to them starts from this list."""
    return [reviews.CONSUMER, markets.CONSUMER]
