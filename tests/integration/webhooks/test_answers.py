"""Of an answer, the status counts alone, however the receiver gives it."""

import pytest

from listingapi.webhooks import sending
from tests.integration.webhooks.world import World
from tests.receivers import answers, goes_on, hangs, receiving, writes

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
        made = await world.subscribe_and_tell(receiver.url)
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
        made = await world.subscribe_and_tell(receiver.url)
        await world.deliver()

        assert [delivery["state"] for delivery in await world.log(made)] == ["delivered"]


async def test_an_answer_that_dribbles_is_not_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "READ_SECONDS", 0.1)
    async with receiving(goes_on(b"HTTP/1.1 200 OK\r\n\r\n", b".", 0.01)) as receiver:
        made = await world.subscribe_and_tell(receiver.url)
        await world.deliver()

        assert [delivery["state"] for delivery in await world.log(made)] == ["delivered"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(world: World, status: int) -> None:
    async with receiving() as inside, receiving(answers(status, Location=inside.url)) as receiver:
        made = await world.subscribe_and_tell(receiver.url)
        await world.deliver()
        [delivery] = await world.log(made)

    assert (delivery["state"], delivery["attempts"][0]["status"]) == ("pending", status)
    assert inside.connections == 0
