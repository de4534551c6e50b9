"""What the tests of the web app's pages share."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from listingapi.web import built
from tests import web
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of


@pytest.fixture
def small_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An app as small as one can be is the one that was built."""
    folder = web.build_into(tmp_path / "dist")
    monkeypatch.setattr(built, "IN_THE_REPOSITORY", folder)
    built.web_app.cache_clear()
    yield folder
    built.web_app.cache_clear()


@pytest.fixture
async def pages(small_app: Path, database: TestDatabase, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:  # noqa: ARG001
    """A client of an application with that."""
    async with client_of(database.settings(), clock) as connected:
        connected.event_hooks = {}  # pages are not in the OpenAPI document
        yield connected
