"""Clients that dawdle are waited for only so long, and hold up nobody meanwhile."""

import asyncio
import re
import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from threading import Event
from time import monotonic
from typing import Any

import pytest
from litestar.enums import ScopeType
from litestar.types import Receive, Scope, Send

from listingapi.answers import Answer
from listingapi.app import create_app
from listingapi.infra.headers import AnswerHeaders
from listingapi.infra.observed import Observed
from tests.conftest import TestDatabase
from tests.edge import HastyProtocol, listening
from tests.sockets import TIMEOUT_SECONDS, exchange, read_answer, request

HEAD = b"POST /read HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n"
TICK_SECONDS = 0.05
LARGE = 32 * 1024 * 1024
DATABASE_CONNECTIONS = 2


class Application:
    """Answers how long a body was; `/early` does not read it, `/work` takes until the test says, `/large` says much."""

    def __init__(self) -> None:
        self.is_done = Event()
        self.was_left = Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            return
        length = 0
        if scope["path"] == "/work":
            await asyncio.to_thread(self.is_done.wait, TIMEOUT_SECONDS)
        elif scope["path"] == "/read":
            length = await self.read(receive)
        await Answer(200, b"x" * LARGE if scope["path"] == "/large" else b"%d" % length).send(send)

    async def read(self, receive: Receive) -> int:
        """The length of the body, as far as it comes."""
        length = 0
        while True:
            message: Any = await receive()
            if message["type"] == "http.disconnect":
                self.was_left.set()
                return length
            length += len(message["body"])
            if not message["more_body"]:
                return length


@pytest.fixture
def application() -> Iterator[Application]:
    application = Application()
    yield application
    application.is_done.set()


@pytest.fixture
def address(application: Application) -> Iterator[tuple[str, int]]:
    with listening(Observed(AnswerHeaders(application), 0), lifespan="off", timeout_keep_alive=1) as address:
        yield address


@pytest.fixture
def connection(address: tuple[str, int]) -> Iterator[socket.socket]:
    with socket.create_connection(address, TIMEOUT_SECONDS) as connected:
        yield connected


def drip(connection: socket.socket, sent: bytes) -> None:
    """Send byte after byte, until there is an answer."""
    for number in range(len(sent)):
        if select.select([connection], [], [], TICK_SECONDS)[0]:
            return
        connection.sendall(sent[number : number + 1])


def assert_too_slow(connection: socket.socket, part: str) -> None:
    """It is answered as every error is, and closed."""
    answer = read_answer(connection, b"POST ")
    assert answer.status == 408
    assert answer.json == {"message": f"The {part} of the request did not come in time."}
    assert answer.headers["connection"] == "close"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert connection.recv(1) == b""


def let_time_pass(address: tuple[str, int], *, times: int = 1) -> None:
    """Until so many others, one after the other, were told that they are too slow."""
    for _ in range(times):
        with socket.create_connection(address, TIMEOUT_SECONDS) as other:
            other.sendall(HEAD)
            assert_too_slow(other, "body")


def test_whoever_says_nothing_is_let_go_without_a_word(connection: socket.socket) -> None:
    assert connection.recv(1) == b""


def test_a_head_that_stops_is_408(connection: socket.socket) -> None:
    connection.sendall(HEAD[:-1])
    assert_too_slow(connection, "head")


def test_a_head_that_drips_is_408(connection: socket.socket) -> None:
    drip(connection, HEAD[:-2] + b"X: " + b"x" * 1000)
    assert_too_slow(connection, "head")


def test_a_second_request_is_waited_for_no_longer(connection: socket.socket) -> None:
    connection.sendall(request(b"GET", b"/early"))
    assert read_answer(connection, b"GET ").status == 200
    connection.sendall(b"G")
    assert_too_slow(connection, "head")


def test_a_body_that_stops_is_408_and_the_application_hears_of_it(
    connection: socket.socket, application: Application
) -> None:
    connection.sendall(HEAD + b"12345")
    assert_too_slow(connection, "body")
    assert application.was_left.wait(TIMEOUT_SECONDS)


def test_a_body_that_drips_is_408(connection: socket.socket) -> None:
    started = monotonic()
    connection.sendall(HEAD.replace(b"10", b"1000"))
    drip(connection, b"x" * 999)
    assert_too_slow(connection, "body")
    assert monotonic() - started > HastyProtocol.stall_seconds


def test_a_chunk_that_never_ends_is_408(connection: socket.socket) -> None:
    connection.sendall(HEAD.replace(b"Content-Length: 10", b"Transfer-Encoding: chunked") + b"5\r\n12")
    assert_too_slow(connection, "body")


def test_a_client_that_is_slow_within_its_time_is_served(connection: socket.socket) -> None:
    for piece in (HEAD[:9], HEAD[9:], b"12345", b"67890"):
        assert not select.select([connection], [], [], TICK_SECONDS)[0]
        connection.sendall(piece)
    assert read_answer(connection, b"POST ").body == b"10"


def test_the_rest_of_a_body_that_was_answered_is_not_waited_for(connection: socket.socket) -> None:
    connection.sendall(HEAD.replace(b"/read", b"/early") + b"12345")
    assert read_answer(connection, b"POST ").status == 200
    assert connection.recv(1) == b""


def test_an_idle_connection_is_closed(connection: socket.socket) -> None:
    connection.sendall(request(b"GET", b"/early"))
    assert read_answer(connection, b"GET ").status == 200
    assert connection.recv(1) == b""


def test_an_idle_connection_is_closed_also_if_the_body_came_after_the_answer(connection: socket.socket) -> None:
    connection.sendall(HEAD.replace(b"/read", b"/early"))
    assert read_answer(connection, b"POST ").status == 200
    connection.sendall(b"1234567890")
    assert connection.recv(1) == b""


def test_what_the_application_works_on_is_waited_for(
    connection: socket.socket, application: Application, address: tuple[str, int]
) -> None:
    connection.sendall(request(b"GET", b"/work"))
    let_time_pass(address, times=3)
    assert not select.select([connection], [], [], 0)[0]
    application.is_done.set()
    assert read_answer(connection, b"GET ").status == 200


@pytest.mark.parametrize(
    ("second", "status"), [(b"GET /early HT", 408), (b"GET /early HTTP/1.1\r\n: x\r\n\r\n", 400), (HEAD + b"1", 408)]
)
def test_what_came_before_is_answered_first(
    connection: socket.socket, application: Application, address: tuple[str, int], second: bytes, status: int
) -> None:
    connection.sendall(request(b"GET", b"/work") + second)
    let_time_pass(address, times=2)
    assert not select.select([connection], [], [], 0)[0]
    application.is_done.set()
    received = b"".join(iter(lambda: connection.recv(65536), b""))

    assert re.findall(rb"HTTP/1.1 (\d+)", received) == [b"200", b"%d" % status]


def test_whoever_does_not_read_the_answer_is_cut_off(connection: socket.socket, address: tuple[str, int]) -> None:
    connection.sendall(request(b"GET", b"/large"))
    let_time_pass(address, times=5)
    received = sum(map(len, iter(lambda: connection.recv(LARGE), b"")))

    assert 0 < received < LARGE


def test_whoever_reads_the_answer_slowly_gets_all_of_it(connection: socket.socket, address: tuple[str, int]) -> None:
    connection.sendall(request(b"GET", b"/large", headers=b"Connection: close\r\n"))
    received = 0
    for part in range(1, 6):
        while received < part * LARGE // 8:
            received += len(connection.recv(65536))
        let_time_pass(address)
    received += sum(map(len, iter(lambda: connection.recv(LARGE), b"")))

    assert received > LARGE


def test_slow_clients_hold_no_connection_to_the_database(database: TestDatabase) -> None:
    settings = database.settings(database_pool_size=DATABASE_CONNECTIONS)
    body = b'{"name": "Flat"'
    head = request(b"POST", b"/listings", body, headers=b"Idempotency-Key: slow\r\nIf-Match: *\r\n")
    head = head.replace(b"Content-Length: 15", b"Content-Length: 1000")
    with listening(create_app(settings), HastyProtocol, lifespan="on") as address, ExitStack() as slow_ones:
        assert exchange(address, request(b"GET", b"/listings")).status == 200
        slow = [
            slow_ones.enter_context(socket.create_connection(address, TIMEOUT_SECONDS))
            for _ in range(10 * DATABASE_CONNECTIONS)
        ]
        for connection in slow:
            connection.sendall(head)
        assert exchange(address, request(b"GET", b"/listings")).status == 200
        assert not select.select(slow, [], [], 0)[0], "they still had their time"
        for connection in slow:
            assert_too_slow(connection, "body")
