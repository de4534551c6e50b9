"""What becomes of flagged prices: each is settled once, and a rejection corrects the history with it."""

import asyncio
from typing import Any

import httpx
import pytest

from tests import factories
from tests.accounts import Accounts
from tests.clock import Clock
from tests.conftest import TestDatabase
from tests.integration.reviews.conftest import flag, reviewed
from tests.settled import settled
from tests.until import until

SLIP = {"reason": "A zero is missing."}
CORRECTIONS = "SELECT count(*) FROM listing_price_correction"
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


async def prices_of(client: httpx.AsyncClient, listing_id: int) -> list[float]:
    """The corrected history of a listing."""
    return [price["price_eur"] for price in (await client.get(f"/listings/{listing_id}/prices")).json()]


async def test_an_approved_price_stays(client: httpx.AsyncClient, clock: Clock, flagged: str) -> None:
    clock.set("2023-01-13T00:00:00Z")

    answer = await client.post(f"{flagged}/approval")

    assert answer.status_code == 200
    said = {name: answer.json()[name] for name in ("state", "settled_date", "settled_by_account_id")}
    assert said == {"state": "approved", "settled_date": "2023-01-13T00:00:00Z", "settled_by_account_id": 1}
    assert (await client.get("/price-reviews?state=approved")).json() == [answer.json()]
    assert await reviewed(client) == []
    assert await prices_of(client, 1) == [100_000, 90_000]


async def test_a_rejected_price_is_corrected(client: httpx.AsyncClient, clock: Clock, flagged: str) -> None:
    clock.set("2023-01-13T00:00:00Z")

    answer = await client.post(f"{flagged}/rejection", json=SLIP | {"price_eur": 99_000})

    assert answer.status_code == 200
    names = ("state", "price_eur", "settled_date", "settled_by_account_id", "reason", "corrected_by_version")
    assert {name: answer.json()[name] for name in names} == {
        "state": "corrected", "price_eur": 90_000, "settled_date": "2023-01-13T00:00:00Z", "settled_by_account_id": 1,
        "reason": "A zero is missing.", "corrected_by_version": 3,
    }  # fmt: skip
    assert await prices_of(client, 1) == [100_000, 99_000]
    [*_, correction] = (await client.get("/listings/1/prices?view=detailed")).json()
    assert (correction["kind"], correction["version"], correction["reason"]) == ("correction", 3, "A zero is missing.")
    assert (await client.get("/price-reviews?state=corrected")).json() == [answer.json()]


async def test_a_price_that_is_rejected_without_another_is_void(client: httpx.AsyncClient, flagged: str) -> None:
    answer = await client.post(f"{flagged}/rejection", json=SLIP)

    assert answer.json()["state"] == "corrected"
    assert await prices_of(client, 1) == [100_000]


async def test_the_event_of_a_rejection_changes_no_review(
    client: httpx.AsyncClient, superuser: Any, flagged: str
) -> None:
    answer = await client.post(f"{flagged}/rejection", json=SLIP)
    await settled(superuser)

    assert (await client.get("/price-reviews?state=corrected")).json() == [answer.json()]


@pytest.mark.parametrize("settling", ["approval", "rejection"])
@pytest.mark.parametrize("again", ["approval", "rejection"])
async def test_a_review_is_settled_once(
    client: httpx.AsyncClient, superuser: Any, flagged: str, settling: str, again: str
) -> None:
    await client.post(f"{flagged}/{settling}", json=SLIP if settling == "rejection" else None)
    corrections = await superuser.fetchval(CORRECTIONS)

    body = SLIP | {"price_eur": 95_000} if again == "rejection" else None
    answer = await client.post(f"{flagged}/{again}", json=body)

    assert answer.status_code == 409
    state = {"approval": "approved", "rejection": "corrected"}[settling]
    assert answer.json() == {"message": f"The price 2 of listing 1 was {state} already."}
    assert await superuser.fetchval(CORRECTIONS) == corrections


@pytest.mark.parametrize("ways", [("rejection",) * 8, ("approval",) * 8, ("approval", "rejection") * 4])
async def test_of_several_at_once_one_settles_it(
    client: httpx.AsyncClient, superuser: Any, flagged: str, ways: tuple[str, ...]
) -> None:
    bodies = [SLIP | {"price_eur": number} if way == "rejection" else None for number, way in enumerate(ways)]
    answers = await asyncio.gather(
        *(client.post(f"{flagged}/{way}", json=body) for way, body in zip(ways, bodies, strict=True))
    )

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    [done] = [answer.json() for answer in answers if answer.status_code == 200]
    assert await superuser.fetchval(CORRECTIONS) == (done["state"] == "corrected")
    [review] = await superuser.fetch("SELECT state, corrected_by_version FROM pricing.price_review")
    assert tuple(review) == (done["state"], done.get("corrected_by_version"))


async def test_no_correction_is_made_of_a_price_that_is_approved_meanwhile(
    client: httpx.AsyncClient, superuser: Any, flagged: str
) -> None:
    """Whoever approves has the review locked, and the rejection has read that it is open."""
    transaction = superuser.transaction()
    await transaction.start()
    await superuser.execute(
        "UPDATE pricing.price_review SET state = 'approved', settled_date = now(), settled_by_account_id = 1"
    )
    rejecting = asyncio.create_task(client.post(f"{flagged}/rejection", json=SLIP))

    async def is_waiting() -> bool:
        return bool(await superuser.fetchval(WAITING))

    await until(is_waiting)
    await transaction.commit()

    assert (await rejecting).status_code == 409
    assert await prices_of(client, 1) == [100_000, 90_000]
    assert await superuser.fetchval(CORRECTIONS) == 0


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        ("/price-reviews/1/2", {"price_eur": 90_000}, 409, "The entry 2 says that already."),
        ("/price-reviews/1/1", {}, 404, "There is no review of the price 1 of listing 1."),
        ("/price-reviews/1/x", {}, 404, "The listing's price history has no entry x."),
        ("/price-reviews/7/1", {}, 404, "There is no listing 7."),
        ("/price-reviews/x/1", {}, 404, "There is no listing x."),
        ("/price-reviews/1/2", {"price_eur": -1}, 422, None),
        ("/price-reviews/1/2", {"void": True}, 422, None),
        ("/price-reviews/1/2", {"reason": ""}, 422, None),
    ],
)
async def test_a_rejection_that_can_not_be_leaves_the_review_open(  # noqa: PLR0913, PLR0917 - a row of the table
    client: httpx.AsyncClient, flagged: str, path: str, body: dict[str, Any], status: int, message: str | None
) -> None:
    answer = await client.post(f"{path}/rejection", json=SLIP | body)

    assert answer.status_code == status, answer.text
    assert message is None or answer.json() == {"message": message}
    assert await reviewed(client) == [(1, 2)]
    assert flagged == "/price-reviews/1/2"


async def test_the_only_price_of_a_listing_can_not_be_void(client: httpx.AsyncClient, superuser: Any) -> None:
    await flag(client)
    await client.post("/listings", json=factories.listing(latest_price_eur=1))
    await settled(superuser)

    answer = await client.post("/price-reviews/1/1/rejection", json=SLIP)

    assert answer.status_code == 409
    assert "at least one price" in answer.json()["message"]
    assert await reviewed(client) == [(1, 1)]


async def test_the_price_of_a_listing_that_was_withdrawn_can_be_approved_but_not_corrected(
    client: httpx.AsyncClient, superuser: Any, flagged: str
) -> None:
    await client.delete("/listings/1")
    await settled(superuser)

    assert (await client.post(f"{flagged}/rejection", json=SLIP)).status_code == 410
    assert await reviewed(client) == [(1, 2)]
    assert (await client.post(f"{flagged}/approval")).status_code == 200


async def test_a_price_that_was_corrected_by_itself_needs_no_review(
    client: httpx.AsyncClient, clock: Clock, superuser: Any, flagged: str
) -> None:
    clock.set("2023-01-13T00:00:00Z")
    for price in (95_000, 96_000):
        await client.post("/listings/1/prices/2/corrections", json={"price_eur": price, "reason": f"It was {price}."})
    await settled(superuser)

    [review] = (await client.get("/price-reviews?state=corrected")).json()

    assert (review["reason"], review["corrected_by_version"]) == ("It was 95000.", 3)
    assert (review["settled_date"], review["settled_by_account_id"]) == ("2023-01-13T00:00:00Z", 1)
    assert (await client.post(f"{flagged}/approval")).status_code == 409


async def test_a_later_price_leaves_the_review_open(client: httpx.AsyncClient, superuser: Any, flagged: str) -> None:
    await client.patch("/listings/1", json={"latest_price_eur": 200_000})
    await settled(superuser)

    assert await reviewed(client) == [(1, 2), (1, 3)]
    assert (await client.post(f"{flagged}/rejection", json=SLIP)).status_code == 200
    assert await prices_of(client, 1) == [100_000, 200_000]
    assert await reviewed(client) == [(1, 3)]


@pytest.mark.parametrize(("way", "body"), [("approval", None), ("rejection", SLIP)])
async def test_with_a_key_it_is_answered_again_as_it_was(
    client: httpx.AsyncClient, superuser: Any, flagged: str, way: str, body: Any
) -> None:
    headers = {"Idempotency-Key": "once"}
    first = await client.post(f"{flagged}/{way}", headers=headers, json=body)
    await client.delete("/listings/1")
    again = await client.post(f"{flagged}/{way}", headers=headers, json=body)
    other = await client.post("/price-reviews/1/1/approval", headers=headers)

    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert other.status_code == 422
    assert await superuser.fetchval(CORRECTIONS) == (way == "rejection")


@pytest.mark.parametrize(("way", "version"), [("approval", 2), ("rejection", 3)])
async def test_the_audit_trail_says_who_settled_what(
    client: httpx.AsyncClient, database: TestDatabase, flagged: str, way: str, version: int
) -> None:
    async with Accounts.on(database) as accounts:
        operator = await accounts.add("operator", "operator")
        headers = await accounts.key(operator)
    body = SLIP if way == "rejection" else None
    settled_by = (await client.post(f"{flagged}/{way}", headers=headers, json=body)).json()

    [entry] = (await client.get(f"/audit?operation=post-price-review-{way}")).json()

    assert settled_by["settled_by_account_id"] == entry["account_id"] == operator
    assert (entry["listing_id"], entry["version"], entry["actor"][:4]) == (1, version, "key ")


async def test_whoever_may_not_correct_settles_nothing(
    client: httpx.AsyncClient, database: TestDatabase, superuser: Any
) -> None:
    async with Accounts.on(database) as accounts:
        owner = await accounts.key(await accounts.add("owner"))
    await flag(client, **owner)
    await client.post("/listings", json=factories.listing(latest_price_eur=1), headers=owner)
    await settled(superuser)

    for way, body in (("approval", None), ("rejection", SLIP)):
        assert (await client.post(f"/price-reviews/1/1/{way}", headers=owner, json=body)).status_code == 403
    assert await reviewed(client, **owner) == [(1, 1)]
