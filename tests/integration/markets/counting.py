"""Counts markets anew from what the API answers of each listing, without a thought for how the product does."""

import json
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from statistics import median, quantiles
from typing import Any

import httpx

Market = tuple[str, str, str]
Listing = dict[str, Any]

CENT = Decimal("0.01")


async def counted(client: httpx.AsyncClient, **headers: str) -> dict[Market, list[dict[str, Any]]]:
    """The months of every market there is, oldest first, as the statistics are to say them."""
    months: dict[Market, dict[str, list[Listing]]] = defaultdict(lambda: defaultdict(list))
    for listing in await all_listings(client, **headers):
        address = listing["postal_address"]
        market = (address["country"], address["city"].lower(), listing["building_type"])
        months[market][listing["created_date"][:7]].append(listing)
    return {
        market: [month_of(month, listings) for month, listings in sorted(of_market.items())]
        for market, of_market in months.items()
    }


async def answered(client: httpx.AsyncClient, market: Market, **headers: str) -> list[dict[str, Any]]:
    """The months of a market, as they are answered."""
    country, city, building_type = market
    answer = await client.get(f"/markets/{country}/{city}/{building_type}/statistics", headers=headers)
    return list(exact(answer)["months"])


async def all_listings(client: httpx.AsyncClient, **headers: str) -> list[Listing]:
    """Every listing, on the market or not, with the summary of its prices."""
    found: list[Listing] = []
    for status in ("on-market", "withdrawn"):
        path: str | None = f"/listings?view=detailed&limit=1000&status={status}"
        while path:
            answer = await client.get(path, headers=headers)
            found += exact(answer)
            path = answer.links["next"]["url"] if "next" in answer.links else None
    return found


def exact(answer: httpx.Response) -> Any:
    """A JSON body with its numbers as they stand there."""
    return json.loads(answer.raise_for_status().text, parse_float=Decimal)


def month_of(month: str, listings: list[Listing]) -> dict[str, Any]:
    """What is to be said of the listings of a month."""
    said: dict[str, Any] = {"month": month, "listings_count": len(listings)}
    if len(listings) < 5:
        return said
    prices = [Decimal(listing["latest_price_eur"]) for listing in listings]
    lower, _, upper = quantiles(prices, n=4, method="inclusive")
    per_m2 = [
        cents(Decimal(listing["latest_price_eur"]) / Decimal(listing["surface_area_m2"]))
        for listing in listings
        if listing["surface_area_m2"] >= CENT
    ]
    cuts = [cut for listing in listings if (cut := cut_of(listing)) is not None]
    said |= {
        "median_price_eur": cents(median(prices)),
        "lower_quartile_price_eur": cents(lower),
        "upper_quartile_price_eur": cents(upper),
        "with_surface_count": len(per_m2),
        "reduced_count": len(cuts),
        "reduced_share_percent": cents(Decimal(100 * len(cuts)) / len(listings)),
    }
    if len(per_m2) >= 5:
        said["median_price_per_m2_eur"] = cents(median(per_m2))
    if len(cuts) >= 5:
        said["median_cut_percent"] = cents(median(cuts))
    return said


def cut_of(listing: Listing) -> Decimal | None:
    """By how many percent a listing is below its original price, if it is."""
    original, current = (Decimal(listing["summary"][name]) for name in ("original_price_eur", "current_price_eur"))
    return cents((original - current) * 100 / original) if current < original else None


def cents(number: Decimal) -> Decimal:
    return number.quantize(CENT, ROUND_HALF_UP)
