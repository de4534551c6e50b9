"""What is sent is signed, as the docs and Standard Webhooks say."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tests.integration.webhooks.world import World
from tests.receivers import receiving


async def test_a_change_of_a_price_is_delivered_signed(world: World) -> None:
    world.clock.now = datetime.now(UTC)
    async with receiving() as receiver:
        made = await world.subscribe_and_tell(receiver.url)
        await world.deliver()
        [received] = receiver.received
        [delivery] = await world.log(made)

    event = Webhook(made["secret"]).verify(received.body, received.headers)
    assert received.line == "POST /hook HTTP/1.1"
    assert received.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert received.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert received.headers["webhook-id"] == f"msg_{delivery['id']}"
    assert (event["id"], event["data"]["price_eur"]) == ("1-2-price.changed", 90_000)
    assert (delivery["event_id"], delivery["state"]) == ("1-2-price.changed", "delivered")
    assert [attempt["status"] for attempt in delivery["attempts"]] == [204]
    assert "due_date" not in delivery


async def test_a_signature_is_what_the_docs_say(world: World) -> None:
    async with receiving() as receiver:
        made = await world.subscribe_and_tell(receiver.url)
        await world.deliver()
        [received] = receiver.received

    key = base64.b64decode(made["secret"].removeprefix("whsec_"))
    signed = f"{received.headers['webhook-id']}.{received.headers['webhook-timestamp']}.".encode() + received.body
    signature = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert received.headers["webhook-signature"] == f"v1,{signature}"
    assert received.headers["webhook-timestamp"] == str(int(world.clock.now.timestamp()))


async def test_both_secrets_sign_for_a_day_after_a_rotation(world: World) -> None:
    world.clock.now = datetime.now(UTC)
    async with receiving() as receiver:
        made = await world.subscribe_and_tell(receiver.url)
        rotated = (await world.api.post(f"/webhooks/{made['id']}/secrets")).json()
        await world.deliver()
        world.clock.advance(hours=24)
        await world.change_and_tell(1, 80_000)
        await world.deliver()
        during, after = receiver.received

    for secret in (made["secret"], rotated["secret"]):
        Webhook(secret).verify(during.body, during.headers)
    assert len(after.headers["webhook-signature"].split()) == 1
    with pytest.raises(WebhookVerificationError):
        Webhook(made["secret"]).verify(during.body, during.headers | {"webhook-id": "msg_0"})
