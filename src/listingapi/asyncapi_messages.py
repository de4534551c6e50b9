"""The events as the AsyncAPI document describes them: of each type a message, a whole CloudEvent with its data."""

from typing import Any

from listingapi.events.cloud_events import CloudEvent
from listingapi.events.schemas import Event
from listingapi.json_schemas import schemas_of
from listingapi.listings.announcements import ListingCreated, ListingRelisted, ListingUpdated, ListingWithdrawn
from listingapi.prices.announcements import PriceChanged, PriceCorrected, PriceScheduled

EVENTS: tuple[type[Event], ...] = (
    ListingCreated, ListingUpdated, ListingWithdrawn, ListingRelisted, PriceChanged, PriceScheduled, PriceCorrected,
)  # fmt: skip
CLOUD_EVENT_JSON = "application/cloudevents+json"

NUMBER = "[0-9]+"
TRACEPARENT = "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"


def messages() -> dict[str, Any]:
    """The messages by the types of their events."""
    return {event.type: _message(event) for event in EVENTS}


def schemas() -> dict[str, Any]:
    """The schemas of the messages, under the types of their events, and of what they are made of."""
    parts = schemas_of((CloudEvent, *EVENTS))
    parts["PriceCorrected"]["oneOf"] = [{"required": [name]} for name in ("price_eur", "void")]
    cloud_event = parts.pop("CloudEvent")
    return {event.type: _cloud_event(cloud_event, event) for event in EVENTS} | parts


def _message(event: type[Event]) -> dict[str, Any]:
    about, _, more = schemas_of([event])[event.__name__]["description"].partition("\n\n")
    return {
        "name": f"org.listingapi.{event.type}.v1",
        "title": event.__name__,
        "summary": about,
        **({"description": more} if more else {}),
        "contentType": CLOUD_EVENT_JSON,
        "payload": {"$ref": f"#/components/schemas/{event.type}"},
    }


def _cloud_event(any_event: dict[str, Any], event: type[Event]) -> dict[str, Any]:
    """The schema of an event of one type."""
    said = {
        "id": {"type": "string", "pattern": f"^{NUMBER}-{NUMBER}-{event.type.replace('.', '[.]')}$"},
        "source": {"enum": ["/listings"]},
        "type": {"enum": [f"org.listingapi.{event.type}.v1"]},
        "subject": {"type": "string", "pattern": f"^{NUMBER}$"},
        "traceparent": {"type": "string", "pattern": TRACEPARENT},
        "data": {"$ref": f"#/components/schemas/{event.__name__}"},
    }
    return any_event | {"title": f"{event.__name__} event", "properties": any_event["properties"] | said}
