"""What is not done without a database that is there already: to relay, to work, and to look for dead events."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.processes import running
from tests.servers import serving

COMMANDS = {
    "relay": ("relay",),
    "worker": ("worker",),
    "events": ("events", "dead", "list"),
}


@pytest.fixture(params=[False, True], ids=["no directory", "an empty one"])
def data_dir(request: Any, tmp_path: Path) -> Path:
    """A directory on which nothing runs."""
    folder = tmp_path / "data"
    if request.param:
        folder.mkdir()
    return folder


def run(*arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end, with no settings but these."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LISTINGAPI_")}
    command = [sys.executable, "-m", "listingapi", *arguments]
    return subprocess.run(
        command, env={**inherited, **settings}, check=False, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_where_nothing_is_served_no_database_is_made(command: Sequence[str], data_dir: Path) -> None:
    before = data_dir.exists()
    done = run(*command, "--data-dir", str(data_dir), LISTINGAPI_RABBITMQ_URL="amqp://127.0.0.1:1/")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"listingapi: No listingapi serve runs on the data directory {data_dir}: "
        "start it, or set LISTINGAPI_DATABASE_URL.\n"
    )
    assert data_dir.exists() == before
    assert not before or list(data_dir.iterdir()) == []


def test_what_was_served_is_not_started_either(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with serving("--data-dir", str(folder)):
        pass

    assert "No listingapi serve runs" in run("events", "dead", "list", "--data-dir", str(folder)).stderr


def test_beside_serve_all_of_them_do_and_none_holds_it_up(tmp_path: Path) -> None:
    settings = {"LISTINGAPI_RABBITMQ_URL": "amqp://127.0.0.1:1/"}
    there = ("--data-dir", str(tmp_path / "data"))
    with (
        serving(*there, environment=settings) as server,
        running("relay", *there, environment=settings, log=tmp_path / "relay") as relay,
        running("worker", *there, environment=settings, log=tmp_path / "worker") as worker,
    ):
        assert relay.printed.startswith("ListingAPI's relay. Ctrl-C stops it.\n")
        assert worker.printed.startswith("ListingAPI's worker. Ctrl-C stops it.\n")
        assert "No event is dead." in run("events", "dead", "list", *there).stderr
        server.process.terminate()
        assert server.process.wait(30) == 0
