"""Who has asked, and says then that nothing more comes (`shutdown(SHUT_WR)`), is answered; that ends the connection."""

import json
import socket
import time
from collections.abc import Callable, Iterator

import pytest

from listingapi.access.scopes import Scope
from listingapi.app import create_app
from tests import factories
from tests.conftest import TestDatabase
from tests.edge import listening
from tests.sockets import TIMEOUT_SECONDS, exchange, request

Address = tuple[str, int]

BODY = json.dumps(factories.listing()).encode()
WRITE = request(b"POST", b"/listings", BODY)
AT_ONCE_SECONDS = 15.0


def read(path: str, *lines: str) -> bytes:
    return "\r\n".join((f"GET {path} HTTP/1.1", "Host: localhost", *lines, "", "")).encode()


@pytest.fixture(scope="module", params=[frozenset(Scope), frozenset({Scope.LISTINGS_READ})], ids=["all", "reads"])
def address(create_database: Callable[[], TestDatabase], request: pytest.FixtureRequest) -> Iterator[Address]:
    """A server with a listing of which nothing is kept, where anybody may write, or read only."""
    database = create_database()
    with listening(create_app(database.settings())) as writable:
        assert exchange(writable, WRITE).status == 201
    settings = database.settings(anonymous_scopes=request.param, cache_megabytes=0)
    with listening(create_app(settings)) as address:
        yield address


def half_closed(address: Address, sent: bytes) -> bytes:
    """All that is answered to who says no more than that."""
    with socket.create_connection(address, TIMEOUT_SECONDS) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def statuses(answers: bytes) -> list[int]:
    """Those of answers one after the other."""
    return [int(after[:3]) for after in answers.split(b"HTTP/1.1 ")[1:]]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        pytest.param(read("/listings/1"), [200], id="a listing"),
        pytest.param(read("/listings/1/prices"), [200], id="a history"),
        pytest.param(read("/listings"), [200], id="a list"),
        pytest.param(read("/listings/9"), [404], id="what is not there"),
        pytest.param(read("/listings/1") + read("/listings") + read("/listings/1/prices"), [200] * 3, id="several"),
        pytest.param(read("/listings") + read("/listings/1") + b"GET /li", [200] * 2, id="what came whole"),
    ],
)
def test_what_was_asked_for_is_answered(address: Address, sent: bytes, expected: list[int]) -> None:
    for _ in range(3):
        assert statuses(half_closed(address, sent)) == expected


@pytest.mark.parametrize("address", [frozenset(Scope)], ids=["all"], indirect=True)
def test_a_write_is_answered(address: Address) -> None:
    assert statuses(half_closed(address, WRITE)) == [201]
    assert statuses(half_closed(address, WRITE + read("/listings") + WRITE)) == [201, 200, 201]


@pytest.mark.parametrize("address", [frozenset(Scope)], ids=["all"], indirect=True)
@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(read("/events?types=price.changed", "Prefer: wait=60"), id="a wait"),
        pytest.param(read("/events/stream?types=price.changed"), id="a stream"),
    ],
)
def test_events_are_waited_for_no_more(address: Address, sent: bytes) -> None:
    """Who has gone altogether looks the same, and is to cost nothing."""
    began = time.monotonic()

    assert statuses(half_closed(address, sent)) == [200]
    assert time.monotonic() - began < AT_ONCE_SECONDS


@pytest.mark.parametrize("address", [frozenset(Scope)], ids=["all"], indirect=True)
def test_half_of_a_request_is_answered_by_nothing(address: Address) -> None:
    assert [half_closed(address, sent) for sent in (b"", b"GET /li", WRITE[:-1])] == [b"", b"", b""]
