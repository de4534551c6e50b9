"""What is read without a parser is what the parser reads; what is not plain is left to that."""

from typing import Any

import httptools
import pytest
from hypothesis import given, strategies

from listingapi.infra.plain import MATTERS, Headers, plain_head, plain_headers

LINE = b"GET /listings/7 HTTP/1.1"
HEAD = LINE + b"\r\nHost: test\r\n"

NOT_PLAIN = [
    LINE,
    LINE + b"\r\n",
    LINE + b"\r\n\r\n",
    LINE + b" \r\nHost: test\r\n\r\n",
    HEAD,
    HEAD[:-1] + b"\r\n\r\n",
    HEAD + b"\r\nGET",
    HEAD + b"\r\n" + HEAD + b"\r\n",
    HEAD + b"\r\nX-Request-Id: a\r\n",
    HEAD + b"\r\nX-Request-Id: a\r\n\r\n",
    HEAD + b"X-Request-Id: a\r\nX-Request-Id: b\r\n\r\n",
    HEAD + b"X-Request-Id: a\r\nx-request-id: b\r\n\r\n",
    HEAD + b"X-Request-Id: -\r\n\r\n",
    HEAD + b"X-Request-Id: " + b"a" * 65 + b"\r\n\r\n",
    HEAD + b"Referer: equest-\r\nX-Request-Id: a\r\n\r\n",
    HEAD + b"Host: other\r\n\r\n",
    HEAD + b"Authorization: Basic x\r\n\r\n",
    HEAD + b"Authorization: Bearer x y\r\n\r\n",
    HEAD + b"Authorization: Bearer x\r\nAuthorization: Bearer y\r\n\r\n",
    HEAD + b"Authorization: Bearer x\r\nauthorization: Bearer x\r\n\r\n",
    HEAD + b"Proxy-Authorization: Bearer x\r\n\r\n",
    HEAD + b"Referer: uthorization:\r\nAuthorization: Bearer x\r\n\r\n",
    HEAD + b"Connection: close\r\n\r\n",
    HEAD + b"Content-Length: 0\r\n\r\n",
    HEAD + b"Cookie: a=b\r\n\r\n",
    HEAD + b"Expect: 100-continue\r\n\r\n",
    HEAD + b"Range: bytes=0-1\r\n\r\n",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
    HEAD + b"Upgrade: websocket\r\n\r\n",
    HEAD + b"X-Unknown: 1\r\n\r\n",
    HEAD + b"traceparent: 00-" + b"1" * 32 + b"-" + b"1" * 16 + b"-01\r\n\r\n",
    HEAD + b"Accept: a\r\n b\r\n\r\n",
    HEAD + b"Accept : a\r\n\r\n",
    HEAD + b"Accept: a\nAccept: b\r\n\r\n",
    HEAD + b"Accept: a\x00\r\n\r\n",
    HEAD + "Accept: é\r\n\r\n".encode("latin-1"),
    HEAD + b"User-Agent: " + b"x" * 4096 + b"\r\n\r\n",
]
NAMES = strategies.sampled_from([
    "accept", "Accept", "HOST", "host", "if-none-match", "user-agent", "connection", "origin", "x-request-id",
    "X-Request-Id", "cookie", "authorization", "x-forwarded-proto", "x-forwarded-for", "accept-encoding",
])  # fmt: skip
VALUES = strategies.text(strategies.characters(min_codepoint=9, max_codepoint=0x7F), max_size=8)
ID = b"x-request-id"


class Parsed:
    """What the parser makes of a request."""

    def __init__(self) -> None:
        self.url = b""
        self.headers: list[tuple[bytes, bytes]] = []
        self.completed = 0

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_message_complete(self) -> None:
        self.completed += 1


def read(data: bytes) -> tuple[Headers, bytes] | None:
    """The headers of a request after its first line, and what it is called."""
    head = plain_head(data, len(LINE))
    headers = head and plain_headers(head.lines)
    return (headers, head.request_id) if head and headers is not None else None


@pytest.mark.parametrize("data", NOT_PLAIN)
def test_what_is_not_plain_is_left_to_the_parser(data: bytes) -> None:
    assert read(data) is None


@given(headers=strategies.lists(strategies.tuples(NAMES, VALUES), max_size=5))
def test_what_is_plain_is_what_the_parser_makes_of_it(headers: list[tuple[str, str]]) -> None:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    data = LINE + f"\r\n{lines}\r\n".encode()
    plain = read(data)
    if plain is None:
        return
    parsed = Parsed()
    parser: Any = httptools.HttpRequestParser(parsed)
    parser.feed_data(data)
    found = {name: value.strip() for name, value in parsed.headers if name in (*MATTERS, ID)}

    assert (parser.get_method(), parser.get_http_version(), parsed.completed) == (b"GET", "1.1", 1)
    assert len([name for name, _ in parsed.headers if name in (*MATTERS, ID)]) == len(found)
    assert plain == ({name: value for name, value in found.items() if name != ID}, found.get(ID, b""))
    assert parser.should_keep_alive()


def test_a_browsers_request_is_plain() -> None:
    plain = read(
        LINE + b"\r\nHost: test:80\r\nConnection: keep-alive\r\nUser-Agent: x (y; z)\r\n"
        b"Accept: */*\r\nOrigin: https://site.example\r\nSec-Fetch-Mode: cors\r\nReferer: https://site.example/\r\n"
        b'Accept-Encoding: gzip, deflate, br\r\nAccept-Language: fr\r\nIf-None-Match: "7"\r\n\r\n'
    )

    assert plain == (
        {b"host": b"test:80", b"accept": b"*/*", b"origin": b"https://site.example", b"if-none-match": b'"7"'},
        b"",
    )


@pytest.mark.parametrize("name", ["X-Request-Id", "x-request-id"])
def test_what_a_proxy_calls_a_request_is_no_part_of_the_head_that_is_remembered(name: str) -> None:
    heads = [plain_head(HEAD + f"{name}: {called}\r\nAccept: */*\r\n\r\n".encode(), len(LINE)) for called in "ab"]

    assert [head and head.request_id for head in heads] == [b"a", b"b"]
    assert {head and head.lines for head in heads} == {b"\r\nHost: test\r\nAccept: */*\r\n\r\n"}


@pytest.mark.parametrize("place", [LINE + b"\r\n", HEAD, HEAD + b"X-Request-Id: a\r\n"])
@pytest.mark.parametrize("name", [b"Authorization", b"authorization"])
def test_a_secret_is_no_part_of_the_head_that_is_remembered(place: bytes, name: bytes) -> None:
    heads = [
        plain_head(place + b"%b: Bearer %b\r\nAccept: */*\r\n\r\n" % (name, secret), len(LINE))
        for secret in (b"one", b"two")
    ]

    assert [head and head.token for head in heads] == [b"one", b"two"]
    [lines] = {head and head.lines for head in heads}
    assert lines
    assert b"uthorization" not in lines
    assert lines.endswith(b"\r\nAccept: */*\r\n\r\n")
