"""Checks events against the AsyncAPI document, by their type; every event that is seen in a test is to be checked.

`validate_event(event)` takes an event as parsed JSON, or as it came: the body of a message of RabbitMQ, or that of a
webhook. It fails the test if the document does not describe exactly that. Answers of the feed that come through the
`client` fixtures are checked by `tests/openapi.py`, streams by `tests/integration/events/reader.py`, what is stored by
`tests/told.py`. Whoever sees events elsewhere calls it for each of them:

    event = validate_event(message.body)
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs

from listingapi import asyncapi


def validate_event(event: Mapping[str, Any] | str | bytes) -> dict[str, Any]:
    """Fail on an event which the document does not describe; returns it parsed.

    The document lets events get more names. Here those are mistakes: who adds a name adds it to the Struct.
    """
    parsed: dict[str, Any] = json.loads(event) if isinstance(event, str | bytes) else dict(event)
    kind = str(parsed.get("type")).removeprefix("org.listingapi.").removesuffix(".v1")
    assert kind in document()["components"]["messages"], f"{parsed.get('type')} is the type of no event"
    _validator(kind).validate(parsed)
    return parsed


@cache
def document() -> dict[str, Any]:
    """The AsyncAPI document of the product."""
    return asyncapi.describe()


@cache
def _validator(kind: str) -> Any:
    components = _closed(document()["components"])
    payload = components["messages"][kind]["payload"]
    return jsonschema_rs.Draft7Validator(
        {"allOf": [payload], "components": {"schemas": components["schemas"]}}, validate_formats=True
    )


def _closed(part: Any) -> Any:
    """The same, but objects have no other properties than those that are named."""
    if isinstance(part, list):
        return [_closed(each) for each in part]
    if not isinstance(part, dict):
        return part
    closed = {name: _closed(value) for name, value in part.items()}
    return closed | {"additionalProperties": False} if isinstance(part.get("properties"), dict) else closed
