"""A service behind nginx, and a client of that nginx."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.behind import client_of
from tests.nginx import nginx_before
from tests.upstreams import Upstream, upstream


@pytest.fixture
def service() -> Iterator[Upstream]:
    with upstream() as running:
        yield running


@pytest.fixture
def client(service: Upstream, tmp_path: Path) -> Iterator[httpx.Client]:
    """A client of nginx before one service."""
    with nginx_before(tmp_path, service.address, service.address) as address, client_of(address) as connected:
        yield connected
