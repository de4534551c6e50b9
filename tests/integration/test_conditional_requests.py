"""ETags of listings: a reader that has the newest version is told so, a writer that has an older one is stopped."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of


@pytest.fixture
async def created(client: httpx.AsyncClient) -> httpx.Response:
    """The answer to the creation of a listing."""
    return await client.post("/listings", json=factories.listing())


async def test_a_listing_is_read_where_its_creation_says(client: httpx.AsyncClient, created: httpx.Response) -> None:
    read = await client.get(created.headers["location"])

    assert read.status_code == 200
    assert read.json() == created.json()
    assert read.headers["etag"] == created.headers["etag"]


async def test_a_listing_that_does_not_exist_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/listings/1")).status_code == 404


async def test_every_write_changes_the_etag(client: httpx.AsyncClient, created: httpx.Response) -> None:
    path = created.headers["location"]
    replaced = await client.put(path, json=factories.listing())
    patched = await client.patch(path, json={"name": "Another name"})

    etags = [answer.headers["etag"] for answer in (created, replaced, patched)]
    assert len(set(etags)) == 3
    assert (await client.get(path)).headers["etag"] == etags[-1]


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
async def test_who_has_the_newest_version_is_told_so(
    client: httpx.AsyncClient, created: httpx.Response, form: str
) -> None:
    known = form.format(created.headers["etag"])
    answer = await client.get(created.headers["location"], headers={"If-None-Match": known})

    assert answer.status_code == 304
    assert answer.content == b""
    assert answer.headers["etag"] == created.headers["etag"]


async def test_the_lines_of_what_a_reader_has_are_one_list(client: httpx.AsyncClient, created: httpx.Response) -> None:
    lines = [("If-None-Match", tag) for tag in ('"other"', created.headers["etag"], '"another"')]

    assert (await client.get(created.headers["location"], headers=lines)).status_code == 304


@pytest.mark.parametrize("known", ['garbage"1"', '"1"garbage', '"01"', 'W/W/"1"', 'w/"1"', '"*"', "*, *", ""])
async def test_what_is_no_etag_of_the_newest_version_gets_it(
    client: httpx.AsyncClient, created: httpx.Response, known: str
) -> None:
    assert created.headers["etag"] == '"1"'
    answer = await client.get(created.headers["location"], headers={"If-None-Match": known})

    assert answer.json() == created.json()


async def test_who_has_an_older_version_gets_the_newest(client: httpx.AsyncClient, created: httpx.Response) -> None:
    path = created.headers["location"]
    await client.patch(path, json={"name": "Newer"})
    answer = await client.get(path, headers={"If-None-Match": created.headers["etag"]})

    assert answer.json()["name"] == "Newer"


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_write_on_the_newest_version_goes_through(
    client: httpx.AsyncClient, created: httpx.Response, method: str
) -> None:
    answer = await client.request(
        method,
        created.headers["location"],
        json=factories.listing(latest_price_eur=90_000),
        headers={"If-Match": f'"77", {created.headers["etag"]}'},
    )

    assert answer.json()["latest_price_eur"] == 90_000


async def test_the_lines_of_the_versions_to_write_on_are_one_list(
    client: httpx.AsyncClient, created: httpx.Response
) -> None:
    lines = [("If-Match", tag) for tag in (created.headers["etag"], '"77"')]
    answer = await client.patch(created.headers["location"], json={"name": "Newer"}, headers=lines)

    assert answer.json()["name"] == "Newer"


@pytest.mark.parametrize("tag", ['"01"', 'W/"1"', "1", '"1', '"+1"', 'garbage"1"', '"1"garbage', "*, *"])
async def test_what_is_not_the_very_etag_of_a_version_does_not_match_it(
    client: httpx.AsyncClient, created: httpx.Response, tag: str
) -> None:
    assert created.headers["etag"] == '"1"'
    answer = await client.patch(created.headers["location"], json={"name": "Newer"}, headers={"If-Match": tag})

    assert answer.status_code == 412


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("form", ["{}", "W/{}", '"nonsense"', "nonsense", '""'])
async def test_a_write_on_an_older_version_is_stopped(
    client: httpx.AsyncClient, created: httpx.Response, method: str, form: str
) -> None:
    path = created.headers["location"]
    newest = await client.patch(path, json={"latest_price_eur": 95_000})
    answer = await client.request(
        method,
        path,
        json=factories.listing(latest_price_eur=90_000),
        headers={"If-Match": form.format(created.headers["etag"])},
    )

    assert answer.status_code == 412
    assert (await client.get(path)).json() == newest.json()
    assert len((await client.get(f"{path}/prices")).json()) == 2


async def test_a_write_on_any_version_needs_a_listing(client: httpx.AsyncClient) -> None:
    headers = {"If-Match": '"1"'}

    assert (await client.put("/listings/1", json=factories.listing(), headers=headers)).status_code == 404
    assert (await client.patch("/listings/1", json={"name": "x"}, headers=headers)).status_code == 404


WRITES_ON_A_VERSION: dict[str, tuple[str, str, Any]] = {
    "withdraw": ("DELETE", "", None),
    "relist": ("POST", "/relist", None),
    "append a price": ("POST", "/prices", {"price_eur": 1}),
    "schedule a price": ("POST", "/prices", {"price_eur": 1, "effective_date": "2100-01-01T00:00:00Z"}),
    "cancel a price": ("DELETE", "/prices/scheduled/2", None),
    "correct a price": ("POST", "/prices/1/corrections", {"price_eur": 1, "reason": "A slip."}),
}


@pytest.fixture
async def at_version_3(client: httpx.AsyncClient, created: httpx.Response) -> str:
    """Where a listing is that has a scheduled price, and then got a name."""
    path: str = created.headers["location"]
    await client.post(f"{path}/prices", json={"price_eur": 1, "effective_date": "2099-01-01T00:00:00Z"})
    assert (await client.patch(path, json={"name": "Newest"})).headers["etag"] == '"3"'
    return path


async def send(client: httpx.AsyncClient, path: str, name: str, headers: dict[str, str]) -> httpx.Response:
    method, below, body = WRITES_ON_A_VERSION[name]
    given = {} if body is None else {"json": body}
    return await client.request(method, path + below, headers=headers, **given)


@pytest.mark.parametrize("name", WRITES_ON_A_VERSION)
async def test_every_write_on_an_older_version_is_stopped(
    client: httpx.AsyncClient, superuser: Any, at_version_3: str, name: str
) -> None:
    before = await superuser.fetchrow("SELECT * FROM listing")
    for older in ('"1"', '"2"', 'W/"3"', '"4"'):
        answer = await send(client, at_version_3, name, {"If-Match": older, "Idempotency-Key": "a"})
        assert answer.status_code == 412
    assert await superuser.fetchrow("SELECT * FROM listing") == before

    assert (await send(client, at_version_3, name, {"If-Match": '"3"', "Idempotency-Key": "a"})).is_success
    again = await send(client, at_version_3, name, {"If-Match": '"3"', "Idempotency-Key": "a"})
    assert again.headers["idempotency-replayed"] == "true"


@pytest.fixture
async def strict(database: TestDatabase, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a deployment that takes no change without a version."""
    async with client_of(database.settings(require_if_match=True), clock) as connected:
        yield connected


@pytest.mark.parametrize("name", ["PUT", "PATCH", *WRITES_ON_A_VERSION])
async def test_where_it_is_demanded_a_write_without_a_version_is_refused(
    strict: httpx.AsyncClient, at_version_3: str, name: str
) -> None:
    async def write(**headers: str) -> httpx.Response:
        if name in {"PUT", "PATCH"}:
            return await strict.request(name, at_version_3, json=factories.listing(), headers=headers)
        return await send(strict, at_version_3, name, headers)

    refused = await write()

    assert refused.status_code == 428
    assert refused.json()["message"].startswith("Send If-Match with the ETag of the listing")
    assert (await strict.get(at_version_3)).headers["etag"] == '"3"'
    assert (await write(**{"If-Match": '"3"'})).is_success


async def test_what_is_no_change_of_a_listing_is_taken_everywhere(strict: httpx.AsyncClient) -> None:
    created = await strict.post("/listings", json=factories.listing())
    batch = {"prices": [{"listing_id": created.json()["id"], "price_eur": 1}]}

    assert created.status_code == 201
    assert (await strict.post("/prices:batch", json=batch)).status_code == 207
    assert (await strict.get("/listings")).status_code == 200
