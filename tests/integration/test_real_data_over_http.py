"""Monthly snapshots that are sent as POST and PUT give the histories that their import gives: made up, and real."""

import asyncio
import gzip
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

import asyncpg
import msgspec
import pytest

from tests.bulk_files import Importer
from tests.conftest import TestDatabase
from tests.history import assert_histories_are_whole
from tests.integration.bulk.test_real_data import real_files, snapshots
from tests.servers import serving
from tests.streams import Connection

CONNECTIONS = 32
MONTHS = 2
ONLY_IN_FILES = ("external_id", "observed_date")

# What a listing was seen as, month after month.
Sightings = Sequence[dict[str, Any]]
Histories = dict[str, list[Any]]

BY_ID = "SELECT listing_id, array_agg(price_eur ORDER BY version) AS prices FROM listing_price GROUP BY listing_id"
BY_EXTERNAL_ID = f"""
    SELECT external_id, prices FROM listing_external_id JOIN ({BY_ID}) AS history USING (listing_id)
"""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Add the real data where LISTINGAPI_TEST_DATA names their folder."""
    folder = os.environ.get("LISTINGAPI_TEST_DATA")
    metafunc.parametrize("data", ["made up", folder] if folder else ["made up"])


def sightings_in(files: Iterable[Path]) -> dict[str, Sightings]:
    """By external id, what each file has of a listing; those that the first file does not have are left out."""
    first, *others = [_lines_of(file) for file in files]
    return {external_id: [line, *_found(others, external_id)] for external_id, line in first.items()}


def _lines_of(file: Path) -> dict[str, dict[str, Any]]:
    lines = msgspec.json.Decoder().decode_lines(gzip.decompress(file.read_bytes()))
    return {line["external_id"]: line for line in lines}


def _found(files: Iterable[dict[str, dict[str, Any]]], external_id: str) -> list[dict[str, Any]]:
    return [lines[external_id] for lines in files if external_id in lines]


class Replay:
    """Sends what was seen of listings: POST for the first time, PUT from then on."""

    def __init__(self, seen: dict[str, Sightings]) -> None:
        self._waiting = list(seen.items())
        self.ids: dict[int, str] = {}
        self.requests = 0

    async def run(self, address: tuple[str, int]) -> None:
        """Send all, over several connections: each listing on one of them."""
        await asyncio.gather(*(self._send_waiting(Connection(address)) for _ in range(CONNECTIONS)))

    async def _send_waiting(self, connection: Connection) -> None:
        async with connection:
            while self._waiting:
                external_id, seen = self._waiting.pop()
                listing_id = (await self._send(connection, "POST", "/listings", seen[0]))["id"]
                self.ids[listing_id] = external_id
                for line in seen[1:]:
                    await self._send(connection, "PUT", f"/listings/{listing_id}", line)

    async def _send(self, connection: Connection, method: str, path: str, line: dict[str, Any]) -> Any:
        written = {name: value for name, value in line.items() if name not in ONLY_IN_FILES}
        answer = await connection.request(method, path, msgspec.json.encode(written))
        assert answer.status == {"POST": 201, "PUT": 200}[method], answer
        self.requests += 1
        return answer.json


@pytest.fixture
def importer(create_database: Callable[[], TestDatabase], tmp_path: Path) -> Importer:
    """Imports into a database of its own, so that nothing that was sent is in the way."""
    return Importer(create_database(), tmp_path)


async def read_changed(address: tuple[str, int], listing_ids: Iterable[int]) -> dict[int, list[Any]]:
    """The histories of some listings, as they are answered."""
    async with Connection(address) as connection:
        answers = [(each, await connection.request("GET", f"/listings/{each}/prices")) for each in listing_ids]
    return {listing_id: [entry["price_eur"] for entry in answer.json] for listing_id, answer in answers}


async def imported(importer: Importer, files: Sequence[Path]) -> Histories:
    """The histories that the files give."""
    summary = await importer.files(*files)
    assert summary.refused == 0
    connection = await asyncpg.connect(importer.database.superuser_url)
    histories = dict(await connection.fetch(BY_EXTERNAL_ID))
    await connection.close()
    return histories


async def test_months_that_are_sent_give_the_histories_that_their_import_gives(
    database: TestDatabase,
    superuser: "asyncpg.Connection[asyncpg.Record]",
    importer: Importer,
    data: str,
) -> None:
    files = (list(snapshots(importer.folder)) if data == "made up" else real_files(data))[:MONTHS]
    replay = Replay(sightings_in(files))
    with serving("--workers", "2", environment=database.settings().as_environment()) as server:
        start = monotonic()
        await replay.run(server.address)
        seconds = monotonic() - start
        stored = {replay.ids[listing_id]: prices for listing_id, prices in await superuser.fetch(BY_ID)}
        changed = [each for each, external_id in replay.ids.items() if len(stored[external_id]) > 1]
        answered = await read_changed(server.address, changed)

    expected = await imported(importer, files)
    print(
        f"{data}: {replay.requests} requests in {seconds:.1f} s, {len(stored)} listings with "
        f"{sum(map(len, stored.values()))} prices, {len(changed)} of them with more than one"
    )
    assert stored == {external_id: expected[external_id] for external_id in stored}
    assert answered == {listing_id: expected[replay.ids[listing_id]] for listing_id in changed}
    assert changed
    await assert_histories_are_whole(superuser)
