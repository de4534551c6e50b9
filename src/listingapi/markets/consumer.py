"""What markets make of events: whatever happened to a listing, what is kept of it is made anew."""

from listingapi.consuming.consumer import Consumer
from listingapi.events.cloud_events import CloudEvent
from listingapi.infra.database import Transaction
from listingapi.markets import repository


async def count(transaction: Transaction, event: CloudEvent) -> None:
    """Count the event's listing as it is now; an event that comes late, or twice, changes nothing by that."""
    await repository.keep(transaction, int(event.subject))


CONSUMER = Consumer(
    name="statistics",
    types=(
        "listing.created", "listing.updated", "listing.withdrawn", "listing.relisted", "price.changed",
        "price.corrected",
    ),
    handle=count,
)  # fmt: skip
