"""Makes the files that the tests import, and imports them."""

import gzip
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from listingapi.bulk.exporting import ExportPlan, export_listings
from listingapi.bulk.importing import ImportPlan, Summary, import_files
from tests import factories
from tests.conftest import TestDatabase

NOW = datetime(2024, 7, 1, 12, tzinfo=UTC)


def line(**changed: Any) -> dict[str, Any]:
    """A line of an import as parsed JSON."""
    return factories.listing(external_id="flat-1", observed_date="2023-08-01T00:00:00Z") | changed


def price(amount: float, month: int) -> dict[str, Any]:
    """An entry of a history as parsed JSON, of the first of a month of 2023."""
    return {"price_eur": amount, "created_date": day(month)}


def day(month: int) -> str:
    """The first of a month of 2023."""
    return f"2023-{month:02}-01T00:00:00Z"


def ndjson(lines: Iterable[Any]) -> bytes:
    """Lines as a file has them; what is bytes stays as it is."""
    return b"".join((each if isinstance(each, bytes) else json.dumps(each).encode()) + b"\n" for each in lines)


def write(path: Path, lines: Iterable[Any]) -> Path:
    """Make a file, gzipped if its name says so."""
    data = ndjson(lines)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


class Importer:
    """Imports lines into the database of a test, at a time that stands still."""

    def __init__(self, database: TestDatabase, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self.rejects = folder / "rejects.ndjson"

    async def __call__(self, *lines: Any, **plan: Any) -> Summary:
        """Import lines."""
        return await self.files(write(self.folder / "lines.ndjson", lines), **plan)

    async def files(self, *paths: Path, **plan: Any) -> Summary:
        """Import files."""
        given = {"rejects": self.rejects, **plan}
        return await import_files(self.database.serving_url, ImportPlan(list(paths), **given), clock=lambda: NOW)

    async def export(self, name: str = "export.ndjson", **plan: Any) -> Path:
        """Export the listings to a file."""
        path = self.folder / name
        await export_listings(self.database.serving_url, ExportPlan(output=path, **plan))
        return path

    async def exported(self) -> list[Any]:
        """The listings with their histories, as an export has them."""
        return [json.loads(each) for each in (await self.export(with_prices=True)).read_bytes().splitlines()]

    def refused(self) -> list[tuple[int, str]]:
        """Number and reason of the lines that the last import refused."""
        return [
            (each["line"], each["reason"]) for each in msgspec.json.Decoder().decode_lines(self.rejects.read_bytes())
        ]


def restored(*amounts: float, **changed: Any) -> dict[str, Any]:
    """A line of an export: its prices are of the months from January, and it was last updated in December."""
    prices = [price(amount, month) for month, amount in enumerate(amounts, 1)]
    dates = {"observed_date": None, "id": 7, "created_date": day(1), "updated_date": day(12)}
    given = line(latest_price_eur=amounts[-1], prices=prices) | dates | changed
    return {name: value for name, value in given.items() if value is not None}
