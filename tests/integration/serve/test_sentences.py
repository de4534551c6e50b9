"""What keeps a command from its work is said in one sentence, and how to call it in some more."""

import socket
from pathlib import Path

import httpx
import pytest

from tests.integration.serve.running import PATIENCE_SECONDS, assert_one_sentence, run
from tests.servers import ServeProcess


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
