"""The SQL of the outbox: each event commits with the write that it tells of, and is taken from there by the feed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from listingapi.answers import to_json
from listingapi.events.schemas import Event
from listingapi.infra.write import Write


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """The write that events are of: which version it gave which listing of which account, when, and its trace."""

    listing_id: int
    version: int
    account_id: int
    time: datetime
    trace: str | None


def enqueue(write: Write, events: Sequence[Event], occasion: Occasion) -> None:
    """Add events to a write on a listing, in their order.

    Their numbers are drawn for the row of the guard, and so while the listing is locked: they rise with its versions.
    """
    if not events:
        return
    listing_id = write.bind_column("listing_id", occasion.listing_id, "bigint")
    version = write.bind_column("version", occasion.version, "bigint")
    account_id = write.bind_column("account_id", occasion.account_id, "bigint")
    time = write.bind_column("created_date", occasion.time, "timestamptz")
    trace = write.bind(occasion.trace, "text")
    several = ", ".join(
        f"({write.bind(event.type, 'text')}, {write.bind(data_of(event), 'text')}, {place})"
        for place, event in enumerate(events)
    )
    write.add(f"""
        INSERT INTO outbox (listing_id, version, type, account_id, created_date, trace, data)
        SELECT {listing_id}, {version}, type, {account_id}, {time}, {trace}, data
        FROM guard CROSS JOIN LATERAL (VALUES {several}) AS event (type, data, place)
        ORDER BY place
    """)


def enqueue_given(write: Write, kind: type[Event], trace: str | None) -> None:
    """Add an event of this kind for each row of the part called `given`, whose listings the transaction holds locked.

    A row has `listing_id`, `version`, `owner_id`, `created_date` and, as `event`, the data.
    """
    write.add(f"""
        INSERT INTO outbox (listing_id, version, type, account_id, created_date, trace, data)
        SELECT listing_id, version, {write.bind(kind.type, "text")}, owner_id, created_date,
            {write.bind(trace, "text")}, event
        FROM given
    """)


def data_of(event: Event) -> str:
    """The data of an event as it stands on the wire."""
    return to_json(event).decode()
