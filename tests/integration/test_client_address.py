"""Who calls is whoever connects, unless a proxy of the settings says for whom it does."""

from typing import Any

import msgspec
import pytest
from litestar.enums import ScopeType
from litestar.types import Receive, Scope, Send

from listingapi.answers import Answer
from listingapi.infra.headers import AnswerHeaders
from listingapi.infra.observed import Observed
from listingapi.infra.proxies import BehindProxies
from tests.edge import listening
from tests.sockets import exchange, request

PROXIES = frozenset({"127.0.0.1/32", "10.0.0.0/8", "2001:db8::/32"})
NONE: frozenset[str] = frozenset()


class Seen:
    """An application that keeps whom it saw."""

    def __init__(self) -> None:
        self.client: Any = None
        self.scheme = ""

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            self.client, self.scheme = scope["client"], scope["scheme"]
            await Answer(200, msgspec.json.encode(scope["client"])).send(send)


async def seen_from(peer: Any, *forwarded: str, proxies: frozenset[str] = PROXIES, **more: str) -> Seen:
    """Whom an application sees, if a request comes from a peer with these `X-Forwarded-For`."""
    headers = [(b"x-forwarded-for", value.encode("latin-1")) for value in forwarded]
    headers += [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in more.items()]
    scope: Any = {"type": "http", "client": peer, "scheme": "http", "headers": headers}

    async def nothing(*_: object) -> Any: ...

    seen = Seen()
    await BehindProxies(seen, proxies)(scope, nothing, nothing)
    return seen


@pytest.mark.parametrize(
    ("peer", "forwarded", "host"),
    [
        pytest.param("127.0.0.1", ["192.0.2.7"], "192.0.2.7", id="a trusted proxy is believed"),
        pytest.param("192.0.2.9", ["192.0.2.7"], "192.0.2.9", id="anyone else is not"),
        pytest.param("127.0.0.2", ["192.0.2.7"], "127.0.0.2", id="nor is its neighbour"),
        pytest.param("127.0.0.1", ["6.6.6.6, 192.0.2.7"], "192.0.2.7", id="what the client forged is not"),
        pytest.param("127.0.0.1", ["6.6.6.6", "192.0.2.7"], "192.0.2.7", id="also in a header of its own"),
        pytest.param("127.0.0.1", ["192.0.2.7, 10.1.2.3, 10.4.5.6"], "192.0.2.7", id="a chain of proxies"),
        pytest.param("127.0.0.1", ["10.0.0.1"], "10.0.0.1", id="a proxy that calls itself"),
        pytest.param("127.0.0.1", ["192.0.2.7:4711"], "192.0.2.7", id="with a port"),
        pytest.param("127.0.0.1", ["2001:DB8:1::7"], "2001:db8:1::7", id="only proxies, by IPv6"),
        pytest.param("2001:db8::5", ["2001:0DB9:0:0::0007"], "2001:db9::7", id="IPv6 in its one notation"),
        pytest.param("127.0.0.1", ["[2001:db9::7]:4711"], "2001:db9::7", id="IPv6 with a port"),
        pytest.param("::ffff:127.0.0.1", ["192.0.2.7"], "192.0.2.7", id="a proxy by a socket for both"),
        pytest.param("127.0.0.1", ["::ffff:192.0.2.7"], "192.0.2.7", id="IPv4 as IPv6"),
    ],
)
async def test_the_client(peer: str, forwarded: list[str], host: str) -> None:
    assert (await seen_from((peer, 99), *forwarded)).client[0] == host


@pytest.mark.parametrize(
    "garbage",
    [
        "", " ", ",", ",,,", "unknown", "_hidden", "999.1.1.1", "192.0.2.7, nonsense", "'; DROP TABLE listing; --",
        "\xff\xfe", "x" * 20_000, "[::1", "[]", "[::1]x", "1.2.3.4:port", "1.2.3.4:" + "9" * 5000, "fe80::1%eth0",
        "fe80::1%" + "x" * 1000, "[::g]:1", "0x7f.1", "127.1", "192.0.2.7 192.0.2.8",
    ],
    ids=lambda garbage: garbage[:30],
)  # fmt: skip
async def test_what_is_no_address_leaves_the_proxy_as_the_client(garbage: str) -> None:
    assert (await seen_from(("127.0.0.1", 99), garbage)).client == ("127.0.0.1", 99)


@pytest.mark.parametrize("port", ["99999", "-1", "65536", "123456789012345"])
async def test_a_port_that_is_none_is_left_out(port: str) -> None:
    assert (await seen_from(("127.0.0.1", 99), f"192.0.2.7:{port}")).client == ("192.0.2.7", 0)


async def test_whoever_has_no_address_is_left_alone() -> None:
    assert (await seen_from(None, "192.0.2.7")).client is None
    assert (await seen_from(("fe80::1%eth0", 1), "192.0.2.7")).client == ("fe80::1%eth0", 1)


@pytest.mark.parametrize(
    ("peer", "said", "scheme"),
    [
        ("127.0.0.1", "https", "https"),
        ("127.0.0.1", "http", "http"),
        ("192.0.2.9", "https", "http"),
        ("127.0.0.1", "nonsense", "http"),
        ("127.0.0.1", "https, http", "http"),
        ("127.0.0.1", "", "http"),
    ],
)
async def test_the_scheme(peer: str, said: str, scheme: str) -> None:
    assert (await seen_from((peer, 99), x_forwarded_proto=said)).scheme == scheme


@pytest.mark.parametrize(("proxies", "host"), [(PROXIES, "192.0.2.7"), (NONE, "127.0.0.1")])
def test_it_is_the_settings_alone_that_say_who_is_believed(proxies: frozenset[str], host: str) -> None:
    """The server believes its own machine, if it is not told otherwise."""
    with listening(Observed(AnswerHeaders(BehindProxies(Seen(), proxies)), 0), lifespan="off") as address:
        answer = exchange(address, request(b"GET", b"/", headers=b"X-Forwarded-For: 192.0.2.7\r\n"))

    assert answer.json[0] == host
