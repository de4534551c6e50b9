"""What reviews make of events: a price that was flagged is to be reviewed, unless it was corrected."""

from collections.abc import Sequence

from listingapi.consuming.consumer import Consumer
from listingapi.events.cloud_events import CloudEvent
from listingapi.infra.database import Transaction
from listingapi.reviews import repository
from listingapi.reviews.flagged import FlaggedPrice, corrected_version, flagged_change, flagged_first


async def review(transaction: Transaction, events: Sequence[CloudEvent]) -> None:
    """Open the reviews of flagged prices, and settle those of corrected ones, whichever of the two is told first."""
    for event in events:
        await _review(transaction, event)


async def _review(transaction: Transaction, event: CloudEvent) -> None:
    if event.type.startswith("org.listingapi.price.corrected."):
        await repository.settle_corrected(transaction, int(event.subject), corrected_version(event))
    elif event.type.startswith("org.listingapi.price.changed."):
        await _open(transaction, flagged_change(event))
    else:
        await _open(transaction, flagged_first(event))


async def _open(transaction: Transaction, flagged: FlaggedPrice | None) -> None:
    if flagged:
        await repository.add(transaction, flagged)
        await repository.settle_corrected(transaction, flagged.listing_id, flagged.version)


CONSUMER = Consumer(name="reviews", types=("listing.created", "price.changed", "price.corrected"), handle=review)
