"""What the tests of import and export share."""

from pathlib import Path

import pytest

from tests.bulk_files import Importer
from tests.conftest import TestDatabase


@pytest.fixture
def importer(database: TestDatabase, tmp_path: Path) -> Importer:
    """Imports into the database of the test."""
    return Importer(database, tmp_path)
