"""A real server with made-up homes, and with all that its pages can show of them."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from listingapi.access.scopes import Scope
from tests.accounts import bearer
from tests.servers import serving

HOMES, PRICES = 6_000, 18_000
MOST_PRICES = 9
NOTICE = timedelta(days=30)
OFFICE = 1
VISITORS = (Scope.LISTINGS_READ, Scope.EVENTS_READ, Scope.ACCOUNTS_ADMIN)


@dataclass(frozen=True, slots=True)
class Showroom:
    """Where it is, the key of who may do everything there, and the pages: their paths by name."""

    url: str
    key: str
    for_all: Mapping[str, str]
    for_agents: Mapping[str, str]


@contextmanager
def showing(data: Path, webhook: str) -> Iterator[Showroom]:
    """Run it until the end of the block; what happens meanwhile is sent to a webhook on this machine."""
    settings = {
        "LISTINGAPI_ANONYMOUS_SCOPES": " ".join(VISITORS),
        "LISTINGAPI_WEBHOOK_NETWORKS": "127.0.0.0/8",
    }
    made_up = ("--listings", str(HOMES), "--prices", str(PRICES))
    subprocess.run([sys.executable, "-m", "listingapi", "seed", "--data-dir", str(data), *made_up], check=True)
    with (
        serving("--data-dir", str(data), environment=settings) as server,
        httpx.Client(base_url=server.url) as client,
    ):
        client.patch(f"/accounts/{OFFICE}", json={"name": "Office", "kind": "operator"}).raise_for_status()
        key = client.post(f"/accounts/{OFFICE}/keys", json={"name": "of the office"}).raise_for_status().json()["key"]
        client.headers.update(bearer(key))
        yield _furnished(client, server.url, key, webhook)


def _furnished(client: httpx.Client, url: str, key: str, webhook: str) -> Showroom:
    client.post("/accounts", json={"name": "Agence du Parc", "kind": "agency"}).raise_for_status()
    client.post("/accounts", json={"name": "Homes Today", "kind": "portal"}).raise_for_status()
    wanted = {"url": webhook, "types": ["price.changed", "listing.withdrawn"]}
    hook = client.post("/webhooks", json=wanted).raise_for_status().json()["id"]
    listings = client.get("/listings", params={"limit": 100, "sort": "-drop"}).raise_for_status().json()
    shown, withdrawn, *flagged = sorted(listings, key=lambda listing: -_liveliness(client, listing))[:5]
    _tell_all_of(client, shown)
    client.delete(f"/listings/{withdrawn['id']}").raise_for_status()
    _flag(client, flagged)
    return Showroom(url, key, _open_pages(shown, withdrawn), _office_pages(shown, hook))


def _liveliness(client: httpx.Client, listing: Any) -> int:
    """How many prices it had; nothing if those are more than fit a picture."""
    count = len(client.get(f"/listings/{listing['id']}/prices").raise_for_status().json())
    return count if count <= MOST_PRICES else 0


def _tell_all_of(client: httpx.Client, listing: Any) -> None:
    """A price that is a mistake and corrected, and one that is to come."""
    path, price = f"/listings/{listing['id']}", listing["latest_price_eur"]
    mistaken = client.post(f"{path}/prices", json={"price_eur": price // 10}).raise_for_status().json()
    correction = {"price_eur": price * 97 // 100, "reason": "A zero was missing."}
    client.post(f"{path}/prices/{mistaken['version']}/corrections", json=correction).raise_for_status()
    scheduled = {"price_eur": price * 95 // 100, "effective_date": (datetime.now(UTC) + NOTICE).isoformat()}
    client.post(f"{path}/prices", json=scheduled).raise_for_status()


def _flag(client: httpx.Client, listings: list[Any]) -> None:
    """Prices that a rule flags, which somebody is to look at."""
    client.post("/pricing-rules", json={"kind": "largest-change", "max_change_percent": 30}).raise_for_status()
    for listing in listings:
        price = {"latest_price_eur": listing["latest_price_eur"] // 2}
        client.patch(f"/listings/{listing['id']}", json=price).raise_for_status()


def _open_pages(shown: Any, withdrawn: Any) -> Mapping[str, str]:
    return {
        "listings": "/",
        "nothing-found": "/?city=Atlantis",
        "prices": f"/{shown['id']}/prices",
        "withdrawn": f"/{withdrawn['id']}/prices",
        "markets": "/markets",
        "market": f"/markets/FR/{quote('Paris')}/APARTMENT",
        "sign-in": "/sign-in",
        "not-found": "/no/such/page",
    }


def _office_pages(shown: Any, hook: int) -> Mapping[str, str]:
    return {
        "own-prices": f"/{shown['id']}/prices",
        "new": "/new",
        "edit": f"/{shown['id']}/edit",
        "price": f"/{shown['id']}/price",
        "corrections": f"/{shown['id']}/corrections",
        "agents": "/agents",
        "reviews": "/agents/reviews",
        "accounts": "/agents/accounts",
        "account": f"/agents/accounts/{OFFICE}",
        "webhooks": "/agents/webhooks",
        "webhook": f"/agents/webhooks/{hook}",
    }
