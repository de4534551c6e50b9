"""Deliveries: signed, tried over days, one receiver's troubles being nobody else's, and none lost or made twice."""

import asyncio
import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from listingapi.infra.database import Database
from listingapi.webhooks import delivery_repository, sending
from listingapi.webhooks.deliverer import LEASE, MOST_OF_ONE_ACCOUNT, MOST_OF_ONE_WEBHOOK, NOT_SENT
from listingapi.webhooks.retrying import JITTER, PAUSES
from tests.accounts import Accounts
from tests.clock import Clock
from tests.conftest import TestDatabase
from tests.integration.webhooks.world import World
from tests.receivers import Receiver, answers, goes_on, hangs, receiving, writes
from tests.until import until

FILL = """
    WITH filled AS (
        INSERT INTO webhook_event
        SELECT 1, number, 'price.changed', true, '{}', $2::timestamptz FROM generate_series(1, $3::int) AS number
        ON CONFLICT DO NOTHING
    )
    INSERT INTO webhook_delivery (account_id, webhook_id, listing_id, version, type, is_own, created_date, due_date)
    SELECT 1, $1, 1, number, 'price.changed', true, $2, $2 FROM generate_series(1, $3::int) AS number
"""


async def told(world: World, receiver: Receiver, **changed: Any) -> dict[str, Any]:
    """A webhook at a receiver, for which one change of a price is waiting."""
    listing_id = await world.list_one()
    made = await world.subscribe(receiver.url, **changed)
    await world.change_and_tell(listing_id, 90_000)
    return made


async def test_a_change_of_a_price_is_delivered_signed(world: World) -> None:
    world.clock.now = datetime.now(UTC)
    async with receiving() as receiver:
        made = await told(world, receiver)
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
        made = await told(world, receiver)
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
        made = await told(world, receiver)
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


async def test_a_receiver_that_is_down_for_days_is_tried_ten_times(world: World, clock: Clock) -> None:
    async with receiving(answers(500)) as receiver:
        made = await told(world, receiver)
        begun = clock.now
        for pause in PAUSES:
            await world.deliver()
            [delivery] = await world.log(made)
            due = datetime.fromisoformat(delivery["due_date"])
            assert pause <= due - clock.now <= pause * (1 + JITTER)
            clock.now = due - timedelta(microseconds=1)
            await world.deliver()
            clock.now = due
        await world.deliver()
        [delivery] = await world.log(made, state="failed")
        clock.advance(days=2)
        await world.deliver()

    assert [attempt["status"] for attempt in delivery["attempts"]] == [500] * 10
    assert "due_date" not in delivery
    assert len(receiver.received) == 10
    assert clock.now - begun > timedelta(days=3)
    assert len({received.headers["webhook-id"] for received in receiver.received}) == 1
    assert len({received.headers["webhook-timestamp"] for received in receiver.received}) == 10
    assert await world.state(made) == "active"


async def test_a_receiver_that_is_back_gets_what_waited(world: World, clock: Clock) -> None:
    async with receiving(hangs) as receiver:
        made = await told(world, receiver)
        await world.change_and_tell(1, 80_000)
        await world.deliver(seconds=0.1)
        assert await world.log(made, state="delivered") == []
        receiver.answer = answers(200)
        clock.advance(minutes=1)
        await world.deliver()

        assert len(await world.log(made, state="delivered")) == 2


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        pytest.param("3600", 3600, id="in seconds"),
        pytest.param(format_datetime(datetime(2023, 1, 12, 10, 23, 36, tzinfo=UTC), usegmt=True), 3600, id="as a date"),
        pytest.param("999999", 24 * 3600, id="for longer than a day"),
        pytest.param("soon", 5, id="as nobody can read it"),
        pytest.param("1", 5, id="for less than the pause"),
    ],
)
async def test_retry_after_is_honoured(world: World, clock: Clock, header: str, seconds: int) -> None:
    async with receiving(answers(503, Retry_After=header)) as receiver:
        made = await told(world, receiver)
        await world.change_and_tell(1, 80_000)
        await world.deliver()
        asked = len(receiver.received)
        clock.advance(seconds=seconds - 0.001)
        await world.deliver()
        early = len(receiver.received) - asked
        receiver.answer = answers(200)
        clock.advance(seconds=0.001 + 5 * JITTER)
        await world.deliver()

        assert 1 <= asked <= 2
        assert early == 0
        assert len(await world.log(made, state="delivered")) == 2


async def test_410_ends_the_webhook_until_it_is_made_active_again(world: World, clock: Clock) -> None:
    async with receiving(answers(410)) as receiver:
        made = await told(world, receiver)
        await world.deliver()
        state = await world.state(made)
        clock.advance(hours=1)
        await world.change_and_tell(1, 80_000)
        await world.deliver()
        ended = await world.log(made)
        receiver.answer = answers(200)
        await world.api.patch(f"/webhooks/{made['id']}", json={"state": "active"})
        await world.change_and_tell(1, 70_000)
        await world.deliver()

    assert state == "gone"
    assert [(each["state"], [attempt["status"] for attempt in each["attempts"]]) for each in ended] == [
        ("failed", [410])
    ]
    assert [each["state"] for each in await world.log(made)] == ["delivered", "failed"]
    assert await world.state(made) == "active"


async def test_410_is_heard_whatever_else_is_in_the_head(world: World) -> None:
    header = "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"
    async with receiving(answers(410, Retry_After=header)) as receiver:
        made = await told(world, receiver)
        await world.deliver()

    assert await world.state(made) == "gone"


async def test_what_goes_wrong_here_is_a_failed_attempt(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(sending.Sender, "post", breaks)
    async with receiving() as receiver:
        made = await told(world, receiver)
        await world.deliver()
        [delivery] = await world.log(made)

    assert delivery["state"] == "pending"
    assert [attempt["problem"] for attempt in delivery["attempts"]] == [NOT_SENT]


async def test_410_of_an_address_from_before_ends_nothing(world: World) -> None:
    async with receiving() as other:

        async def moves_meanwhile(receiver: Receiver, writer: asyncio.StreamWriter) -> None:
            await world.api.patch(f"/webhooks/{made['id']}", json={"url": other.url})
            await answers(410)(receiver, writer)

        async with receiving(moves_meanwhile) as receiver:
            made = await told(world, receiver)
            await world.deliver()

    assert await world.state(made) == "active"


ENDLESS = b"x" * 8192
FAILING = {
    "answers slowly": (goes_on(b"HTTP/1.1 200 OK\r\n", b"X", 0.02), sending.NO_ANSWER_IN_TIME),
    "hangs": (hangs, sending.NO_ANSWER_IN_TIME),
    "has a head without end": (goes_on(b"HTTP/1.1 200 OK\r\n", b"X: " + ENDLESS + b"\r\n"), sending.NO_HTTP),
    "talks garbage": (writes(b"220 mail.example ESMTP\r\n"), sending.NO_HTTP),
    "hangs up": (writes(b""), sending.NO_HTTP),
    "hangs up within the head": (writes(b"HTTP/1.1 200 OK\r\nContent-"), sending.NO_HTTP),
}


@pytest.mark.parametrize("name", FAILING)
async def test_a_receiver_without_an_answer_is_tried_again(world: World, name: str) -> None:
    answer, problem = FAILING[name]
    async with receiving(answer) as receiver:
        made = await told(world, receiver)
        await world.deliver(seconds=0.3)
        [delivery] = await world.log(made)

    assert delivery["state"] == "pending"
    assert [attempt["problem"] for attempt in delivery["attempts"]] == [problem]


TAKING = {
    "a short answer": answers(200, b"thanks"),
    "an answer without end": goes_on(b"HTTP/1.1 200 OK\r\n\r\n", ENDLESS),
    "an answer that ends early": writes(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"),
    "an answer after others on the way": writes(b"HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 204 None\r\n\r\n"),
}


@pytest.mark.parametrize("name", TAKING)
async def test_a_status_of_success_is_enough(world: World, name: str) -> None:
    async with receiving(TAKING[name]) as receiver:
        made = await told(world, receiver)
        await world.deliver()

        assert [delivery["state"] for delivery in await world.log(made)] == ["delivered"]


async def test_an_answer_that_dribbles_is_not_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "READ_SECONDS", 0.1)
    async with receiving(goes_on(b"HTTP/1.1 200 OK\r\n\r\n", b".", 0.01)) as receiver:
        made = await told(world, receiver)
        await world.deliver()

        assert [delivery["state"] for delivery in await world.log(made)] == ["delivered"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(world: World, status: int) -> None:
    async with receiving() as inside, receiving(answers(status, Location=inside.url)) as receiver:
        made = await told(world, receiver)
        await world.deliver()
        [delivery] = await world.log(made)

    assert (delivery["state"], delivery["attempts"][0]["status"]) == ("pending", status)
    assert inside.connections == 0


async def test_a_delivery_is_made_again_on_request(world: World, clock: Clock) -> None:
    async with receiving() as receiver:
        made = await told(world, receiver)
        await world.deliver()
        [delivery] = await world.log(made)
        path = f"/webhooks/{made['id']}/deliveries/{delivery['id']}/replay"
        clock.advance(hours=1)
        replayed = await world.api.post(path)
        await world.deliver()
        [after] = await world.log(made)
        missing = await world.api.post(path.replace(f"/{delivery['id']}/", "/999999/"))

    assert (replayed.status_code, replayed.json()["state"]) == (202, "pending")
    assert len({received.headers["webhook-id"] for received in receiver.received}) == 1
    assert len(receiver.received) == 2
    assert (after["state"], len(after["attempts"])) == ("delivered", 2)
    assert missing.status_code == 404


async def test_what_failed_for_good_has_all_its_attempts_again(world: World, superuser: Any) -> None:
    async with receiving(answers(500)) as receiver:
        made = await told(world, receiver)
        await superuser.execute("UPDATE webhook_delivery SET attempts = 9")
        await world.deliver()
        [failed] = await world.log(made, state="failed")
        await world.api.post(f"/webhooks/{made['id']}/deliveries/{failed['id']}/replay")
        await world.deliver()

        assert [delivery["state"] for delivery in await world.log(made)] == ["pending"]


async def test_two_deliverers_at_once_make_each_delivery_once(
    world: World, database: TestDatabase, superuser: Any
) -> None:
    async with receiving() as receiver:
        made = await world.subscribe(receiver.url)
        await superuser.execute(FILL, made["id"], world.clock.now, 300)
        other = Database(pool_size=4)
        await other.open(database.serving_url)
        one, two = world.deliverer(), world.deliverer()
        two._database = other
        await asyncio.gather(one.deliver_due(), two.deliver_due())
        await other.close()
        ids = [received.headers["webhook-id"] for received in receiver.received]

    assert len(ids) == len(set(ids)) == 300
    assert receiver.most_at_once <= 2 * MOST_OF_ONE_WEBHOOK


async def test_what_a_killed_deliverer_had_is_delivered_after_its_lease(world: World, clock: Clock) -> None:
    async with receiving(hangs) as receiver:
        made = await told(world, receiver)
        killed = world.deliverer()
        await killed._claim_some()
        await receiver.has(1)
        for task in killed._running:
            task.cancel()
        receiver.answer = answers(200)
        clock.advance(seconds=LEASE.total_seconds() - 1)
        await world.deliver()
        before = len(receiver.received)
        clock.advance(seconds=1)
        await world.deliver()
        first, again = receiver.received

    assert before == 1
    assert first.headers["webhook-id"] == again.headers["webhook-id"]
    assert [delivery["state"] for delivery in await world.log(made)] == ["delivered"]


async def test_who_lost_the_lease_notes_nothing(world: World, clock: Clock) -> None:
    async with receiving(hangs) as receiver:
        made = await told(world, receiver)
        frozen = world.deliverer()
        await frozen._claim_some()
        await receiver.has(1)
        receiver.answer = answers(500)
        clock.advance(seconds=LEASE.total_seconds())
        await world.deliver()
        receiver.released.set()
        await asyncio.wait(frozen._running)
        [delivery] = await world.log(made)

    assert [attempt.get("status") for attempt in delivery["attempts"]] == [500]


async def test_a_slow_receiver_holds_up_nobody_else(world: World, superuser: Any) -> None:
    async with receiving(hangs) as slow, receiving() as fast:
        first = await world.subscribe(slow.url)
        second = await world.subscribe(fast.url)
        await superuser.execute(FILL, first["id"], world.clock.now, 500)
        await superuser.execute(FILL, second["id"], world.clock.now, 200)
        async with world.deliverer().running():
            await fast.has(200)
            await slow.has(MOST_OF_ONE_WEBHOOK)
            at_once = slow.most_at_once

            async def is_done() -> bool:
                return len(await world.log(second, state="delivered")) == 100

            await until(is_done)

    assert at_once == MOST_OF_ONE_WEBHOOK
    assert len(slow.received) == MOST_OF_ONE_WEBHOOK


async def test_an_account_with_many_slow_receivers_holds_up_no_other_account(
    world: World, database: TestDatabase, superuser: Any
) -> None:
    async with receiving(hangs) as slow, receiving() as fast, Accounts.on(database) as accounts:
        other = await accounts.add("other")
        for _ in range(30):
            made = await world.subscribe(slow.url)
            await superuser.execute(FILL, made["id"], world.clock.now, 10)
        quick = await world.subscribe(fast.url, await accounts.key(other))
        await superuser.execute(FILL, quick["id"], world.clock.now, 50)
        await superuser.execute("UPDATE webhook_delivery SET account_id = $2 WHERE webhook_id = $1", quick["id"], other)
        async with world.deliverer().running():
            await fast.has(50)
            await slow.has(MOST_OF_ONE_ACCOUNT)

    assert slow.most_at_once == MOST_OF_ONE_ACCOUNT
    assert fast.most_at_once <= MOST_OF_ONE_WEBHOOK


async def test_all_webhooks_of_an_account_have_their_turn(world: World, superuser: Any) -> None:
    """None waits for what is left of another one."""
    async with receiving() as busy, receiving() as last:
        for receiver in [busy] * 12 + [last]:
            made = await world.subscribe(receiver.url)
            await superuser.execute(FILL, made["id"], world.clock.now, 200 if receiver is busy else 1)
        async with world.deliverer().running():
            await last.has(1)

        assert len(busy.received) < 12 * 200


async def test_a_receiver_that_answers_5xx_is_sent_one_at_a_time(world: World, clock: Clock, superuser: Any) -> None:
    async with receiving(answers(503)) as receiver:
        made = await world.subscribe(receiver.url)
        await superuser.execute(FILL, made["id"], clock.now, 1)
        await world.deliver()
        await superuser.execute(FILL, made["id"], clock.now, 20)
        receiver.most_at_once = 0
        await world.deliver()

    assert len(receiver.received) == 21
    assert receiver.most_at_once == 1


async def test_a_receiver_that_cannot_be_had_is_left_alone_for_a_while(
    world: World, clock: Clock, superuser: Any
) -> None:
    async with receiving(writes(b"")) as receiver:
        made = await world.subscribe(receiver.url)
        await superuser.execute(FILL, made["id"], clock.now, 100)
        tried = []
        for _ in range(4):
            await world.deliver()
            tried.append(len(receiver.received))
            clock.advance(minutes=5)
        receiver.answer = answers(200)
        await world.deliver()

    assert tried == [MOST_OF_ONE_WEBHOOK, MOST_OF_ONE_WEBHOOK + 1, MOST_OF_ONE_WEBHOOK + 2, MOST_OF_ONE_WEBHOOK + 3]
    assert len(receiver.received) == tried[-1] + 100


async def test_a_suspended_account_gets_nothing_until_it_is_resumed(
    world: World, database: TestDatabase, superuser: Any
) -> None:
    async with receiving() as receiver, Accounts.on(database) as accounts:
        made = await told(world, receiver)
        await accounts.suspend(1)
        await world.deliver()
        await world.change_and_tell(1, 80_000)
        during = len(receiver.received)
        await superuser.execute("UPDATE account SET is_suspended = false")
        await world.deliver()

    assert during == 0
    assert [delivery["event_id"] for delivery in await world.log(made)] == ["1-2-price.changed"]
    assert len(receiver.received) == 1


async def test_a_paused_webhook_is_told_nothing_and_goes_on_with_what_waited(world: World) -> None:
    async with receiving() as receiver:
        made = await told(world, receiver)
        await world.api.patch(f"/webhooks/{made['id']}", json={"state": "paused"})
        await world.deliver()
        await world.change_and_tell(1, 80_000)
        during = len(receiver.received)
        await world.api.patch(f"/webhooks/{made['id']}", json={"state": "active"})
        await world.deliver()

    assert during == 0
    assert [delivery["event_id"] for delivery in await world.log(made)] == ["1-2-price.changed"]
    assert len(receiver.received) == 1


async def test_what_waits_goes_to_where_the_webhook_has_moved(world: World, clock: Clock) -> None:
    async with receiving(answers(500)) as old, receiving() as new:
        made = await told(world, old)
        await world.deliver()
        await world.api.patch(f"/webhooks/{made['id']}", json={"url": new.url})
        clock.advance(minutes=1)
        await world.deliver()

    assert (len(old.received), len(new.received)) == (1, 1)


async def test_a_deleted_webhook_gets_nothing(world: World) -> None:
    async with receiving() as receiver:
        made = await told(world, receiver)
        await world.api.delete(f"/webhooks/{made['id']}")
        await world.deliver()

    assert receiver.connections == 0


async def test_a_webhook_for_which_too_much_waits_is_paused(
    world: World, clock: Clock, superuser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_repository, "MOST_PENDING", 5)
    async with receiving(hangs) as receiver:
        full, other = await world.subscribe(receiver.url), await world.subscribe(receiver.url)
        path = f"/webhooks/{full['id']}"
        for made, number in ((full, 6), (other, 5)):
            await superuser.execute(FILL, made["id"], clock.now + timedelta(minutes=1), number)
        async with world.deliverer().running():

            async def is_paused() -> bool:
                return await world.state(full) == "paused"

            await until(is_paused)
        told = (await world.api.get(path)).json()
        moved = (await world.api.patch(path, json={"url": receiver.url + "/2"})).json()
        again = (await world.api.patch(path, json={"state": "active"})).json()

    assert told["paused_reason"] == moved["paused_reason"] == "more than 100000 deliveries are waiting"
    assert again["state"] == "active"
    assert "paused_reason" not in again
    assert await world.state(other) == "active"


async def test_the_log_is_read_in_pages_and_kept_for_thirty_days(world: World, clock: Clock, superuser: Any) -> None:
    made = await world.subscribe("https://receiver.invalid")
    await superuser.execute(FILL, made["id"], clock.now, 5)
    path = f"/webhooks/{made['id']}/deliveries"
    first = await world.api.get(path, params={"limit": 3})
    rest = await world.api.get(first.headers["link"].partition(">")[0].removeprefix("<"))
    clock.advance(days=30)
    await delivery_repository.purge(world.pool, clock())
    kept = len(await world.log(made))
    clock.advance(seconds=1)
    purged = await delivery_repository.purge(world.pool, clock())

    versions = [each["event_id"] for each in [*first.json(), *rest.json()]]
    assert versions == [f"1-{version}-price.changed" for version in (5, 4, 3, 2, 1)]
    assert "link" not in rest.headers
    assert (kept, purged, await world.log(made)) == (5, 5, [])
    assert await superuser.fetchval("SELECT count(*) FROM webhook_event") == 0
