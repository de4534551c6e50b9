"""The API against a plain model: any sequence of creations, updates and patches leaves what the model says."""

import json
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx
from hypothesis import HealthCheck, settings, strategies
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule, run_state_machine_as_test

from tests import factories
from tests.servers import ServeProcess

AMOUNT = re.compile(r'"\\u0000([0-9.]+)\\u0000"')
NEXT = re.compile(r'<([^>]+)>; rel="next"')

CENTS = strategies.one_of(strategies.sampled_from([0, 1, 10_000_000, 10_000_050]), strategies.integers(0, 10**14 - 1))
TEXTS = strategies.text(
    strategies.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1, max_size=20
)
WRITES = strategies.fixed_dictionaries(
    {
        "name": TEXTS,
        "building_type": strategies.sampled_from(["STUDIO", "APARTMENT", "HOUSE"]),
        "rooms_count": strategies.integers(1, 999_999_999),
        "latest_price_eur": CENTS.map(lambda cents: Decimal(cents).scaleb(-2)),
    },
    optional={"contact_phone_number": strategies.from_regex(r"\A\+[1-9][0-9]{1,14}\Z")},
)


@dataclass
class Modelled:
    """What the model remembers of a listing."""

    written: dict[str, Any]
    prices: list[Decimal] = field(default_factory=list)

    def write(self, written: dict[str, Any]) -> None:
        """Replace it; a new price is a new entry."""
        self.written = written
        if self.prices[-1:] != [written["latest_price_eur"]]:
            self.prices.append(written["latest_price_eur"])


class Histories(RuleBasedStateMachine):
    """Drives a server that others have used before: what it made itself is at the head of the list."""

    server: ServeProcess
    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.model: dict[int, Modelled] = {}
        self.http = httpx.Client(base_url=self.server.url)

    def teardown(self) -> None:
        """Leave no connection behind."""
        self.http.close()

    @rule(target=ids, written=WRITES, quoted=strategies.booleans())
    def create(self, written: dict[str, Any], *, quoted: bool) -> int:
        whole = _whole(written)
        created = self.send("POST", "/listings", whole, quoted=quoted)
        self.model[created["id"]] = Modelled(whole)
        self.model[created["id"]].write(whole)
        self.check(created["id"], created)
        return int(created["id"])

    @rule(listing_id=ids, written=WRITES, quoted=strategies.booleans())
    def update(self, listing_id: int, written: dict[str, Any], *, quoted: bool) -> None:
        whole = _whole(written)
        updated = self.send("PUT", f"/listings/{listing_id}", whole, quoted=quoted)
        self.model[listing_id].write(whole)
        self.check(listing_id, updated)

    @rule(listing_id=ids, written=WRITES, names=strategies.sets(strategies.sampled_from(["name", "latest_price_eur"])))
    def patch(self, listing_id: int, written: dict[str, Any], names: set[str]) -> None:
        changes = {name: written[name] for name in names}
        patched = self.send("PATCH", f"/listings/{listing_id}", changes)
        self.model[listing_id].write(self.model[listing_id].written | changes)
        self.check(listing_id, patched)

    @rule(listing_id=ids)
    def send_back_as_read(self, listing_id: int) -> None:
        [read] = [listing for listing in self.listings(limit=7) if listing["id"] == listing_id]
        self.check(listing_id, self.send("PUT", f"/listings/{listing_id}", read))

    @rule(listing_id=ids, limit=strategies.integers(1, 9))
    def read_history(self, listing_id: int, limit: int) -> None:
        entries = self.walk(f"/listings/{listing_id}/prices?limit={limit}", at_least=10**9)
        assert [entry["price_eur"] for entry in entries] == self.model[listing_id].prices
        assert [entry["created_date"] for entry in entries] == sorted(entry["created_date"] for entry in entries)

    @rule(limit=strategies.integers(1, 9))
    def read_list(self, limit: int) -> None:
        listed = self.listings(limit=limit)
        assert [listing["id"] for listing in listed] == sorted(self.model, reverse=True)
        for listing in listed:
            self.check(listing["id"], listing)

    def check(self, listing_id: int, listing: dict[str, Any]) -> None:
        """A listing as it was answered is the model's."""
        read_only = {name: listing[name] for name in ("id", "created_date", "updated_date")}
        assert read_only["id"] == listing_id
        assert listing == self.model[listing_id].written | read_only

    def listings(self, *, limit: int) -> list[dict[str, Any]]:
        """The listings of this machine, newest first."""
        number = len(self.model)
        return self.walk(f"/listings?limit={limit}", at_least=number)[:number]

    def walk(self, path: str | None, *, at_least: int) -> list[dict[str, Any]]:
        """The items of a list from its links, until there are enough or no more."""
        found: list[dict[str, Any]] = []
        while path and len(found) < at_least:
            response = self.http.get(path)
            found += json.loads(response.text, parse_float=Decimal)
            link = NEXT.fullmatch(response.headers.get("link", ""))
            path = link[1] if link else None
        return found

    def send(self, method: str, path: str, body: dict[str, Any], *, quoted: bool = False) -> dict[str, Any]:
        """Write, with the price as it stands in the model, to the cent."""
        text = json.dumps(body, default=lambda amount: f"\0{amount}\0")
        text = AMOUNT.sub(r'"\1"' if quoted else r"\1", text)
        response = self.http.request(method, path, content=text, headers={"content-type": "application/json"})
        assert response.is_success, response.text
        answer: dict[str, Any] = json.loads(response.text, parse_float=Decimal)
        return answer


def _whole(written: dict[str, Any]) -> dict[str, Any]:
    whole = factories.listing(surface_area_m2=Decimal("63.5")) | written
    if "contact_phone_number" not in written:
        del whole["contact_phone_number"]
    return whole


def test_any_sequence_of_writes_leaves_what_the_model_says(live_server: ServeProcess) -> None:
    Histories.server = live_server
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=150,
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
