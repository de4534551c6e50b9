"""What the tests of scheduled prices share."""

from typing import Any

import httpx

RULES = {
    action: {"kind": "largest-change", "action": action, "max_change_percent": 50}
    for action in ("flag", "confirm", "reject")
}


def scheduled(price: Any, effective_date: str) -> dict[str, Any]:
    return {"price_eur": price, "effective_date": effective_date}


async def states(client: httpx.AsyncClient, path: str) -> list[tuple[int, str]]:
    """The scheduled prices of a listing and what became of each, the first first."""
    found = (await client.get(f"{path}/scheduled")).json()
    return [(entry["price_eur"], entry["state"]) for entry in found[::-1]]
