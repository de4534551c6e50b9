"""Canaries in every place where a secret can stand: none of them is in an answer, in the log or in the database."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from typing import Any

import asyncpg
import httpx
import pytest

from listingapi.access import keys
from listingapi.access.scopes import Scope
from tests import factories
from tests.accounts import Accounts, bearer
from tests.conftest import TestDatabase
from tests.issuer import AUDIENCE, NAME, Issuer, issuing
from tests.servers import ServeProcess, serving
from tests.signing import es256_key

numbers = count(1)


def canary() -> str:
    """Something that is nowhere else."""
    return f"canary{next(numbers):04}qzx"


REDIS_PASSWORD, JWKS_SECRET = canary(), canary()
# as many connections as its pool may have, each of which is found cut once
MOST_CUT = 11
PLANTED = [REDIS_PASSWORD, JWKS_SECRET]


def planted(text: str) -> str:
    """Remember a text as one that must not be found."""
    PLANTED.append(text)
    return text


def token() -> str:
    """A token of a key that nobody published; each part of it is a secret."""
    forged = es256_key("nobody").sign({"iss": NAME, "aud": AUDIENCE, "sub": planted(canary())})
    PLANTED.extend(forged.split("."))
    return forged


@pytest.fixture(scope="module")
def good_key(own_database: TestDatabase) -> str:
    async def add() -> str:
        async with Accounts.on(own_database) as accounts:
            headers = await accounts.key(await accounts.add("operators", "operator"))
        return headers["Authorization"].removeprefix("Bearer ")

    return planted(asyncio.run(add()))


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with issuing(es256_key("published")) as running:
        yield running


@pytest.fixture(scope="module")
def server(own_database: TestDatabase, issuer: Issuer) -> Iterator[ServeProcess]:
    """A server whose Redis does not answer, and whose identity provider is asked at an address with a secret."""
    settings = own_database.settings(
        redis_url=f"redis://:{REDIS_PASSWORD}@127.0.0.1:1/0",
        jwt_issuer=NAME,
        jwt_audience=AUDIENCE,
        jwt_jwks_url=f"{issuer.jwks_url}?secret={JWKS_SECRET}",
        anonymous_scopes=frozenset({Scope.LISTINGS_READ}),
        account_reads_per_minute=1_000_000,
        log_share=1,
    )
    with serving(environment=settings.as_environment()) as started:
        yield started


def requests(good_key: str) -> list[httpx.Request]:
    """Requests with a canary in every place, right and wrong ones."""
    own = bearer(good_key)
    secret = planted(canary())
    everywhere = {
        "Cookie": f"session={planted(canary())}",
        "X-Api-Key": planted(canary()),
        "X-Forwarded-For": planted(canary()),
        "Forwarded": planted(canary()),
        "Referer": f"https://agency.example/?key={planted(canary())}",
        "User-Agent": planted(canary()),
        "Accept-Language": planted(canary()),
    }
    bad = [
        bearer(planted(keys.new_key())),
        bearer(planted(keys.new_key()[:-1] + "_")),
        bearer(token()),
        bearer(planted(f"{canary()}.{canary()}.{canary()}")),
        {"Authorization": f"Basic {planted(canary())}"},
        {"Authorization": planted(canary())},
    ]
    listing = factories.listing()
    return [
        *(httpx.Request("GET", "/listings", headers=wrong | everywhere) for wrong in bad),
        *(httpx.Request("POST", "/listings", json=listing, headers=wrong | everywhere) for wrong in bad),
        httpx.Request("GET", f"/listings?limit={secret}", headers=everywhere),
        httpx.Request("GET", f"/listings?cursor={secret}", headers=own | everywhere),
        httpx.Request("GET", "/listings?limit=1", headers=own | everywhere),
        httpx.Request("POST", "/listings", json=listing | {"password": secret}, headers=own),
        httpx.Request("POST", "/listings", json=listing | {"rooms_count": secret}, headers=own),
        httpx.Request("POST", "/listings", content=f'{{"password": "{secret}', headers=own),
        httpx.Request("POST", "/accounts", json={"name": "made", "kind": secret}, headers=own),
        httpx.Request("POST", "/accounts", json={"name": "made", "kind": "agency"}, headers=own),
        httpx.Request("GET", "/accounts", headers=own),
        httpx.Request("GET", "/audit", headers=own),
    ]


async def _connections_are_cut(database: TestDatabase) -> None:
    connection = await asyncpg.connect(database.superuser_url)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'listingapi %'"
    )
    await connection.close()


async def _all_rows(database: TestDatabase) -> str:
    connection = await asyncpg.connect(database.superuser_url)
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    rows = [await connection.fetch(f'SELECT row::text FROM "{table[0]}" AS row') for table in tables]
    await connection.close()
    return "\n".join(row[0] for several in rows for row in several)


def test_no_secret_is_in_an_answer_the_log_or_the_database(
    server: ServeProcess, own_database: TestDatabase, good_key: str, issuer: Issuer
) -> None:
    answers = []
    with httpx.Client(timeout=30) as client:
        for given in requests(good_key):
            for _ in range(2):  # the second time with its connections cut
                target = httpx.URL(server.url).join(str(given.url))
                answer = client.request(given.method, target, content=given.content, headers=given.headers)
                answers.append(f"{answer.headers} {answer.text}")
                asyncio.run(_connections_are_cut(own_database))
        made = _accounts(client, server, good_key)[-1]
        issued = client.post(
            f"{server.url}/accounts/{made['id']}/keys",
            json={"name": "made"},
            headers=bearer(good_key) | {"Idempotency-Key": "1"},
        )
        PLANTED.append(issued.json()["key"])
        answers.append(client.get(f"{server.url}/accounts/{made['id']}/keys", headers=bearer(PLANTED[-1])).text)
    server.process.terminate()
    server.process.wait(30)
    log, stored = "".join(server.printed), asyncio.run(_all_rows(own_database))

    assert "credentials_refused" in log
    assert "redis_unavailable" in log
    assert log.count("request_answered") >= 2 * len(requests(good_key))
    assert issuer.fetches
    for place in (*answers, log, stored):
        assert [secret for secret in PLANTED if secret in place] == []


def _accounts(client: httpx.Client, server: ServeProcess, key: str) -> Any:
    """All accounts, as soon as the connections that were cut are replaced."""
    for _ in range(MOST_CUT):
        if (answer := client.get(f"{server.url}/accounts", headers=bearer(key))).status_code != 503:
            break
    return answer.raise_for_status().json()


@pytest.mark.parametrize("name", ["DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL", "JWT_JWKS_URL", "JWT_ISSUER"])
@pytest.mark.parametrize("url", ["postgresql://user:{}@127.0.0.1:1/db", "redis//:{}@127.0.0.1:1", "://{}"])
def test_a_wrong_setting_is_named_without_what_it_was(name: str, url: str) -> None:
    secret = canary()
    environment = {"PATH": "/usr/bin:/bin", f"LISTINGAPI_{name}": url.format(secret)}

    run = subprocess.run(
        [sys.executable, "-m", "listingapi", "keys", "list"],
        env={"LISTINGAPI_DATABASE_URL": "postgresql://127.0.0.1:1/none"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 2
    assert secret not in run.stdout + run.stderr
    assert len(run.stderr.splitlines()) == 1
