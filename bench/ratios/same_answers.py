"""Sees that a peer does the same work as this service: the same answers, and the same in the database."""

import json
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import httpx
from tests import factories

SET_BY_EACH = ("id", "created_date", "updated_date")
READ = ("/listings/{}", "/listings/{}/prices")
CHANGED = {"latest_price_eur": 123_456.78, "description": "A price that was cut, and a text that was changed."}


def require_same_answers(ours: str, peers: Mapping[str, str], key: Mapping[str, str], ids: Sequence[int]) -> None:
    """End the run if a peer answers anything else than we do; all are named by the addresses of their servers."""
    for name, url in peers.items():
        with httpx.Client(base_url=ours, headers=key) as our, httpx.Client(base_url=url) as other:
            differences = [
                *(
                    path.format(number)
                    for number in ids
                    for path in READ
                    if not _same_read(our, other, path.format(number))
                ),
                *([] if _same_read(our, other, "/listings") else ["GET /listings"]),
                *([] if _same_create(our, other) else ["POST /listings"]),
                *([] if _same_put(our, other, ids[0]) else ["PUT /listings"]),
                *([] if _same_absence(other) else ["a listing that does not exist"]),
            ]
        if differences:
            sys.exit(f"{name} does not answer as we do, and is not measured: {', '.join(differences)}")


def _same_read(our: httpx.Client, other: httpx.Client, path: str) -> bool:
    """No cache may be in between: a peer's write tells nobody."""
    mine, theirs = our.get(path, headers={"Cache-Control": "no-cache"}), other.get(path)
    return mine.status_code == theirs.status_code == HTTPStatus.OK and _parsed(mine) == _parsed(theirs)


def _same_create(our: httpx.Client, other: httpx.Client) -> bool:
    several = [client.post("/listings", json=factories.listing()) for client in (our, other)]
    if any(answer.status_code != HTTPStatus.CREATED for answer in several):
        return False
    mine, theirs = map(_parsed, several)
    return _content(mine) == _content(theirs) and _same_listing_and_prices(our, other, theirs["id"], prices=1)


def _same_put(our: httpx.Client, other: httpx.Client, listing_id: int) -> bool:
    """Another price is added to the history, the same price is not."""
    path = f"/listings/{listing_id}"
    had = len(_parsed(other.get(f"{path}/prices")))
    body = {name: value for name, value in other.get(path).json().items() if name not in SET_BY_EACH}
    price = {"latest_price_eur": body["latest_price_eur"] + 1}
    for change, prices in ((CHANGED, had + 1), (CHANGED, had + 1), (price, had + 2)):
        answer = other.put(path, json=body | change)
        if answer.status_code != HTTPStatus.OK or not _same_listing_and_prices(our, other, listing_id, prices=prices):
            return False
    return True


def _same_listing_and_prices(our: httpx.Client, other: httpx.Client, listing_id: int, *, prices: int) -> bool:
    same = all(_same_read(our, other, path.format(listing_id)) for path in READ)
    return same and len(_parsed(other.get(f"/listings/{listing_id}/prices"))) == prices


def _same_absence(other: httpx.Client) -> bool:
    return other.get("/listings/0").status_code == HTTPStatus.NOT_FOUND


def _content(listing: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in listing.items() if name not in SET_BY_EACH}


def _parsed(answer: httpx.Response) -> Any:
    """What is said, however its numbers are written."""
    return json.loads(answer.content, parse_float=Decimal, parse_int=Decimal)
