"""The commands `import` and `export` as processes: what they say, how they end, and what a kill leaves."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from listingapi.bulk.repository import Connection
from tests.bulk_files import Importer, day, line, ndjson, write
from tests.conftest import TestDatabase

MEGABYTE = 1024 * 1024
LISTINGAPI = (sys.executable, "-c", "from listingapi.cli import main; main()")


def command(database: TestDatabase, *arguments: object) -> dict[str, Any]:
    """How to start `listingapi` on a test's database."""
    environment = os.environ | database.settings().as_environment()
    return {
        "args": [sys.executable, "-m", "listingapi", *map(str, arguments)],
        "env": environment,
    }


def start(database: TestDatabase, *arguments: object) -> "subprocess.Popen[bytes]":
    """Start `listingapi`, and go on while it runs."""
    return subprocess.Popen(
        **command(database, *arguments), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def run(database: TestDatabase, *arguments: object, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run `listingapi` to its end."""
    return subprocess.run(**command(database, *arguments), check=False, capture_output=True, **options)


def test_the_exit_status_says_whether_all_went_in(database: TestDatabase, tmp_path: Path) -> None:
    path = write(tmp_path / "lines.ndjson", [line(), b"bad"])
    refused = run(database, "import", path, "--rejects", tmp_path / "rejects")
    assert refused.returncode == 1
    assert b"lines.ndjson, line 2: The line is not JSON" in refused.stderr
    assert (
        refused.stdout.split()
        == (
            b"Lines read 2 Listings new 1 Listings changed 0 Listings unchanged 0 Price entries added 1 Lines refused 1"
        ).split()
    )

    assert run(database, "import", write(tmp_path / "good.ndjson", [line()])).returncode == 0
    failed = run(database, "import", tmp_path / "missing")
    assert (failed.returncode, failed.stdout) == (2, b"")
    assert (
        failed.stderr.decode()
        == f"listingapi: The file {tmp_path / 'missing'} can't be read: No such file or directory.\n"
    )


@pytest.mark.parametrize("name", ["", " ", "x" * 256], ids=["empty", "blank", "too long"])
@pytest.mark.parametrize("given", ["import", "export"])
def test_a_name_that_no_account_can_have_is_a_sentence_before_anything_starts(
    tmp_path: Path, given: str, name: str
) -> None:
    data = tmp_path / "data"
    files = [write(tmp_path / "lines.ndjson", [line()])] if given == "import" else []
    done = subprocess.run(
        [*LISTINGAPI, given, *files, "--account", name, "--data-dir", data], check=False, capture_output=True
    )

    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == (
        b"listingapi: --account must be a name of 1 to 255 characters that is not blank, without NUL characters.\n"
    )
    assert not data.exists()


def test_listings_go_from_one_database_to_another_through_a_pipe(
    database: TestDatabase, create_database: Callable[[], TestDatabase], tmp_path: Path
) -> None:
    run(database, "import", write(tmp_path / "lines.ndjson", [line(external_id=f"{n}") for n in range(50)]))
    exported = run(database, "export", "--prices", "--format", "csv")
    assert exported.stderr == b"Exported 50 listings.\n"
    other = create_database()
    assert run(other, "import", "-", input=exported.stdout).returncode == 0

    assert run(other, "export", "--prices", "--format", "csv").stdout == exported.stdout


def test_a_reader_that_has_seen_enough_ends_an_export_quietly(database: TestDatabase, tmp_path: Path) -> None:
    many = [line(external_id=f"{n}", description="x" * 1000) for n in range(3000)]
    run(database, "import", write(tmp_path / "lines.ndjson.gz", many))
    with start(database, "export") as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
async def test_an_import_that_ended_midway_ends_in_the_same_state_when_it_is_run_again(
    importer: Importer, superuser: Connection, create_database: Callable[[], TestDatabase], how: signal.Signals
) -> None:
    lines = [
        line(external_id=f"{n % 20_000}", latest_price_eur=n, observed_date=day(1 + n // 20_000)) for n in range(40_000)
    ]
    path = write(importer.folder / "lines.ndjson", lines)
    process = start(importer.database, "import", path)
    while not await superuser.fetchval("SELECT EXISTS (SELECT FROM listing)"):
        assert process.poll() is None
        await asyncio.sleep(0.01)
    process.send_signal(how)
    said, _ = process.communicate()
    assert said == b""
    assert process.returncode == {signal.SIGKILL: -9, signal.SIGINT: 130}[how]
    assert await superuser.fetchval("SELECT count(*) FROM listing_price") < 40_000

    await importer.files(path)
    (importer.folder / "other").mkdir()
    whole = Importer(await asyncio.to_thread(create_database), importer.folder / "other")
    await whole.files(path)
    assert without_ids(await importer.exported()) == without_ids(await whole.exported())


def without_ids(listings: list[Any]) -> list[Any]:
    return sorted(({**listing, "id": None} for listing in listings), key=lambda listing: int(listing["external_id"]))


def test_memory_stays_flat_whatever_the_lines_are(database: TestDatabase) -> None:
    """A line of 100 MB is refused by its number, and is not kept."""
    with start(database, "import", "-") as process:
        assert process.stdin
        process.stdin.write(ndjson([line()]) + b'{"name": "')
        for _ in range(100):
            process.stdin.write(b"x" * MEGABYTE)
        process.stdin.write(b'"}\n' + ndjson([line(external_id="flat-2")]))
        process.stdin.flush()
        most = psutil.Process(process.pid).memory_info().rss
        said, refused = process.communicate()

    assert process.returncode == 1
    assert b"Listings new                   2" in said
    assert refused == b"standard input, line 2: The line is longer than 1048576 bytes; only its beginning is kept.\n"
    assert most < 100 * MEGABYTE
