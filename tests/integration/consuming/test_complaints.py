"""What keeps consumers from RabbitMQ is said once, and so is that it is over."""

import pytest
from structlog.testing import capture_logs

from listingapi.consuming import rabbitmq as consuming_from
from listingapi.consuming.subscription import Subscription
from listingapi.infra.database import Database
from tests.integration.consuming.recording import Recorder
from tests.integration.consuming.running import consuming
from tests.rabbitmq_server import VirtualHost
from tests.until import until

MISSING = "RabbitMQ has no such virtual host, or the user may not enter it."


async def test_a_virtual_host_that_is_missing_is_said_once_and_that_it_is_there(
    events: Database, recorder: Recorder, rabbitmq: VirtualHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consuming_from, "SECONDS_BETWEEN_ATTEMPTS", 0.05)
    monkeypatch.setattr(consuming_from, "SECONDS_TO_GO_ON", 0.1)
    missing = VirtualHost(rabbitmq.server, f"{rabbitmq.name}-missing")

    async def has_tried_again() -> bool:
        return rabbitmq.server.refused(missing.name) >= 4

    async def goes_on() -> bool:
        return any(entry["event"] == "consuming_goes_on" for entry in said)

    with capture_logs() as said:
        async with consuming(missing, events, recorder.consumer):
            await until(has_tried_again)
            rabbitmq.server.add_virtual_host(missing.name)
            await until(goes_on)
    missing.remove()

    assert [(entry["event"], entry.get("reason")) for entry in said] == [
        ("consuming_begins_anew", MISSING), ("consuming_goes_on", None),
    ]  # fmt: skip


async def test_who_is_let_in_and_cut_off_again_and_again_does_not_go_on(
    events: Database, recorder: Recorder, rabbitmq: VirtualHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consuming_from, "SECONDS_BETWEEN_ATTEMPTS", 0.05)
    times = 0

    async def cut_off(*_: object) -> None:
        nonlocal times
        times += 1
        raise ConnectionResetError

    async def enough() -> bool:
        return times >= 4

    monkeypatch.setattr(Subscription, "run", cut_off)
    with capture_logs() as said:
        async with consuming(rabbitmq, events, recorder.consumer):
            await until(enough)

    assert [(entry["event"], entry["reason"]) for entry in said] == [("consuming_begins_anew", "ConnectionResetError")]
