"""What is answered from what is kept is what would be answered otherwise, and never for long what was there before."""

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import pytest

from listingapi.access.scopes import Scope
from tests import factories
from tests.accounts import Headers
from tests.conftest import TestDatabase
from tests.integration.hot.early.answers import remaining, said
from tests.redis_server import RedisServer
from tests.servers import ServeProcess, serving
from tests.sockets import Answer, exchange, next_answer

READ = frozenset({Scope.LISTINGS_READ})
# No more than what was told to everybody a second ago, and some time for a busy machine to see it.
OLDEST_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Site:
    """A server where anybody may read, and the key of whoever writes."""

    server: ServeProcess
    key: Headers

    def write(self, method: str, path: str, **body: object) -> httpx.Response:
        """Write, with credentials."""
        return httpx.request(method, f"{self.server.url}{path}", json=body, headers=self.key, timeout=60)


@pytest.fixture(scope="module")
def site(database: TestDatabase, key: Headers) -> Iterator[Site]:
    with serving(environment=database.settings(anonymous_scopes=READ).as_environment()) as server:
        yield Site(server, key)


def get(site: Site, path: str, *lines: str) -> Answer:
    """Ask for something, as browsers do."""
    return exchange(site.server.address, _request(path, *lines))


def _request(path: str, *lines: str) -> bytes:
    return "\r\n".join((f"GET {path} HTTP/1.1", "Host: localhost", *lines, "", "")).encode()


def made(site: Site) -> int:
    """A listing with two prices."""
    listing_id: int = site.write("POST", "/listings", **factories.listing()).raise_for_status().json()["id"]
    site.write("PATCH", f"/listings/{listing_id}", latest_price_eur=90_000.5).raise_for_status()
    return listing_id


@pytest.mark.parametrize("path", ["/listings/{}", "/listings/{}/prices"])
@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([], id="plain"),
        pytest.param(['If-None-Match: "2"'], id="known"),
        pytest.param(['If-None-Match: W/"1", W/"2"'], id="weakly known"),
        pytest.param(["If-None-Match: *"], id="any known"),
        pytest.param(['If-None-Match: "1"'], id="known of before"),
        pytest.param(["Origin: https://site.example"], id="of another origin"),
        pytest.param(["Accept: application/problem+json"], id="problems"),
        pytest.param(["Cache-Control: no-cache"], id="what is there now"),
    ],
)
def test_an_answer_is_the_same_whether_it_is_kept_or_not(site: Site, path: str, lines: list[str]) -> None:
    path = path.format(made(site))
    first = said(get(site, path, *lines))
    others = [said(get(site, path, *lines)) for _ in range(3)]
    asked_anew = said(get(site, path, *lines, "X-Nobody-Knows: it"))

    assert others == [first] * 3
    assert asked_anew == first


def test_a_history_is_not_answered_as_json_to_who_prefers_csv(site: Site) -> None:
    path = f"/listings/{made(site)}/prices"
    get(site, path)

    assert get(site, path, "Accept: text/csv").headers["content-type"].startswith("text/csv")


def test_who_has_written_reads_it_at_once_and_everybody_soon(site: Site) -> None:
    listing_id = made(site)
    path = f"/listings/{listing_id}/prices"
    for price in range(1, 20):
        get(site, path)
        site.write("PATCH", f"/listings/{listing_id}", latest_price_eur=price).raise_for_status()
        written = time.monotonic()
        own = httpx.get(f"{site.server.url}{path}", headers=site.key, timeout=60).json()
        assert own[-1]["price_eur"] == price
        assert get(site, path).json[-1]["price_eur"] == price or time.monotonic() - written < OLDEST_SECONDS


def test_what_another_process_writes_is_read_within_a_second(site: Site, database: TestDatabase) -> None:
    listing_id = made(site)
    path = f"/listings/{listing_id}/prices"
    with serving(environment=database.settings(anonymous_scopes=READ).as_environment()) as other:
        elsewhere = Site(other, site.key)
        for price in range(1, 10):
            get(site, path)
            elsewhere.write("PATCH", f"/listings/{listing_id}", latest_price_eur=price).raise_for_status()
            written = time.monotonic()
            own = httpx.get(f"{site.server.url}{path}", headers=site.key, timeout=60).json()
            assert own[-1]["price_eur"] == price
            asked = time.monotonic()
            while get(site, path).json[-1]["price_eur"] != price:
                assert asked - written < OLDEST_SECONDS
                asked = time.monotonic()


def test_requests_may_come_in_pieces_and_several_at_once(site: Site) -> None:
    request = _request(f"/listings/{made(site)}")
    head, rest = request[:9], request[9:]
    whole = said(exchange(site.server.address, request))
    with socket.create_connection(site.server.address, 20) as connection:
        for pieces in ([head, rest], [request * 2], [request], [request + head, rest]):
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(0.05)
            for _ in range(sum(map(len, pieces)) // len(request)):
                assert said(next_answer(connection)) == whole


@pytest.mark.parametrize("lines", [[], ['If-None-Match: "2"']])
def test_what_is_kept_says_to_the_edge_of_which_second_it_is(site: Site, lines: list[str]) -> None:
    path = f"/listings/{made(site)}"
    get(site, path)
    began = int(time.time() - OLDEST_SECONDS)
    second = get(site, path, *lines).headers["x-accel-expires"]

    assert second.startswith("@")
    assert began <= int(second[1:]) <= time.time()


def test_a_connection_that_is_idle_is_closed(site: Site) -> None:
    request = _request(f"/listings/{made(site)}")
    with socket.create_connection(site.server.address, 60) as connection:
        for _ in range(3):
            connection.sendall(request)
            next_answer(connection)
        assert connection.recv(1) == b""


@pytest.mark.parametrize("change", [lambda scopes: scopes | {Scope.LISTINGS_WRITE}, lambda _: frozenset()])
def test_who_may_write_or_not_read_gets_nothing_that_is_kept(
    database: TestDatabase, key: Headers, change: Callable[[frozenset[Scope]], frozenset[Scope]]
) -> None:
    """Without credentials, too: who may write reads what they wrote, who may not read is told so."""
    scopes = change(READ)
    with serving(environment=database.settings(anonymous_scopes=scopes).as_environment()) as server:
        site = Site(server, key)
        path = f"/listings/{made(site)}"
        for _ in range(3):
            assert get(site, path).status == (200 if scopes else 401)


@pytest.fixture
def limited(database: TestDatabase, key: Headers) -> Iterator[Site]:
    """One where addresses are limited, behind a proxy that says which they are."""
    settings = database.settings(
        anonymous_scopes=READ, address_reads_per_minute=20, trusted_proxies=frozenset({"127.0.0.1/32"})
    )
    with serving(environment=settings.as_environment()) as server:
        yield Site(server, key)


def test_what_is_kept_is_counted_by_address_like_all_else(limited: Site) -> None:
    path = f"/listings/{made(limited)}"
    one, other = "X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: 192.0.2.1, 198.51.100.7"
    answers = [get(limited, path, one) for _ in range(25)]
    told = [remaining(answer) for answer in answers]

    assert {answer.status for answer in answers[:20]} == {200}
    assert answers[-1].status == 429
    assert told == sorted(told, reverse=True)
    assert answers[0].headers["ratelimit-policy"] == '"reads";q=20;w=60'
    assert get(limited, path, other, "Forwarded: x").status == 200, "another address"
    assert remaining(get(limited, path, other)) == 18


@pytest.mark.parametrize("is_known", [False, True], ids=["anonymous", "with a key"])
def test_with_redis_what_is_kept_is_counted_for_all_processes(
    database: TestDatabase, key: Headers, redis_server: RedisServer, *, is_known: bool
) -> None:
    settings = database.settings(
        anonymous_scopes=READ,
        address_reads_per_minute=100,
        account_reads_per_minute=100,
        redis_url=redis_server.url,
    ).as_environment()
    lines = [f"{name}: {value}" for name, value in key.items()] if is_known else []
    with serving(environment=settings) as one, serving(environment=settings) as two:
        path = f"/listings/{made(Site(one, key))}"
        began = time.monotonic()
        statuses = [get(Site(server, key), path, *lines).status for _ in range(100) for server in (one, two)]
        refilled = (time.monotonic() - began) * 100 / 60

    # one in a hundred may be on its way for each process
    assert 100 <= statuses.count(200) <= 102 + refilled
    assert set(statuses[-2:]) == {429} or refilled > 50


def test_proxies_say_whether_a_client_came_by_https(limited: Site) -> None:
    path = f"/listings/{made(limited)}"
    lines = ("X-Forwarded-For: 192.0.2.9", "X-Forwarded-Proto: https")
    answers = [get(limited, path, *lines) for _ in range(3)]

    assert ["strict-transport-security" in answer.headers for answer in answers] == [True] * 3


def test_a_request_is_called_what_the_proxy_calls_it(site: Site) -> None:
    path = f"/listings/{made(site)}"
    answers = [get(site, path, f"X-Request-Id: {called}") for called in ("one", "two", "-three")]

    assert [answer.headers["x-request-id"] for answer in answers[:2]] == ["one", "two"]
    assert len(answers[2].headers["x-request-id"]) == 32
