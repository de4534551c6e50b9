"""What the tests of faults share."""

from collections.abc import Iterator

import pytest

from tests.redis_server import RedisServer, redis_in


@pytest.fixture
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis to do things to."""
    with redis_in(tmp_path_factory.mktemp("redis")) as server:
        yield server
