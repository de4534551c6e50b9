"""What the tests of events share."""

from collections.abc import AsyncIterator

import pytest

from listingapi.infra.database import Database
from tests.conftest import TestDatabase
from tests.integration.events.feed import opened


@pytest.fixture
async def events(database: TestDatabase) -> AsyncIterator[Database]:
    """The database as the application sees it for events."""
    async with opened(database) as connected:
        yield connected
