"""What is wrong with a head that is too long, and which methods the parser gets to see."""

import pytest

from listingapi.errors import RequestError, WrongCredentials
from listingapi.infra.errors import AddressTooLong, HeadTooLarge
from listingapi.infra.heads import too_long, with_known_method

LONG = b"x" * 100
LINE = b"GET /listings HTTP/1.1\r\n"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param(LINE + b"X: " + LONG, HeadTooLarge, id="a header that does not end"),
        pytest.param(
            LINE + b"X: " + LONG + b"\r\nAuthorization: Bearer x", HeadTooLarge, id="a long one before others"
        ),
        pytest.param(LINE + b"Authorization: Bearer " + LONG, WrongCredentials, id="credentials that do not end"),
        pytest.param(LINE + b"AUTHORIZATION:" + LONG + b"\r\nX: y\r\n", WrongCredentials, id="credentials in capitals"),
        pytest.param(LINE + b"X-Authorization: " + LONG, HeadTooLarge, id="a name that only ends alike"),
        pytest.param(LINE + b"X: authorization: " + LONG, HeadTooLarge, id="a value that looks alike"),
        pytest.param(b"GET /" + LONG, AddressTooLong, id="an address that does not end"),
        pytest.param(b"\r\n\r\nGET /" + LONG + b" HTTP/1.1\r\nX: y\r\n", AddressTooLong, id="an address"),
        pytest.param(b"\r\n" * 100, HeadTooLarge, id="nothing"),
        pytest.param(LONG + b"\r\nAuthorization: x", AddressTooLong, id="what is no request"),
    ],
)
def test_too_long(head: bytes, expected: type[RequestError]) -> None:
    assert type(too_long(head)) is expected


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"GET / HTTP/1.1", b"GET / HTTP/1.1"),
        (b"PATCH /x", b"PATCH /x"),
        (b"BREW / HTTP/1.1", b"TRACE / HTTP/1.1"),
        (b"get / HTTP/1.1", b"TRACE / HTTP/1.1"),
        (b"CONNECT a:1 HTTP/1.1", b"TRACE a:1 HTTP/1.1"),
        (b"BREW", b"BREW"),
        (b"\x16\x03\x01 x", b"\x16\x03\x01 x"),
        (b"", b""),
    ],
)
def test_with_known_method(data: bytes, shown: bytes) -> None:
    assert with_known_method(data) == shown
