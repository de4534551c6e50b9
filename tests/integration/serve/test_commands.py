"""Commands use the database of a server that runs on their data directory, else one that they start themselves."""

import json
import os
import pwd
import subprocess
from pathlib import Path

import httpx

from listingapi.infra.unprivileged import PASS_CLOSED_FOLDERS
from tests import factories
from tests.integration.serve.running import LISTINGAPI, PATIENCE_SECONDS, run
from tests.servers import serving


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
