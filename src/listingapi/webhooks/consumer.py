"""What webhooks make of events: a delivery for each webhook that wants to be told."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import get_args

from listingapi.answers import to_json
from listingapi.consuming.consumer import Consumer
from listingapi.consuming.incoming import Incoming
from listingapi.events.cloud_events import PRIVATE, CloudEvent, EventType, seen_by
from listingapi.infra.database import Transaction
from listingapi.listings.search_service import finds
from listingapi.webhooks import delivery_repository, repository
from listingapi.webhooks.matching import Subscription, is_large_enough

# Searches are put together into one statement, which may name no more than so many values.
JUDGED_AT_ONCE = 200


def consumer_with(clock: Callable[[], datetime]) -> Consumer:
    """The consumer whose deliveries are due by this clock."""

    async def handle(transaction: Transaction, events: Sequence[CloudEvent]) -> None:
        for event in events:
            await tell(transaction, event, clock().astimezone(UTC))

    return Consumer("webhooks", get_args(EventType), handle)


async def tell(transaction: Transaction, event: CloudEvent, now: datetime) -> None:
    """Add a delivery for each webhook that is active, may see the event, and asks for it."""
    incoming = Incoming.of(event)
    subscribed = await repository.subscribed(
        transaction,
        listing_id=incoming.listing_id,
        event_type=incoming.type,
        owner_id=int(event.account),
        is_private=incoming.type == PRIVATE,
    )
    wanted = [each for each in subscribed if is_large_enough(each, event, incoming.type)]
    told = await _whose_search_finds(transaction, incoming.listing_id, wanted)
    if told:
        pairs = [(each.account_id, each.webhook_id) for each in told]
        await delivery_repository.add(transaction, incoming, _seen(event, told), told=pairs, now=now)


async def _whose_search_finds(
    transaction: Transaction, listing_id: int, subscriptions: Sequence[Subscription]
) -> Sequence[Subscription]:
    """Those that have no search, or one that finds the listing as it is now."""
    searching = [(each, each.search.wanted) for each in subscriptions if each.search]
    found = [each for each in subscriptions if not each.search]
    for start in range(0, len(searching), JUDGED_AT_ONCE):
        some = searching[start : start + JUDGED_AT_ONCE]
        judgements = await finds(transaction, listing_id, [wanted for _, wanted in some])
        found += [each for (each, _), is_found in zip(some, judgements, strict=True) if is_found]
    return found


def _seen(event: CloudEvent, told: Sequence[Subscription]) -> Mapping[bool, str]:
    """The event as JSON, as its own account sees it (true) and as others do, whichever of the two are told."""
    viewers = {str(each.account_id) == event.account: each.account_id for each in told}
    return {is_own: to_json(seen_by(event, viewer)).decode() for is_own, viewer in viewers.items()}
