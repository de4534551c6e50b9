"""Tokens of an identity provider open what they should: whoever they are of, and whichever key has signed them."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import httpx
import pytest

from listingapi.access import published_keys, tokens
from listingapi.access.scopes import Scope
from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.forgeries import NO_LIMITS, ROLES, get_listings, new_account
from tests.issuer import AUDIENCE, Issuer, claims, issuing
from tests.servers import serving
from tests.signing import SigningKey, eddsa_key, es256_key, rs256_key
from tests.until import PATIENCE_SECONDS

CLIENTS = 32
ROTATIONS = 20
PUBLISHED_AT_A_TIME = 3

Sign = Callable[[SigningKey, dict[str, Any]], str]


@asynccontextmanager
async def app_of(database: TestDatabase, clock: Clock, issuer: Issuer, **changed: Any) -> AsyncIterator[Any]:
    """A client of an application that takes the tokens of an issuer, and nobody without."""
    given = {"anonymous_scopes": frozenset(), "jwt_roles": ROLES, **NO_LIMITS, **issuer.settings, **changed}
    async with client_of(database.settings(**given), clock) as client:
        yield client


@pytest.fixture
async def account_id(database: TestDatabase) -> int:
    return await new_account(database)


GOOD = [
    pytest.param(lambda key, good: key.sign(good), id="a plain one"),
    pytest.param(lambda key, good: key.sign_raw({"alg": key.algorithm, "kid": key.kid}, good), id="without a type"),
    pytest.param(lambda key, good: key.sign(good, typ="at+jwt"), id="of the type of RFC 9068"),
    pytest.param(lambda key, good: key.sign(good, typ="application/AT+JWT"), id="of that type in full"),
    pytest.param(lambda key, good: key.sign(good, typ="jwt"), id="of the type in small letters"),
    pytest.param(lambda key, good: key.sign(good, x5t="abc", nonce="1"), id="with more in its header"),
    pytest.param(lambda key, good: key.sign({**good, "exp": good["iat"] - 29}), id="expired within leeway"),
    pytest.param(lambda key, good: key.sign({**good, "nbf": good["iat"] + 30}), id="soon valid, within leeway"),
    pytest.param(lambda key, good: key.sign({**good, "iat": good["iat"] + 30}), id="issued soon, within leeway"),
    pytest.param(lambda key, good: key.sign({**good, "exp": good["exp"] + 0.5}), id="of times with fractions"),
    pytest.param(lambda key, good: key.sign({**good, "aud": ["other", AUDIENCE]}), id="for several audiences"),
    pytest.param(lambda key, good: key.sign({**good, "account_id": str(good["account_id"])}), id="account as a string"),
    pytest.param(lambda key, good: key.sign({**good, "scope": ["a", "listings:read"]}), id="scopes as a list"),
    pytest.param(lambda key, good: key.sign({**good, "scope": "editor"}), id="a role instead of a scope"),
    pytest.param(lambda key, good: key.sign({**good, "sub": "Zoë " * 63}), id="a subject of 252 characters"),
    pytest.param(lambda key, good: key.sign({**good, "pad": "x" * 5000}), id="of 7 KiB"),
    pytest.param(
        lambda key, good: key.sign({name: good[name] for name in good if name not in {"iat", "nbf"}}),
        id="without the claims that need not be",
    ),
]


@pytest.mark.parametrize("key", [rs256_key(), es256_key("ec"), eddsa_key("ed")], ids=lambda key: key.algorithm)
async def test_good_tokens_are_taken(database: TestDatabase, clock: Clock, account_id: int, key: SigningKey) -> None:
    with issuing(key) as issuer:
        async with app_of(database, clock, issuer) as client:
            for case in GOOD:
                sign: Any = case.values[0]
                answer = await get_listings(client, sign(key, claims(clock.now, account_id)))
                assert answer.status_code == 200, case.id
            assert issuer.fetches <= 2


async def test_what_is_written_with_a_token_belongs_to_its_account_and_names_its_subject(
    database: TestDatabase, clock: Clock, account_id: int, superuser: Any
) -> None:
    with issuing(es256_key()) as issuer:
        async with app_of(database, clock, issuer) as client:
            created = await post_listing(client, issuer.token(clock.now, account_id, sub="anna"))

    assert created.status_code == 201
    assert await superuser.fetchval("SELECT account_id FROM listing") == account_id
    assert await superuser.fetchval("SELECT actor FROM listing_price") == "user anna"


@pytest.mark.parametrize(
    ("roles", "status"),
    [
        pytest.param(["offline_access", "editor"], 201, id="a role that gives the scope"),
        pytest.param(["listings:write"], 201, id="the scope itself"),
        pytest.param(["viewer", "Editor"], 403, id="other roles"),
        pytest.param([], 403, id="no role"),
    ],
)
async def test_claims_are_found_where_the_settings_say(
    database: TestDatabase, clock: Clock, account_id: int, roles: list[str], status: int
) -> None:
    places = {"jwt_account_claim": "https://homes.example/account", "jwt_scopes_claim": "/realm_access/roles"}
    other = {"https://homes.example/account": account_id, "realm_access": {"roles": roles}, "scope": "listings:write"}
    with issuing(es256_key()) as issuer:
        async with app_of(database, clock, issuer, **places) as client:
            answer = await post_listing(client, issuer.token(clock.now, None, **other))

    assert answer.status_code == status


async def test_a_token_gives_no_more_than_the_account_may_have(database: TestDatabase, clock: Clock) -> None:
    portal_id = await new_account(database, "portal", "portal")
    with issuing(es256_key()) as issuer:
        async with app_of(database, clock, issuer) as client:
            token = issuer.token(clock.now, portal_id, scope=" ".join(Scope))
            reading, writing = await get_listings(client, token), await post_listing(client, token)

    assert (reading.status_code, writing.status_code) == (200, 403)


async def test_a_token_that_was_taken_before_is_refused_once_it_has_expired(
    database: TestDatabase, clock: Clock, account_id: int
) -> None:
    with issuing(es256_key()) as issuer:
        async with app_of(database, clock, issuer) as client:
            token = issuer.token(clock.now, account_id)
            answers = []
            for seconds in (0, 300 + 29, 1):
                clock.advance(seconds=seconds)
                answers.append((await get_listings(client, token)).status_code)

    assert answers == [200, 200, 401]


async def test_a_token_that_was_taken_before_is_refused_once_its_key_is_withdrawn(
    database: TestDatabase, clock: Clock, account_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "SECONDS_BETWEEN_REFRESHES", 0.05)
    monkeypatch.setattr(published_keys, "SECONDS_BETWEEN_FETCHES", 0.01)
    with issuing(es256_key("leaked"), es256_key("new")) as issuer:
        async with app_of(database, clock, issuer) as client:
            leaked, new = (key.sign(claims(clock.now, account_id)) for key in issuer.keys)
            assert (await get_listings(client, leaked)).status_code == 200
            del issuer.keys[0]
            async with asyncio.timeout(PATIENCE_SECONDS):
                while (await get_listings(client, leaked)).status_code == 200:
                    assert (await get_listings(client, new)).status_code == 200
            assert (await get_listings(client, new)).status_code == 200


async def test_another_key_under_the_name_of_one_that_was_known_ends_its_tokens(
    database: TestDatabase, clock: Clock, account_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "SECONDS_BETWEEN_REFRESHES", 0.05)
    monkeypatch.setattr(published_keys, "SECONDS_BETWEEN_FETCHES", 0.01)
    with issuing(es256_key("same")) as issuer:
        async with app_of(database, clock, issuer) as client:
            token = issuer.token(clock.now, account_id)
            assert (await get_listings(client, token)).status_code == 200
            issuer.keys[0] = es256_key("same")
            async with asyncio.timeout(PATIENCE_SECONDS):
                while (await get_listings(client, token)).status_code == 200:
                    pass
            assert (await get_listings(client, issuer.token(clock.now, account_id))).status_code == 200


def test_a_server_takes_tokens_as_its_environment_says(database: TestDatabase, account_id: int) -> None:
    with issuing(rs256_key()) as issuer:
        settings = database.settings(anonymous_scopes=frozenset(), jwt_roles=ROLES, **issuer.settings)
        token = issuer.token(datetime.now(UTC), account_id, scope="editor")
        with serving(environment=settings.as_environment()) as server:
            statuses = [
                httpx.get(f"{server.url}/listings", headers={"Authorization": f"Bearer {sent}"}, timeout=60).status_code
                for sent in (token, token[:-4])
            ]

    assert statuses == [200, 401]


async def test_many_tokens_of_unknown_keys_cause_one_fetch_a_second(
    database: TestDatabase, clock: Clock, account_id: int
) -> None:
    with issuing(es256_key()) as issuer:
        async with app_of(database, clock, issuer) as client:
            await issuer.was_asked()
            began = monotonic()
            for _ in range(2):
                forged = [es256_key().sign(claims(clock.now, account_id)) for _ in range(100)]
                answers = await asyncio.gather(*(get_listings(client, token) for token in forged))
                assert {answer.status_code for answer in answers} == {401}
            assert issuer.fetches <= 2 + (monotonic() - began) / published_keys.SECONDS_BETWEEN_FETCHES


async def test_no_valid_token_is_refused_while_keys_are_rotated_under_load(
    database: TestDatabase, clock: Clock, account_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published_keys, "SECONDS_BETWEEN_FETCHES", 0.05)
    with issuing(es256_key()) as issuer:
        async with app_of(database, clock, issuer) as client:
            client.event_hooks = {}  # to check each answer against the document would take most of the time
            load = Load(client, issuer, clock, account_id)
            began = monotonic()
            async with asyncio.timeout(60), asyncio.TaskGroup() as group:
                clients = [group.create_task(load.send_tokens(number)) for number in range(CLIENTS)]
                await load.rotate()
                for task in clients:
                    task.cancel()
            most_fetches = 2 + (monotonic() - began) / 0.05

    assert load.taken >= ROTATIONS * CLIENTS
    assert ROTATIONS < issuer.fetches <= most_fetches


class Load:
    """Clients that send tokens without pause, each signed by the newest key at that moment."""

    def __init__(self, client: httpx.AsyncClient, issuer: Issuer, clock: Clock, account_id: int) -> None:
        self._client = client
        self._issuer = issuer
        self._clock = clock
        self._account_id = account_id
        self._taken_of: dict[str, int] = defaultdict(int)
        self._is_in_use = asyncio.Event()
        self.taken = 0

    async def send_tokens(self, number: int) -> None:
        """Send tokens, each another one, until one is refused."""
        sent = 0
        while True:
            key, sent = self._issuer.keys[-1], sent + 1
            token = key.sign(claims(self._clock.now, self._account_id, jti=f"{number}-{sent}"))
            assert (await get_listings(self._client, token)).status_code == 200
            self.taken += 1
            self._taken_of[key.kid] += 1
            if key is self._issuer.keys[-1] and self._taken_of[key.kid] >= CLIENTS:
                self._is_in_use.set()

    async def rotate(self) -> None:
        """Let the issuer have a new key again and again, each as soon as enough tokens of the one before were taken."""
        for key in [es256_key() for _ in range(ROTATIONS)]:
            self._is_in_use.clear()
            self._issuer.keys = [*self._issuer.keys, key][-PUBLISHED_AT_A_TIME:]
            await self._is_in_use.wait()


async def post_listing(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post("/listings", json=factories.listing(), headers={"Authorization": f"Bearer {token}"})
