"""The spans of publishing, by the semantic conventions for messaging; each is a part of the trace of its event."""

from contextlib import AbstractContextManager, nullcontext

from msgspec import UNSET

from listingapi.events.cloud_events import CloudEvent
from listingapi.infra import tracing

# What brings events, as traces call it.
RABBITMQ = "rabbitmq"
WITHIN = "listingapi"


def publishing(
    event: CloudEvent, system: str, destination: str, routing_key: str
) -> AbstractContextManager[str | None]:
    """Publish an event within the block; gives the trace to send along."""
    parent = None if event.traceparent is UNSET else event.traceparent
    if parent is None or not tracing.is_sampled(parent):
        return nullcontext(parent)
    attributes = {
        "messaging.system": system,
        "messaging.operation.type": "send",
        "messaging.operation.name": "publish",
        "messaging.destination.name": destination,
        "messaging.message.id": event.id,
        "listingapi.event_type": routing_key,
    }
    return tracing.span(f"publish {destination}", "producer", parent, attributes)
