"""What is said where PostgreSQL fails: whether it went away, or refuses what it was asked."""

import pytest

from listingapi.infra.database import Database
from listingapi.infra.errors import DatabaseRefuses, DatabaseUnavailable


@pytest.mark.parametrize(
    ("code", "said"),
    [
        pytest.param("25006", DatabaseRefuses, id="it is read-only"),
        pytest.param("53100", DatabaseRefuses, id="its disk is full"),
        pytest.param("53200", DatabaseRefuses, id="it is out of memory"),
        pytest.param("53300", DatabaseUnavailable, id="it has all the connections that it may have"),
        pytest.param("57P01", DatabaseUnavailable, id="it shuts down"),
    ],
)
async def test_what_postgresql_says_is_told_as_what_it_is(
    opened: Database, code: str, said: type[DatabaseUnavailable]
) -> None:
    with pytest.raises(DatabaseUnavailable) as raised:
        await opened.fetch(f"DO $$ BEGIN RAISE SQLSTATE '{code}'; END $$")

    assert type(raised.value) is said
    assert raised.value.headers == {"Retry-After": "1"}
    assert raised.value.detail == said.sentence
