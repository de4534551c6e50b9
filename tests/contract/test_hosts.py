"""Only requests for the hosts of the settings are answered; the names of others could be used against browsers."""

import httpx
import pytest

from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.servers import ServeProcess
from tests.sockets import exchange

TRUSTED = frozenset({"api.example", "*.agency.example", "[::1]", "2001:DB8::1", "192.0.2.1"})
REFUSED = {"message": "The header Host names none of the hosts that this service answers for."}


@pytest.mark.parametrize(
    "host",
    [
        "api.example", "API.Example", "api.example:8080", "a.agency.example", "a.b.agency.example:443", "[::1]",
        "[::1]:8080", "[2001:db8::1]", "192.0.2.1", "192.0.2.1:80", "api.example:",
    ],
)  # fmt: skip
async def test_hosts_of_the_settings_are_answered(database: TestDatabase, clock: Clock, host: str) -> None:
    async with client_of(database.settings(trusted_hosts=TRUSTED), clock) as client:
        assert (await client.get("/listings", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "", "evil.example", "api.example.evil.example", "evilapi.example", "agency.example", "*.agency.example",
        "evilagency.example", "api.example@evil.example", "evil.example/api.example", "api.example,evil.example",
        "[::2]", "::1", "[::1", "[::1]evil", "192.0.2.10", "api.example:80:80", "api.example:x", "api.example ",
        "*", "\xff", " api.example, x", "evil.example/.agency.example", "x@.agency.example", "a b.agency.example",
    ],
)  # fmt: skip
async def test_any_other_host_is_400(database: TestDatabase, clock: Clock, host: str) -> None:
    async with client_of(database.settings(trusted_hosts=TRUSTED), clock) as client:
        for path in ("/listings", "/nothing", "/docs"):
            answer = await client.get(path, headers={b"Host": host.encode("latin-1")})
            assert (answer.status_code, answer.json()) == (400, REFUSED)


async def test_it_is_a_problem_on_request_that_pages_of_any_origin_can_read(
    database: TestDatabase, clock: Clock
) -> None:
    async with client_of(database.settings(trusted_hosts=TRUSTED), clock) as client:
        answer = await client.get("/listings", headers={"Accept": "application/problem+json"})

    assert answer.json()["type"] == "urn:listingapi:problem:untrusted-host"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "no-store"


async def test_any_host_is_answered_by_default(client: httpx.AsyncClient) -> None:
    for host in ("anything.example", "[::7]:1", "under_score"):
        assert (await client.get("/listings", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    ("version", "hosts", "status"),
    [
        pytest.param(b"1.1", b"Host: a\r\n", 200, id="a host"),
        pytest.param(b"1.1", b"", 400, id="no host"),
        pytest.param(b"1.1", b"Host: a\r\nHost: a\r\n", 400, id="two hosts"),
        pytest.param(b"1.0", b"", 200, id="no host in HTTP/1.0, which had none"),
        pytest.param(b"1.0", b"Host: a\r\nHost: b\r\n", 400, id="two hosts in HTTP/1.0"),
    ],
)
def test_a_request_says_once_for_which_host_it_is(
    live_server: ServeProcess, version: bytes, hosts: bytes, status: int
) -> None:
    answer = exchange(live_server.address, b"GET /listings?limit=1 HTTP/%b\r\n%b\r\n" % (version, hosts))

    assert answer.status == status
    if status == 400:
        assert answer.json == REFUSED


@pytest.mark.parametrize("host", ["a:b", "a:999999", "[::1", "a]:80", ""])
async def test_what_is_no_host_is_refused_wherever_it_is_read(client: httpx.AsyncClient, host: str) -> None:
    answer = await client.post("/listings", json=factories.listing(), headers={"Host": host, "Idempotency-Key": "1"})

    assert answer.status_code == 400
