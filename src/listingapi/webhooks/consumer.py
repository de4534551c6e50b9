"""What webhooks make of events: a delivery for each webhook that wants to be told."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import get_args

from listingapi.answers import to_json
from listingapi.consuming.consumer import Consumer
from listingapi.consuming.incoming import Incoming
from listingapi.events.cloud_events import CloudEvent, EventType, seen_by
from listingapi.infra.database import Transaction
from listingapi.listings.search_service import finds
from listingapi.webhooks import delivery_repository, repository
from listingapi.webhooks.matching import Subscription, is_large_enough

# More than these may take longer than a statement has.
JUDGED_AT_ONCE = 5_000


def consumer_with(clock: Callable[[], datetime]) -> Consumer:
    """The consumer whose deliveries are due by this clock."""

    async def handle(transaction: Transaction, events: Sequence[CloudEvent]) -> None:
        for incoming in await repository.asked_for(transaction, [Incoming.of(event) for event in events]):
            await tell(transaction, incoming, clock().astimezone(UTC))

    return Consumer("webhooks", get_args(EventType), handle)


async def tell(transaction: Transaction, incoming: Incoming, now: datetime) -> None:
    """Add a delivery for each webhook that is active, may see the event, and asks for it."""
    if told := await _told(transaction, incoming):
        pairs = [(each.account_id, each.webhook_id) for each in told]
        await delivery_repository.add(transaction, incoming, _seen(incoming.event, told), told=pairs, now=now)


async def _told(transaction: Transaction, incoming: Incoming) -> Sequence[Subscription]:
    """Whose webhooks are told; a listing that changes while searches are held against it is looked at again."""
    while True:
        version, subscribed = await repository.subscribed(transaction, incoming)
        wanting = [each for each in subscribed if is_large_enough(each, incoming.event, incoming.type)]
        told = await _whose_search_finds(transaction, incoming.listing_id, wanting)
        is_judged = any(each.wanted for each in wanting)
        if not is_judged or await repository.is_at(transaction, incoming.listing_id, version):
            return told


async def _whose_search_finds(
    transaction: Transaction, listing_id: int, subscriptions: Sequence[Subscription]
) -> Sequence[Subscription]:
    """Those that have no search, or one that finds the listing as it is now."""
    searching = [(each, each.wanted) for each in subscriptions if each.wanted]
    found = [each for each in subscriptions if not each.wanted]
    for start in range(0, len(searching), JUDGED_AT_ONCE):
        some = searching[start : start + JUDGED_AT_ONCE]
        judgements = await finds(transaction, listing_id, [wanted for _, wanted in some])
        found += [each for (each, _), is_found in zip(some, judgements, strict=True) if is_found]
    return found


def _seen(event: CloudEvent, told: Sequence[Subscription]) -> Mapping[bool, str]:
    """The event as JSON, as its own account sees it (true) and as others do, whichever of the two are told."""
    viewers = {str(each.account_id) == event.account: each.account_id for each in told}
    return {is_own: to_json(seen_by(event, viewer)).decode() for is_own, viewer in viewers.items()}
