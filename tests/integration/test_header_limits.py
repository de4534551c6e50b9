"""The head of a request is bounded in bytes and in headers, and whoever sends more can read why it is not taken."""

import json
import socket

import psutil
import pytest

from tests.heads import filled, filled_by, with_headers, with_long_path
from tests.openapi import ERRORS
from tests.servers import ServeProcess
from tests.sockets import TIMEOUT_SECONDS, Answer, exchange, read_answer, request

MOST_BYTES = 32 * 1024
MOST_HEADERS = 100
MIB = 1024 * 1024
PIECE = 1000


def assert_closed(answer: Answer) -> None:
    """It is in the shape of all errors, with the headers of all answers, and says that it is the last."""
    assert answer.headers["connection"] == "close"
    assert answer.headers["content-type"] in ERRORS["content"]
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["cache-control"] == "no-store"


def test_a_head_of_all_bytes_that_it_may_have_is_taken(live_server: ServeProcess) -> None:
    for head in (filled_by(b"X", MOST_BYTES), with_long_path(MOST_BYTES)):
        assert len(head) == MOST_BYTES
        assert exchange(live_server.address, head).status == 404


@pytest.mark.parametrize(
    ("head", "status"),
    [
        pytest.param(filled_by(b"X", MOST_BYTES + 1), 431, id="by a header"),
        pytest.param(filled_by(b"X", 2 * MIB), 431, id="by a header of two megabytes"),
        pytest.param(filled_by(b"X", 20 * MIB)[: 10 * MIB], 431, id="by a header that does not end"),
        pytest.param(with_long_path(MOST_BYTES + 1), 414, id="by its address"),
        pytest.param(b"GET /" + b"x" * MIB, 414, id="by an address that does not end"),
        pytest.param(b"\r\n" * MOST_BYTES, 431, id="by nothing at all"),
        pytest.param(filled(b"BREW /nothing HTTP/1.1", b"X", MOST_BYTES + 1), 431, id="with an unknown method"),
    ],
)
def test_a_byte_more_is_refused(live_server: ServeProcess, head: bytes, status: int) -> None:
    answer = exchange(live_server.address, head)

    assert answer.status == status
    assert str(MOST_BYTES) in answer.json["message"]
    assert_closed(answer)


def test_it_is_counted_over_any_number_of_packets(live_server: ServeProcess) -> None:
    for size, status in ((MOST_BYTES, 404), (MOST_BYTES + 1, 431)):
        head = filled_by(b"X", size)
        with socket.create_connection(live_server.address, TIMEOUT_SECONDS) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for start in range(0, len(head), PIECE):
                connection.sendall(head[start : start + PIECE])
            assert read_answer(connection, head).status == status


def test_every_request_of_a_connection_may_have_as_much(live_server: ServeProcess) -> None:
    heads = [filled_by(b"X", MOST_BYTES)] * 3 + [filled_by(b"X", MOST_BYTES + 1)]
    with socket.create_connection(live_server.address, TIMEOUT_SECONDS) as connection:
        statuses = []
        for head in heads:
            connection.sendall(head)
            statuses.append(read_answer(connection, head).status)

    assert statuses == [404, 404, 404, 431]


def test_a_hundred_headers_are_taken_and_no_more(live_server: ServeProcess) -> None:
    assert exchange(live_server.address, with_headers(MOST_HEADERS)).status == 404
    answer = exchange(live_server.address, with_headers(MOST_HEADERS + 1))

    assert answer.status == 431
    assert answer.json == {"message": "The head of the request is too large: at most 100 headers are taken."}
    assert_closed(answer)


@pytest.mark.parametrize("name", [b"Authorization", b"authorization"])
@pytest.mark.parametrize("size", [MOST_BYTES + 1, 2 * MIB])
def test_a_token_that_fills_the_head_is_a_wrong_token(live_server: ServeProcess, name: bytes, size: int) -> None:
    wrong = exchange(live_server.address, request(b"GET", b"/listings", headers=name + b": Bearer x\r\n"))
    answer = exchange(live_server.address, filled(b"GET /listings HTTP/1.1", name, size))

    assert (answer.status, answer.body) == (401, wrong.body)
    assert answer.headers["www-authenticate"] == wrong.headers["www-authenticate"]
    assert_closed(answer)


def test_a_token_beside_a_longer_header_is_not_what_is_wrong(live_server: ServeProcess) -> None:
    head = filled(b"GET /listings HTTP/1.1\r\nAuthorization: Bearer x", b"X", MOST_BYTES + 1)

    assert exchange(live_server.address, head).status == 431


def test_an_error_is_a_problem_on_request(live_server: ServeProcess) -> None:
    head = filled(b"GET / HTTP/1.1\r\nAccept: application/problem+json", b"X", MOST_BYTES + 1)
    answer = exchange(live_server.address, head)

    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["type"] == "urn:listingapi:problem:head-too-large"


def test_trailers_are_bounded_and_never_headers(live_server: ServeProcess) -> None:
    start = b"POST /listings HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"
    plain = exchange(live_server.address, start + b"\r\n")
    accepted = exchange(live_server.address, start + b"Accept: application/problem+json\r\nAuthorization: x\r\n\r\n")

    assert (plain.status, plain.headers["content-type"], plain.body) == (422, "application/json", accepted.body)
    with socket.create_connection(live_server.address, TIMEOUT_SECONDS) as connection:
        connection.sendall(start[:-5] + b"0\r\n")
        connection.sendall(b"X: " + b"x" * (4 * MOST_BYTES))
        assert read_answer(connection, start).status in {400, 422}


def test_what_is_not_taken_is_not_kept(live_server: ServeProcess) -> None:
    process = psutil.Process(live_server.process.pid)
    before = process.memory_info().rss
    connections = [socket.create_connection(live_server.address, TIMEOUT_SECONDS) for _ in range(20)]
    for connection in connections:
        connection.sendall(filled_by(b"X", 4 * MIB))
    statuses = [read_answer(connection, b"GET ").status for connection in connections]
    grown = process.memory_info().rss - before
    for connection in connections:
        connection.close()

    assert statuses == [431] * 20
    assert grown < 20 * MIB


def test_whoever_sends_without_end_is_cut_off(live_server: ServeProcess) -> None:
    with socket.create_connection(live_server.address, TIMEOUT_SECONDS) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX: ")
        with pytest.raises(ConnectionError):
            connection.sendall(b"x" * (1000 * MIB))


def test_a_connection_that_asks_for_another_protocol_is_answered_and_closed(live_server: ServeProcess) -> None:
    for protocol in (b"h2c", b"websocket"):
        upgrade = b"Connection: Upgrade\r\nUpgrade: %b\r\n" % protocol
        answer = exchange(live_server.address, request(b"GET", b"/listings?limit=1", headers=upgrade))
        assert answer.status == 200
        assert answer.headers["connection"] == "close"
        assert isinstance(json.loads(answer.body), list)
