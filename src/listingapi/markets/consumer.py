"""What markets make of events: whatever happened to a listing, what is kept of it is made anew."""

from collections.abc import Sequence

from listingapi.consuming.consumer import Consumer
from listingapi.events.cloud_events import CloudEvent
from listingapi.infra.database import Transaction
from listingapi.markets import repository


async def count(transaction: Transaction, events: Sequence[CloudEvent]) -> None:
    """Count the events' listings as they are now; an event that comes late, or twice, changes nothing by that."""
    await repository.keep(transaction, {int(event.subject) for event in events})


CONSUMER = Consumer(
    name="statistics",
    types=(
        "listing.created", "listing.updated", "listing.withdrawn", "listing.relisted", "price.changed",
        "price.corrected",
    ),
    handle=count,
)  # fmt: skip
