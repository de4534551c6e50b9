"""From a change of a price over HTTP to a receiver, with nothing in a test's hand in between."""

import asyncio
from datetime import UTC, datetime
from functools import partial

import httpx
import pytest
from standardwebhooks import Webhook

from listingapi import delivery_here
from listingapi.webhooks.sending import Sender
from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.integration.webhooks.world import LOOPBACK, webhook
from tests.receivers import hangs, receiving, writes
from tests.servers import serving
from tests.until import PATIENCE_SECONDS


async def test_serve_without_a_broker_tells_a_receiver_by_itself(database: TestDatabase, clock: Clock) -> None:
    clock.now = datetime.now(UTC)
    async with receiving() as receiver, client_of(database.settings(webhook_networks=LOOPBACK), clock) as client:
        made = (await client.post("/webhooks", json=webhook(url=receiver.url, types=["listing.created"]))).json()
        listing = (await client.post("/listings", json=factories.listing())).json()
        await receiver.has(1)
        [received] = receiver.received

    event = Webhook(made["secret"]).verify(received.body, received.headers)
    assert event["data"]["listing"] == listing


async def test_several_processes_deliver_each_event_once(database: TestDatabase) -> None:
    settings = database.settings(webhook_networks=LOOPBACK)
    async with receiving() as receiver:
        with serving("--workers", "2", environment=settings.as_environment()) as server:
            async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
                types = ["listing.created", "price.changed"]
                await client.post("/webhooks", json=webhook(url=receiver.url, types=types))
                path = (await client.post("/listings", json=factories.listing())).headers["location"]
                for price in range(1, 40):
                    await client.patch(path, json={"latest_price_eur": price})
            await receiver.has(40)
        ids = [received.headers["webhook-id"] for received in receiver.received]

    assert len(set(ids)) == len(ids) == 40


async def test_the_log_of_the_server_holds_no_secret_and_no_address(database: TestDatabase) -> None:
    settings = database.settings(webhook_networks=LOOPBACK)
    async with receiving(writes(b"")) as receiver:
        with serving(environment=settings.as_environment()) as server:
            async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
                url = f"{receiver.url}?token=canary8462qzx"
                made = await client.post("/webhooks", json=webhook(url=url, types=["listing.created"]))
                await client.post("/listings", json=factories.listing())
                await receiver.has(1)
        printed = "".join(server.printed)

    assert "Ctrl-C" in printed
    assert "canary8462qzx" not in printed
    assert made.json()["secret"].removeprefix("whsec_") not in printed


async def test_a_receiver_that_hangs_does_not_keep_the_application_from_stopping(
    database: TestDatabase, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_here, "Sender", partial(Sender, seconds=10 * PATIENCE_SECONDS))
    async with receiving(hangs) as receiver:
        async with asyncio.timeout(PATIENCE_SECONDS):
            async with client_of(database.settings(webhook_networks=LOOPBACK), clock) as client:
                await client.post("/webhooks", json=webhook(url=receiver.url, types=["listing.created"]))
                await client.post("/listings", json=factories.listing())
                await receiver.has(1)

        assert receiver.connections == 1
