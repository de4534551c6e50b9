"""`listingapi serve` as a newcomer and an operator meet it."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.conftest import TestDatabase
from tests.integration.serve.running import PATIENCE_SECONDS, assert_one_sentence, postmaster, run
from tests.servers import ServeProcess, serving
from tests.until import until

RELAYS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE application_name = 'listingapi relay' AND datname = current_database()
"""


def test_what_was_written_is_there_after_a_restart(server: ServeProcess) -> None:
    assert [listing["name"] for listing in httpx.get(f"{server.url}/listings", timeout=PATIENCE_SECONDS).json()] == [
        "The first"
    ]


def test_it_says_where_the_api_its_docs_and_its_data_are(server: ServeProcess, data_dir: Path) -> None:
    printed = "".join(server.printed)

    assert f"{server.url}/listings" in printed
    assert f"{server.url}/docs" in printed
    assert "swagger-ui" in httpx.get(f"{server.url}/docs", timeout=PATIENCE_SECONDS).text
    assert (
        "css" in httpx.get(f"{server.url}/docs/assets/swagger-ui.css", timeout=PATIENCE_SECONDS).headers["content-type"]
    )
    assert (
        "javascript"
        in httpx.get(f"{server.url}/docs/assets/swagger-ui-bundle.js", timeout=PATIENCE_SECONDS).headers["content-type"]
    )
    assert str(data_dir) in printed


def test_several_workers_answer_on_one_address(data_dir: Path) -> None:
    with serving("--data-dir", str(data_dir), "--workers", "2") as server:
        database = postmaster(data_dir)
        answers = [httpx.get(f"{server.url}/listings", timeout=PATIENCE_SECONDS).status_code for _ in range(20)]
        listingapi = psutil.Process(server.process.pid)
        for process in (listingapi, *listingapi.children(recursive=True)):
            if database.pid not in (process.pid, process.ppid()):
                process.send_signal(signal.SIGINT)  # as a terminal does it: to all at once
        assert server.process.wait(PATIENCE_SECONDS) == 0

    assert "Traceback" not in "".join(server.printed)
    assert answers == [200] * 20
    assert not database.is_running()


async def test_workers_that_begin_slowly_are_given_the_time(database: TestDatabase, superuser: Any) -> None:
    """Each that has begun has a relay of its own."""

    async def all_have_begun() -> bool:
        return bool(await superuser.fetchval(RELAYS) == 2)

    with serving("--workers", "2", environment=database.settings().as_environment(), module="tests.sluggish"):
        await until(all_have_begun, 2 * PATIENCE_SECONDS)


def test_a_configured_database_is_used_once_it_is_migrated(create_empty_database: Callable[[], TestDatabase]) -> None:
    database = create_empty_database()
    configured = {
        "LISTINGAPI_DATABASE_URL": database.serving_url,
        "LISTINGAPI_MIGRATION_DATABASE_URL": database.migration_url,
    }

    assert_one_sentence(run("serve", "--port", "0", **configured), about="run “listingapi migrate” first")
    assert run("migrate", **configured).returncode == 0
    with serving(environment=configured) as server:
        answer = httpx.get(f"{server.url}/listings", timeout=PATIENCE_SECONDS)

    assert answer.status_code == 401
    assert "listings:read" in answer.json()["message"]


def test_a_long_path_is_no_obstacle(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 20) / ("longer" * 20)
    with serving("--data-dir", str(folder)) as server:
        assert httpx.get(f"{server.url}/listings", timeout=PATIENCE_SECONDS).json() == []
