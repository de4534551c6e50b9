"""A consumer more, whose effect is a row for each event: in order, and as often as it takes effect."""

from collections.abc import Sequence
from typing import Any

from listingapi import consumers
from listingapi.consuming.consumer import Consumer
from listingapi.consuming.incoming import Incoming
from listingapi.events.cloud_events import CloudEvent
from listingapi.infra.database import Transaction

RECORD = "INSERT INTO effect (listing_id, version, type) VALUES ($1, $2, $3)"


async def record(transaction: Transaction, events: Sequence[CloudEvent]) -> None:
    """Have the effects."""
    for incoming in map(Incoming.of, events):
        await transaction.fetch(RECORD, incoming.listing_id, incoming.version, incoming.type)


RECORDER = Consumer("effects", ("listing.created", "price.changed"), record)


def install() -> None:
    """Have it among the consumers of this process."""
    consumers_of = consumers.consumers_of

    def with_recorder(*given: Any, **named: Any) -> list[Consumer]:
        return [*consumers_of(*given, **named), RECORDER]

    install_in: Any = consumers
    install_in.consumers_of = with_recorder
