"""Callers may send as much as they are allowed: accounts as accounts, others by address; and are told what is left."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, cast

import httpx
import pytest
from litestar.types import Receive, Scope, Send

from listingapi.access.callers import Caller, anonymous, put_caller
from listingapi.access.rates import Rates
from listingapi.infra.limits import LocalLimits
from tests.stopped import StoppedClock

RATES = {
    "address_reads_per_minute": 3,
    "address_writes_per_minute": 2,
    "account_reads_per_minute": 6,
    "account_writes_per_minute": 5,
}
READER = anonymous(frozenset())
ClientOf = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


class Service:
    """What is behind the limits: never there, and it counts who came that far."""

    def __init__(self) -> None:
        self.reached = 0

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        self.reached += 1
        await receive()
        await send({"type": "http.response.start", "status": 404, "headers": [(b"x-service", b"1")]})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def time() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def client_of(service: Service, time: StoppedClock) -> ClientOf:
    """Makes clients of one limited service, each with a caller, at an address."""
    limits = LocalLimits(time)

    @asynccontextmanager
    async def client(
        caller: Caller = READER, address: str = "192.0.2.1", **rates: int
    ) -> AsyncIterator[httpx.AsyncClient]:
        limited = Rates(service, limits, RATES | rates)

        async def app(scope: Any, receive: Receive, send: Send) -> None:
            put_caller(scope, caller)
            await limited(scope, receive, send)

        transport = httpx.ASGITransport(cast("Any", app), client=(address, 1234))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as connected:
            yield connected

    return client


async def let_in(client: httpx.AsyncClient, method: str = "GET", *, tries: int = 10) -> int:
    """How many of some requests were let in."""
    return sum([(await client.request(method, "/")).status_code == 404 for _ in range(tries)])


async def test_reads_and_writes_are_counted_apart(client_of: ClientOf) -> None:
    async with client_of() as client:
        assert await let_in(client, "GET") == 3
        assert await let_in(client, "PATCH") == 2


@pytest.mark.parametrize(("method", "before"), [("HEAD", "GET"), ("PUT", "POST"), ("DELETE", "POST")])
async def test_methods_of_a_kind_are_counted_together(client_of: ClientOf, method: str, before: str) -> None:
    async with client_of() as client:
        await let_in(client, before)
        assert await let_in(client, method) == 0


async def test_questions_about_an_address_count_as_nothing(client_of: ClientOf) -> None:
    async with client_of() as client:
        assert await let_in(client, "OPTIONS") == 10
        assert await let_in(client, "GET") == 3
        assert await let_in(client, "OPTIONS") == 10


async def test_addresses_are_counted_apart_and_a_64_as_one(client_of: ClientOf) -> None:
    async with client_of(address="2001:db8::1") as client:
        assert await let_in(client) == 3
    async with client_of(address="2001:db8::ffff:2") as client:
        assert await let_in(client) == 0
    for other in ("2001:db8:0:1::1", "192.0.2.2"):
        async with client_of(address=other) as client:
            assert await let_in(client) == 3


async def test_an_account_is_counted_wherever_it_calls_from_and_whichever_key_it_uses(client_of: ClientOf) -> None:
    async with client_of(Caller(7, frozenset(), "key 1")) as client:
        assert await let_in(client) == 6
    async with client_of(Caller(7, frozenset(), "user x"), address="192.0.2.2") as client:
        assert await let_in(client) == 0
    async with client_of(Caller(8, frozenset(), "key 2")) as client:
        assert await let_in(client) == 6


async def test_those_without_credentials_do_not_use_up_what_an_account_may(client_of: ClientOf) -> None:
    async with client_of(READER) as client:
        await let_in(client)
    async with client_of(Caller(READER.account_id, frozenset(), "key 1")) as client:
        assert await let_in(client) == 6


@pytest.mark.parametrize(
    ("own", "reads", "writes"),
    [
        pytest.param({"reads_per_minute": 8}, 8, 5, id="more reads"),
        pytest.param({"writes_per_minute": 1}, 6, 1, id="fewer writes"),
        pytest.param({"reads_per_minute": 0}, 10, 5, id="any number of reads"),
    ],
)
async def test_operators_set_what_an_account_may(
    client_of: ClientOf, own: dict[str, int], reads: int, writes: int
) -> None:
    async with client_of(Caller(7, frozenset(), "key 1", **own)) as client:
        assert await let_in(client, "GET") == reads
        assert await let_in(client, "POST") == writes


async def test_operators_may_limit_one_account_where_no_other_is(client_of: ClientOf) -> None:
    async with client_of(Caller(7, frozenset(), "key 1", reads_per_minute=1), account_reads_per_minute=0) as client:
        assert await let_in(client) == 1


async def test_whoever_waits_as_long_as_told_is_let_in(client_of: ClientOf, time: StoppedClock) -> None:
    async with client_of(address_reads_per_minute=7) as client:
        await let_in(client)
        time.advance(0.25)
        for _ in range(5):
            refused = await client.get("/")
            time.advance(int(refused.headers["retry-after"]))
            assert (await client.get("/")).status_code == 404


async def test_every_answer_says_what_is_left(client_of: ClientOf) -> None:
    async with client_of() as client:
        answers = [await client.get("/") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 429]
    assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"reads";q=3;w=60'}
    assert [answer.headers["ratelimit"] for answer in answers] == [
        '"reads";r=2;t=20', '"reads";r=1;t=40', '"reads";r=0;t=60', '"reads";r=0;t=20',
    ]  # fmt: skip
    assert answers[0].headers["x-service"] == "1"


async def test_a_refusal_says_what_and_how_long(client_of: ClientOf) -> None:
    async with client_of(address_writes_per_minute=60) as client:
        await let_in(client, "POST", tries=60)
        refused = await client.post("/", headers={"Accept": "application/problem+json"})

    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["type"] == "urn:listingapi:problem:too-many-requests"
    assert refused.json()["detail"] == "Too many writes: send the next one in 1 second."


async def test_nothing_is_said_where_there_is_no_limit(client_of: ClientOf) -> None:
    async with client_of(address_reads_per_minute=0) as client:
        assert await let_in(client) == 10
        assert not {"ratelimit", "ratelimit-policy"} & (await client.get("/")).headers.keys()


async def test_what_is_refused_goes_no_further(client_of: ClientOf, service: Service) -> None:
    async with client_of() as client:
        await let_in(client, "POST")
        refused = await client.post("/", content=b"x" * 10_000)

    assert refused.status_code == 429
    assert service.reached == 2
