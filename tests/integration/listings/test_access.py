"""Callers learn what they may do, and which listings are theirs."""

from typing import Any

import httpx
import pytest

from listingapi.access.scopes import MAY_HAVE, Scope
from tests import factories
from tests.accounts import Accounts
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of


async def listed(client: httpx.AsyncClient, headers: dict[str, str]) -> int:
    answer = await client.post("/listings", json=factories.listing(), headers=headers)
    return int(answer.raise_for_status().json()["id"])


async def access(client: httpx.AsyncClient, headers: dict[str, str], asked: Any = None) -> Any:
    answer = await client.get("/access", params={"listing": asked} if asked else {}, headers=headers)
    return answer.raise_for_status().json()


async def test_a_caller_learns_their_scopes_and_which_listings_are_theirs(
    database: TestDatabase, client: httpx.AsyncClient
) -> None:
    async with Accounts.on(database) as accounts:
        own = await accounts.add("own")
        headers, others = await accounts.key(own), await accounts.key(await accounts.add("another"))
    mine, theirs, withdrawn = [await listed(client, who) for who in (headers, others, headers)]
    await client.delete(f"/listings/{withdrawn}", headers=headers)

    found = await access(client, headers, f"{theirs},{withdrawn},{mine},999999")

    assert found == {"account_id": own, "scopes": sorted(MAY_HAVE["agency"]), "own_listings": [mine, withdrawn]}


async def test_a_key_is_told_only_what_it_was_given(database: TestDatabase, client: httpx.AsyncClient) -> None:
    async with Accounts.on(database) as accounts:
        headers = await accounts.key(await accounts.add("own"), scopes={Scope.WEBHOOKS_WRITE})

    assert (await access(client, headers))["scopes"] == ["webhooks:write"]


async def test_whoever_has_no_credentials_is_told_what_anybody_may(database: TestDatabase, clock: Clock) -> None:
    async with client_of(database.settings(anonymous_scopes=frozenset({Scope.LISTINGS_READ})), clock) as client:
        answer = await client.get("/access")

    assert answer.json() == {"account_id": 1, "scopes": ["listings:read"], "own_listings": []}
    assert "no-store" in answer.headers["cache-control"]


@pytest.mark.parametrize("asked", ["x", "-1", "1.5", "1,,2", str(2**63), "9" * 5000])
async def test_what_is_no_id_is_refused(client: httpx.AsyncClient, asked: str) -> None:
    answer = await client.get("/access", params={"listing": asked})

    assert answer.status_code == 422
    assert "listing" in answer.json()["message"]
