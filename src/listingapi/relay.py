"""The process `listingapi relay`."""

import asyncio
from collections.abc import Sequence
from functools import partial

from listingapi import consumers
from listingapi.app import RELAY_SESSION, utc_now
from listingapi.events.rabbitmq import Subscriber, publishing
from listingapi.events.reasons import reason_of
from listingapi.events.relay import NotPublished, Relay
from listingapi.events.sequencing import Sequencer
from listingapi.infra import process
from listingapi.infra.complaints import Complaint
from listingapi.infra.database import Database
from listingapi.infra.logs import configure_logs
from listingapi.infra.metrics import serving_metrics
from listingapi.infra.process import ends_within
from listingapi.infra.start import StartError
from listingapi.provision import running_database
from listingapi.settings import Settings
from listingapi.telemetry import measured, traced

POOL_SIZE = 3

PUBLISHED_AT_ONCE = 1_000
SECONDS_BETWEEN_ROUNDS = 0.05
FIRST_PAUSE_SECONDS = 0.1
# Events that are refused are published again and again; to see whether RabbitMQ is back costs nothing.
LONGEST_PAUSE_SECONDS = 10.0
LONGEST_PAUSE_TO_CONNECT_SECONDS = 1.0
GRACE_SECONDS = 8.0


def relay(settings: Settings) -> None:
    """Bring events to RabbitMQ until told to stop.

    Raises:
        StartError: no RabbitMQ is configured, or the database can't be used.
    """
    if settings.rabbitmq_url is None:
        raise StartError("There is nothing to bring events to: set LISTINGAPI_RABBITMQ_URL.")
    found = running_database(settings)
    configure_logs(settings.log_level)
    with serving_metrics(settings.metrics_host or settings.host, settings.metrics_port):
        print("ListingAPI's relay. Ctrl-C stops it.", flush=True)
        process.run(partial(_relay, found, settings.rabbitmq_url), grace_seconds=GRACE_SECONDS)


async def _relay(settings: Settings, rabbitmq_url: str, ending: asyncio.Event) -> None:
    database = Database(pool_size=POOL_SIZE, session=RELAY_SESSION)
    await database.open(settings.serving_url)
    try:
        async with traced("listingapi-relay", settings), measured(database):
            await Relaying(database, rabbitmq_url, consumers.consumers_of(utc_now)).go_on(ending)
    finally:
        await database.close()


class Relaying:
    """Brings events to RabbitMQ, over a new connection and after a longer and longer pause when something failed."""

    def __init__(self, database: Database, rabbitmq_url: str, subscribers: Sequence[Subscriber]) -> None:
        self._database = database
        self._sequencer = Sequencer(database)
        self._rabbitmq_url = rabbitmq_url
        self._subscribers = subscribers
        self._pause = FIRST_PAUSE_SECONDS
        self._is_refused = False
        self._complaint = Complaint("events_not_published", "events_are_published_again")

    async def go_on(self, ending: asyncio.Event) -> None:
        """Do so until the process is to end."""
        while not ending.is_set():
            try:
                await self._publish(ending)
            except Exception as error:  # noqa: BLE001 - whatever it is, all is begun anew
                self._complaint.say(reason_of(error))
                await ends_within(self._pause, ending)
                self._is_refused = isinstance(error, NotPublished)
                longest = LONGEST_PAUSE_SECONDS if self._is_refused else LONGEST_PAUSE_TO_CONNECT_SECONDS
                self._pause = min(2 * self._pause, longest)

    async def _publish(self, ending: asyncio.Event) -> None:
        async with publishing(self._rabbitmq_url, self._subscribers) as broker:
            relay = Relay(self._database, broker, at_once=PUBLISHED_AT_ONCE)
            while not ending.is_set():
                await self._sequencer.take_all()
                while not ending.is_set() and await relay.turn():
                    self._pause, self._is_refused = FIRST_PAUSE_SECONDS, False
                # those that were refused may just be with another relay
                if not self._is_refused:
                    self._complaint.end()
                await ends_within(SECONDS_BETWEEN_ROUNDS, ending)
