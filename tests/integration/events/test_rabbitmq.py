"""What is declared in RabbitMQ, by whom, and the policy that comes with it."""

import json
from pathlib import Path

import pytest
from aio_pika.exceptions import PublishError

from listingapi.app import utc_now
from listingapi.consumers import consumers_of
from listingapi.events.cloud_events import StoredEvent, cloud_event
from listingapi.events.rabbitmq import publishing
from tests.integration.events.outbox import NOW
from tests.rabbitmq_server import VirtualHost

DEFINITIONS = Path(__file__).parents[3] / "deploy" / "rabbitmq" / "definitions.json"
CONSUMERS = consumers_of(utc_now)


async def test_a_user_of_its_own_needs_the_documented_permissions(rabbitmq: VirtualHost) -> None:
    server = rabbitmq.server
    server.control("add_user", "listings", "secret")
    own, moved = r"^listingapi\..*", r"^(listingapi\..*|amq\.default)$"
    rabbitmq.control("set_permissions", "listings", own, moved, own)
    event = cloud_event(StoredEvent(1, 1, 1, "listing.withdrawn", 1, NOW, None, "{}"), viewer=1)

    async with publishing(rabbitmq.url.replace("guest:guest", "listings:secret"), CONSUMERS) as publisher:
        await publisher.publish(event)

    server.control("delete_user", "listings")


async def test_the_delivery_limit_holds_for_the_queues_of_consumers(rabbitmq: VirtualHost, tmp_path: Path) -> None:
    definitions = json.loads(DEFINITIONS.read_text())
    for policy in definitions["policies"]:
        assert policy["vhost"] == "/"
        policy["vhost"] = rabbitmq.name
    (tmp_path / "definitions.json").write_text(json.dumps(definitions))

    rabbitmq.server.control("import_definitions", str(tmp_path / "definitions.json"))
    async with publishing(rabbitmq.url, CONSUMERS):
        listed = rabbitmq.control("list_queues", "name", "policy", "--formatter", "json")

    limited = {queue["name"] for queue in json.loads(listed) if queue["policy"] == "listingapi"}
    assert limited == {f"listingapi.{consumer.name}" for consumer in CONSUMERS}


async def test_a_message_that_nobody_wants_comes_back(rabbitmq: VirtualHost) -> None:
    event = cloud_event(StoredEvent(1, 1, 1, "listing.withdrawn", 1, NOW, None, "{}"), viewer=1)

    async with publishing(rabbitmq.url, CONSUMERS[:1]) as publisher:
        with pytest.raises(PublishError):
            await publisher.publish(event)
