"""Each operation that writes, what has to be there for it, and what became of it."""

import re
from collections.abc import Sequence
from typing import Any

import httpx

from tests import factories
from tests.settled import settled

Write = tuple[str, str, Any]
LATER = "2100-01-01T00:00:00Z"
RULE = {"kind": "smallest-interval", "min_interval_seconds": 1}
WEBHOOK = {"url": "https://receiver.invalid", "types": ["price.changed"]}

# What each operation that writes is tried with; after the second word of a name, what is special about it.
WRITES: dict[str, Write] = {
    "post-listings": ("POST", "/listings", factories.listing(name="New")),
    "upsert-listing": ("PUT", "/listings/1", factories.listing(latest_price_eur=5)),
    "upsert-listing as it is": ("PUT", "/listings/1", factories.listing()),
    "patch-listing": ("PATCH", "/listings/1", {"latest_price_eur": 6}),
    "delete-listing": ("DELETE", "/listings/1", None),
    "delete-listing again": ("DELETE", "/listings/2", None),
    "relist-listing": ("POST", "/listings/2/relist", None),
    "relist-listing cheaper": ("POST", "/listings/2/relist", {"latest_price_eur": 7}),
    "relist-listing on the market": ("POST", "/listings/1/relist", {}),
    "post-listing-prices": ("POST", "/listings/1/prices", {"price_eur": 8}),
    "post-listing-prices as it is": ("POST", "/listings/3/prices", {"price_eur": 100_000}),
    "post-listing-prices later": ("POST", "/listings/1/prices", {"price_eur": 8, "effective_date": LATER}),
    "delete-scheduled-price": ("DELETE", "/listings/1/prices/scheduled/2", None),
    "post-price-corrections": ("POST", "/listings/1/prices/1/corrections", {"price_eur": 9, "reason": "A slip."}),
    "post-price-review-approval": ("POST", "/price-reviews/3/1/approval", None),
    "post-price-review-rejection": (
        "POST",
        "/price-reviews/3/1/rejection",
        {"price_eur": 9, "reason": "A slip."},
    ),
    "post-prices-batch": ("POST", "/prices:batch", {"prices": [{"listing_id": 1, "price_eur": 10}, None]}),
    "post-prices-batch of nothing": ("POST", "/prices:batch", {"prices": [None]}),
    "post-pricing-rules": ("POST", "/pricing-rules", RULE),
    "put-pricing-rule": ("PUT", "/pricing-rules/{rule}", RULE | {"action": "reject"}),
    "delete-pricing-rule": ("DELETE", "/pricing-rules/{rule}", None),
    "post-webhooks": ("POST", "/webhooks", WEBHOOK),
    "patch-webhook": ("PATCH", "/webhooks/{webhook}", {"url": "https://other.invalid"}),
    "patch-webhook as it is": ("PATCH", "/webhooks/{webhook}", {"url": WEBHOOK["url"]}),
    "post-webhook-secrets": ("POST", "/webhooks/{webhook}/secrets", None),
    "delete-webhook": ("DELETE", "/webhooks/{webhook}", None),
    "replay-webhook-delivery": ("POST", "/webhooks/{webhook}/deliveries/{delivery}/replay", None),
    "post-accounts": ("POST", "/accounts", {"name": "New", "kind": "agency"}),
    "patch-account": ("PATCH", "/accounts/{account}", {"name": "Renamed", "suspended": True}),
    "patch-account as it is": ("PATCH", "/accounts/{account}", {"name": "Agency"}),
    "post-account-keys": ("POST", "/accounts/{account}/keys", {"name": "New"}),
    "delete-account-key": ("DELETE", "/accounts/{account}/keys/{key}", None),
    "delete-account-key again": ("DELETE", "/accounts/{account}/keys/{revoked}", None),
}
# A new key, or secret, is told in the first answer only: the record of the answer does not hold it.
KEY = re.compile(rb',"(key|secret)":"(lst|whsec)_[^"]+"')
# What became of the deliveries is not of the write.
WEBHOOKS = """(
    SELECT account_id, webhook_id, to_jsonb(webhook) - ARRAY['failures', 'held_until', 'failing_since', 'is_prompt']
        AS rest
    FROM webhook
) AS webhook"""
TABLES = ("listing", "listing_price", "listing_price_correction", "listing_market_change", "scheduled_price",
          "pricing_rule", "pricing.price_review", WEBHOOKS, "account", "api_key", "audit_entry",
          "idempotency_record")  # fmt: skip
COUNT = "SELECT count(*) FROM idempotency_record"


async def send(client: httpx.AsyncClient, write: Write, names: dict[str, str], key: str = "a") -> httpx.Response:
    method, path, body = write
    given = {} if body is None else {"json": body}
    return await client.request(method, path.format(**names), headers={"Idempotency-Key": key}, **given)


async def state_of(superuser: Any) -> Sequence[Any]:
    """All that a write may change, once consumers have made of it what they make."""
    await settled(superuser)
    return [await superuser.fetch(f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES]


def of(answer: httpx.Response) -> tuple[Any, ...]:
    """What a replay repeats to the byte."""
    body = KEY.sub(b"", answer.content)
    return (answer.status_code, body, *(answer.headers.get(name) for name in ("etag", "location")))
