"""A data directory, and a server on it."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import factories
from tests.integration.serve.running import PATIENCE_SECONDS
from tests.servers import ServeProcess, serving


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that was served before."""
    folder = tmp_path_factory.mktemp("data")
    with serving("--data-dir", str(folder)) as server:
        httpx.post(
            f"{server.url}/listings", json=factories.listing(name="The first"), timeout=PATIENCE_SECONDS
        ).raise_for_status()
    return folder


@pytest.fixture
def server(data_dir: Path) -> Iterator[ServeProcess]:
    with serving("--data-dir", str(data_dir)) as running:
        yield running
