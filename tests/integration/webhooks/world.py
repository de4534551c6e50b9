"""What tests of webhooks begin with: an API, events that are told when a test says so, and deliverers in its hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from listingapi.consuming.frame import Consumed, consume
from listingapi.consuming.incoming import Incoming
from listingapi.events.cloud_events import StoredEvent, cloud_event
from listingapi.infra.database import Database, Transaction
from listingapi.webhooks.addresses import AllowedAddresses
from listingapi.webhooks.consumer import consumer_with
from listingapi.webhooks.deliverer import LEASE, Deliverer
from listingapi.webhooks.sending import Sender
from tests import factories
from tests.accounts import Headers
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.until import until

# A name that by its standard (RFC 6761) leads nowhere.
NOWHERE = "https://receiver.invalid/hook"
LOOPBACK = frozenset({"127.0.0.0/8"})
# With a broker that is not there, the application tells nobody anything by itself, and delivers nothing.
SETTINGS = {"rabbitmq_url": "amqp://nobody@127.0.0.1:1/", "webhook_networks": LOOPBACK}
EVENTS = """
    SELECT position, listing_id, version, type, account_id, created_date, trace, data
    FROM event WHERE position > $1 ORDER BY position
"""
# What may be made, and what is being made: the clock stands still, so that the lease ends at a time that we know.
UNDELIVERED = """
    SELECT EXISTS (
        SELECT FROM webhook_delivery JOIN webhook USING (account_id, webhook_id) JOIN account USING (account_id)
        WHERE due_date = $1::timestamptz + $2::interval OR (
            due_date <= $1 AND webhook.state = 'active' AND NOT is_suspended AND coalesce(held_until <= $1, true)
        )
    )
"""
FILL = """
    WITH filled AS (
        INSERT INTO webhook_event
        SELECT 1, number, 'price.changed', true, '{}', $3::timestamptz FROM generate_series(1, $4::int) AS number
        ON CONFLICT DO NOTHING
    )
    INSERT INTO webhook_delivery (account_id, webhook_id, listing_id, version, type, is_own, created_date, due_date)
    SELECT $1, $2, 1, number, 'price.changed', true, $3, $3 FROM generate_series(1, $4::int) AS number
"""


def webhook(**changed: Any) -> dict[str, Any]:
    """A WebhookWrite as parsed JSON."""
    return {"url": NOWHERE, "types": ["price.changed"]} | changed


class Watched(Database):
    """Counts how often a deliverer has looked for what is due: nothing else that one does is a transaction."""

    looks = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """As ever."""
        async with super().transaction() as transaction:
            yield transaction
        self.looks += 1


@dataclass(slots=True)
class World:
    """An API, its database, and the hands that tell and deliver."""

    api: httpx.AsyncClient
    pool: Watched
    clock: Clock
    superuser: Any
    told: int = 0

    async def subscribe(self, url: str, headers: Headers | None = None, **changed: Any) -> dict[str, Any]:
        """Make a webhook."""
        answer = await self.api.post("/webhooks", json=webhook(url=url, **changed), headers=headers)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def list_one(self, headers: Headers | None = None, **changed: Any) -> int:
        """Make a listing; returns its id."""
        made: int = (await self.api.post("/listings", json=factories.listing(**changed), headers=headers)).json()["id"]
        return made

    async def change(self, listing_id: int, price_eur: float, headers: Headers | None = None) -> None:
        """Change the price of a listing."""
        body = {"latest_price_eur": price_eur}
        (await self.api.patch(f"/listings/{listing_id}", json=body, headers=headers)).raise_for_status()

    async def tell(self) -> None:
        """Have the consumer told of all that happened since the last time."""
        await self.is_sequenced()
        consumer = consumer_with(self.clock)
        for row in await self.pool.fetch(EVENTS, self.told):
            stored = StoredEvent(*row)
            event = cloud_event(stored, viewer=stored.account_id)
            assert await consume(self.pool, consumer, Incoming.of(event)) == Consumed()
            self.told = stored.position

    async def fill(
        self, made: dict[str, Any], number: int, *, account_id: int = 1, due: datetime | None = None
    ) -> None:
        """Put so many deliveries in line for a webhook."""
        await self.superuser.execute(FILL, account_id, made["id"], due or self.clock.now, number)

    async def subscribe_and_tell(self, url: str, **changed: Any) -> dict[str, Any]:
        """A webhook for which one change of a price is waiting."""
        listing_id = await self.list_one()
        made = await self.subscribe(url, **changed)
        await self.change_and_tell(listing_id, 90_000)
        return made

    async def change_and_tell(self, listing_id: int, price_eur: float) -> None:
        """Change the price of a listing, of which webhooks are told."""
        await self.change(listing_id, price_eur)
        await self.tell()

    def deliverer(self, **given: Any) -> Deliverer:
        """One that calls loopback addresses, too; the rest is how it sends."""
        networks = given.pop("networks", LOOPBACK)
        return Deliverer(self.pool, Sender(AllowedAddresses(networks), **given), self.clock)

    async def deliver(self, **given: Any) -> None:
        """Have a deliverer make all deliveries that are due; it has looked once more since, and found none."""
        async with self.deliverer(**given).running():
            await self.is_delivered()

    async def is_delivered(self) -> None:
        """Wait until there is nothing that a deliverer makes of its own accord, and it has seen that."""
        looks = -1

        async def is_idle() -> bool:
            nonlocal looks
            if await self.superuser.fetchval(UNDELIVERED, self.clock.now, LEASE):
                looks = -1
            elif looks < 0:
                looks = self.pool.looks
            # the first look of these may have begun before
            return 0 <= looks <= self.pool.looks - 2

        await until(is_idle)

    async def log(self, made: dict[str, Any], state: str | None = None) -> list[dict[str, Any]]:
        """The deliveries of a webhook, newest first."""
        answer = await self.api.get(f"/webhooks/{made['id']}/deliveries", params={"state": state} if state else {})
        assert answer.status_code == 200, answer.text
        deliveries: list[dict[str, Any]] = answer.json()
        return deliveries

    async def state(self, made: dict[str, Any]) -> str:
        """The state of a webhook."""
        return str((await self.api.get(f"/webhooks/{made['id']}")).json()["state"])

    async def is_sequenced(self) -> None:
        """Wait until all that happened is in the feed."""

        async def is_empty() -> bool:
            return not await self.superuser.fetchval("SELECT EXISTS (SELECT FROM outbox)")

        await until(is_empty)


@asynccontextmanager
async def world_on(database: TestDatabase, clock: Clock, superuser: Any, **settings: Any) -> AsyncIterator[World]:
    """A world of its own, until the end of the block."""
    pool = Watched(pool_size=4)
    await pool.open(database.serving_url)
    async with client_of(database.settings(**SETTINGS | settings), clock) as api:
        yield World(api, pool, clock, superuser)
    await pool.close()
