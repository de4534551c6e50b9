"""`listingapi events dead`: what it shows and does, with RabbitMQ and without, and how it says what is wrong."""

import json
from typing import Any

import pytest

from listingapi.app import utc_now
from listingapi.consumers import consumers_of
from listingapi.consuming.frame import Dead
from listingapi.consuming.incoming import written
from listingapi.consuming.rabbitmq import opened_letters
from listingapi.events.rabbitmq import queue_of
from tests.commands import Commands
from tests.conftest import TestDatabase
from tests.integration.consuming.recording import dead, incoming, waiting
from tests.integration.consuming.running import letters_in, number_in
from tests.rabbitmq_server import VirtualHost

DIE = """
    INSERT INTO failed_event (listing_id, version, type, consumer, attempts, reason, failed_date, event)
    VALUES (7, $1, 'price.changed', $2, 5, $3, '2026-01-02T03:04:05Z', $4)
"""
ID = "7-2-price.changed"
CONSUMER = "statistics"
REASON = "RuntimeError: \x1b[31mbad"


@pytest.fixture
def in_database(database: TestDatabase) -> Commands:
    """The commands without RabbitMQ."""
    return Commands(database.settings(), "events")


@pytest.fixture
def in_rabbitmq(database: TestDatabase, rabbitmq: VirtualHost) -> Commands:
    """The commands with RabbitMQ."""
    return Commands(database.settings(rabbitmq_url=rabbitmq.url), "events")


async def die(superuser: Any, version: int, consumer: str = CONSUMER) -> None:
    """Have an event of listing 7 be dead in the database."""
    await superuser.execute(DIE, version, consumer, REASON, written(incoming(7, version)).decode())


async def test_the_dead_in_the_database_are_shown_and_replayed(in_database: Commands, superuser: Any) -> None:
    for version, consumer in ((2, CONSUMER), (2, "reviews"), (3, CONSUMER)):
        await die(superuser, version, consumer)
    listed = in_database.did("dead", "list", "--consumer", CONSUMER)
    shown = in_database.did("dead", "show", ID)

    assert [line.split()[:4] for line in listed.splitlines()[1:]] == [
        [ID, CONSUMER, "5", "2026-01-02T03:04:05Z"],
        ["7-3-price.changed", CONSUMER, "5", "2026-01-02T03:04:05Z"],
    ]
    assert listed.splitlines()[1].endswith("RuntimeError: �[31mbad")
    assert "reviews: failed 5 times, the last time 2026-01-02T03:04:05Z: RuntimeError: �[31mbad\n" in shown
    assert json.loads(shown[shown.index("{") :])["id"] == ID

    assert in_database.did("dead", "replay", ID, "--consumer", CONSUMER) == "Replayed: 1.\n"
    assert (await waiting(superuser), await dead(superuser)) == ([(7, 2, 0)], [(7, 2, 5), (7, 3, 5)])
    assert in_database.did("dead", "replay", "--all") == "Replayed: 2.\n"


async def test_the_dead_in_rabbitmq_are_shown_and_replayed(in_rabbitmq: Commands, rabbitmq: VirtualHost) -> None:
    consumers = consumers_of(utc_now)
    body = written(incoming(7, 2))
    async with opened_letters(rabbitmq.url, consumers) as letters:
        await letters.bury(CONSUMER, body, Dead(5, REASON))
        await letters.bury("reviews", b"nothing", Dead(1, "Unreadable: It is no JSON object."))
    listed = in_rabbitmq.did("dead", "list")
    shown = in_rabbitmq.did("dead", "show", ID)

    assert sorted(line.split()[1] for line in listed.splitlines()[1:]) == ["reviews", CONSUMER]
    assert "message-" in listed
    assert shown.startswith(f"{CONSUMER}: failed 5 times, the last time 20")
    assert in_rabbitmq.did("dead", "replay", ID) == "Replayed: 1.\n"
    assert [found for found, _ in await letters_in(rabbitmq, f"listingapi.{CONSUMER}.dead")] == []
    assert await number_in(rabbitmq, queue_of(CONSUMER).name) == 1


def test_where_nothing_is_dead_that_is_said(in_database: Commands) -> None:
    done = in_database("dead", "list")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "No event is dead.\n")


FAILURES: dict[str, tuple[tuple[str, ...], str]] = {
    "no event": (("replay",), "Say which events to replay, by their ids or with --all."),
    "an event and all": (("replay", ID, "--all"), "Say which events to replay, by their ids or with --all."),
    "an event that is not dead": (
        ("replay", "1-1-price.changed"), "Not dead, or not of that consumer: 1-1-price.changed. None was replayed.",
    ),
    "an event to show that is not dead": (
        ("show", "\x1b1"), "No dead event is called �1: see listingapi events dead list.",
    ),
    "a consumer that there is not": (
        ("list", "--consumer", "nobody"),
        f"There is no consumer of that name: there are {', '.join(one.name for one in consumers_of(utc_now))}.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILURES)
def test_what_can_not_be_done_is_a_sentence(in_database: Commands, name: str) -> None:
    arguments, sentence = FAILURES[name]
    failed = in_database("dead", *arguments)

    assert (failed.returncode, failed.stdout, failed.stderr) == (2, "", f"listingapi: {sentence}\n")


def test_a_rabbitmq_that_is_not_there_is_a_sentence(database: TestDatabase) -> None:
    settings = database.settings(rabbitmq_url="amqp://guest:secret@127.0.0.1:1/")
    failed = Commands(settings, "events")("dead", "list")

    assert (failed.returncode, failed.stdout) == (2, "")
    assert failed.stderr == "listingapi: RabbitMQ can't be used: AMQPConnectionError. Nothing was lost; try again.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--help",), "dead"),
        (("dead", "--help"), "mend that, then have them acted on (replay)"),
        (("dead", "replay", "--help"), "What had failed is to be mended before."),
    ],
    ids=" ".join,
)
def test_the_help_tells_a_newcomer_what_to_do(in_database: Commands, arguments: tuple[str, ...], said: str) -> None:
    printed = " ".join(in_database.did(*arguments).replace("│", " ").split())

    assert said in printed
