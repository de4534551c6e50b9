"""The process `listingapi worker`."""

import asyncio
from functools import partial

from listingapi import consumers
from listingapi.app import utc_now
from listingapi.consuming.lost import find_lost
from listingapi.consuming.purging import purge_consumed
from listingapi.consuming.rabbitmq import consume_from
from listingapi.hot.upkeep import kept_up
from listingapi.infra import process
from listingapi.infra.database import Database
from listingapi.infra.logs import configure_logs
from listingapi.infra.metrics import serving_metrics
from listingapi.infra.periodic import every
from listingapi.infra.redis import redis_at
from listingapi.infra.start import StartError
from listingapi.provision import running_database
from listingapi.settings import Settings
from listingapi.telemetry import measured, traced
from listingapi.webhooks.addresses import AllowedAddresses
from listingapi.webhooks.deliverer import Deliverer
from listingapi.webhooks.sending import Sender

# A process that hangs keeps the event that it is at from the others for a while only.
SESSION = {"application_name": "listingapi worker", "idle_in_transaction_session_timeout": "20s"}
# One for each consumer, and some for the rest.
POOL_SIZE = 8
GRACE_SECONDS = 15.0


def work(settings: Settings) -> None:
    """Have all consumers act on events from RabbitMQ, and send webhooks, until told to stop.

    Raises:
        StartError: no RabbitMQ is configured, or the database can't be used.
    """
    if settings.rabbitmq_url is None:
        raise StartError(
            "There is nothing to take events from: set LISTINGAPI_RABBITMQ_URL. "
            "Without RabbitMQ, listingapi serve does what a worker does."
        )
    found = running_database(settings)
    configure_logs(settings.log_level)
    with serving_metrics(settings.metrics_host or settings.host, settings.metrics_port):
        print("ListingAPI's worker. Ctrl-C stops it.", flush=True)
        process.run(partial(_work, found, settings.rabbitmq_url), grace_seconds=GRACE_SECONDS)


async def _work(settings: Settings, rabbitmq_url: str, ending: asyncio.Event) -> None:
    database = Database(pool_size=POOL_SIZE, session=SESSION)
    await database.open(settings.serving_url)
    acting = consumers.consumers_of(utc_now)
    deliverer = Deliverer(database, Sender(AllowedAddresses(settings.webhook_networks)), utc_now)
    try:
        async with (
            traced("listingapi-worker", settings),
            measured(database),
            every(600, partial(purge_consumed, database), name="consumed_events"),
            every(300, partial(find_lost, rabbitmq_url, database, acting), name="lost_events"),
            deliverer.running(),
            kept_up(settings.serving_url, redis_at(settings.redis_url)),
        ):
            await consume_from(rabbitmq_url, database, acting, ending)
    finally:
        await database.close()
