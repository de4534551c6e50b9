"""What `serve` does itself where there is no RabbitMQ, and so no worker."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import partial

from listingapi import consumers
from listingapi.consuming import metrics as consumer_metrics
from listingapi.consuming.in_process import InProcessBroker
from listingapi.consuming.purging import purge_consumed
from listingapi.events.relay import Relay
from listingapi.hot.upkeep import kept_up
from listingapi.infra.database import Database
from listingapi.infra.periodic import every
from listingapi.infra.redis import Redis
from listingapi.listings.writer import Clock
from listingapi.settings import Settings
from listingapi.webhooks.addresses import AllowedAddresses
from listingapi.webhooks.deliverer import Deliverer
from listingapi.webhooks.sending import Sender

CONSUMERS_SESSION = {"application_name": "listingapi consumers"}
# What waits in all partitions goes together, over one connection; the others are for what failed, and webhooks. What a
# consumer does for each event is little beside its transaction.
PARTITIONS_AT_ONCE = 16
PUBLISHED_AT_ONCE = 500
CONSUMERS_POOL_SIZE = 4

SECONDS_BETWEEN_ROUNDS = 0.2
SECONDS_BETWEEN_RETRIES = 0.5


@asynccontextmanager
async def delivered_here(
    settings: Settings, clock: Clock, addresses: AllowedAddresses, session: Mapping[str, str]
) -> AsyncIterator[None]:
    """Take events to the consumers until the end of the block, unless they go through RabbitMQ.

    Webhooks are sent to some addresses only; `session` is how the feed is read.
    """
    if settings.rabbitmq_url is not None:
        yield
        return
    feed, database = (
        Database(pool_size=1, session=session),
        Database(pool_size=CONSUMERS_POOL_SIZE, session=CONSUMERS_SESSION),
    )
    acting = consumers.consumers_of(clock)
    consumer_metrics.begin(acting)
    broker = InProcessBroker(database, acting)
    try:
        await feed.open(settings.serving_url)
        await database.open(settings.serving_url)
        relay = Relay(feed, broker, at_once=PUBLISHED_AT_ONCE, partitions=PARTITIONS_AT_ONCE)
        async with (
            Deliverer(database, Sender(addresses), clock).running(),
            every(SECONDS_BETWEEN_ROUNDS, relay.publish_all, name="events_to_consumers"),
            every(SECONDS_BETWEEN_RETRIES, broker.retry_due, name="failed_events"),
            every(600, partial(purge_consumed, database), name="consumed_events"),
        ):
            yield
    finally:
        await broker.end()
        await database.close()
        await feed.close()


def kept_up_here(settings: Settings, redis: Redis | None) -> AbstractAsyncContextManager[None]:
    """Keep up what all processes share in Redis until the end of the block, unless a worker does."""
    return nullcontext() if settings.rabbitmq_url else kept_up(settings.serving_url, redis)
