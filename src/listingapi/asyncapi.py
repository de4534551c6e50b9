"""The AsyncAPI 3.0 document: which events there are, and where they can be had."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

import yaml

from listingapi.app import utc_now
from listingapi.asyncapi_messages import CLOUD_EVENT_JSON, EVENTS, messages, schemas
from listingapi.consumers import consumers_of
from listingapi.consuming.consumer import Consumer
from listingapi.events.feed import FeedSearch
from listingapi.events.prefer import BATCH
from listingapi.events.rabbitmq import EVENTS as EVENTS_EXCHANGE
from listingapi.events.rabbitmq import dead_queue_of, queue_of
from listingapi.json_schemas import schemas_of

TYPES = tuple(event.type for event in EVENTS)

ABOUT = """
What happens to listings and prices: each change exactly once, in order, and none that did not happen.

An event is a CloudEvent 1.0 in structured JSON. Whoever may get one twice tells it by its `id`; the events of a
listing, `subject`, come in the order of their `sequence`. Events and their data may get more names; what means
something else gets a type of another version.

Over HTTP, and by webhook, `price.scheduled` and the `flags` of `price.changed` are told to the listing's own account
only. In RabbitMQ, all events have all that is known.
"""
ABOUT_FEED = """
A page of events, oldest first, with a link to what comes after it; with `Prefer: wait` it waits for the next one.
`GET /events` of the OpenAPI document says more.
"""
ABOUT_STREAM = """
The same as server-sent events: `event:` is the type without its version, `data:` the event, and `id:` its position in
the feed, to go on from by `Last-Event-ID`.
"""
ABOUT_WEBHOOKS = """
The address that an account has subscribed. A delivery is signed as Standard Webhooks have it, in the headers
`webhook-id`, `webhook-timestamp` and `webhook-signature`.
"""

Described = dict[str, Any]


class _Plain(yaml.SafeDumper):
    """Writes everything out where it stands, texts of several lines as such."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - it holds of any
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Plain.add_representer(str, _text)


def as_yaml(described: Described) -> str:
    """Write the document as people read it."""
    return yaml.dump(described, Dumper=_Plain, sort_keys=False, allow_unicode=True, default_flow_style=None, width=120)


def describe() -> Described:
    """The AsyncAPI document of the product."""
    return document(consumers_of(utc_now))


def document(consumers: Sequence[Consumer]) -> Described:
    """The document, with the queue of each consumer."""
    channels = _channels(consumers)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "The events of ListingAPI", "version": version("listingapi"), "description": ABOUT.strip()},
        "defaultContentType": CLOUD_EVENT_JSON,
        "servers": {
            "api": _server("http", "127.0.0.1:8080", "The HTTP API."),
            "rabbitmq": _server("amqp", "127.0.0.1:5672", "RabbitMQ 3.10 or newer.", protocolVersion="0.9.1"),
        },
        "channels": channels,
        "operations": _operations(channels, consumers),
        "components": {"messages": messages(), "schemas": schemas()},
    }


def _server(protocol: str, host: str, about: str, **more: Any) -> Described:
    variables = {"host": {"default": host, "description": "Where it is deployed."}}
    return {"host": "{host}", "protocol": protocol, **more, "description": about, "variables": variables}


def _channels(consumers: Sequence[Consumer]) -> dict[str, Described]:
    return {
        "exchange": _exchange(),
        **{f"queue-{consumer.name}": _queue(consumer) for consumer in consumers},
        "feed": _channel("/events", "api", ABOUT_FEED) | {"messages": {"page": _page()}},
        "stream": _channel("/events/stream", "api", ABOUT_STREAM),
        "webhooks": _channel(None, None, ABOUT_WEBHOOKS),
    }


def _channel(address: str | None, server: str | None, about: str, types: Sequence[str] = TYPES) -> Described:
    return {
        "address": address,
        "description": about.strip(),
        **({"servers": [{"$ref": f"#/servers/{server}"}]} if server else {}),
        "messages": {kind: {"$ref": f"#/components/messages/{kind}"} for kind in types},
    }


def _exchange() -> Described:
    exchange = {"name": EVENTS_EXCHANGE.name, "type": "topic", "durable": True, "autoDelete": False}
    about = "All events, by the type as the routing key. Bind a queue of your own for those that you want."
    return _channel("{type}", "rabbitmq", about) | {
        "parameters": {"type": {"enum": [*TYPES], "description": "The type without its version, the routing key."}},
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": "0.3.0"}},
    }


def _queue(consumer: Consumer) -> Described:
    name = queue_of(consumer.name).name
    queue = {"name": name, "durable": True, "exclusive": False, "autoDelete": False}
    dead = dead_queue_of(consumer.name).name
    about = f"The quorum queue of the consumer `{consumer.name}`. What fails there for good goes to `{dead}`."
    return _channel(name, "rabbitmq", about, consumer.types) | {
        "bindings": {"amqp": {"is": "queue", "queue": queue, "bindingVersion": "0.3.0"}}
    }


def _page() -> Described:
    items = {"oneOf": [{"$ref": f"#/components/schemas/{kind}"} for kind in TYPES]}
    return {
        "name": "page",
        "title": "Page",
        "summary": "Some events, oldest first.",
        "contentType": BATCH,
        "payload": {"type": "array", "items": items},
    }


def _operations(channels: Mapping[str, Described], consumers: Sequence[Consumer]) -> dict[str, Described]:
    def operation(action: str, channel: str, about: str, **bindings: Any) -> Described:
        named = {protocol: binding | {"bindingVersion": "0.3.0"} for protocol, binding in bindings.items()}
        references = [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in channels[channel]["messages"]]
        return {
            "action": action,
            "channel": {"$ref": f"#/channels/{channel}"},
            "summary": about,
            "bindings": named,
            "messages": references,
        }

    asked: Any = {"method": "GET", "query": _query()}
    return {
        "publish": operation(
            "send", "exchange", "The relay publishes each event.", amqp={"deliveryMode": 2, "mandatory": True}
        ),
        **{
            consumer.name: operation(
                "receive",
                f"queue-{consumer.name}",
                f"A worker has them consumed by `{consumer.name}`.",
                amqp={"ack": True},
            )
            for consumer in consumers
        },
        "get-events": operation("send", "feed", "Answer a page of the feed.", http=asked),
        "get-event-stream": operation("send", "stream", "Stream the feed.", http=asked),
        "deliver": operation("send", "webhooks", "Deliver an event to a subscriber.", http={"method": "POST"}),
    }


def _query() -> Described:
    """The parameters that the feed and its stream share."""
    return schemas_of([FeedSearch])["FeedSearch"]
