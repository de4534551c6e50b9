"""Histories as CSV, for those who ask for it by `Accept`."""

import csv
import io
import json
from typing import Any

import httpx
import pytest

from tests import factories
from tests.integration.prices.conftest import TellStory

AS_CSV = {"Accept": "text/csv"}


async def rows_of(client: httpx.AsyncClient, path: str) -> list[dict[str, str]]:
    response = await client.get(path, headers=AS_CSV)
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.text, newline=""), strict=True))


async def test_a_history_is_a_table_with_a_header(client: httpx.AsyncClient, tell_story: TellStory) -> None:
    response = await client.get(f"{await tell_story()}/prices", headers=AS_CSV)

    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["vary"] == "Accept"
    assert response.text == (
        "price_eur,created_date\r\n"
        "300000,2024-01-01T12:00:00Z\r\n"
        "285000,2024-01-02T12:00:00Z\r\n"
        "270000,2024-01-08T12:00:00Z\r\n"
    )


async def test_a_detailed_table_says_what_the_json_says(client: httpx.AsyncClient, tell_story: TellStory) -> None:
    path = f"{await tell_story()}/prices?view=detailed"
    rows = await rows_of(client, path)
    entries = json.loads((await client.get(path)).text, parse_float=str, parse_int=str)

    as_text = [{name: {True: "true"}.get(value, value) for name, value in entry.items()} for entry in entries]
    as_text[5]["reason"] = f"'{as_text[5]['reason']}"
    assert [{name: value for name, value in row.items() if value} for row in rows] == as_text


@pytest.mark.parametrize(
    ("reason", "cell"),
    [
        pytest.param("A zero was missing", "A zero was missing", id="a plain text as it is"),
        pytest.param("=1+1", "'=1+1", id="a formula is made a text"),
        pytest.param("+49 30 1234", "'+49 30 1234", id="a plus"),
        pytest.param("-5 %", "'-5 %", id="a minus"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="an at"),
        pytest.param("\t =1+1", "'\t =1+1", id="also behind blanks"),
        pytest.param("\uff1d1+1", "'\uff1d1+1", id="also in the width of East Asian letters"),
        pytest.param('of "12,5",\r\nnot 125', 'of "12,5",\r\nnot 125', id="quotes, commas and lines"),
        pytest.param("zażółć", "zażółć", id="letters of any language"),
    ],
)
async def test_a_reason_is_safe_in_a_spreadsheet(client: httpx.AsyncClient, reason: str, cell: str) -> None:
    address = f"/listings/{(await client.post('/listings', json=factories.listing())).json()['id']}"
    await client.post(f"{address}/prices/1/corrections", json={"price_eur": 5, "reason": reason})

    assert [row["reason"] for row in await rows_of(client, f"{address}/prices?view=detailed")] == ["", cell]


async def test_a_cut_stays_a_number(client: httpx.AsyncClient, tell_story: TellStory) -> None:
    rows = await rows_of(client, f"{await tell_story()}/prices?view=detailed")

    assert [(row["change_eur"], row["change_percent"]) for row in rows if row["version"] == "2"] == [("-15000", "-5")]


async def test_flags_are_json_in_their_cell(client: httpx.AsyncClient, superuser: Any) -> None:
    listing_id = (await client.post("/listings", json=factories.listing())).json()["id"]
    flags = [{"rule_id": 7, "kind": "largest-change", "action": "flag", "detail": "By 60 %, more than 50 %."}]
    await superuser.execute("UPDATE listing_price SET flags = $1", json.dumps(flags))
    [row] = await rows_of(client, f"/listings/{listing_id}/prices?view=detailed")

    assert json.loads(row["flags"]) == flags


async def test_an_empty_window_is_a_header(client: httpx.AsyncClient, tell_story: TellStory) -> None:
    response = await client.get(f"{await tell_story()}/prices?to=2000-01-01T00:00:00Z", headers=AS_CSV)

    assert response.text == "price_eur,created_date\r\n"


async def test_a_table_has_pages(client: httpx.AsyncClient, tell_story: TellStory) -> None:
    first = await client.get(f"{await tell_story()}/prices?limit=2", headers=AS_CSV)
    rest = await client.get(first.links["next"]["url"], headers=AS_CSV)

    assert rest.text == "price_eur,created_date\r\n270000,2024-01-08T12:00:00Z\r\n"
    assert "link" not in rest.headers


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/csv", "text/csv; charset=utf-8"),
        ("TEXT/CSV; header=present", "text/csv; charset=utf-8"),
        ("text/csv, */*;q=0.1", "text/csv; charset=utf-8"),
        ("application/json;q=0.5, text/csv;q=0.8", "text/csv; charset=utf-8"),
        ("application/problem+json, text/csv", "text/csv; charset=utf-8"),
        ("*/*", "application/json"),
        ("text/csv, application/json", "application/json"),
        ("text/csv;q=0.5, */*;q=0.8", "application/json"),
        ("text/csv;q=0", "application/json"),
        ("text/csv;q=much", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "application/json"),
        ("image/png", "application/json"),
        ("", "application/json"),
    ],
)
async def test_the_format_is_what_the_client_prefers(client: httpx.AsyncClient, accept: str, media_type: str) -> None:
    listing_id = (await client.post("/listings", json=factories.listing())).json()["id"]
    response = await client.get(f"/listings/{listing_id}/prices", headers={"Accept": accept})

    assert response.headers["content-type"] == media_type
    assert "Accept" in response.headers["vary"].split(", ")


async def test_errors_are_json_also_for_those_who_ask_for_csv(client: httpx.AsyncClient) -> None:
    missing = await client.get("/listings/1/prices", headers=AS_CSV)

    assert missing.status_code == 404
    assert missing.json() == {"message": "There is no listing 1."}
