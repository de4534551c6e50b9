"""Every write on a listing leaves exactly the events of what it changed."""

from typing import Any

import httpx
import pytest

from tests import factories
from tests.accounts import Accounts
from tests.clock import Clock
from tests.conftest import TestDatabase
from tests.openapi import document
from tests.scheduling import RULES, scheduled
from tests.told import Told, told

Write = tuple[str, str, Any]
Expected = list[tuple[str, dict[str, Any]]]

LATER = "2100-01-01T00:00:00Z"
NOW = "2023-01-12T10:23:36Z"
SLIP = {"price_eur": 9, "reason": "A slip."}


def to(price: float, before: float = 100_000, **given: Any) -> tuple[str, dict[str, Any]]:
    """That a price changed, over HTTP if nothing else is given."""
    data = {"price_eur": price, "previous_price_eur": before, "change_eur": price - before, "created_date": NOW}
    return "price.changed", data | {"source": "api", "account_id": 1} | given


# What each operation is tried with on listing 1, that has a scheduled price, and listing 2, that is withdrawn; after
# its id, what is special about it. Of the data, what is of interest.
WRITES: dict[str, tuple[Write, Expected]] = {
    "post-listings": (
        ("POST", "/listings", factories.listing(name="New")),
        [("listing.created", {"listing": factories.listing(name="New")})],
    ),
    "upsert-listing name": (
        ("PUT", "/listings/1", factories.listing(name="Other")),
        [("listing.updated", {"listing": factories.listing(name="Other"), "changed": ["name"]})],
    ),
    "upsert-listing price": (("PUT", "/listings/1", factories.listing(latest_price_eur=5)), [to(5)]),
    "upsert-listing both": (
        ("PUT", "/listings/1", factories.listing(name="Other", latest_price_eur=5)),
        [("listing.updated", {"changed": ["name"]}), to(5)],
    ),
    "upsert-listing as it is": (("PUT", "/listings/1", factories.listing()), []),
    "patch-listing": (("PATCH", "/listings/1", {"latest_price_eur": 6}), [to(6)]),
    "patch-listing address": (
        ("PATCH", "/listings/1", {"postal_address": {"city": "Lyon"}}),
        [("listing.updated", {"changed": ["postal_address"]})],
    ),
    "patch-listing with nothing": (("PATCH", "/listings/1", {}), []),
    "delete-listing": (("DELETE", "/listings/1", None), [("listing.withdrawn", {"withdrawn_date": NOW})]),
    "delete-listing again": (("DELETE", "/listings/2", None), []),
    "relist-listing": (("POST", "/listings/2/relist", None), [("listing.relisted", {"listing": factories.listing()})]),
    "relist-listing cheaper": (
        ("POST", "/listings/2/relist", {"latest_price_eur": 7}),
        [("listing.relisted", {"listing": factories.listing(latest_price_eur=7)}), to(7)],
    ),
    "relist-listing on the market": (("POST", "/listings/1/relist", {}), []),
    "post-listing-prices": (("POST", "/listings/1/prices", {"price_eur": 8}), [to(8)]),
    "post-listing-prices as it is": (("POST", "/listings/1/prices", {"price_eur": 100_000}), []),
    "post-listing-prices later": (
        ("POST", "/listings/1/prices", scheduled(8, LATER)),
        [("price.scheduled", {"price_eur": 8, "effective_date": LATER, "account_id": 1})],
    ),
    "delete-scheduled-price": (("DELETE", "/listings/1/prices/scheduled/2", None), []),
    "post-price-corrections": (
        ("POST", "/listings/1/prices/1/corrections", SLIP),
        [("price.corrected", SLIP | {"corrects_version": 1, "current_price_eur": 9, "account_id": 1})],
    ),
    "post-prices-batch": (
        ("POST", "/prices:batch", {"prices": [{"listing_id": 1, "price_eur": 10}, None]}),
        [to(10)],
    ),
    "post-prices-batch as it is": (
        ("POST", "/prices:batch", {"prices": [{"listing_id": 1, "price_eur": 100_000}]}),
        [],
    ),
    "post-prices-batch dry": (
        ("POST", "/prices:batch?dry_run=true", {"prices": [{"listing_id": 1, "price_eur": 10}]}),
        [],
    ),
}
ARE_CHANGED = {name: write for name, (write, expected) in WRITES.items() if expected}


@pytest.fixture
async def before(client: httpx.AsyncClient, clock: Clock, superuser: Any) -> list[Told]:
    """Listing 1 with a scheduled price, listing 2 that is withdrawn; what was told of that, an hour ago."""
    for _ in range(2):
        await client.post("/listings", json=factories.listing())
    await client.post("/listings/1/prices", json=scheduled(1, LATER))
    await client.delete("/listings/2")
    clock.advance(hours=1)
    return await told(superuser)


async def send(client: httpx.AsyncClient, write: Write, **headers: str) -> httpx.Response:
    method, path, body = write
    return await client.request(method, path, headers=headers, **({} if body is None else {"json": body}))


def test_every_operation_that_writes_listings_is_tried() -> None:
    writing = {
        operation["operationId"]
        for path, operations in document()["paths"].items()
        for method, operation in operations.items()
        if method in {"post", "put", "patch", "delete"} and path.startswith(("/listings", "/prices"))
    }

    assert {name.split()[0] for name in WRITES} == writing


@pytest.mark.parametrize("name", WRITES)
async def test_a_write_leaves_exactly_its_events(
    client: httpx.AsyncClient, superuser: Any, before: list[Told], name: str
) -> None:
    write, expected = WRITES[name]
    answer = await send(client, write)
    after = await told(superuser)

    assert answer.is_success, answer.text
    assert after[: len(before)] == before
    new = after[len(before) :]
    assert [event.type for event in new] == [kind for kind, _ in expected]
    for event, (_, data) in zip(new, expected, strict=True):
        version = await superuser.fetchval("SELECT version FROM listing WHERE listing_id = $1", event.listing_id)
        assert (event.version, event.account_id, event.created_date.isoformat()) == (version, 1, f"{NOW[:-1]}+00:00")
        assert event.data.items() >= with_dates(data, event).items()


def with_dates(data: dict[str, Any], event: Told) -> dict[str, Any]:
    """The data with the listing as it is answered: what its writer does not give comes from the event."""
    if "listing" not in data:
        return data
    read_only = {name: event.data["listing"][name] for name in ("id", "created_date", "updated_date")}
    assert (read_only["id"], read_only["updated_date"]) == (event.listing_id, NOW)
    return data | {"listing": data["listing"] | read_only}


@pytest.mark.parametrize("name", WRITES)
async def test_a_repeated_request_is_told_once(
    client: httpx.AsyncClient, superuser: Any, before: list[Told], name: str
) -> None:
    write, expected = WRITES[name]
    for _ in range(2):
        assert (await send(client, write, **{"Idempotency-Key": "a"})).is_success

    assert len(await told(superuser)) == len(before) + len(expected)


REFUSED: dict[str, Write] = {
    "what is not there": ("PUT", "/listings/9", factories.listing(latest_price_eur=5)),
    "what is withdrawn": ("PUT", "/listings/2", factories.listing(latest_price_eur=5)),
    "a price of what is withdrawn": ("POST", "/listings/2/prices", {"price_eur": 5}),
    "what is no listing": ("PUT", "/listings/1", {}),
    "a new one that is none": ("POST", "/listings", {}),
    "relisting what is on the market at another price": ("POST", "/listings/1/relist", {"latest_price_eur": 5}),
    "a schedule in the past": ("POST", "/listings/1/prices", scheduled(8, "2020-01-01T00:00:00Z")),
    "a correction of nothing": ("POST", "/listings/1/prices/9/corrections", SLIP),
    "a correction to what it says": ("POST", "/listings/1/prices/1/corrections", SLIP | {"price_eur": 100_000}),
    "a batch of lines that are": ("POST", "/prices:batch", {"prices": [{"listing_id": 2, "price_eur": 5}, None]}),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_refused_write_is_not_told(
    client: httpx.AsyncClient, superuser: Any, before: list[Told], name: str
) -> None:
    answer = await send(client, REFUSED[name])

    assert answer.is_client_error or answer.status_code == 207
    assert await told(superuser) == before


@pytest.mark.parametrize("name", [name for name in ARE_CHANGED if "batch" not in name and name != "post-listings"])
async def test_a_write_on_another_version_is_not_told(
    client: httpx.AsyncClient, superuser: Any, before: list[Told], name: str
) -> None:
    answer = await send(client, ARE_CHANGED[name], **{"If-Match": '"99"'})

    assert answer.status_code == 412
    assert await told(superuser) == before


@pytest.mark.parametrize("action", ["confirm", "reject"])
async def test_a_price_that_a_rule_holds_up_is_not_told(
    client: httpx.AsyncClient, superuser: Any, before: list[Told], action: str
) -> None:
    await client.post("/pricing-rules", json=RULES[action])
    for method, path, body in (
        ("PUT", "/listings/1", factories.listing(name="Other", latest_price_eur=5)),
        ("POST", "/listings/1/prices", {"price_eur": 5}),
        ("POST", "/prices:batch", {"prices": [{"listing_id": 1, "price_eur": 5}]}),
        ("POST", "/listings/2/relist", {"latest_price_eur": 5}),
    ):
        await client.request(method, path, json=body)

    assert await told(superuser) == before


@pytest.mark.parametrize("name", ["upsert-listing price", "post-prices-batch"])
async def test_a_price_is_told_with_what_rules_object_to_it(
    client: httpx.AsyncClient, superuser: Any, before: list[Told], name: str
) -> None:
    await client.post("/pricing-rules", json=RULES["flag"])
    await send(client, ARE_CHANGED[name])
    event = (await told(superuser))[-1]

    [flag] = event.data["flags"]
    assert (flag["kind"], flag["action"]) == ("largest-change", "flag")
    assert len(await told(superuser)) == len(before) + 1


async def test_an_event_has_the_account_of_the_listing_and_names_who_wrote(
    client: httpx.AsyncClient, database: TestDatabase, superuser: Any
) -> None:
    async with Accounts.on(database) as accounts:
        owner, operator = await accounts.add("owner"), await accounts.add("operator", "operator")
        of_owner, of_operator = await accounts.key(owner), await accounts.key(operator)
    created = await client.post("/listings", json=factories.listing(), headers=of_owner)
    path = f"{created.headers['Location']}/prices"
    await client.post(path, json={"price_eur": 8}, headers=of_owner)
    await client.post(f"{path}/2/corrections", json=SLIP, headers=of_operator)
    events = await told(superuser)

    assert [(event.type, event.account_id, event.data.get("account_id")) for event in events] == [
        ("listing.created", owner, None), ("price.changed", owner, owner), ("price.corrected", owner, operator),
    ]  # fmt: skip
