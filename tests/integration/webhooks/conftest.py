"""What the tests of webhooks share."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.clock import Clock
from tests.conftest import TestDatabase
from tests.integration.webhooks.world import World, world_on


@pytest.fixture
async def world(database: TestDatabase, clock: Clock, superuser: Any) -> AsyncIterator[World]:
    """An API where anyone may do all, and webhooks on loopback addresses."""
    async with world_on(database, clock, superuser) as made:
        yield made
