"""Which subscriptions an event is for, as far as the event itself says so; pure."""

from dataclasses import dataclass
from decimal import Decimal

import msgspec
from msgspec import Struct

from listingapi.events.cloud_events import CloudEvent
from listingapi.listings.filters import Wanted
from listingapi.webhooks.schemas import CHANGE_OF_PRICE


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a webhook asks for, beside the types and the listing; cuts in percent and in euros."""

    account_id: int
    webhook_id: int
    wanted: Wanted | None = None
    min_cut_percent: Decimal | None = None
    min_cut_eur: Decimal | None = None


class Change(Struct):
    """By how much a price changed, exactly; the percentage that events tell is rounded."""

    previous_price_eur: Decimal
    change_eur: Decimal


def is_large_enough(subscription: Subscription, event: CloudEvent, event_type: str) -> bool:
    """Whether an event is no change of a price, or a cut that is as large as the subscription asks for."""
    percent, euros = subscription.min_cut_percent, subscription.min_cut_eur
    if event_type != CHANGE_OF_PRICE or (percent is None and euros is None):
        return True
    change = msgspec.json.decode(event.data, type=Change)
    return change.change_eur < 0 and (
        (percent is not None and -change.change_eur * 100 >= percent * change.previous_price_eur)
        or (euros is not None and -change.change_eur >= euros)
    )
