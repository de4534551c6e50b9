"""What is an `Idempotency-Key`, and what is none."""

from typing import Any

import httpx
import jsonschema_rs
import pytest

from tests import factories
from tests.integration.idempotency.writes import COUNT, WRITES, send
from tests.openapi import document

OTHERS_RECORD = """
    WITH other AS (INSERT INTO account (name) VALUES ('other') RETURNING account_id)
    INSERT INTO idempotency_record (account_id, key, fingerprint, status, headers, body, created_date)
    SELECT account_id, 'a', '\\x00', 418, '{}', 'theirs', '2023-01-12T09:23:36Z' FROM other
"""


def is_key_by_the_document(header: str) -> bool:
    """Whether a header is one that the OpenAPI document says is taken."""
    parameters = document()["paths"]["/listings"]["post"]["parameters"]
    [schema] = [parameter["schema"] for parameter in parameters if parameter["name"] == "Idempotency-Key"]
    return bool(jsonschema_rs.is_valid(schema, header))


@pytest.mark.parametrize(
    ("first", "again"),
    [
        pytest.param('"abc-1"', "abc-1", id="bare after quoted"),
        pytest.param("abc-1", '"abc-1"', id="quoted after bare"),
        pytest.param(r'"a \"b\" \\ c"', r'"a \"b\" \\ c"', id="with quotes, backslashes and spaces"),
        pytest.param("8e03978e-40d5-43dd-bc93-6894a57f9324", '"8e03978e-40d5-43dd-bc93-6894a57f9324"', id="a UUID"),
        pytest.param("k" * 255, "k" * 255, id="the longest"),
    ],
)
async def test_a_key_is_a_string_in_quotes_or_bare(client: httpx.AsyncClient, first: str, again: str) -> None:
    answers = [await send(client, WRITES["post-listings"], {}, key=key) for key in (first, again)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert is_key_by_the_document(first)
    assert is_key_by_the_document(again)
    assert len((await client.get("/listings")).json()) == 1


async def test_two_keys_are_none(client: httpx.AsyncClient) -> None:
    twice = [("Idempotency-Key", "a"), ("Idempotency-Key", "a")]
    answer = await client.post("/listings", json=factories.listing(), headers=twice)

    assert answer.status_code == 422
    assert answer.json()["message"] == "Idempotency-Key must be given only once"
    assert (await client.get("/listings")).json() == []


@pytest.mark.parametrize(
    "key", ["", " ", '""', "two words", 'half"', '"half', '"a"b"', '"a\\b"', "k" * 256, b"\xc3\xa9", b'"\xe9"', b"a\tb"]
)
async def test_what_is_no_key_is_refused(client: httpx.AsyncClient, superuser: Any, key: str | bytes) -> None:
    raw = key if isinstance(key, bytes) else key.encode()
    answer = await client.post("/listings", json=factories.listing(), headers=[(b"Idempotency-Key", raw)])

    assert answer.status_code == 422
    assert answer.json()["message"].startswith("Idempotency-Key must be ")
    assert not is_key_by_the_document(raw.decode("latin-1"))
    assert await superuser.fetchval("SELECT count(*) FROM listing") == 0


async def test_a_key_is_the_callers_own(client: httpx.AsyncClient, superuser: Any) -> None:
    await superuser.execute(OTHERS_RECORD)

    assert (await send(client, WRITES["post-listings"], {})).status_code == 201
    assert await superuser.fetchval(COUNT) == 2
