"""A database in which consumers leave their effects, and where they leave what is dead."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from listingapi.infra.database import Database
from tests.conftest import TestDatabase
from tests.integration.consuming.dying import InDatabase, InRabbitMQ, Place
from tests.integration.consuming.recording import CREATE, Recorder
from tests.pools import opened

SESSION = {"application_name": "listingapi worker"}


@pytest.fixture
async def events(database: TestDatabase, superuser: Any) -> AsyncIterator[Database]:
    """The database as consumers see it."""
    await superuser.execute(CREATE)
    async with opened(database, pool_size=4, session=SESSION) as connected:
        yield connected
    await superuser.execute("DROP TABLE effect")


@pytest.fixture
def recorder() -> Recorder:
    """A consumer that records what it does."""
    return Recorder()


@pytest.fixture(params=["database", "rabbitmq"])
def place(request: pytest.FixtureRequest, events: Database, database: TestDatabase, recorder: Recorder) -> Place:
    """Where the dead events are."""
    if request.param == "database":
        return InDatabase(events, database, recorder)
    return InRabbitMQ(events, request.getfixturevalue("rabbitmq"), recorder)
