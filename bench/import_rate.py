"""How fast `listingapi import` takes files, beside a bare COPY of the same rows, and how much memory it needs.

    .venv/bin/python bench/import_rate.py FILE...

Starts a PostgreSQL of its own in a temporary folder, imports the files twice by the command, then copies what the
first import stored into tables of the same columns: without and with the primary keys, checks and indexes.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from listingapi.infra.embedded import SUPERUSER, own_server
from listingapi.infra.migrations import migrate

TABLES = ("listing", "listing_external_id", "listing_price")
KINDS = {
    "bare COPY of listings and prices, no indexes": "",
    "bare COPY of listings and prices, keys and indexes": " INCLUDING ALL",
}
IMPORT = [sys.executable, "-m", "listingapi", "import"]


@dataclass(frozen=True, slots=True)
class Run:
    """One import: the lines it read, its seconds, and the largest resident memory of its process in MiB."""

    lines: int
    seconds: float
    memory: float

    def __str__(self) -> str:
        rate = self.lines / self.seconds
        return (
            f"{self.seconds:8.1f} s   {self.lines} lines   {rate:8.0f} lines a second   {self.memory:5.0f} MiB at most"
        )


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of all tables: its rows and its seconds."""

    rows: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.seconds:8.1f} s   {self.rows} rows   {self.rows / self.seconds:8.0f} rows a second"


def main() -> None:
    files = sys.argv[1:]
    if not files:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder, own_server(Path(folder)) as server:
        migrate(server.migration_url, server.serving_url)
        environment = {**os.environ, "LISTINGAPI_DATABASE_URL": server.serving_url}
        for name in ("first import", "second import"):
            print(f"{name:<52} {run_import(environment, files)}", flush=True)
        for name, copy in asyncio.run(copied(server.url(SUPERUSER), Path(folder))).items():
            print(f"{name:<52} {copy}")


def run_import(environment: Mapping[str, str], files: Sequence[str]) -> Run:
    """Import files by the command, in a process of its own."""
    started = time.perf_counter()
    with subprocess.Popen([*IMPORT, *files], env=environment, stdout=subprocess.PIPE, text=True) as process:
        printed = process.stdout.read() if process.stdout else ""
        _, _, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    return Run(int(printed.split("Lines read")[1].split()[0]), seconds, usage.ru_maxrss / 1024)


async def copied(url: str, folder: Path) -> dict[str, Copy]:
    """Copy the rows that were imported into tables of the same columns, one kind after the other."""
    connection = await asyncpg.connect(url)
    for table in TABLES:
        await connection.copy_from_table(table, output=folder / table, format="binary")
    copies = {kind: await _copy(connection, including, folder) for kind, including in KINDS.items()}
    await connection.close()
    return copies


async def _copy(connection: "asyncpg.Connection[asyncpg.Record]", including: str, folder: Path) -> Copy:
    seconds, rows = 0.0, 0
    for table in TABLES:
        await connection.execute(f"CREATE TABLE {table}_copy (LIKE {table}{including})")
        started = time.perf_counter()
        done = await connection.copy_to_table(f"{table}_copy", source=folder / table, format="binary")
        seconds += time.perf_counter() - started
        rows += int(done.split()[-1])
        await connection.execute(f"DROP TABLE {table}_copy")
    return Copy(rows, seconds)


if __name__ == "__main__":
    main()
