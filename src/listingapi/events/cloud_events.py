"""Events as they are answered: CloudEvents 1.0, structured JSON."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from listingapi.wire import Timestamp

EventType = Literal[
    "listing.created", "listing.updated", "listing.withdrawn", "listing.relisted",
    "price.changed", "price.scheduled", "price.corrected",
]  # fmt: skip

# What an account intends is nobody else's business.
PRIVATE = "price.scheduled"
FLAGS = "flags"


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event with its place in the feed; `data` is JSON as text, `trace` the traceparent of the request."""

    position: int
    listing_id: int
    version: int
    type: str
    account_id: int
    created_date: datetime
    trace: str | None
    data: str


class CloudEvent(Struct, kw_only=True):
    """What happened to a listing, as CloudEvents 1.0 has it; `data` depends on the type.

    `subject` is the id of the listing, and `sequence` its version: the events of a listing come in the order of their
    sequences. `account` is the id of the account that the listing belongs to. Whoever may get an event twice tells it
    by its `id`.
    """

    specversion: Literal["1.0"]
    id: str
    source: Annotated[str, Meta(extra_json_schema={"format": "uri-reference"})]
    type: Annotated[str, Meta(pattern=r"^org\.listingapi\.(listing|price)\.[a-z]+\.v1$")]
    subject: str
    time: Timestamp
    datacontenttype: Literal["application/json"]
    sequence: Annotated[str, Meta(pattern="^[0-9]+$")]
    account: Annotated[str, Meta(pattern="^[0-9]+$")]
    traceparent: str | UnsetType = UNSET
    data: Raw


def cloud_event(event: StoredEvent, viewer: int) -> CloudEvent:
    """The event as it is answered to an account; what pricing rules have against a price is their own account's."""
    return CloudEvent(
        specversion="1.0",
        source="/listings",
        datacontenttype="application/json",
        id=f"{event.listing_id}-{event.version}-{event.type}",
        type=f"org.listingapi.{event.type}.v1",
        subject=str(event.listing_id),
        time=event.created_date,
        sequence=str(event.version),
        account=str(event.account_id),
        traceparent=event.trace or UNSET,
        data=Raw(event.data.encode() if event.account_id == viewer else _without_flags(event.data)),
    )


def seen_by(event: CloudEvent, viewer: int) -> CloudEvent:
    """An event that holds all there is to say, as it is answered to an account."""
    if event.account == str(viewer):
        return event
    return msgspec.structs.replace(event, data=Raw(_without_flags(event.data)))


def _without_flags(data: str | Raw) -> bytes:
    fields = msgspec.json.decode(data, type=dict[str, Raw])
    return msgspec.json.encode({name: value for name, value in fields.items() if name != FLAGS})
