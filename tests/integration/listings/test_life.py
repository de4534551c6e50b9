"""The life of a listing: withdrawn from the market, and brought back under the same id."""

import asyncio
from typing import Any

import httpx
import pytest

from listingapi.access.scopes import Scope
from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.history import assert_histories_are_whole

WAS = "Listing 1, “Flat near the station” in Paris, last at 100000 €, was withdrawn at 2023-01-14T09:23:36Z."
PROBLEM = {"accept": "application/problem+json"}
READS = ["", "/prices", "/prices?view=detailed", "/prices/summary", "/prices/at?time=2023-01-12T10:00:00Z",
         "/prices/scheduled"]  # fmt: skip
WRITES: list[tuple[str, str, Any]] = [
    ("PUT", "", factories.listing(name="Other")),
    ("PATCH", "", {"name": "Other"}),
    ("POST", "/prices", {"price_eur": 1}),
    ("POST", "/prices", {"price_eur": 1, "effective_date": "2030-01-01T00:00:00Z"}),
    ("POST", "/prices/1/corrections", {"price_eur": 1, "reason": "A slip."}),
]


@pytest.fixture
async def path(client: httpx.AsyncClient) -> str:
    """Where a listing at 100 000 € is, created at 2023-01-12T09:23:36Z."""
    location: str = (await client.post("/listings", json=factories.listing())).headers["location"]
    return location


@pytest.fixture
async def withdrawn(client: httpx.AsyncClient, clock: Clock, path: str) -> str:
    """Where a listing was until it was withdrawn, two days after its creation."""
    clock.advance(days=2)
    assert (await client.delete(path)).status_code == 204
    return path


async def entries_of(client: httpx.AsyncClient, path: str) -> list[tuple[str, int]]:
    """The kinds and versions of the detailed history."""
    return [(entry["kind"], entry["version"]) for entry in (await client.get(f"{path}/prices?view=detailed")).json()]


async def test_withdrawing_is_answered_204_also_again(client: httpx.AsyncClient, path: str) -> None:
    first, again = await client.delete(path), await client.delete(path)

    assert (first.status_code, first.content) == (204, b"")
    assert (again.status_code, again.content) == (204, b"")


async def test_withdrawing_again_changes_nothing(
    client: httpx.AsyncClient, clock: Clock, superuser: Any, withdrawn: str
) -> None:
    before = await superuser.fetchrow("SELECT * FROM listing")
    clock.advance(days=1)
    await client.delete(withdrawn)

    assert await superuser.fetchrow("SELECT * FROM listing") == before
    assert await superuser.fetchval("SELECT count(*) FROM listing_market_change") == 1


@pytest.mark.parametrize("method", ["DELETE", "POST"])
async def test_what_does_not_exist_is_not_found(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, "/listings/7" if method == "DELETE" else "/listings/7/relist")

    assert answer.status_code == 404
    assert answer.json() == {"message": "There is no listing 7."}


@pytest.mark.parametrize("below", READS)
async def test_every_read_of_a_withdrawn_listing_says_what_it_was(
    client: httpx.AsyncClient, withdrawn: str, below: str
) -> None:
    answer = await client.get(withdrawn + below)
    problem = await client.get(withdrawn + below, headers=PROBLEM)

    assert (answer.status_code, problem.status_code) == (410, 410)
    assert answer.json()["message"] == problem.json()["detail"] == WAS
    assert problem.json()["type"] == "urn:listingapi:problem:listing-withdrawn"
    assert problem.json()["listing"] == factories.listing() | {
        "id": 1, "created_date": "2023-01-12T09:23:36Z", "updated_date": "2023-01-14T09:23:36Z"
    }  # fmt: skip


@pytest.mark.parametrize("write", WRITES, ids=[f"{method} {below} {len(body)}" for method, below, body in WRITES])
async def test_a_withdrawn_listing_is_not_changed(
    client: httpx.AsyncClient, superuser: Any, withdrawn: str, write: tuple[str, str, Any]
) -> None:
    method, below, body = write
    before = await superuser.fetchrow("SELECT * FROM listing")
    answer = await client.request(method, withdrawn + below, json=body, headers=PROBLEM)

    assert answer.status_code == 410
    assert answer.json()["listing"]["name"] == "Flat near the station"
    assert await superuser.fetchrow("SELECT * FROM listing") == before


async def test_lists_leave_it_out_unless_asked(client: httpx.AsyncClient, withdrawn: str) -> None:
    other = (await client.post("/listings", json=factories.listing())).json()

    assert (await client.get("/listings")).json() == [other]
    [listed] = (await client.get("/listings?status=withdrawn")).json()
    assert f"/listings/{listed['id']}" == withdrawn


async def test_relisting_keeps_id_and_history(client: httpx.AsyncClient, clock: Clock, path: str) -> None:
    await client.patch(path, json={"latest_price_eur": 90_000})
    history = (await client.get(f"{path}/prices")).json()
    clock.advance(days=1)
    await client.delete(path)
    clock.advance(days=1)
    relisted = await client.post(f"{path}/relist")

    assert relisted.status_code == 200
    assert relisted.json() == (await client.get(path)).json()
    assert relisted.headers["etag"] == (await client.get(path)).headers["etag"]
    assert (relisted.json()["id"], relisted.json()["latest_price_eur"]) == (1, 90_000)
    assert relisted.json()["updated_date"] == "2023-01-14T09:23:36Z"
    assert (await client.get(f"{path}/prices")).json() == history
    assert len((await client.get("/listings")).json()) == 1


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param({}, id="nothing at all"),
        pytest.param({"json": {}}, id="an empty object"),
        pytest.param({"content": b"", "headers": {"content-type": "application/json"}}, id="no body, but its type"),
        pytest.param({"json": {"latest_price_eur": "100000.00"}}, id="the price that it had"),
    ],
)
async def test_relisting_needs_no_body(client: httpx.AsyncClient, withdrawn: str, sent: Any) -> None:
    assert (await client.post(f"{withdrawn}/relist", **sent)).json()["latest_price_eur"] == 100_000
    assert len((await client.get(f"{withdrawn}/prices")).json()) == 1


@pytest.mark.parametrize(
    ("content", "status"), [(b"x", 400), (b"[]", 422), (b'{"price_eur": 1}', 422), (b'{"latest_price_eur": -1}', 422)]
)
async def test_a_body_of_relisting_is_read_as_any(
    client: httpx.AsyncClient, withdrawn: str, content: bytes, status: int
) -> None:
    answer = await client.post(f"{withdrawn}/relist", content=content, headers={"content-type": "application/json"})

    assert answer.status_code == status
    assert (await client.get(withdrawn)).status_code == 410


@pytest.mark.parametrize("in_one", [True, False], ids=["with the relisting", "after the relisting"])
async def test_a_home_relisted_cheaper_shows_as_a_cut(
    client: httpx.AsyncClient, clock: Clock, withdrawn: str, *, in_one: bool
) -> None:
    clock.advance(days=10)
    cheaper = {"latest_price_eur": 85_000}
    await client.post(f"{withdrawn}/relist", json=cheaper if in_one else {})
    await client.patch(withdrawn, json=cheaper)
    summary = (await client.get(f"{withdrawn}/prices/summary")).json()

    assert (summary["current_price_eur"], summary["previous_price_eur"]) == (85_000, 100_000)
    assert (summary["change_since_original_eur"], summary["change_since_original_percent"]) == (-15_000, -15)
    assert summary["cuts_count"] == 1
    assert (await client.get(f"{withdrawn}/prices")).json()[-1] == {
        "price_eur": 85_000, "created_date": "2023-01-24T09:23:36Z"
    }  # fmt: skip


async def test_days_on_market_add_up_over_all_periods(client: httpx.AsyncClient, clock: Clock, withdrawn: str) -> None:
    clock.advance(days=30)
    await client.post(f"{withdrawn}/relist")
    clock.advance(days=3)
    await client.delete(withdrawn)
    clock.advance(days=30)
    await client.post(f"{withdrawn}/relist")
    clock.advance(days=4, hours=23)

    assert (await client.get(f"{withdrawn}/prices/summary")).json()["days_on_market"] == 2 + 3 + 4
    clock.advance(hours=1)
    assert (await client.get(f"{withdrawn}/prices/summary")).json()["days_on_market"] == 2 + 3 + 5


async def test_withdrawn_and_relisted_stand_in_the_detailed_history(
    client: httpx.AsyncClient, clock: Clock, superuser: Any, withdrawn: str
) -> None:
    clock.advance(days=1)
    await client.post(f"{withdrawn}/relist", json={"latest_price_eur": 1})

    assert await entries_of(client, withdrawn) == [("price", 1), ("withdrawn", 2), ("relisted", 3), ("price", 3)]
    rows = await superuser.fetch("SELECT kind, version, account_id, created_date FROM listing_market_change ORDER BY 2")
    assert [tuple(row)[:3] for row in rows] == [("withdrawn", 2, 1), ("relisted", 3, 1)]
    assert [f"{row['created_date']:%Y-%m-%d}" for row in rows] == ["2023-01-14", "2023-01-15"]


@pytest.mark.parametrize("body", [{}, {"latest_price_eur": 100_000}])
async def test_relisting_what_is_on_the_market_changes_nothing(
    client: httpx.AsyncClient, clock: Clock, superuser: Any, path: str, body: Any
) -> None:
    before = await superuser.fetchrow("SELECT * FROM listing")
    clock.advance(days=1)
    answer = await client.post(f"{path}/relist", json=body)

    assert answer.status_code == 200
    assert answer.json() == (await client.get(path)).json()
    assert answer.headers["etag"] == '"1"'
    assert await superuser.fetchrow("SELECT * FROM listing") == before


async def test_relisting_what_is_on_the_market_at_another_price_is_refused(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.post(f"{path}/relist", json={"latest_price_eur": 5})

    assert answer.status_code == 409
    assert (await client.get(path)).json()["latest_price_eur"] == 100_000


async def test_who_knows_the_etag_of_a_withdrawn_listing_relists_it(client: httpx.AsyncClient, path: str) -> None:
    gone = await client.delete(path)
    read = await client.get(path)

    assert gone.headers["etag"] == read.headers["etag"] == '"2"'
    relisted = await client.post(f"{path}/relist", headers={"If-Match": read.headers["etag"]})
    assert relisted.status_code == 200


@pytest.mark.parametrize("action", ["reject", "confirm"])
async def test_pricing_rules_hold_for_the_price_of_a_relisting(
    client: httpx.AsyncClient, withdrawn: str, action: str
) -> None:
    rule = {"kind": "largest-change", "action": action, "max_change_percent": 10}
    await client.post("/pricing-rules", json=rule)
    answer = await client.post(f"{withdrawn}/relist", json={"latest_price_eur": 1})

    assert answer.status_code == (422 if action == "reject" else 409)
    assert (await client.get(withdrawn)).status_code == 410
    assert (await client.post(f"{withdrawn}/relist")).status_code == 200


async def test_withdrawals_and_relistings_at_once_alternate(
    database: TestDatabase, clock: Clock, superuser: Any
) -> None:
    async with client_of(database.settings(), clock) as one, client_of(database.settings(), clock) as other:
        path = (await one.post("/listings", json=factories.listing())).headers["location"]
        answers = await asyncio.gather(
            *(
                request
                for one_of in (one, other) * 6
                for request in (one_of.delete(path), one_of.post(f"{path}/relist"))
            )
        )
    kinds = [row["kind"] for row in await superuser.fetch("SELECT kind FROM listing_market_change ORDER BY version")]

    assert {answer.status_code for answer in answers} == {200, 204}
    assert kinds == ["withdrawn", "relisted"] * (len(kinds) // 2) + ["withdrawn"] * (len(kinds) % 2)
    await assert_histories_are_whole(superuser)


async def test_withdrawing_and_relisting_need_the_right_to_write(database: TestDatabase, clock: Clock) -> None:
    async with client_of(database.settings(anonymous_scopes=frozenset({Scope.LISTINGS_READ})), clock) as reader:
        assert (await reader.delete("/listings/1")).status_code == 401
        assert (await reader.post("/listings/1/relist")).status_code == 401
