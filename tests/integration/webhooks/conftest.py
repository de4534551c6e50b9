"""What the tests of webhooks share."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from listingapi.webhooks import deliverer
from tests.clock import Clock
from tests.conftest import TestDatabase
from tests.integration.webhooks.world import World, world_on


@pytest.fixture
async def world(
    database: TestDatabase, clock: Clock, superuser: Any, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    """An API where anyone may do all, webhooks on loopback addresses, and deliverers that look again soon."""
    monkeypatch.setattr(deliverer, "SECONDS_BETWEEN_LOOKS", 0.02)
    async with world_on(database, clock, superuser) as made:
        yield made
