"""The AsyncAPI document is a sound one, describes every event, and is what events are really held to."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, get_args

import jsonschema_rs
import pytest
import yaml

from listingapi.answers import to_json
from listingapi.asyncapi import as_yaml
from listingapi.events.cloud_events import EventType, StoredEvent, cloud_event
from tests.asyncapi import document, validate_event
from tests.integration.events.outbox import NOW
from tests.samples import data_of

# What the specification lets objects have, of that which is used here. Its own JSON schema comes with packages for Node
# alone, which the tests do not need.
ALLOWED = {
    "": {"asyncapi", "info", "defaultContentType", "servers", "channels", "operations", "components"},
    "servers": {"host", "protocol", "protocolVersion", "description", "variables"},
    "channels": {"address", "description", "servers", "messages", "parameters", "bindings"},
    "operations": {"action", "channel", "summary", "bindings", "messages"},
    "messages": {"name", "title", "summary", "description", "contentType", "payload"},
}
REQUIRED = {
    "": {"asyncapi", "info"},
    "servers": {"host", "protocol"},
    "channels": {"address", "messages"},
    "operations": {"action", "channel"},
    "messages": {"payload"},
}
KEY = re.compile(r"[A-Za-z0-9._-]+")


def objects(kind: str) -> dict[str, Any]:
    whole = document()
    found: dict[str, Any] = {"": whole} if not kind else whole["components" if kind == "messages" else kind]
    return found["messages"] if kind == "messages" else found


def event(kind: str, **changed: Any) -> dict[str, Any]:
    stored = StoredEvent(1, 7, 3, kind, 4, NOW, None, data_of(kind))
    parsed: dict[str, Any] = json.loads(to_json(cloud_event(stored, viewer=4)))
    return parsed | changed


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def found_at(reference: str) -> Any:
    found: Any = document()
    for name in reference.removeprefix("#/").split("/"):
        found = found[name]
    return found


@pytest.mark.parametrize("kind", ALLOWED)
def test_objects_are_as_the_specification_has_them(kind: str) -> None:
    for name, described in objects(kind).items():
        assert REQUIRED[kind] <= described.keys() <= ALLOWED[kind]
        assert not name or KEY.fullmatch(name)


def test_every_reference_leads_somewhere() -> None:
    found = [found_at(reference) for reference in references(document())]

    assert len(found) > 50
    assert all(isinstance(each, dict) for each in found)


@pytest.mark.parametrize("name", document()["operations"])
def test_the_messages_of_an_operation_are_those_of_its_channel(name: str) -> None:
    operation = document()["operations"][name]

    assert operation["action"] in {"send", "receive"}
    channel = operation["channel"]["$ref"]
    messages = {f"{channel}/messages/{kind}" for kind in found_at(channel)["messages"]}
    assert {each["$ref"] for each in operation["messages"]} == messages


def test_every_type_of_event_is_described() -> None:
    assert set(document()["components"]["messages"]) == set(get_args(EventType))
    assert set(document()["channels"]["exchange"]["parameters"]["type"]["enum"]) == set(get_args(EventType))


@pytest.mark.parametrize("kind", get_args(EventType))
def test_a_payload_is_a_schema_that_takes_events_of_its_type_alone(kind: str) -> None:
    payload = document()["components"]["messages"][kind]["payload"]
    schema = {"allOf": [payload], "components": document()["components"]}
    jsonschema_rs.meta.validate(found_at(payload["$ref"]) | {"$schema": "http://json-schema.org/draft-07/schema#"})

    taken = [each for each in get_args(EventType) if jsonschema_rs.Draft7Validator(schema).is_valid(event(each))]

    assert taken == [kind]


@pytest.mark.parametrize("kind", get_args(EventType))
def test_events_may_get_more_names(kind: str) -> None:
    """Whoever holds events to the document must not refuse those of a later release."""
    payload = document()["components"]["messages"][kind]["payload"]
    later = event(kind, more=1)
    later["data"] |= {"more": 1}

    assert jsonschema_rs.Draft7Validator({"allOf": [payload], "components": document()["components"]}).is_valid(later)


def test_yaml_says_the_same() -> None:
    assert yaml.safe_load(as_yaml(document())) == document()


@pytest.mark.parametrize("kind", get_args(EventType))
def test_an_event_that_is_right_passes(kind: str) -> None:
    assert validate_event(to_json(event(kind))) == validate_event(event(kind)) == event(kind)


@pytest.mark.parametrize(
    "wrong",
    [
        {"specversion": "0.3"}, {"id": "7-3-price.scheduled"}, {"id": "x"}, {"source": "/prices"}, {"subject": 7},
        {"subject": "x"}, {"time": "yesterday"}, {"datacontenttype": "text/plain"}, {"sequence": 3},
        {"account": "the one"}, {"traceparent": "00-1-2-01"}, {"traceparent": None}, {"more": 1}, {"data": None},
        {"data": {}}, {"type": "price.changed"}, {"type": "org.listingapi.price.scheduled.v1"},
    ],
    ids=str,
)  # fmt: skip
def test_an_event_with_a_wrong_field_fails(wrong: dict[str, Any]) -> None:
    with pytest.raises(jsonschema_rs.ValidationError):
        validate_event(event("price.changed", **wrong))


@pytest.mark.parametrize("kind", get_args(EventType))
def test_an_event_with_a_wrong_name_in_its_data_fails(kind: str) -> None:
    for name in event(kind)["data"]:
        wrong = deepcopy(event(kind))
        wrong["data"][f"{name}s"] = wrong["data"].pop(name)
        with pytest.raises(jsonschema_rs.ValidationError):
            validate_event(wrong)


@pytest.mark.parametrize("name", event("price.changed"))
def test_an_event_without_a_field_fails(name: str) -> None:
    wrong = event("price.changed")
    del wrong[name]

    with pytest.raises((jsonschema_rs.ValidationError, AssertionError)):
        validate_event(wrong)


@pytest.mark.parametrize("kind", ["org.listingapi.price.changed.v2", "org.listingapi.price.dropped.v1"])
def test_an_event_of_no_type_fails(kind: str) -> None:
    with pytest.raises(AssertionError, match="the type of no event"):
        validate_event(event("price.changed", type=kind))


def test_a_correction_has_a_price_or_is_void() -> None:
    for data in ({"void": True}, {"price_eur": None}):
        wrong = event("price.corrected")
        wrong["data"] |= data
        with pytest.raises(jsonschema_rs.ValidationError):
            validate_event(wrong)
