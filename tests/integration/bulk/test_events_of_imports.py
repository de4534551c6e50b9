"""What is told of an import: as of the same changes over HTTP, in the order of the versions, and once."""

import asyncio
from decimal import Decimal
from random import Random
from typing import Any

import httpx
import pytest

from listingapi.answers import to_json
from listingapi.bulk import apply_repository
from listingapi.bulk.apply_repository import ChangedMeanwhile
from listingapi.bulk.generator import SeedPlan
from listingapi.bulk.seeding import seed
from listingapi.listings import lives
from listingapi.listings.schemas import ListingWrite
from listingapi.money import Euros
from listingapi.prices import announcements
from tests import factories
from tests.bulk_files import NOW, Importer, day, line, price, restored
from tests.clock import Clock
from tests.told import Told, exact, kinds, told
from tests.until import until

DRAWN = "SELECT last_value FROM outbox_outbox_id_seq"
WAITING = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"

FIRST, THEN = "2023-08-01T00:00:00.5Z", "2023-09-01T00:00:00.000001Z"
ODD = 'Loft, "Zum Löwen"\r\n\b\f\t\x01\x7f/\\ ü 🏠 \u2028 </script>'

# A listing as it is written first, and what of it is written otherwise then.
CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing": ({}, {}),
    "a cut": ({}, {"latest_price_eur": 95_000}),
    "a rise, with cents": ({"latest_price_eur": "99999.99"}, {"latest_price_eur": "100000.10"}),
    "from 0": ({"latest_price_eur": 0}, {"latest_price_eur": 1}),
    "to 0": ({"latest_price_eur": 1}, {"latest_price_eur": 0}),
    "half a hundredth of a percent up": ({"latest_price_eur": 200}, {"latest_price_eur": "200.01"}),
    "half a hundredth of a percent down": ({"latest_price_eur": 200}, {"latest_price_eur": "199.99"}),
    "a cut of next to nothing": ({"latest_price_eur": "999999999999.99"}, {"latest_price_eur": "999999999999.98"}),
    "as large as can be": ({"latest_price_eur": "0.01"}, {"latest_price_eur": "999999999999.99"}),
    "the name": ({"name": ODD}, {"name": ODD + "!"}),
    "no phone number any more": ({}, {"contact_phone_number": ""}),
    "a phone number": ({"contact_phone_number": ""}, {"contact_phone_number": "+4912345"}),
    "the smallest surface": ({"surface_area_m2": 1e12}, {"surface_area_m2": 1e-7}),
    "a whole surface": ({"surface_area_m2": 90}, {"surface_area_m2": 0}),
    "the address": ({}, {"postal_address": factories.address(postal_code="75002", country="DE")}),
    "all": (
        {},
        {
            "name": "Other", "description": ODD, "building_type": "STUDIO", "latest_price_eur": 5,
            "surface_area_m2": 1.5, "rooms_count": 1, "bedrooms_count": 0, "contact_phone_number": "",
            "postal_address": factories.address(city="L"),
        },
    ),
}  # fmt: skip


def without_what_differs(event: Told) -> tuple[Any, ...]:
    """What the same change is told as, whichever listing it is of and whichever way it came."""
    data = {name: value for name, value in event.data.items() if name != "source"}
    if "listing" in data:
        data["listing"] = {name: value for name, value in data["listing"].items() if name != "id"}
    return event.version, event.type, event.account_id, data


@pytest.mark.parametrize("change", CHANGES)
async def test_a_line_is_told_as_the_same_change_over_http(
    importer: Importer, client: httpx.AsyncClient, clock: Clock, superuser: Any, change: str
) -> None:
    first, then = CHANGES[change]
    clock.set(FIRST)
    await client.post("/listings", json=factories.listing(**first))
    clock.set(THEN)
    await client.put("/listings/1", json=factories.listing(**first | then))
    over_http = await told(superuser)
    await importer(line(**first, observed_date=FIRST), line(**first | then, observed_date=THEN))
    of_lines = (await told(superuser))[len(over_http) :]

    assert [without_what_differs(event) for event in of_lines] == [without_what_differs(event) for event in over_http]
    assert len(over_http) == (1 if change == "nothing" else 3 if change == "all" else 2)
    assert {event.data.get("source") for event in of_lines} <= {"import", None}
    assert {event.data["listing"]["id"] for event in of_lines if "listing" in event.data} == {2}


async def test_changes_are_told_with_the_same_numbers_as_over_http(importer: Importer, superuser: Any) -> None:
    random = Random(1)  # noqa: S311 - the same amounts each time
    cents = [(random.randrange(10 ** random.randint(1, 14)), random.randrange(10**14)) for _ in range(1000)]
    cents += [almost_half(random.randrange(10**10 + 1, 10**11, 10)) for _ in range(1000)]
    amounts = [[Decimal(amount).scaleb(-2) for amount in pair] for pair in cents]
    for month, column in enumerate(zip(*amounts, strict=True), 1):
        lines = (
            line(external_id=f"{n}", latest_price_eur=f"{amount:.2f}", observed_date=day(month))
            for n, amount in enumerate(column)
        )
        await importer(*lines)
    changed = [event.data for event in await told(superuser) if event.type == "price.changed"]

    assert changed == [over_http(Euros(old), Euros(new)) for old, new in amounts if old != new]


def almost_half(old: int) -> tuple[int, int]:
    """Two amounts in cents whose change in percent is large, and hardly below the middle of two hundredths."""
    return old, 501 * old + pow(-20000, -1, old)


def over_http(old: Euros, new: Euros) -> Any:
    """What a change of price at the beginning of February is told as."""
    data = ListingWrite.read(factories.listing(latest_price_eur=Decimal(old)))
    first = lives.created(1, data, account_id=1, now=NOW.replace(year=2022))
    after = lives.repriced(first, new, NOW.replace(year=2023, month=2, day=1, hour=0))
    return exact(to_json(announcements.changed(old, after, account_id=1, flags=(), source="import")))


async def test_a_restored_history_is_told_from_its_first_price_on(importer: Importer, superuser: Any) -> None:
    await importer(restored(1, 2, 3))
    [created, second, third] = await told(superuser)

    assert kinds([created, second, third]) == [(1, "listing.created"), (2, "price.changed"), (3, "price.changed")]
    listing = created.data["listing"]
    assert (listing["id"], listing["latest_price_eur"]) == (7, 1)
    assert (listing["created_date"], listing["updated_date"]) == (day(1), day(1))
    assert [(event.data["previous_price_eur"], event.data["price_eur"]) for event in (second, third)] == [
        (1, 2),
        (2, 3),
    ]
    assert [event.data["created_date"] for event in (second, third)] == [day(2), day(3)]
    assert {event.created_date for event in (created, second, third)} == {NOW}
    assert {(event.listing_id, event.account_id, event.trace) for event in (created, second, third)} == {(7, 1, None)}


async def test_a_history_that_has_grown_is_told_from_where_it_was(importer: Importer, superuser: Any) -> None:
    await importer(restored(1, 2))
    longer = restored(1, 2, 4, 3, name="Other", updated_date="2024-01-01T00:00:00Z")
    await importer(longer)
    [_, _, first, updated, last] = await told(superuser)

    assert kinds([first, updated, last]) == [(3, "price.changed"), (4, "listing.updated"), (4, "price.changed")]
    assert [(event.data["previous_price_eur"], event.data["price_eur"]) for event in (first, last)] == [(2, 4), (4, 3)]
    assert updated.data["changed"] == ["name"]
    assert updated.data["listing"]["latest_price_eur"] == 3
    assert (updated.data["listing"]["created_date"], updated.data["listing"]["updated_date"]) == (
        day(1), "2024-01-01T00:00:00Z"
    )  # fmt: skip


async def test_a_change_after_a_correction_is_told_from_the_corrected_price(
    importer: Importer, client: httpx.AsyncClient, clock: Clock, superuser: Any
) -> None:
    await importer(restored(1, 2))
    clock.set("2024-01-15T00:00:00Z")
    await client.post("/listings/7/prices/2/corrections", json={"price_eur": 9, "reason": "A slip."})
    prices = [price(1, 1), price(9, 2), {"price_eur": 5, "created_date": "2024-02-01T00:00:00Z"}]
    await importer(restored(1, 9, 5, prices=prices, updated_date="2024-02-01T00:00:00Z"))
    [*_, changed] = await told(superuser)

    assert (changed.version, changed.data["previous_price_eur"], changed.data["price_eur"]) == (4, 9, 5)


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(restored(1, 2), id="the same line"),
        pytest.param(restored(1, 2, updated_date="2024-01-01T00:00:00Z"), id="a later date"),
        pytest.param(restored(1, 2, external_id="another"), id="another name of it, which is refused"),
        pytest.param(restored(1, 3), id="another history, which is refused"),
        pytest.param(line(latest_price_eur=1, observed_date="2023-01-15T00:00:00Z"), id="an old observation"),
        pytest.param(line(latest_price_eur=5, observed_date="2030-01-01T00:00:00Z"), id="one of the future"),
        pytest.param(b"bad", id="what can't be read"),
    ],
)
async def test_a_line_that_changes_nothing_to_see_is_not_told(importer: Importer, superuser: Any, again: Any) -> None:
    await importer(restored(1, 2))
    before = await told(superuser)
    await importer(again)

    assert await told(superuser) == before


async def test_a_name_that_a_listing_gets_is_not_told(
    importer: Importer, client: httpx.AsyncClient, superuser: Any
) -> None:
    created = (await client.post("/listings", json=factories.listing())).json()
    ours = {name: created[name] for name in ("id", "created_date", "updated_date")}
    summary = await importer(line(observed_date=created["updated_date"], **ours))

    assert summary.changed == 1
    assert kinds(await told(superuser)) == [(1, "listing.created")]


async def test_a_dry_run_tells_nothing(importer: Importer, superuser: Any) -> None:
    await importer(line())
    before = await told(superuser)
    lines = [line(latest_price_eur=5, observed_date=day(9)), line(external_id="new"), restored(1, 2, external_id="old")]
    said = await importer(*lines, is_rehearsal=True)

    assert await told(superuser) == before
    assert await importer(*lines) == said
    assert len(await told(superuser)) == len(before) + 4


async def test_what_was_changed_meanwhile_is_told_once(
    importer: Importer, superuser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await importer(*(line(external_id=f"flat-{n}") for n in range(3)))
    first_try, apply_turn = [True], apply_repository.apply_turn

    async def overtaken(*arguments: Any, **options: Any) -> Any:
        applied = await apply_turn(*arguments, **options)
        if first_try:
            first_try.clear()
            raise ChangedMeanwhile
        return applied

    monkeypatch.setattr(apply_repository, "apply_turn", overtaken)
    await importer(*(line(external_id=f"flat-{n}", latest_price_eur=5, observed_date=day(9)) for n in range(3)))

    assert first_try == []
    assert kinds(await told(superuser)) == [(1, "listing.created")] * 3 + [(2, "price.changed")] * 3


async def test_made_up_listings_are_not_told(importer: Importer, superuser: Any) -> None:
    await seed(importer.database.serving_url, SeedPlan(NOW, listings=5, prices=20))

    assert await superuser.fetchval("SELECT count(*) FROM listing") == 5
    assert await told(superuser) == []


async def test_numbers_are_drawn_while_the_listings_are_locked(importer: Importer, superuser: Any) -> None:
    """What another writer tells of a listing before the import changes it must have the lower number."""
    await importer(line(external_id="a", latest_price_eur=1, observed_date=day(1)))
    async with superuser.transaction():
        await superuser.execute("SELECT FROM listing FOR UPDATE")
        drawn = await superuser.fetchval(DRAWN)
        importing = asyncio.create_task(importer(line(external_id="a", latest_price_eur=2, observed_date=day(2))))

        async def waits() -> bool:
            return bool(await superuser.fetchval(WAITING))

        await until(waits)
        assert await superuser.fetchval(DRAWN) == drawn
    await importing

    assert kinds(await told(superuser)) == [(1, "listing.created"), (2, "price.changed")]
