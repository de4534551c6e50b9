"""What the tests of several domains share."""

from collections.abc import AsyncIterator

import httpx
import pytest

from listingapi.infra.database import Database
from tests import pools
from tests.accounts import Accounts
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of


@pytest.fixture
async def opened(database: TestDatabase) -> AsyncIterator[Database]:
    """The database as the service and consumers see it."""
    async with pools.opened(database) as pool:
        yield pool


@pytest.fixture
async def accounts(database: TestDatabase) -> AsyncIterator[Accounts]:
    """Puts accounts and keys into the database."""
    async with Accounts.on(database) as several:
        yield several


@pytest.fixture
async def closed(database: TestDatabase, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application where anonymous callers may do nothing."""
    async with client_of(database.settings(anonymous_scopes=frozenset()), clock) as connected:
        yield connected
