"""Events as they come to consumers: whose they are, and which of that one's."""

import re
from dataclasses import dataclass, replace
from typing import Self

import msgspec
from msgspec import Raw

from listingapi.events.cloud_events import CloudEvent
from listingapi.events.spans import WITHIN
from listingapi.infra.tracing import TRACEPARENT
from listingapi.pagination import LARGEST_BIGINT

TYPE = re.compile(r"org\.listingapi\.(?P<type>.+)\.v1")
NUMBER = re.compile("[0-9]{1,19}")


class Unreadable(Exception):
    """A message is no event; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event with what it is told by: the listing, its version then, and the type without its own version.

    `trace` is the traceparent of what brought it, else that of the request that made it, if there is any.
    """

    listing_id: int
    version: int
    type: str
    event: CloudEvent
    trace: str | None = None
    brought_by: str = WITHIN

    @classmethod
    def of(cls, event: CloudEvent) -> Self:
        """Read the names of an event.

        Raises:
            Unreadable: they are none that our events have.
        """
        found = TYPE.fullmatch(event.type)
        if found is None:
            raise Unreadable(f"Its type is {event.type}.")
        listing_id, version = _number(event.subject, "subject"), _number(event.sequence, "sequence")
        return cls(listing_id, version, found["type"], event, trace_in(event.traceparent))

    def brought(self, by: str, trace: object) -> Self:
        """The same, as something brought it that may have had a trace along."""
        trace = trace_in(trace) or self.trace
        if (by, trace) == (self.brought_by, self.trace):
            return self
        return replace(self, brought_by=by, trace=trace)

    @property
    def id(self) -> str:
        """What people call it; the event has it, too."""
        return f"{self.listing_id}-{self.version}-{self.type}"


def read(body: bytes) -> Incoming:
    """The event in a message; what later releases say beside what is known is passed over.

    Raises:
        Unreadable: it is none.
    """
    known = {name: value for name, value in _fields(body).items() if name in CloudEvent.__struct_fields__}
    try:
        return Incoming.of(msgspec.json.decode(msgspec.json.encode(known), type=CloudEvent))
    except msgspec.ValidationError as error:
        raise Unreadable(f"{error}.") from None


def written(incoming: Incoming) -> bytes:
    """The same event as the body of a message."""
    return msgspec.json.encode(incoming.event)


def trace_in(given: object) -> str | None:
    """The trace that something says it is a part of; one that can't be read is none."""
    return given if isinstance(given, str) and TRACEPARENT.fullmatch(given) else None


def _fields(body: bytes) -> dict[str, Raw]:
    try:
        return msgspec.json.decode(body.decode(), type=dict[str, Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Unreadable("It is no JSON object.") from None


def _number(text: str, name: str) -> int:
    if not NUMBER.fullmatch(text) or int(text) > LARGEST_BIGINT:
        raise Unreadable(f"Its {name} is no integer from 0 to {LARGEST_BIGINT}.")
    return int(text)
