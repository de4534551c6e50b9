"""Whatever else of a request is odd, its address, query, headers or method, gets an answer in the one shape."""

import socket

import pytest

from tests.servers import ServeProcess
from tests.sockets import exchange, request

ACCEPT_PROBLEM = b"Accept: application/problem+json\r\n"


@pytest.mark.parametrize(
    "path",
    [
        b"/listings/%00/prices", b"/listings/%FF/prices", b"/listings/%ED%A0%80/prices", b"/listings/%zz/prices", b"/%",
        b"/listings/%D9%A1/prices", b"/listings/a%2Fb/prices", b"/listings/..%2F..%2Fetc/prices", b"/%00", b"/\x7f",
        b"*",
        b"/listings/" + b"9" * 30_000 + b"/prices", b"/docs/assets/%00", b"/docs/assets/" + b"a" * 300,
        b"/docs/assets/..%2F__init__.py", b"/docs/assets/../../../../etc/passwd", b"/docs/assets/%2e%2e/x",
    ],
)  # fmt: skip
def test_no_path_is_an_error_of_the_server(live_server: ServeProcess, path: bytes) -> None:
    answer = exchange(live_server.address, request(b"GET", path))

    assert answer.status in {400, 404}
    assert answer.json.keys() == {"message"}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (b"limit=%00", 422), (b"limit=%FF", 422), (b"limit=%zz", 422), (b"limit=%ED%A0%80", 422),
        (b"limit=" + b"9" * 9999, 422),
        (b"limit", 422), (b"cursor=%00", 422), (b"cursor=%FF", 422), (b"cursor=%ED%A0%80", 422),
        (b"cursor=" + b"A" * 30000, 422),
        (b"limit=2&limit=x", 422), (b"cursor=&cursor=", 422),
        (b"limit=1e2", 422), (b"limit=1.0", 422), (b"limit=+1", 422), (b"limit=1_0", 422),
        (b"&&&", 200), (b"=", 422), (b"unknown=1", 422), (b"Limit=1", 422), (b"id=x", 422), (b"listings=x", 422),
    ],
)  # fmt: skip
def test_no_query_is_an_error_of_the_server(live_server: ServeProcess, query: bytes, status: int) -> None:
    answer = exchange(live_server.address, request(b"GET", b"/listings?" + query, headers=ACCEPT_PROBLEM))

    assert answer.status == status
    if status == 422:
        assert answer.pointers == ["?" + query.partition(b"=")[0].decode()]


def test_every_unknown_parameter_is_named(live_server: ServeProcess) -> None:
    query = b"%00=%00&%FF=1&" + b"x" * 9999 + b"=1&id=x&data=x&caller=x&given=x&limit=1"
    answer = exchange(live_server.address, request(b"GET", b"/listings?" + query, headers=ACCEPT_PROBLEM))

    assert answer.status == 422
    assert answer.pointers == ["?\0", "?\N{REPLACEMENT CHARACTER}", f"?{'x' * 80}", "?id", "?data", "?caller", "?given"]


@pytest.mark.parametrize(
    "accept", [b"", b"\xff", b";;;,,,", b"a/b;q=x", b"application/*;q=-1", b"x" * 20_000, b"*/*;q=0"]
)
def test_odd_accept_headers_are_answered_in_json(live_server: ServeProcess, accept: bytes) -> None:
    for method, path, body in ((b"GET", b"/listings?limit=1", b""), (b"POST", b"/listings", b"{}")):
        answer = exchange(live_server.address, request(method, path, body, headers=b"Accept: " + accept + b"\r\n"))
        assert answer.status in {200, 422}
        assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "method",
    [
        b"TRACE",
        b"CONNECT",
        b"PROPFIND",
        b"QUERY",
        b"BREW",
        b"get",
        b"X-Y_Z!",
        b"PRI",
        b"M-SEARCH",
        b"A" * 500,
    ],
)
@pytest.mark.parametrize(
    ("path", "allowed"),
    [(b"/listings", "GET, HEAD, OPTIONS, POST"), (b"/listings/1", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT")],
)
def test_odd_methods_are_405_with_those_allowed(
    live_server: ServeProcess, method: bytes, path: bytes, allowed: str
) -> None:
    answer = exchange(live_server.address, request(method, path))

    assert answer.status == 405
    assert ", ".join(sorted(answer.headers["allow"].split(", "))) == allowed
    assert answer.json.keys() == {"message"}


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", b"GET\r\n\r\n", b"GET listings HTTP/1.1\r\n\r\n",
        b"G\xc3\x89T /listings HTTP/1.1\r\n\r\n", b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /listings HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n", b"GET /listings HTTP/1.1\r\n: x\r\n\r\n",
        b"POST /listings HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n{}",
        b"POST /listings HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n{}",
        b"POST /listings HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"POST /listings HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /listings HTTP/1.1\r\nHost: a b\r\n\r\n", b"GET /listings HTTP/1.1\r\nX: y\r\n\r\n",
    ],
)  # fmt: skip
def test_what_is_not_http_is_400_in_the_one_shape(live_server: ServeProcess, sent: bytes) -> None:
    answer = exchange(live_server.address, sent)

    assert answer.status == 400
    assert answer.headers["content-type"] == "application/json"
    assert answer.json.keys() == {"message"}


def test_requests_that_come_in_one_packet_are_answered_in_turn(live_server: ServeProcess) -> None:
    sent = request(b"BREW", b"/listings") + request(b"GET", b"/listings?limit=1") + request(b"POST", b"/listings", b"{")
    with socket.create_connection(live_server.address, 20) as connection:
        connection.sendall(sent)
        assert [read_status(connection) for _ in range(3)] == [405, 200, 400]


def read_status(connection: socket.socket) -> int:
    """Read one answer byte by byte, leaving those that follow."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += connection.recv(1)
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    while length:
        length -= len(connection.recv(length))
    return int(head.split()[1])


def test_nothing_of_all_this_was_a_failure_of_the_server(live_server: ServeProcess) -> None:
    assert exchange(live_server.address, request(b"GET", b"/listings?limit=1")).status == 200
    assert not [line for line in live_server.printed if "request_failed" in line or "Traceback" in line]
