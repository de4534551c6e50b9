"""What pgbench runs is the work of this service."""

import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx
from bench.ratios.pgbench import program
from bench.ratios.statements import LAST_VERSION, history_script, reprice_script

from tests.conftest import TestDatabase

TIMES = 3
COUNTS = "SELECT (SELECT count(*) FROM audit_entry), (SELECT count(*) FROM event) + (SELECT count(*) FROM outbox)"


def run(script: str, database: TestDatabase, folder: Path) -> None:
    (folder / "script.sql").write_text(script)
    address = urlsplit(database.serving_url)
    options = ["-n", "-M", "prepared", "-c1", f"-t{TIMES}", "-f", str(folder / "script.sql")]
    where = ["-h", parse_qs(address.query)["host"][0], "-U", str(address.username), address.path.removeprefix("/")]
    subprocess.run([program(), *options, *where], check=True, capture_output=True)


async def test_each_turn_changes_a_price_as_a_put_does(
    database: TestDatabase, client: httpx.AsyncClient, superuser: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    script = await reprice_script(database, 1)
    written, told = await superuser.fetchrow(COUNTS)

    run(script, database, tmp_path)

    listing, history = [(await client.get(f"/listings/1{path}")).json() for path in ("", "/prices")]
    assert len(history) == LAST_VERSION + TIMES
    assert listing["latest_price_eur"] == history[-1]["price_eur"]
    assert tuple(await superuser.fetchrow(COUNTS)) == (written + TIMES, told + TIMES)


async def test_a_history_is_read_as_we_read_it(database: TestDatabase, tmp_path: Path) -> None:
    await reprice_script(database, 1)

    run(history_script(1), database, tmp_path)
