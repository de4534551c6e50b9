"""What there is for each operation that writes."""

from typing import Any

import httpx
import pytest

from tests import factories
from tests.integration.idempotency.writes import LATER, RULE, WEBHOOK

REVIEW = """
    INSERT INTO pricing.price_review (listing_id, version, account_id, price_eur, created_date, flags)
    VALUES (3, 1, 1, 100000, now(), '[]')
"""
DELIVERY = """
    INSERT INTO webhook_delivery (account_id, webhook_id, listing_id, version, type, is_own, created_date)
    VALUES (1, $1, 1, 1, 'price.changed', true, now()) RETURNING delivery_id AS id
"""


@pytest.fixture
async def world(client: httpx.AsyncClient, superuser: Any) -> dict[str, str]:
    """Listings: 1 with a scheduled price, 2 withdrawn, 3 to be reviewed. And a rule, an account, keys, a webhook."""
    for _ in range(3):
        await client.post("/listings", json=factories.listing())
    await superuser.execute(REVIEW)
    await client.post("/listings/1/prices", json={"price_eur": 1, "effective_date": LATER})
    await client.delete("/listings/2")
    rule = (await client.post("/pricing-rules", json=RULE | {"action": "flag"})).json()
    account = (await client.post("/accounts", json={"name": "Agency", "kind": "agency"})).json()
    path = f"/accounts/{account['id']}/keys"
    key, revoked = [(await client.post(path, json={"name": name})).json() for name in ("kept", "revoked")]
    await client.delete(f"{path}/{revoked['id']}")
    webhook = (await client.post("/webhooks", json=WEBHOOK)).json()
    await client.patch(f"/webhooks/{webhook['id']}", json={"state": "paused"})
    delivery = await superuser.fetchrow(DELIVERY, webhook["id"])
    made = {"webhook": webhook, "delivery": delivery, "rule": rule, "account": account, "key": key, "revoked": revoked}
    return {name: str(each["id"]) for name, each in made.items()}
