"""Messages are read as events, or it is said why they are none."""

import json
from typing import Any

import pytest

from listingapi.consuming.incoming import Incoming, Unreadable, read, written

EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "1-2-price.changed",
    "source": "/listings",
    "type": "org.listingapi.price.changed.v1",
    "subject": "1",
    "time": "2026-11-23T01:00:39.178356Z",
    "datacontenttype": "application/json",
    "sequence": "2",
    "account": "1",
    "data": {"price_eur": 285000.10},
}


def body(**changed: Any) -> bytes:
    return json.dumps({**EVENT, **changed}).encode()


def test_an_event_is_read_with_what_it_is_told_by() -> None:
    found = read(body())

    assert (found.listing_id, found.version, found.type, found.id) == (1, 2, "price.changed", "1-2-price.changed")
    assert bytes(found.event.data) == b'{"price_eur": 285000.1}'


def test_an_event_is_written_as_it_is_read() -> None:
    assert read(written(read(body()))) == read(body())
    assert Incoming.of(read(body()).event) == read(body())


def test_what_later_releases_say_beside_is_passed_over() -> None:
    assert read(body(region="eu", dataschema={"a": [1]})) == read(body())


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        pytest.param(b"", "It is no JSON object.", id="nothing"),
        pytest.param(b"\x80\x81", "It is no JSON object.", id="no text"),
        pytest.param(b"[1]", "It is no JSON object.", id="an array"),
        pytest.param(b'{"a":' * 100_000, "It is no JSON object.", id="a very deep object"),
        pytest.param(body()[:-1], "It is no JSON object.", id="half an event"),
        pytest.param(b"{}", "Object missing required field `specversion`.", id="an object of nothing"),
        pytest.param(body(specversion="2.0"), "Invalid enum value '2.0' - at `$.specversion`.", id="another version"),
        pytest.param(
            body(subject="one"), "Its subject is no integer from 0 to 9223372036854775807.", id="a subject without id"
        ),
        pytest.param(
            body(subject=str(2**63)), "Its subject is no integer from 0 to 9223372036854775807.", id="a large subject"
        ),
        pytest.param(
            body(sequence="9" * 5000), "Its sequence is no integer from 0 to 9223372036854775807.", id="a long sequence"
        ),
    ],
)
def test_what_is_no_event_is_said_to_be_none(message: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(message)

    assert str(refused.value) == reason
