"""Nothing that the server owns can be written by putting it into a body: it is refused by name, or ignored.

What the server owns is taken from the database and the OpenAPI document themselves: every column of every table, and
every property of every answer, that is none of the body's own.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from listingapi.rules.schemas import BOUNDS
from listingapi.webhooks.schemas import WebhookSearch, WebhookWrite
from tests import factories
from tests.openapi import document
from tests.settled import settled

PROBLEM = {"accept": "application/problem+json"}
LATER = "2100-01-01T00:00:00Z"
READ_ONLY = frozenset({"id", "created_date", "updated_date"})

# No value like these is written by anything else: found in the database, one of them was taken from a body.
FORGED: tuple[Any, ...] = (987654321987, "forged-7f3a", "1911-11-11T11:11:11Z", True, None, {"forged-7f3a": 1}, [])
TRACES = ("987654321987", "forged-7f3a", "1911-11-11")

# What happened before goes from here to there meanwhile.
ON_THE_MOVE = (
    "outbox", "event", "event_feed", "relay_partition", "consumed_event", "webhook_delivery", "webhook_event",
    "pricing.market_listing",
)  # fmt: skip

# An answer names a hundred problems at most.
NAMES_AT_ONCE = 50

COLUMNS = "SELECT DISTINCT column_name FROM information_schema.columns WHERE table_schema IN ('public', 'pricing')"
TABLES = """
    SELECT CASE schemaname WHEN 'public' THEN tablename ELSE schemaname || '.' || tablename END AS tablename
    FROM pg_tables WHERE schemaname IN ('public', 'pricing') ORDER BY 1
"""
REVIEW = """
    INSERT INTO pricing.price_review (listing_id, version, account_id, price_eur, created_date, flags)
    VALUES (1, 1, 1, 100000, now(), '[]')
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a body, or an object within one, is put by an operation, and which names it has of its own.

    `put` makes the whole body from the object. `ignored` are the names that are read-only there, as a listing is sent
    back as it was read.
    """

    method: str
    path: str
    good: dict[str, Any]
    own: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    put: Callable[[dict[str, Any]], Any] = field(default=lambda body: body)
    pointer: str = ""
    is_line: bool = False

    @property
    def names(self) -> frozenset[str]:
        """The names that clients may write there."""
        return self.own | self.good.keys()


LISTING = factories.listing()
OF_RULES = frozenset({"action", "kind"}) | BOUNDS
WEBHOOK = {"url": "https://receiver.invalid", "types": ["price.changed"]}
OF_WEBHOOKS = frozenset(WebhookWrite.__struct_fields__)
OF_SEARCHES = frozenset(WebhookSearch.__struct_fields__)
IN_ADDRESS: Callable[[dict[str, Any]], Any] = lambda address: {"postal_address": address}  # noqa: E731
PLACES = {
    "post-listings": Place("POST", "/listings", LISTING, ignored=READ_ONLY),
    "post-listings, the address": Place(
        "POST", "/listings", factories.address(), put=lambda address: LISTING | {"postal_address": address},
        pointer="/postal_address",
    ),
    "upsert-listing": Place("PUT", "/listings/1", LISTING | {"latest_price_eur": 5}, ignored=READ_ONLY),
    "patch-listing": Place(
        "PATCH", "/listings/1", {"latest_price_eur": 6}, own=frozenset(LISTING), ignored=READ_ONLY
    ),
    "patch-listing, the address": Place(
        "PATCH", "/listings/1", {"city": "Lyon"}, own=frozenset(factories.address()), put=IN_ADDRESS,
        pointer="/postal_address",
    ),
    "relist-listing": Place("POST", "/listings/2/relist", {"latest_price_eur": 7}),
    "post-listing-prices": Place("POST", "/listings/1/prices", {"price_eur": 8}, own=frozenset({"effective_date"})),
    "post-price-corrections": Place(
        "POST", "/listings/1/prices/1/corrections", {"price_eur": 9, "reason": "A slip."}, own=frozenset({"void"})
    ),
    "post-price-review-rejection": Place(
        "POST", "/price-reviews/1/1/rejection", {"price_eur": 9, "reason": "A slip."}
    ),
    "post-prices-batch": Place("POST", "/prices:batch", {"prices": [{"listing_id": 1, "price_eur": 10}]}),
    "post-prices-batch, a line": Place(
        "POST", "/prices:batch", {"listing_id": 1, "price_eur": 11}, own=frozenset({"version"}),
        put=lambda line: {"prices": [line]}, is_line=True,
    ),
    "post-pricing-rules": Place(
        "POST", "/pricing-rules", {"kind": "smallest-interval", "min_interval_seconds": 1}, own=OF_RULES,
        ignored=READ_ONLY,
    ),
    "put-pricing-rule": Place(
        "PUT", "/pricing-rules/{rule}", {"kind": "largest-change", "max_change_percent": 1}, own=OF_RULES,
        ignored=READ_ONLY,
    ),
    "post-webhooks": Place("POST", "/webhooks", WEBHOOK, own=OF_WEBHOOKS),
    "post-webhooks, the search": Place(
        "POST", "/webhooks", {"city": "Lyon"}, own=OF_SEARCHES, put=lambda search: WEBHOOK | {"search": search},
        pointer="/search",
    ),
    "patch-webhook": Place("PATCH", "/webhooks/{webhook}", {"types": ["listing.created"]}, own=OF_WEBHOOKS | {"state"}),
    "patch-webhook, the search": Place(
        "PATCH", "/webhooks/{webhook}", {"city": "Lyon"}, own=OF_SEARCHES, put=lambda search: {"search": search},
        pointer="/search",
    ),
    "post-accounts": Place(
        "POST", "/accounts", {"name": "Agency", "kind": "agency"},
        own=frozenset({"reads_per_minute", "writes_per_minute"}),
    ),
    "patch-account": Place(
        "PATCH", "/accounts/{account}", {"name": "Other"},
        own=frozenset({"kind", "suspended", "reads_per_minute", "writes_per_minute"}),
    ),
    "post-account-keys": Place(
        "POST", "/accounts/{account}/keys", {"name": "a"}, own=frozenset({"scopes", "expires_date"})
    ),
}  # fmt: skip

# What nobody may forget, whatever the tables and the document say.
KNOWN = {
    "id", "version", "account_id", "listing_id", "key_id", "rule_id", "original_price_eur", "previous_price_eur",
    "price_version", "price_changed_date", "withdrawn_date", "relisted_date", "created_date", "updated_date",
    "recorded_date", "source", "flags", "actor", "hint", "digest", "key", "created_by", "last_used_date",
    "revoked_date", "is_suspended", "suspended", "scopes", "state", "settled_date", "settled_version", "operation",
    "details", "status", "summary", "corrects", "corrected_by", "webhook_id", "secret", "previous_secret",
    "corrected_by_version", "settled_by_account_id", "month", "city_start", "cut_percent",
}  # fmt: skip


@pytest.fixture
async def names(client: httpx.AsyncClient, superuser: Any) -> dict[str, Any]:
    """Listing 1 with a review, 2 that is withdrawn, a rule, an account and a webhook, by what they are in paths."""
    for _ in range(2):
        await client.post("/listings", json=LISTING)
    await superuser.execute(REVIEW)
    await client.delete("/listings/2")
    rule = await client.post("/pricing-rules", json={"kind": "smallest-interval", "min_interval_seconds": 1})
    account = await client.post("/accounts", json={"name": "An account", "kind": "portal"})
    webhook = await client.post("/webhooks", json=WEBHOOK)
    made = {"rule": rule, "account": account, "webhook": webhook}
    return {name: answer.json()["id"] for name, answer in made.items()}


async def owned(superuser: Any, place: Place) -> list[str]:
    """The names of all that the server owns, as seen from a place."""
    columns = {row["column_name"] for row in await superuser.fetch(COLUMNS)}
    answered = {
        name for schema in document()["components"]["schemas"].values() for name in schema.get("properties", {})
    }
    return sorted((columns | answered | KNOWN) - place.names)


def batched(names: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Names, some at a time."""
    return (names[start : start + size] for start in range(0, len(names), size))


async def held(superuser: Any, *, besides: Collection[str] = ()) -> str:
    """All that the database holds, as text, once what was written has had its effects."""
    await settled(superuser)
    tables = [row["tablename"] for row in await superuser.fetch(TABLES) if row["tablename"] not in besides]
    rows = [await superuser.fetch(f"SELECT t::text FROM {table} AS t ORDER BY 1") for table in tables]
    return "\n".join(row["t"] for each in rows for row in each)


def refused(answer: httpx.Response, place: Place) -> tuple[int, set[str]]:
    """The status of a refusal, and the names that it refuses; in a batch, each line has its own."""
    if not place.is_line:
        pointers = {error["pointer"] for error in answer.json().get("errors", ())}
        return answer.status_code, {pointer.removeprefix(f"{place.pointer}/") for pointer in pointers}
    [result] = answer.json()["results"]
    return result["status"], {words.partition(" ")[0] for words in result.get("message", "").split("; ")}


async def send(client: httpx.AsyncClient, place: Place, names: dict[str, Any], body: dict[str, Any]) -> httpx.Response:
    return await client.request(place.method, place.path.format(**names), json=place.put(body), headers=PROBLEM)


def test_every_body_of_the_api_is_tried() -> None:
    operations = [operation for path in document()["paths"].values() for operation in path.values()]

    assert {name.partition(",")[0] for name in PLACES} == {
        operation["operationId"] for operation in operations if "requestBody" in operation
    }


@pytest.mark.parametrize("name", PLACES)
async def test_what_the_server_owns_is_refused_by_name(
    client: httpx.AsyncClient, superuser: Any, names: dict[str, Any], name: str
) -> None:
    place = PLACES[name]
    before = await held(superuser, besides=ON_THE_MOVE)
    forged = [each for each in await owned(superuser, place) if each not in place.ignored]
    assert len(forged) > 50
    for some in batched(forged, NAMES_AT_ONCE):
        for value in FORGED:
            answer = await send(client, place, names, place.good | dict.fromkeys(some, value))
            assert refused(answer, place) == (422, set(some)), answer.text

    assert await held(superuser, besides=ON_THE_MOVE) == before


@pytest.mark.parametrize("name", [name for name, place in PLACES.items() if place.ignored])
async def test_what_is_read_only_is_ignored(
    client: httpx.AsyncClient, superuser: Any, names: dict[str, Any], name: str
) -> None:
    place = PLACES[name]
    for forged in sorted(place.ignored):
        for value in FORGED:
            answer = await send(client, place, names, place.good | {forged: value})
            assert answer.is_success, answer.text
            assert repr(answer.json()[forged]) != repr(value)

    assert [trace for trace in TRACES if trace in await held(superuser)] == []


@pytest.mark.parametrize("name", PLACES)
async def test_the_body_without_any_of_it_is_taken(client: httpx.AsyncClient, names: dict[str, Any], name: str) -> None:
    place = PLACES[name]
    answer = await send(client, place, names, place.good)

    assert answer.is_success, answer.text
    if place.is_line:
        assert refused(answer, place)[0] in {200, 201}


async def test_a_forged_value_would_be_seen(client: httpx.AsyncClient, superuser: Any) -> None:
    await client.post("/listings", json=LISTING | {"name": "forged-7f3a", "latest_price_eur": 987654321987})

    assert [trace for trace in TRACES if trace in await held(superuser)] == list(TRACES[:2])
