"""The identity provider is dead, hung or talks nonsense: known keys go on, and nobody else waits for it."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from structlog.testing import capture_logs

from listingapi.access import published_keys, tokens
from tests import issuer as issuers
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.forgeries import NO_LIMITS, get_listings, new_account
from tests.issuer import Answer, Issuer, claims, issuing, publishes
from tests.signing import es256_key

FAULTS = [
    pytest.param(issuers.fails, "the answer was 500", id="it fails"),
    pytest.param(issuers.hangs, "no answer within 0.3 seconds", id="it hangs"),
    pytest.param(issuers.dribbles, "no answer within 0.3 seconds", id="it sends a byte now and then"),
    pytest.param(issuers.hangs_up, "RemoteProtocolError", id="it hangs up"),
    pytest.param(issuers.redirects, "the answer was 302", id="it redirects"),
    pytest.param(issuers.talks_garbage, "the key set is not strict JSON", id="it answers a page"),
    pytest.param(issuers.has_no_list, "the key set has no list of keys", id="it answers other JSON"),
    pytest.param(issuers.sends_two_megabytes, "the answer is larger than 1048576 bytes", id="it answers two megabytes"),
]


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing(es256_key("known")) as running:
        yield running


@pytest.fixture
async def account_id(database: TestDatabase) -> int:
    return await new_account(database)


@pytest.fixture
async def client(
    database: TestDatabase, clock: Clock, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setattr(tokens, "FETCH_SECONDS", 0.3)
    monkeypatch.setattr(published_keys, "SECONDS_BETWEEN_FETCHES", 0.01)
    settings = database.settings(anonymous_scopes=frozenset(), **NO_LIMITS, **issuer.settings)
    async with client_of(settings, clock) as connected:
        yield connected


@pytest.mark.parametrize(("fault", "reason"), FAULTS)
async def test_known_keys_go_on_and_unknown_ones_are_no_fault_of_the_caller(  # noqa: PLR0913, PLR0917 - fixtures
    client: httpx.AsyncClient, issuer: Issuer, clock: Clock, account_id: int, fault: Answer, reason: str
) -> None:
    old = issuer.token(clock.now, account_id)
    assert (await get_listings(client, old)).status_code == 200
    issuer.keys = [*issuer.keys, es256_key("new")]
    issuer.answer = fault
    new = issuer.token(clock.now, account_id)

    with capture_logs() as logged:
        answers = [await get_listings(client, token) for token in (new, old, fresh(issuer, clock, account_id))]
    issuer.answer = publishes
    recovered = await get_listings(client, new)

    assert [answer.status_code for answer in answers] == [503, 200, 200]
    assert answers[0].headers["Retry-After"] == "5"
    assert [entry["reason"] for entry in logged if entry["event"] == "issuer_keys_not_fetched"] == [reason]
    assert new.split(".")[2] not in repr(logged)
    assert recovered.status_code == 200


def fresh(issuer: Issuer, clock: Clock, account_id: int) -> str:
    """A token of a known key that was not seen before."""
    return issuer.keys[0].sign(claims(clock.now, account_id, jti="fresh"))


async def test_nobody_else_waits_for_an_identity_provider_that_hangs(
    client: httpx.AsyncClient, issuer: Issuer, clock: Clock, account_id: int
) -> None:
    await get_listings(client, issuer.token(clock.now, account_id))
    await issuer.was_asked()
    issuer.answer = issuers.hangs
    waiting = asyncio.create_task(get_listings(client, es256_key().sign(claims(clock.now, account_id))))
    await issuer.was_asked()

    answer = await get_listings(client, fresh(issuer, clock, account_id))

    assert answer.status_code == 200
    assert not waiting.done()
    assert (await waiting).status_code == 503


async def test_the_service_starts_while_the_identity_provider_is_down(
    database: TestDatabase, clock: Clock, account_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published_keys, "SECONDS_BETWEEN_FETCHES", 0.01)
    with issuing(es256_key()) as issuer:
        gone, token = dict(issuer.settings), issuer.token(clock.now, account_id)
    settings = database.settings(**NO_LIMITS, **gone)
    async with client_of(settings, clock) as client:
        with_token, without = await get_listings(client, token), await client.get("/listings")

    assert (with_token.status_code, without.status_code) == (503, 200)


async def test_the_service_stops_while_the_identity_provider_hangs(
    database: TestDatabase, clock: Clock, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "FETCH_SECONDS", 600)
    issuer.answer = issuers.hangs
    stop_seconds = issuers.WAIT_SECONDS - 5
    async with asyncio.timeout(stop_seconds), client_of(database.settings(**issuer.settings), clock) as client:
        await issuer.was_asked()
        answer = await client.get("/listings")

    assert answer.status_code == 200
