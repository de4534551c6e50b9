"""What the pool says when there is no PostgreSQL."""

from pathlib import Path

import pytest

from listingapi.infra.database import Database
from listingapi.infra.start import StartError


async def test_a_postgresql_that_is_away_at_the_start_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"^PostgreSQL does not let us in: .*\.$"):
        await Database(pool_size=1).open(f"postgresql://listingapi_app@/listingapi?host={tmp_path}")
