"""What the tests of accounts and keys share."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.clock import Clock
from tests.conftest import TestDatabase, client_of

Made = dict[str, Any]


@pytest.fixture
async def operated(database: TestDatabase, client: httpx.AsyncClient, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the key of an operator, of an application where anonymous callers may do nothing."""
    operator = (await client.post("/accounts", json={"name": "ops", "kind": "operator"})).json()
    key = (await client.post(f"/accounts/{operator['id']}/keys", json={"name": "first"})).json()["key"]
    async with client_of(database.settings(anonymous_scopes=frozenset()), clock) as connected:
        connected.headers["Authorization"] = f"Bearer {key}"
        yield connected


@pytest.fixture
async def agency(client: httpx.AsyncClient) -> Made:
    """The account of an agency."""
    made: Made = (await client.post("/accounts", json={"name": "Agency", "kind": "agency"})).json()
    return made
