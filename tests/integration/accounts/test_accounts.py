"""Operators add accounts, read and change them; none is ever deleted."""

import asyncio
from typing import Any

import httpx
import pytest

from listingapi.access.scopes import Scope
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.integration.accounts.conftest import Made

PROBLEM = {"accept": "application/problem+json"}
NOW = "2023-01-12T09:23:36Z"
NO_NAMES = ["", " ", "\t\n", "a\0", "x" * 256, 5, None, ["a"]]


async def add(client: httpx.AsyncClient, name: str, kind: str = "agency", **more: Any) -> httpx.Response:
    answer = await client.post("/accounts", json={"name": name, "kind": kind, **more})
    assert answer.status_code == 201, answer.text
    return answer


async def names_in(client: httpx.AsyncClient) -> list[str]:
    return [account["name"] for account in (await client.get("/accounts", params={"limit": 1000})).json()]


@pytest.mark.parametrize("kind", ["agency", "portal", "operator"])
async def test_an_account_is_read_as_it_was_written(client: httpx.AsyncClient, kind: str) -> None:
    created = await add(client, "Müller & Söhne", kind, reads_per_minute=0, writes_per_minute="1000000000")
    read = await client.get(created.headers["location"])

    assert created.json() == {
        "id": created.json()["id"], "name": "Müller & Söhne", "kind": kind, "suspended": False,
        "reads_per_minute": 0, "writes_per_minute": 1_000_000_000, "created_date": NOW,
    }  # fmt: skip
    assert read.json() == created.json()


async def test_rates_that_are_not_set_are_left_out(client: httpx.AsyncClient) -> None:
    assert (await add(client, "a")).json().keys() == {"id", "name", "kind", "suspended", "created_date"}


async def test_accounts_are_listed_oldest_first_in_pages(client: httpx.AsyncClient) -> None:
    for name in "abcde":
        await add(client, name)
    seen, following = [], "/accounts?limit=2"
    while following:
        page = await client.get(following)
        assert len(page.json()) <= 2
        seen += [account["name"] for account in page.json()]
        following = page.links["next"]["url"] if page.links else ""

    assert seen == ["default", *"abcde"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "limit=x", "cursor=x", "limit=1&limit=2", "name=a", "cursor="]
)
async def test_a_wrong_page_is_refused(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/accounts?{query}", headers=PROBLEM)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"?{query.partition('=')[0]}"


async def test_the_cursor_of_another_list_is_refused(client: httpx.AsyncClient) -> None:
    await add(client, "a")
    following = (await client.get("/accounts?limit=1")).links["next"]["url"]
    answer = await client.get(following.replace("/accounts", "/audit"))

    assert answer.status_code == 422
    assert answer.json()["message"].startswith("cursor belongs to another search")


@pytest.mark.parametrize("name", NO_NAMES, ids=repr)
async def test_a_name_that_no_account_can_have_is_refused(client: httpx.AsyncClient, name: Any) -> None:
    for answer in (
        await client.post("/accounts", json={"name": name, "kind": "agency"}),
        await client.patch("/accounts/1", json={"name": name}),
    ):
        assert answer.status_code == 422
        assert "name " in answer.json()["message"]
    assert await names_in(client) == ["default"]


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"kind": "admin"}, "/kind"), ({"kind": None}, "/kind"), ({"kind": ["agency"]}, "/kind"),
        ({"reads_per_minute": -1}, "/reads_per_minute"), ({"reads_per_minute": 1.5}, "/reads_per_minute"),
        ({"reads_per_minute": True}, "/reads_per_minute"), ({"writes_per_minute": 1_000_000_001}, "/writes_per_minute"),
        ({"writes_per_minute": "many"}, "/writes_per_minute"), ({"scopes": ["listings:read"]}, "/scopes"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_named(client: httpx.AsyncClient, wrong: dict[str, Any], pointer: str) -> None:
    for answer in (
        await client.post("/accounts", json={"name": "a", "kind": "agency"} | wrong, headers=PROBLEM),
        await client.patch("/accounts/1", json=wrong, headers=PROBLEM),
    ):
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_no_two_accounts_have_one_name(client: httpx.AsyncClient, agency: Made) -> None:
    taken = {"message": "There is an account “Agency” already."}
    created = await client.post("/accounts", json={"name": "Agency", "kind": "portal"})
    renamed = await client.patch("/accounts/1", json={"name": "Agency"})
    itself = await client.patch(f"/accounts/{agency['id']}", json={"name": "Agency"})

    assert [(answer.status_code, answer.json()) for answer in (created, renamed)] == [(409, taken)] * 2
    assert (itself.status_code, itself.json()) == (200, agency)


async def test_of_many_who_want_one_name_at_once_one_gets_it(client: httpx.AsyncClient) -> None:
    ids = [(await add(client, f"{number}")).json()["id"] for number in range(8)]
    answers = await asyncio.gather(
        *(client.post("/accounts", json={"name": "same", "kind": "agency"}) for _ in range(8)),
        *(client.patch(f"/accounts/{account_id}", json={"name": "same"}) for account_id in ids),
    )

    assert sorted(answer.status_code for answer in answers)[1:] == [409] * 15
    assert (await names_in(client)).count("same") == 1


async def test_a_patch_changes_what_it_names(client: httpx.AsyncClient, agency: Made, clock: Clock) -> None:
    path = f"/accounts/{agency['id']}"
    clock.advance(hours=1)
    changes = {"name": "Other", "kind": "portal", "suspended": True, "reads_per_minute": 5, "writes_per_minute": 6}
    expected = dict(agency)
    for name, value in changes.items():
        expected[name] = value
        assert (await client.patch(path, json={name: value})).json() == expected
    assert (await client.get(path)).json() == expected


async def test_null_removes_a_rate_and_nothing_else(client: httpx.AsyncClient) -> None:
    created = await add(client, "a", reads_per_minute=5)
    removed = await client.patch(created.headers["location"], json={"reads_per_minute": None})
    again = await client.patch(created.headers["location"], json={"reads_per_minute": None, "writes_per_minute": None})
    refused = [
        await client.patch(created.headers["location"], json={name: None})
        for name in ("name", "kind", "suspended", "x")
    ]

    assert "reads_per_minute" not in removed.json()
    assert again.json() == removed.json()
    assert [answer.status_code for answer in refused] == [422] * 4


async def test_changes_at_once_are_all_there_afterwards(client: httpx.AsyncClient, agency: Made) -> None:
    path = f"/accounts/{agency['id']}"
    changes = {"name": "Other", "kind": "portal", "suspended": True, "reads_per_minute": 5, "writes_per_minute": 6}
    await asyncio.gather(*(client.patch(path, json={name: value}) for name, value in changes.items()))

    assert (await client.get(path)).json() == agency | changes


@pytest.mark.parametrize("account_id", ["7777", "abc", "-1", "9223372036854775808", "1" * 400])
async def test_an_account_that_does_not_exist_is_not_found(client: httpx.AsyncClient, account_id: str) -> None:
    path = f"/accounts/{account_id}"
    answers = [
        await client.get(path), await client.patch(path, json={"suspended": True}), await client.get(f"{path}/keys"),
        await client.post(f"{path}/keys", json={"name": "a"}),
    ]  # fmt: skip

    assert [answer.status_code for answer in answers] == [404] * 4
    assert {answer.json()["message"] for answer in answers} == {f"There is no account {account_id[:40]}."}


async def test_there_is_no_deletion(client: httpx.AsyncClient, agency: Made) -> None:
    answer = await client.delete(f"/accounts/{agency['id']}")

    assert answer.status_code == 405
    assert "DELETE" not in answer.headers["allow"]


@pytest.mark.parametrize("change", [{"suspended": True}, {"kind": "agency"}, {"kind": "portal"}])
async def test_operators_do_not_lock_themselves_out(operated: httpx.AsyncClient, change: dict[str, Any]) -> None:
    [own] = [account for account in (await operated.get("/accounts")).json() if account["name"] == "ops"]
    answer = await operated.patch(f"/accounts/{own['id']}", json=change)

    assert answer.status_code == 409
    assert answer.json()["message"].startswith("These credentials belong to this account")
    assert (await operated.get(f"/accounts/{own['id']}")).json() == own


async def test_operators_change_all_else_of_their_own_account(operated: httpx.AsyncClient) -> None:
    [own] = [account for account in (await operated.get("/accounts")).json() if account["name"] == "ops"]
    change = {"name": "operators", "kind": "operator", "suspended": False, "reads_per_minute": 1000}

    assert (await operated.patch(f"/accounts/{own['id']}", json=change)).json() == own | change


async def test_another_operator_may_be_suspended(operated: httpx.AsyncClient) -> None:
    other = await operated.post("/accounts", json={"name": "other", "kind": "operator"})
    answer = await operated.patch(other.headers["location"], json={"suspended": True, "kind": "portal"})

    assert answer.json() == other.json() | {"suspended": True, "kind": "portal"}


async def test_what_anonymous_callers_may_do_does_not_depend_on_their_account(client: httpx.AsyncClient) -> None:
    assert (await client.patch("/accounts/1", json={"suspended": True, "kind": "portal"})).status_code == 200
    assert (await client.get("/accounts")).status_code == 200


async def test_only_operators_may(database: TestDatabase, operated: httpx.AsyncClient, clock: Clock) -> None:
    async with client_of(database.settings(anonymous_scopes=frozenset(Scope) - {Scope.ACCOUNTS_ADMIN}), clock) as other:
        requests = [
            ("GET", "/accounts", None), ("POST", "/accounts", {"name": "a", "kind": "operator"}),
            ("GET", "/accounts/1", None), ("PATCH", "/accounts/1", {"kind": "operator"}),
            ("GET", "/accounts/1/keys", None), ("POST", "/accounts/1/keys", {"name": "a"}),
            ("GET", "/accounts/1/keys/1", None), ("DELETE", "/accounts/1/keys/1", None), ("GET", "/audit", None),
        ]  # fmt: skip
        answers = [await other.request(method, path, json=body) for method, path, body in requests]

    assert [answer.status_code for answer in answers] == [401] * len(requests)
    assert all("accounts:admin" in answer.json()["message"] for answer in answers)
    assert await names_in(operated) == ["default", "ops"]


async def test_many_unknown_properties_are_refused_at_once(client: httpx.AsyncClient) -> None:
    answer = await client.patch("/accounts/1", json={f"unknown {number}": 1 for number in range(1000)})

    assert answer.status_code == 422
