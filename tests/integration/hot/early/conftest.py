"""What the tests of requests that are answered early share."""

from collections.abc import Iterator

import pytest

from tests.accounts import Headers, key_of_an_agency
from tests.conftest import TestDatabase
from tests.integration.hot.early.here import Here, made, serving_here


@pytest.fixture(scope="module")
def database(own_database: TestDatabase) -> TestDatabase:
    """One for all tests of a module: each makes listings of its own, or changes none."""
    return own_database


@pytest.fixture(scope="module")
def key(database: TestDatabase) -> Headers:
    return key_of_an_agency(database)


@pytest.fixture(scope="module")
def here(database: TestDatabase, key: Headers) -> Iterator[Here]:
    with serving_here(database, key) as running:
        yield running


@pytest.fixture(scope="module")
def listings(here: Here) -> list[int]:
    """Some listings of one price."""
    return [made(here) for _ in range(3)]
