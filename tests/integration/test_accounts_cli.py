"""`listingapi accounts` and `listingapi keys`: what they say, how they end, and what they leave in the database."""

import os
import subprocess
import sys
from typing import Any

import httpx
import pytest

from listingapi.access import keys
from listingapi.access.scopes import Scope
from tests.clock import Clock
from tests.commands import Commands
from tests.conftest import TestDatabase, client_of


@pytest.fixture
def listingapi(database: TestDatabase) -> Commands:
    """The command `listingapi`."""
    return Commands(database.settings())


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def rows(printed: str) -> list[list[str]]:
    """The cells of a printed table, without its head; cells are two or more spaces apart."""
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in printed.splitlines()[1:]]


async def test_two_commands_let_the_first_operator_in(listingapi: Commands, closed: httpx.AsyncClient) -> None:
    listingapi.did("accounts", "create", "ops", "--kind", "operator")
    made = listingapi("keys", "create", "--account", "ops")
    key = made.stdout.removesuffix("\n")

    assert (made.returncode, keys.is_well_formed(key)) == (0, True)
    assert made.stderr.startswith("Key ")
    assert "It is shown only now" in made.stderr
    assert key not in made.stderr
    answer = await closed.get("/accounts", headers=bearer(key))
    assert [account["name"] for account in answer.json()] == ["default", "ops"]


async def test_an_account_is_made_as_the_options_say(listingapi: Commands, client: httpx.AsyncClient) -> None:
    rates = ("--reads-per-minute", "0", "--writes-per-minute", "60")
    said = listingapi.did("accounts", "create", "Müller & Söhne", "--kind", "agency", *rates)
    [_, account] = (await client.get("/accounts")).json()

    assert said.endswith("listingapi keys create --account 'Müller & Söhne'\n")
    assert (account["name"], account["kind"]) == ("Müller & Söhne", "agency")
    assert (account["reads_per_minute"], account["writes_per_minute"]) == (0, 60)


async def test_accounts_are_shown_suspended_and_resumed(
    listingapi: Commands, closed: httpx.AsyncClient, database: TestDatabase, clock: Clock
) -> None:
    listingapi.did("accounts", "create", "Agency", "--kind", "agency", "--reads-per-minute", "0")
    key = listingapi.did("keys", "create", "--account", "Agency").strip()
    assert (await closed.get("/listings", headers=bearer(key))).status_code == 200

    assert listingapi.did("accounts", "suspend", "Agency") == "Account “Agency” is suspended.\n"
    assert [row[1:5] for row in rows(listingapi.did("accounts", "list"))][1] == ["Agency", "agency", "suspended", "0"]
    async with client_of(database.settings(anonymous_scopes=frozenset()), clock) as fresh:
        assert (await fresh.get("/listings", headers=bearer(key))).status_code == 401

    assert listingapi.did("accounts", "resume", "Agency") == "Account “Agency” is not suspended.\n"
    assert "suspended" not in listingapi.did("accounts", "list").splitlines()[2]
    async with client_of(database.settings(anonymous_scopes=frozenset()), clock) as fresh:
        assert (await fresh.get("/listings", headers=bearer(key))).status_code == 200


def test_the_account_of_callers_without_credentials_can_be_suspended(listingapi: Commands) -> None:
    assert listingapi.did("accounts", "suspend", "default") == "Account “default” is suspended.\n"


async def test_a_key_is_made_as_the_options_say(listingapi: Commands, client: httpx.AsyncClient) -> None:
    options = ("--name", "Website", "--scopes", "prices:write listings:read", "--expires-in-days", "30")
    key = listingapi.did("keys", "create", "--account", "default", *options).strip()
    [made] = (await client.get("/accounts/1/keys")).json()

    assert (made["name"], made["scopes"]) == ("Website", ["listings:read", "prices:write"])
    assert (made["hint"], made["created_by"]) == (key[:8], "command line")
    created, expires = made["created_date"], made["expires_date"]
    assert created[10:19] == expires[10:19]
    assert expires > created


def test_keys_are_shown_without_the_keys(listingapi: Commands) -> None:
    listingapi.did("accounts", "create", "Agency", "--kind", "portal")
    made = [listingapi.did("keys", "create", "--account", name).strip() for name in ("default", "Agency")]
    both, one = listingapi.did("keys", "list"), listingapi.did("keys", "list", "--account", "Agency")

    assert [row[1] for row in rows(both)] == ["default", "Agency"]
    assert [row[1:5] for row in rows(one)] == [
        ["Agency", "made on the command line", made[1][:8], "listings:read events:read webhooks:write"]
    ]
    assert not [key for key in made if key in both + one]


def test_only_the_keys_that_are_named_are_revoked(listingapi: Commands) -> None:
    for _ in range(3):
        listingapi.did("keys", "create", "--account", "default")
    ids = [row[0] for row in rows(listingapi.did("keys", "list"))]

    assert listingapi.did("keys", "revoke", ids[0], ids[2]) == f"Revoked: {ids[0]}, {ids[2]}.\n"
    assert [len(row) for row in rows(listingapi.did("keys", "list"))] == [8, 7, 8]


def test_no_key_is_revoked_where_one_does_not_exist(listingapi: Commands) -> None:
    listingapi.did("keys", "create", "--account", "default")
    [[key_id, *_]] = rows(listingapi.did("keys", "list"))
    beyond = str(2**63)
    failed = listingapi("keys", "revoke", key_id, "7777777", beyond)

    assert (failed.returncode, failed.stdout) == (2, "")
    assert failed.stderr == f"listingapi: There is no API key 7777777, {beyond}: none was revoked.\n"
    assert [len(row) for row in rows(listingapi.did("keys", "list"))] == [7]


async def test_the_audit_trail_knows_the_command_line(listingapi: Commands, client: httpx.AsyncClient) -> None:
    listingapi.did("accounts", "create", "Agency", "--kind", "agency")
    listingapi.did("accounts", "suspend", "Agency")
    listingapi.did("accounts", "suspend", "Agency")
    listingapi.did("keys", "create", "--account", "Agency")
    [[key_id, *_]] = rows(listingapi.did("keys", "list"))
    listingapi.did("keys", "revoke", key_id)
    entries = (await client.get("/audit", params={"actor": "command line"})).json()

    assert [entry["operation"] for entry in entries] == [
        "delete-account-key", "post-account-keys", "patch-account", "post-accounts",
    ]  # fmt: skip
    assert entries[0]["details"]["key_id"] == int(key_id)


async def test_names_do_not_reach_the_terminal_as_commands(listingapi: Commands, client: httpx.AsyncClient) -> None:
    await client.post("/accounts", json={"name": "\x1b[31m[bold]x\n", "kind": "agency"})

    assert [row[1] for row in rows(listingapi.did("accounts", "list"))] == ["default", "�[31m[bold]x�"]


FAILURES: dict[str, tuple[tuple[str, ...], str]] = {
    "an unknown account": (("keys", "create", "--account", "nobody"), "There is no account nobody."),
    "an unknown account of a list": (("keys", "list", "--account", "nobody"), "There is no account nobody."),
    "an account that is not there": (("accounts", "suspend", "nobody"), "There is no account nobody."),
    "a name that is taken": (
        ("accounts", "create", "default", "--kind", "agency"), "There is an account “default” already.",
    ),
    "a blank name": (
        ("accounts", "create", " ", "--kind", "agency"),
        "name must be a string of 1 to 255 characters that is not blank, without NUL characters.",
    ),
    "a kind that is none": (
        ("accounts", "create", "a", "--kind", "boss"),
        'Invalid value "boss" for --kind. Choose from: "agency", "portal", "operator".',
    ),
    "a scope that is none": (
        ("keys", "create", "--account", "default", "--scopes", "all"),
        f"scopes must be an array of one or more of {', '.join(Scope)}.",
    ),
    "a scope that the account may not have": (
        ("keys", "create", "--account", "default", "--scopes", "listings:read accounts:admin"),
        "scopes.1 must not be accounts:admin: no key of an account of the kind agency may have that.",
    ),
    "an end before tomorrow": (
        ("keys", "create", "--account", "default", "--expires-in-days", "0"),
        'Invalid value "0" for --expires-in-days. Must be >= 1.',
    ),
    "a key that is no number": (("keys", "revoke", "lst_abc"), ""),
    "no key": (("keys", "revoke"), ""),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILURES)
def test_what_can_not_be_done_is_a_sentence(listingapi: Commands, name: str) -> None:
    arguments, sentence = FAILURES[name]
    failed = listingapi(*arguments)

    assert (failed.returncode, failed.stdout) == (2, "")
    assert failed.stderr.startswith("listingapi: ")
    assert len(failed.stderr.splitlines()) == 1
    assert not sentence or failed.stderr == f"listingapi: {sentence}\n"


def test_a_name_that_is_not_unicode_is_no_account(database: TestDatabase) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "listingapi", "accounts", "suspend", b"\xff"],
        env=os.environ | database.settings().as_environment(),
        check=False,
        capture_output=True,
    )

    assert (done.returncode, done.stderr) == (2, b"listingapi: There is no account \\udcff.\n")


def test_a_database_that_is_not_there_is_a_sentence() -> None:
    environment: dict[str, Any] = os.environ | {"LISTINGAPI_DATABASE_URL": "postgresql://localhost:1/none"}
    done = subprocess.run(
        [sys.executable, "-m", "listingapi", "accounts", "list"], env=environment, check=False, capture_output=True
    )

    assert done.returncode == 2
    assert done.stderr.startswith(b"listingapi: ")
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("accounts", "--help"), "listingapi accounts create ops --kind operator"),
        (("accounts", "create", "--help"), "agency: read, and"),
        (("keys", "create", "--help"), "stored as a hash"),
        (("keys", "revoke", "--help"), "within seconds"),
    ],
    ids=" ".join,
)
def test_the_help_tells_a_newcomer_what_to_do(listingapi: Commands, arguments: tuple[str, ...], said: str) -> None:
    printed = " ".join(listingapi.did(*arguments).replace("│", " ").split())

    assert said in printed
