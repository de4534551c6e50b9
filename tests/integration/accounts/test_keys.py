"""Operators make, list and revoke API keys. A key is told once, and kept nowhere."""

from typing import Any

import httpx
import pytest

from listingapi.access import keys
from listingapi.access.scopes import MAY_HAVE, Kind, Scope
from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.integration.accounts.conftest import Made

PROBLEM = {"accept": "application/problem+json"}
NOW = "2023-01-12T09:23:36Z"
TABLES = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT LIKE 'pg_%'"
FILL = """
    INSERT INTO api_key (account_id, name, hint, digest, scopes, created_date, created_by)
    SELECT $1, 'filled', 'lst_', sha256(number::text::bytea), '{}', now(), 'anonymous'
    FROM generate_series(1, $2::int) AS number
"""


async def make(client: httpx.AsyncClient, account: Made, **given: Any) -> httpx.Response:
    answer = await client.post(f"/accounts/{account['id']}/keys", json={"name": "a key"} | given)
    assert answer.status_code == 201, answer.text
    return answer


def public(answer: httpx.Response) -> dict[str, Any]:
    """What is told of a key later on."""
    return {name: value for name, value in answer.json().items() if name != "key"}


async def dump(superuser: Any) -> str:
    """All that the database holds, as text."""
    tables = [row[0] for row in await superuser.fetch(TABLES)]
    assert "public.idempotency_record" in tables
    rows = [await superuser.fetch(f"SELECT t::text FROM {table} AS t") for table in tables]
    return "\n".join(row[0] for each in rows for row in each)


async def opens(client: httpx.AsyncClient, key: str, path: str = "/listings") -> bool:
    """Whether a key is taken at all."""
    answer = await client.get(path, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code in {200, 401}
    return answer.status_code == 200


async def test_a_new_key_is_told_in_the_one_answer_that_makes_it(operated: httpx.AsyncClient, agency: Made) -> None:
    expires = "2023-01-13T09:23:36Z"
    made = await make(operated, agency, name="Website", scopes=["listings:read", "prices:write"], expires_date=expires)
    key = made.json()["key"]
    read = await operated.get(made.headers["location"])
    listed = await operated.get(f"/accounts/{agency['id']}/keys")

    assert made.headers["cache-control"] == "no-store"
    assert keys.is_well_formed(key)
    operator_key = (await operated.get("/audit", params={"operation": "post-account-keys"})).json()[0]["actor"]
    assert public(made) == {
        "id": made.json()["id"], "name": "Website", "hint": key[:8], "scopes": ["listings:read", "prices:write"],
        "created_date": NOW, "created_by": operator_key, "expires_date": expires,
    }  # fmt: skip
    assert read.json() == public(made)
    assert listed.json() == [public(made)]
    assert key not in read.text + listed.text


async def test_the_key_is_nowhere_in_the_database(operated: httpx.AsyncClient, agency: Made, superuser: Any) -> None:
    answer = await operated.post(
        f"/accounts/{agency['id']}/keys", json={"name": "a"}, headers={"Idempotency-Key": "once"}
    )
    key: str = answer.json()["key"]
    held = (await dump(superuser)).lower()

    assert answer.json()["hint"] in await dump(superuser)
    assert keys.digest(key).hex() in held
    for secret in (key, key.removeprefix(keys.PREFIX), key[len(keys.PREFIX) + 4 :]):
        assert secret.lower() not in held
        assert secret.encode().hex() not in held


async def test_a_repeated_request_is_answered_without_the_key(operated: httpx.AsyncClient, agency: Made) -> None:
    path, header = f"/accounts/{agency['id']}/keys", {"Idempotency-Key": "once"}
    first = await operated.post(path, json={"name": "a"}, headers=header)
    again = await operated.post(path, json={"name": "a"}, headers=header)

    assert "key" in first.json()
    assert (again.status_code, again.json()) == (201, public(first))
    assert again.headers["cache-control"] == "no-store"
    assert again.headers["location"] == first.headers["location"]
    assert (await operated.get(path)).json() == [public(first)]


@pytest.mark.parametrize("kind", MAY_HAVE)
async def test_a_key_may_do_all_that_its_account_may_unless_it_is_told_less(
    client: httpx.AsyncClient, kind: Kind
) -> None:
    account = (await client.post("/accounts", json={"name": "a", "kind": kind})).json()

    assert set((await make(client, account)).json()["scopes"]) == MAY_HAVE[kind]
    assert (await make(client, account, scopes=["listings:read"] * 2)).json()["scopes"] == ["listings:read"]


@pytest.mark.parametrize(
    ("kind", "scope"), [(kind, scope) for kind, may in MAY_HAVE.items() for scope in Scope if scope not in may]
)
async def test_a_scope_that_the_accounts_kind_may_not_have_is_refused(
    client: httpx.AsyncClient, kind: str, scope: str
) -> None:
    account = (await client.post("/accounts", json={"name": "a", "kind": kind})).json()
    given = {"name": "a", "scopes": ["listings:read", scope]}
    answer = await client.post(f"/accounts/{account['id']}/keys", json=given, headers=PROBLEM)

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {
            "pointer": "/scopes/1",
            "detail": f"must not be {scope}: no key of an account of the kind {kind} may have that",
        }
    ]


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"name": ""}, "/name"), ({"name": " "}, "/name"), ({"name": "x" * 256}, "/name"), ({"name": 1}, "/name"),
        ({"scopes": []}, "/scopes"), ({"scopes": "listings:read"}, "/scopes"), ({"scopes": ["all"]}, "/scopes"),
        ({"scopes": [1]}, "/scopes"), ({"scopes": None}, "/scopes"), ({"expires_date": NOW}, "/expires_date"),
        ({"expires_date": "2020-01-01T00:00:00Z"}, "/expires_date"), ({"expires_date": "2030-01-01"}, "/expires_date"),
        ({"expires_date": "2030-01-01T00:00:00"}, "/expires_date"), ({"expires_date": None}, "/expires_date"),
        ({"expires_date": "9999-12-31T23:59:59-12:00"}, "/expires_date"), ({"owner": 1}, "/owner"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_named(
    client: httpx.AsyncClient, agency: Made, wrong: dict[str, Any], pointer: str
) -> None:
    path = f"/accounts/{agency['id']}/keys"
    answer = await client.post(path, json={"name": "a"} | wrong, headers=PROBLEM)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert (await client.get(path)).json() == []


async def test_a_key_opens_what_its_scopes_say_until_it_expires(
    operated: httpx.AsyncClient, agency: Made, clock: Clock
) -> None:
    made = await make(operated, agency, scopes=["listings:read"], expires_date="2023-01-12T10:00:00Z")
    header = {"Authorization": f"Bearer {made.json()['key']}"}

    assert (await operated.get("/listings", headers=header)).status_code == 200
    refused = await operated.post("/listings", json=factories.listing(), headers=header)
    assert (refused.status_code, "listings:write" in refused.json()["message"]) == (403, True)
    clock.set("2023-01-12T09:59:59Z")
    assert (await operated.get("/listings", headers=header)).status_code == 200
    clock.set("2023-01-12T10:00:00Z")
    assert (await operated.get("/listings", headers=header)).status_code == 401


async def test_a_revoked_key_opens_nothing_and_stays_in_the_list(
    database: TestDatabase, operated: httpx.AsyncClient, agency: Made, clock: Clock
) -> None:
    revoked, kept = await make(operated, agency), await make(operated, agency)
    clock.advance(hours=1)
    answer = await operated.delete(revoked.headers["location"])

    assert (answer.status_code, answer.content) == (204, b"")
    assert (await operated.get(f"/accounts/{agency['id']}/keys")).json() == [
        public(kept),
        public(revoked) | {"revoked_date": "2023-01-12T10:23:36Z"},
    ]
    async with client_of(database.settings(anonymous_scopes=frozenset()), clock) as fresh:
        assert not await opens(fresh, revoked.json()["key"])
        assert await opens(fresh, kept.json()["key"])


async def test_revoking_once_more_changes_nothing(
    operated: httpx.AsyncClient, agency: Made, superuser: Any, clock: Clock
) -> None:
    made = await make(operated, agency)
    await operated.delete(made.headers["location"])
    before = await superuser.fetch("SELECT * FROM api_key ORDER BY key_id")
    entries = (await operated.get("/audit")).json()
    clock.advance(hours=1)
    again = await operated.delete(made.headers["location"])
    with_key = await operated.delete(made.headers["location"], headers={"Idempotency-Key": "again"})

    assert (again.status_code, with_key.status_code) == (204, 204)
    assert await superuser.fetch("SELECT * FROM api_key ORDER BY key_id") == before
    assert (await operated.get("/audit")).json() == entries


async def test_the_keys_of_a_suspended_account_open_nothing_until_it_is_resumed(
    database: TestDatabase, operated: httpx.AsyncClient, agency: Made, clock: Clock
) -> None:
    key = (await make(operated, agency)).json()["key"]
    for suspended in (True, False):
        await operated.patch(f"/accounts/{agency['id']}", json={"suspended": suspended})
        async with client_of(database.settings(anonymous_scopes=frozenset()), clock) as fresh:
            assert await opens(fresh, key) is not suspended


async def test_an_account_of_a_lesser_kind_takes_its_keys_what_it_may_no_longer(
    database: TestDatabase, operated: httpx.AsyncClient, clock: Clock
) -> None:
    account = (await operated.post("/accounts", json={"name": "other", "kind": "operator"})).json()
    header = {"Authorization": f"Bearer {(await make(operated, account)).json()['key']}"}
    await operated.patch(f"/accounts/{account['id']}", json={"kind": "portal"})
    async with client_of(database.settings(anonymous_scopes=frozenset()), clock) as fresh:
        assert (await fresh.get("/accounts", headers=header)).status_code == 403
        assert (await fresh.get("/listings", headers=header)).status_code == 200


async def test_the_last_use_of_a_key_is_shown_also_when_the_process_ended_right_after_it(
    database: TestDatabase, operated: httpx.AsyncClient, agency: Made, clock: Clock
) -> None:
    made = await make(operated, agency)
    clock.advance(days=20)
    async with client_of(database.settings(anonymous_scopes=frozenset()), clock) as ending:
        assert await opens(ending, made.json()["key"])

    assert (await operated.get(made.headers["location"])).json()["last_used_date"] == "2023-02-01T09:23:36Z"


@pytest.mark.parametrize("key_id", ["7777", "abc", "-1", "9223372036854775808", "1" * 400])
async def test_a_key_that_does_not_exist_is_not_found(client: httpx.AsyncClient, agency: Made, key_id: str) -> None:
    path = f"/accounts/{agency['id']}/keys/{key_id}"
    answers = [await client.get(path), await client.delete(path)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json() == {"message": f"The account has no API key {key_id[:40]}."}


async def test_the_keys_of_another_account_are_not_there(operated: httpx.AsyncClient, agency: Made) -> None:
    made = (await make(operated, agency)).json()
    answers = [
        await operated.get(f"/accounts/1/keys/{made['id']}"),
        await operated.delete(f"/accounts/1/keys/{made['id']}"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert (await operated.get("/accounts/1/keys")).json() == []
    assert await opens(operated, made["key"])


async def test_an_account_has_at_most_a_thousand_keys(client: httpx.AsyncClient, agency: Made, superuser: Any) -> None:
    await superuser.execute(FILL, agency["id"], 999)
    await make(client, agency)
    answer = await client.post(f"/accounts/{agency['id']}/keys", json={"name": "one more"})

    assert answer.status_code == 409
    assert answer.json()["message"].startswith("An account has at most 1000 API keys")
    assert len((await client.get(f"/accounts/{agency['id']}/keys")).json()) == 1000


async def test_keys_that_open_nothing_any_more_do_not_count(
    client: httpx.AsyncClient, agency: Made, superuser: Any
) -> None:
    await superuser.execute(FILL, agency["id"], 1000)
    await superuser.execute("UPDATE api_key SET revoked_date = now() WHERE key_id % 2 = 0")
    await superuser.execute("UPDATE api_key SET expires_date = '2023-01-01' WHERE key_id % 2 = 1")

    await make(client, agency)


async def test_a_lost_answer_costs_a_key_that_can_be_revoked(operated: httpx.AsyncClient, agency: Made) -> None:
    path = f"/accounts/{agency['id']}/keys"
    lost = await operated.post(path, json={"name": "a"}, headers={"Idempotency-Key": "once"})
    replayed = await operated.post(path, json={"name": "a"}, headers={"Idempotency-Key": "once"})
    await operated.delete(replayed.headers["location"])

    assert "revoked_date" in (await operated.get(lost.headers["location"])).json()
    assert "key" in (await make(operated, agency)).json()
