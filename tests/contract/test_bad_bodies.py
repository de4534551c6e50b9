"""Whatever body is sent over a real socket gets an answer: a 4xx that names each problem, never a 5xx or silence."""

import json
import socket
from typing import Any

import httpx
import pytest

from tests import factories
from tests.servers import ServeProcess
from tests.sockets import Answer, chunked, exchange, read_answer, request
from tests.until import PATIENCE_SECONDS

LIMIT = 1024 * 1024
ACCEPT_PROBLEM = b"Accept: application/problem+json\r\n"
BODY = json.dumps(factories.listing()).encode()
NUMBERS = ["latest_price_eur", "surface_area_m2", "rooms_count", "bedrooms_count"]
STRINGS = ["name", "description", "building_type", "contact_phone_number"]
ADDRESS_STRINGS = [f"postal_address/{name}" for name in factories.address()]


@pytest.fixture(scope="session")
def listing_id(live_server: ServeProcess) -> int:
    """A listing that is there to be changed."""
    made: int = httpx.post(f"{live_server.url}/listings", json=factories.listing(), timeout=PATIENCE_SECONDS).json()[
        "id"
    ]
    return made


def post(server: ServeProcess, body: bytes) -> Answer:
    return problem_of(exchange(server.address, request(b"POST", b"/listings", body, headers=ACCEPT_PROBLEM)))


def patch(server: ServeProcess, listing_id: int, body: bytes) -> Answer:
    return problem_of(
        exchange(server.address, request(b"PATCH", b"/listings/%d" % listing_id, body, headers=ACCEPT_PROBLEM))
    )


def problem_of(answer: Answer) -> Answer:
    """Every answer here is in the one shape, whatever it answers."""
    if answer.status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
    return answer


def body_with(name: str, text: str) -> bytes:
    """A ListingWrite in which one property holds this text, quotes and all."""
    outer, _, inner = name.partition("/")
    given: dict[str, Any] = factories.listing()
    (given[outer] if inner else given)[inner or outer] = "PLACEHOLDER"
    return json.dumps(given).replace('"PLACEHOLDER"', text).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    "body",
    [
        b"", b" ", b"{", b"}", b"[1,", b"name=x", b"<listing/>", b"{'name': 1}", b"{} {}", b'{"a":01}', b'{"a":1.}',
        b'{"a":+1}', b'{"a":.5}', b'{"a":0x1}', b'{"a":1,}', b'{"name":"\x00"}', b'{"name":"\xff"}',
        b'{"name":"\xed\xa0\x80"}',
        BODY.decode().encode("utf-16"), BODY.decode().encode("utf-32"), b"\x1f\x8b\x08\x00", b"\x00" * 1000,
    ],
)  # fmt: skip
def test_what_is_not_json_is_400_and_says_so(live_server: ServeProcess, body: bytes) -> None:
    answer = post(live_server, body)

    assert answer.status == 400
    assert answer.json["detail"].startswith("The body is not JSON: ")


@pytest.mark.parametrize("body", [b"[]", b"null", b"true", b"1", b'"x"', b"[{}]", b"NaN", b"1e999", b"\xef\xbb\xbf[]"])
def test_json_of_another_shape_is_422(live_server: ServeProcess, listing_id: int, body: bytes) -> None:
    for answer in (post(live_server, body), patch(live_server, listing_id, body)):
        assert answer.status == 422
        assert answer.json["detail"] == "The body must be an object"


@pytest.mark.parametrize("name", STRINGS + ADDRESS_STRINGS)
@pytest.mark.parametrize(
    "text", [r'"a\u0000b"', r'"\ud800"', r'"a\udfffb"', r'"\ud800\ud800"', r'"\udc00\ud800"', "1", "[]", "{}", "null"]
)
def test_text_that_can_not_be_stored_is_422(live_server: ServeProcess, listing_id: int, name: str, text: str) -> None:
    answer = post(live_server, body_with(name, text))

    assert answer.status == 422
    assert answer.pointers == [f"/{name}"]
    if text != "null" and "/" not in name:
        patched = patch(live_server, listing_id, b'{"%b":%b}' % (name.encode(), text.encode()))
        assert patched.pointers == [f"/{name}"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (r"a\u0000", "a\0"), (r"\ud800", r"\ud800"), (r"\udfff!", r"\udfff!"), ("", ""), ("/", "~1"), ("~", "~0"),
        ("é", "é"), ("x" * 5000, "x" * 80), ("__proto__", "__proto__"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("where", ["", "postal_address"])
def test_any_unknown_property_is_named(live_server: ServeProcess, name: str, shown: str, where: str) -> None:
    given = json.dumps(factories.listing() if not where else factories.address())[:-1] + f', "{name}": 1}}'
    answer = post(live_server, body_with(where, given) if where else given.encode())

    assert answer.status == 422
    assert answer.json["errors"] == [
        {"pointer": f"/{where}/{shown}" if where else f"/{shown}", "detail": "is not a known property"}
    ]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize(
    "text",
    [
        "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e99999999999999999", "1e99999999999999999999",
        "-1", "-1e-5", "9" * 400, "9" * 1_000_000, f'"{"9" * 1_000_000}"', f'"-{"9" * 5000}"', '"1e3"', '"NaN"',
        "[1]", "{}",
        "true", "null", '""', '"abc"', r'"\ud800"', r'"\u0661"', '"1_0"', '"0x1"', '" 1"', '"1\\n"',
    ],
    ids=lambda text: text[:24],
)  # fmt: skip
def test_numbers_out_of_range_or_not_finite_are_422(live_server: ServeProcess, name: str, text: str) -> None:
    answer = post(live_server, body_with(name, text))

    assert answer.status == 422
    assert answer.pointers == [f"/{name}"]


@pytest.mark.parametrize(
    ("name", "text", "kept"),
    [
        ("latest_price_eur", "-0", b"0"),
        ("latest_price_eur", "-0.00", b"0"),
        ("latest_price_eur", "0E+99999", b"0"),
        ("latest_price_eur", "1e5", b"100000"),
        ("latest_price_eur", "1.5E+1", b"15"),
        ("latest_price_eur", "0." + "0" * 500_000, b"0"),
        ("latest_price_eur", '"000123.4500"', b"123.45"),
        ("surface_area_m2", "-0", b"0.0"),
        ("surface_area_m2", "1e-400", b"0.0"),
        ("surface_area_m2", "0E+99999", b"0.0"),
        ("bedrooms_count", "0E+99999", b"0"),
        ("bedrooms_count", "-0", b"0"),
        ("rooms_count", "2e2", b"200"),
        ("rooms_count", "3.000", b"3"),
    ],
)
def test_odd_numbers_within_the_range_are_taken(live_server: ServeProcess, name: str, text: str, kept: bytes) -> None:
    answer = post(live_server, body_with(name, text))

    assert answer.status == 201
    assert b'"%b":%b,' % (name.encode(), kept) in answer.body


@pytest.mark.parametrize(
    "text", ["1e-99999999999999999", "1e-99999999999999999999", "0." + "0" * 500_000 + "1", "1e-3"]
)
def test_a_price_finer_than_a_cent_is_422(live_server: ServeProcess, text: str) -> None:
    answer = post(live_server, body_with("latest_price_eur", text))

    assert answer.status == 422
    assert answer.pointers == ["/latest_price_eur"]


@pytest.mark.parametrize(
    ("body", "repeated"),
    [
        (BODY.replace(b'"name"', b'"name": "b", "name"'), ["/name"]),
        (BODY.replace(b'"city"', b'"city": "b", "city"'), ["/postal_address/city"]),
        (b'{"a":[{"b":1},{"c":{"d":1,"d":2}}]}', ["/a/1/c/d"]),
        (b'{"a":1,"a":2,"b":{"c":1,"c":2,"c":3}}', ["/a", "/b/c"]),
        (b'{"a/b":1,"a/b":2}', ["/a~1b"]),
        (rb'{"\ud800":1,"\ud800":2}', ["/\\ud800"]),
        (b'{"a":1,"\\u0061":2}', ["/a"]),
        (b'[{"a":1,"a":1}]', ["/0/a"]),
    ],
)
def test_a_property_that_is_given_twice_is_named(
    live_server: ServeProcess, listing_id: int, body: bytes, repeated: list[str]
) -> None:
    for answer in (post(live_server, body), patch(live_server, listing_id, body)):
        assert answer.status == 422
        assert answer.json["errors"] == [{"pointer": p, "detail": "is given more than once"} for p in repeated]


def test_a_body_of_a_hundred_thousand_properties_is_answered_at_once(live_server: ServeProcess) -> None:
    many = ",".join(f'"{number:x}":1' for number in range(100_000))
    for body in (f'{{{many},"z":1,"z":2}}', f"{{{many}}}"):
        answer = post(live_server, body.encode())
        assert answer.status == 422
        assert len(answer.body) < 100_000


@pytest.mark.parametrize("depth", [17, 500, 1_000, 100_000])
@pytest.mark.parametrize(
    ("opening", "closing"), [(b"[", b"]"), (b"[", b""), (b'{"a":', b"}"), (b'{"a":', b""), (b'[{"a":', b"}]")]
)
def test_deep_nesting_is_refused(
    live_server: ServeProcess, listing_id: int, depth: int, opening: bytes, closing: bytes
) -> None:
    body = opening * depth + b"1" + closing * depth
    body = body[:LIMIT] if closing else body[:LIMIT].rstrip(b"1")
    for answer in (post(live_server, body), patch(live_server, listing_id, body)):
        assert answer.status in ({422} if closing and len(body) < LIMIT else {400, 422})
        assert "nested too deeply" in answer.json["detail"] or answer.status == 400


def test_a_body_of_1_mib_is_taken(live_server: ServeProcess) -> None:
    body = BODY.replace(b"Three", b"T" * (LIMIT - len(BODY) + len(b"Three")))

    assert len(body) == LIMIT
    assert post(live_server, body).status == 201


TOO_LARGE = [
    pytest.param(request(b"POST", b"/listings", b" " * (LIMIT + 1)), id="one byte over"),
    pytest.param(request(b"POST", b"/listings", b"x" * (20 * LIMIT)), id="twenty times over"),
    pytest.param(request(b"PATCH", b"/listings/1", b"x" * (2 * LIMIT)), id="a patch"),
    pytest.param(request(b"PUT", b"/listings/1", b"x" * (2 * LIMIT)), id="a put"),
    pytest.param(chunked(b"POST", b"/listings", [b"x" * 65536] * 64), id="in chunks"),
    pytest.param(chunked(b"PUT", b"/listings/1", [b"x"] * 1 + [b"y" * (2 * LIMIT)]), id="in one chunk"),
]


@pytest.mark.parametrize("sent", TOO_LARGE)
def test_a_body_over_1_mib_is_413(live_server: ServeProcess, sent: bytes) -> None:
    answer = exchange(live_server.address, sent)

    assert answer.status == 413
    assert answer.json == {"message": "The body is larger than 1 MiB."}


@pytest.mark.parametrize("expect", [b"", b"Expect: 100-continue\r\n"])
def test_a_body_that_announces_too_much_is_413_before_it_comes(live_server: ServeProcess, expect: bytes) -> None:
    head = b"POST /listings HTTP/1.1\r\nHost: test\r\nContent-Length: 99999999999\r\n%b\r\n{" % expect

    assert exchange(live_server.address, head).status == 413


def test_the_connection_stays_usable_after_a_body_that_was_too_large(live_server: ServeProcess) -> None:
    too_large, good = request(b"POST", b"/listings", b"BREW x" * LIMIT), request(b"GET", b"/listings?limit=1")
    with socket.create_connection(live_server.address, 20) as connection:
        connection.sendall(too_large)
        assert read_answer(connection, too_large).status == 413
        connection.sendall(good)
        assert read_answer(connection, good).status == 200


@pytest.mark.parametrize(
    "content_type",
    [
        b"text/plain", b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=x",
        b"application/x-msgpack",
        b"application/xml", b"", b";", b"\xff\xfe", b"application/json, text/plain", b"json", b"x" * 5000,
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("method", "path"), [(b"POST", b"/listings"), (b"PUT", b"/listings/1"), (b"PATCH", b"/listings/1")]
)
def test_an_unknown_content_type_is_415(
    live_server: ServeProcess, listing_id: int, method: bytes, path: bytes, content_type: bytes
) -> None:
    answer = exchange(live_server.address, request(method, path, BODY, content_type=content_type))

    assert listing_id
    assert answer.status == 415
    assert answer.json["message"].startswith("The body must be application/json, not ")


def test_nothing_of_all_this_was_a_failure_of_the_server(live_server: ServeProcess) -> None:
    assert exchange(live_server.address, request(b"GET", b"/listings?limit=1")).status == 200
    assert not [line for line in live_server.printed if "request_failed" in line or "Traceback" in line]
