"""An application that takes tokens, for all tests of a module."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.conftest import TestDatabase
from tests.forgeries import Scene, scene_on


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(own_database: TestDatabase) -> AsyncIterator[Scene]:
    async with scene_on(own_database) as made:
        yield made
