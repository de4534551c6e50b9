"""`listingapi serve` as a newcomer, an operator and a kill signal meet it."""

import json
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from listingapi.infra.unprivileged import PASS_CLOSED_FOLDERS
from tests import factories
from tests.conftest import TestDatabase
from tests.servers import ServeProcess, serving
from tests.until import until

LISTINGAPI = (sys.executable, "-m", "listingapi")
PATIENCE_SECONDS = 30.0
RELAYS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE application_name = 'listingapi relay' AND datname = current_database()
"""


def run(*arguments: str | Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the command to its end."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LISTINGAPI_")}
    return subprocess.run(
        [*LISTINGAPI, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        env={**inherited, **environment},
        timeout=60,
    )


def postmaster(data_dir: Path) -> psutil.Process:
    """The PostgreSQL that runs on a data directory."""
    return psutil.Process(int((data_dir / "postgresql" / "postmaster.pid").read_text().splitlines()[0]))


def assert_one_sentence(done: "subprocess.CompletedProcess[str]", *, about: str) -> None:
    assert done.returncode == 2
    assert about in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that was served before."""
    folder = tmp_path_factory.mktemp("data")
    with serving("--data-dir", str(folder)) as server:
        httpx.post(
            f"{server.url}/listings", json=factories.listing(name="The first"), timeout=PATIENCE_SECONDS
        ).raise_for_status()
    return folder


@pytest.fixture
def server(data_dir: Path) -> Iterator[ServeProcess]:
    with serving("--data-dir", str(data_dir)) as running:
        yield running


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


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_ends_all_that_it_started(data_dir: Path, stop: signal.Signals) -> None:
    with serving("--data-dir", str(data_dir)) as server:
        database = postmaster(data_dir)
        server.process.send_signal(stop)
        assert server.process.wait(PATIENCE_SECONDS) == 0
        assert not database.is_running()


def test_the_database_does_not_outlive_a_killed_server(data_dir: Path) -> None:
    with serving("--data-dir", str(data_dir)) as server:
        database = postmaster(data_dir)
        server.kill()
        database.wait(PATIENCE_SECONDS)

    with serving("--data-dir", str(data_dir)) as server:
        assert len(httpx.get(f"{server.url}/listings", timeout=PATIENCE_SECONDS).json()) == 1


def test_a_database_that_dies_is_started_again(server: ServeProcess, data_dir: Path) -> None:
    httpx.get(f"{server.url}/listings", timeout=PATIENCE_SECONDS).raise_for_status()
    killed = postmaster(data_dir)
    killed.kill()
    deadline = time.monotonic() + PATIENCE_SECONDS
    statuses = set()
    while 200 not in statuses and time.monotonic() < deadline:
        statuses.add(httpx.get(f"{server.url}/listings", timeout=PATIENCE_SECONDS).status_code)

    assert statuses <= {200, 503}
    assert 200 in statuses
    assert postmaster(data_dir).pid != killed.pid


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


def test_workers_do_not_outlive_a_killed_server(data_dir: Path) -> None:
    with serving("--data-dir", str(data_dir), "--workers", "2") as server:
        httpx.get(f"{server.url}/listings", timeout=PATIENCE_SECONDS).raise_for_status()
        workers = psutil.Process(server.process.pid).children(recursive=True)
        server.kill()
        gone, alive = psutil.wait_procs(workers, PATIENCE_SECONDS)

    assert len(gone) >= 2
    assert alive == []


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("serve", "--port", str(port), "--data-dir", tmp_path / "data")

    assert_one_sentence(done, about=f"127.0.0.1 port {port}: Address already in use")
    assert not (tmp_path / "data").exists()


def test_a_data_directory_in_use_is_one_sentence(server: ServeProcess, data_dir: Path) -> None:
    assert_one_sentence(run("serve", "--port", "0", "--data-dir", data_dir), about="in use by another instance")
    httpx.get(f"{server.url}/listings", timeout=PATIENCE_SECONDS).raise_for_status()


def test_a_data_directory_of_a_newer_postgresql_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "postgresql").mkdir()
    (tmp_path / "postgresql" / "PG_VERSION").write_text("99\n")

    done = run("serve", "--port", "0", "--data-dir", tmp_path)

    assert_one_sentence(done, about="was made by PostgreSQL 99")


def test_a_data_directory_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")

    assert_one_sentence(run("serve", "--port", "0", "--data-dir", tmp_path / "file" / "data"), about="can't be used")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("LISTINGAPI_PORT", "eighty"),
        ("LISTINGAPI_WORKERS", "0"),
        ("LISTINGAPI_DATABASE_URL", "mysql://localhost/listings"),
        ("LISTINGAPI_ANONYMOUS_SCOPES", "listings:everything"),
    ],
)
def test_a_wrong_setting_is_one_sentence_that_names_it(setting: str, value: str) -> None:
    assert_one_sentence(run("serve", **{setting: value}), about=setting)


def test_a_database_that_is_not_there_is_one_sentence() -> None:
    done = run("serve", "--port", "0", LISTINGAPI_DATABASE_URL="postgresql://nobody:secret@127.0.0.1:1/none")

    assert_one_sentence(done, about="PostgreSQL")
    assert "secret" not in done.stderr


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


def test_commands_work_while_it_runs_and_when_it_does_not(data_dir: Path) -> None:
    assert run("migrate", "--data-dir", data_dir).returncode == 0
    with serving("--data-dir", str(data_dir)) as server:
        assert run("migrate", "--data-dir", data_dir).returncode == 0
        httpx.get(f"{server.url}/listings", timeout=PATIENCE_SECONDS).raise_for_status()


def test_a_command_may_come_while_the_first_server_starts(tmp_path: Path) -> None:
    server = subprocess.Popen([*LISTINGAPI, "serve", "--port", "0", "--data-dir", tmp_path], stdout=subprocess.DEVNULL)
    try:
        while not (tmp_path / "postgresql" / "postmaster.pid").exists():
            assert server.poll() is None
        done = run("seed", "--listings", "3", "--prices", "3", "--data-dir", tmp_path)
    finally:
        server.terminate()
        server.wait(PATIENCE_SECONDS)

    assert done.returncode == 0, done.stderr


def test_a_command_does_not_take_the_database_from_another(data_dir: Path) -> None:
    """The first command owns the database; the second one, which uses it, ends later."""
    first = subprocess.Popen([*LISTINGAPI, "import", "-", "--data-dir", data_dir], stdin=subprocess.PIPE)
    while not (data_dir / "postgresql" / "postmaster.pid").exists():
        assert first.poll() is None
    second = subprocess.Popen([*LISTINGAPI, "import", "-", "--data-dir", data_dir], stdin=subprocess.PIPE)
    while not (data_dir / "users").exists():
        assert second.poll() is None
    line = json.dumps(factories.listing(external_id="borrower")).encode()
    assert first.stdin
    first.stdin.close()
    second.communicate(line, timeout=PATIENCE_SECONDS)

    assert second.returncode == 0
    assert first.wait(PATIENCE_SECONDS) == 0
    assert "borrower" in run("export", "--data-dir", data_dir).stdout


def test_a_long_path_is_no_obstacle(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 20) / ("longer" * 20)
    with serving("--data-dir", str(folder)) as server:
        assert httpx.get(f"{server.url}/listings", timeout=PATIENCE_SECONDS).json() == []


def test_an_ordinary_user_can_run_it(tmp_path: Path) -> None:
    """As root the test becomes such a user, who may pass the closed folders on the way here; else it is one already."""
    folder = tmp_path / "data"
    folder.mkdir()
    user: tuple[str, ...] = ()
    if os.geteuid() == 0:
        user = ("setpriv", "--reuid=daemon", "--regid=daemon", "--clear-groups", *PASS_CLOSED_FOLDERS)
        os.chown(folder, pwd.getpwnam("daemon").pw_uid, pwd.getpwnam("daemon").pw_gid)

    done = subprocess.run(
        [*user, *LISTINGAPI, "migrate", "--data-dir", folder], check=False, capture_output=True, text=True, timeout=60
    )

    assert done.stdout == "The database has the schema of this release.\n", done.stderr
    assert (folder / "postgresql").stat().st_uid == folder.stat().st_uid


@pytest.mark.parametrize(
    ("arguments", "about"),
    [
        (["sell"], 'Unknown command "sell"'),
        (["serve", "--bogus"], "--bogus"),
        (["seed", "--prices", "many"], "--prices"),
        (["import"], "FILES"),
        (["export", "--format", "xml"], "--format"),
    ],
)
def test_a_wrong_command_line_is_one_sentence(arguments: list[str], about: str) -> None:
    assert_one_sentence(run(*arguments), about=about)


@pytest.mark.parametrize("command", ["serve", "migrate", "import", "export", "seed", "openapi"])
def test_every_command_explains_itself(command: str) -> None:
    done = run(command, "--help")

    assert done.returncode == 0
    assert f"Usage: listingapi {command}" in done.stdout
    assert command in run("--help").stdout
