"""What is told of a price that was scheduled, when its time has come."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests import factories
from tests.clock import Clock
from tests.integration.prices.conftest import ApplyDue
from tests.scheduling import RULES, scheduled, states
from tests.told import kinds, told

DUE = "2023-02-01T00:00:00Z"


async def test_what_comes_into_force_is_told_once_as_a_change_of_its_schedule(
    client: httpx.AsyncClient, clock: Clock, superuser: Any, apply_due: ApplyDue, path: str
) -> None:
    await client.post(path, json=scheduled(90_000, DUE))
    clock.set("2023-02-01T00:00:00.700Z")
    await apply_due()
    [_, asked, applied] = await told(superuser)

    assert (asked.version, asked.type) == (2, "price.scheduled")
    assert (applied.version, applied.type, applied.trace) == (3, "price.changed", None)
    assert applied.created_date == datetime(2023, 2, 1, 0, 0, 0, 700_000, tzinfo=UTC)
    assert applied.data == {
        "price_eur": 90_000, "previous_price_eur": 100_000, "change_eur": -10_000, "change_percent": -10,
        "created_date": DUE, "source": "schedule", "account_id": 1,
    }  # fmt: skip


async def test_what_is_due_is_told_before_what_is_written_then(
    client: httpx.AsyncClient, clock: Clock, superuser: Any, path: str
) -> None:
    await client.post(path, json=scheduled(90_000, DUE))
    clock.set("2023-02-01T00:00:00.700Z")
    await client.post(path, json={"price_eur": 80_000})
    [_, _, applied, written] = await told(superuser)

    assert [(event.version, event.data["previous_price_eur"]) for event in (applied, written)] == [
        (3, 100_000),
        (4, 90_000),
    ]


@pytest.mark.parametrize("state", ["unchanged", "cancelled", "refused"])
async def test_what_comes_to_nothing_is_told_no_more(
    client: httpx.AsyncClient, clock: Clock, superuser: Any, apply_due: ApplyDue, state: str
) -> None:
    path = "/listings/1/prices"
    await client.post("/listings", json=factories.listing())
    await client.post(path, json=scheduled(100_000 if state == "unchanged" else 1, DUE))
    if state == "cancelled":
        await client.delete(f"{path}/scheduled/2")
    if state == "refused":
        await client.post("/pricing-rules", json=RULES["reject"])
    clock.set("2023-02-02T00:00:00Z")
    await apply_due()

    assert [found for _, found in await states(client, path)] == [state]
    assert kinds(await told(superuser)) == [(1, "listing.created"), (2, "price.scheduled")]
