"""A right request for each operation, and what has to be there for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from time import monotonic, sleep
from typing import Any

import httpx

from tests import factories
from tests.until import PATIENCE_SECONDS

numbers = count(1)


@dataclass(frozen=True, slots=True)
class Request:
    """A request; `{names}` in its path stand for what its owner makes first."""

    method: str
    path: str
    json: Any = None


@dataclass(frozen=True, slots=True)
class Stage:
    """Who calls where, and with which headers."""

    client: httpx.Client
    urls: Mapping[str, str]
    headers: Mapping[str, Mapping[str, str]]

    def send(self, caller: str, request: Request) -> httpx.Response:
        """Send a request as a caller."""
        path = request.path.format(**{name: make(self) for name, make in MADE.items() if f"{{{name}}}" in request.path})
        json = request.json(self) if callable(request.json) else request.json
        url, headers = self.urls[caller] + path, dict(self.headers[caller])
        return self.client.request(request.method, url, json=json, headers=headers)

    def make(self, caller: str, path: str, json: Any) -> httpx.Response:
        """Have a caller make something."""
        return self.send(caller, Request("POST", path, json)).raise_for_status()


def _listing(stage: Stage) -> str:
    return stage.make("owner", "/listings", factories.listing()).headers["Location"]


def _withdrawn(stage: Stage) -> str:
    listing = _listing(stage)
    stage.send("owner", Request("DELETE", listing)).raise_for_status()
    return listing


def _schedule(stage: Stage) -> str:
    scheduled = {"price_eur": 90_000, "effective_date": "2999-01-01T00:00:00Z"}
    return stage.make("owner", f"{_listing(stage)}/prices", scheduled).headers["Location"]


def _rule(stage: Stage) -> str:
    return stage.make("owner", "/pricing-rules", RULE).headers["Location"]


def _account(stage: Stage) -> str:
    return stage.make("operator", "/accounts", _new_account(stage)).headers["Location"]


def _new_account(_: Stage) -> dict[str, Any]:
    return {"name": f"made {next(numbers)}", "kind": "agency"}


def _key(stage: Stage) -> str:
    return stage.make("operator", f"{_account(stage)}/keys", KEY).headers["Location"]


def _webhook(stage: Stage) -> str:
    return stage.make("owner", "/webhooks", WEBHOOK).headers["Location"]


def _delivery(stage: Stage) -> str:
    """A delivery of one webhook; of all that others make, it is told nothing."""
    number = _listing(stage).rpartition("/")[2]
    wanted = WEBHOOK | {"types": ["listing.updated"], "listing_id": number}
    log = stage.make("owner", "/webhooks", wanted).headers["Location"] + "/deliveries"
    stage.send("owner", Request("PATCH", f"/listings/{number}", {"name": "Another name"})).raise_for_status()
    deadline = monotonic() + PATIENCE_SECONDS
    while not (deliveries := stage.send("owner", Request("GET", log)).json()):
        assert monotonic() < deadline, "nothing was told of a listing that was updated"
        sleep(0.05)
    return f"{log}/{deliveries[0]['id']}"


def _review(stage: Stage) -> str:
    """The review of the first price of a listing, which a rule flagged that is gone by then."""
    rule = stage.make("owner", "/pricing-rules", FLAGGING_RULE).headers["Location"]
    number = _listing(stage).rpartition("/")[2]
    stage.send("owner", Request("DELETE", rule)).raise_for_status()
    deadline = monotonic() + PATIENCE_SECONDS
    while int(number) not in {review["listing_id"] for review in stage.send("owner", REVIEWS).json()}:
        assert monotonic() < deadline, "no review was made of a price that was flagged"
        sleep(0.05)
    return f"/price-reviews/{number}/1"


def _batch(stage: Stage) -> dict[str, Any]:
    return {"prices": [{"listing_id": int(_listing(stage).rpartition("/")[2]), "price_eur": 90_000}]}


RULE = {"kind": "largest-change", "max_change_percent": 99}
FLAGGING_RULE = {"kind": "price-per-m2", "min_price_per_m2_eur": 999_999_999}
REVIEWS = Request("GET", "/price-reviews?limit=1000")
KEY = {"name": "made"}
WEBHOOK = {"url": "https://receiver.invalid/hook", "types": ["listing.created"]}
CORRECTION = {"price_eur": 90_000, "reason": "a digit was wrong"}

# The addresses of what has to be there, each made anew for each request.
MADE: dict[str, Callable[[Stage], str]] = {
    "listing": _listing,
    "withdrawn": _withdrawn,
    "schedule": _schedule,
    "rule": _rule,
    "account": _account,
    "key": _key,
    "review": _review,
    "webhook": _webhook,
    "delivery": _delivery,
}

# By the operation's id in the OpenAPI document.
REQUESTS = {
    "get-listings": Request("GET", "/listings"),
    "post-listings": Request("POST", "/listings", factories.listing()),
    "get-listing": Request("GET", "{listing}"),
    "upsert-listing": Request("PUT", "{listing}", factories.listing()),
    "patch-listing": Request("PATCH", "{listing}", {"name": "Another name"}),
    "delete-listing": Request("DELETE", "{listing}"),
    "relist-listing": Request("POST", "{withdrawn}/relist"),
    "get-listing-prices": Request("GET", "{listing}/prices"),
    "get-listing-price-summary": Request("GET", "{listing}/prices/summary"),
    "get-listing-price-at": Request("GET", "{listing}/prices/at?time=2999-01-01T00:00:00Z"),
    "post-listing-prices": Request("POST", "{listing}/prices", {"price_eur": 90_000}),
    "get-scheduled-prices": Request("GET", "{listing}/prices/scheduled"),
    "delete-scheduled-price": Request("DELETE", "{schedule}"),
    "post-price-corrections": Request("POST", "{listing}/prices/1/corrections", CORRECTION),
    "get-price-reviews": Request("GET", "/price-reviews"),
    "post-price-review-approval": Request("POST", "{review}/approval"),
    "post-price-review-rejection": Request("POST", "{review}/rejection", CORRECTION),
    "get-market-statistics": Request("GET", "/markets/FR/Paris/APARTMENT/statistics"),
    "post-prices-batch": Request("POST", "/prices:batch", _batch),
    "get-pricing-rules": Request("GET", "/pricing-rules"),
    "post-pricing-rules": Request("POST", "/pricing-rules", RULE),
    "get-pricing-rule": Request("GET", "{rule}"),
    "put-pricing-rule": Request("PUT", "{rule}", RULE),
    "delete-pricing-rule": Request("DELETE", "{rule}"),
    "get-access": Request("GET", "/access?listing=1"),
    "get-accounts": Request("GET", "/accounts"),
    "post-accounts": Request("POST", "/accounts", _new_account),
    "get-account": Request("GET", "{account}"),
    "patch-account": Request("PATCH", "{account}", {"kind": "portal"}),
    "get-account-keys": Request("GET", "{account}/keys"),
    "post-account-keys": Request("POST", "{account}/keys", KEY),
    "get-account-key": Request("GET", "{key}"),
    "delete-account-key": Request("DELETE", "{key}"),
    "get-events": Request("GET", "/events"),
    "get-event-stream": Request("HEAD", "/events/stream"),  # the answer to GET has no end
    "get-webhooks": Request("GET", "/webhooks"),
    "post-webhooks": Request("POST", "/webhooks", WEBHOOK),
    "get-webhook": Request("GET", "{webhook}"),
    "patch-webhook": Request("PATCH", "{webhook}", {"state": "paused"}),
    "delete-webhook": Request("DELETE", "{webhook}"),
    "post-webhook-secrets": Request("POST", "{webhook}/secrets"),
    "get-webhook-deliveries": Request("GET", "{webhook}/deliveries"),
    "replay-webhook-delivery": Request("POST", "{delivery}/replay"),
    "get-audit": Request("GET", "/audit"),
}
