"""What the tests of markets share."""

from pathlib import Path

import pytest

from tests.bulk_files import Importer
from tests.conftest import TestDatabase


@pytest.fixture
def importing(database: TestDatabase, tmp_path: Path) -> Importer:
    """Imports into the database of the test."""
    return Importer(database, tmp_path)
