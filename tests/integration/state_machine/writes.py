"""The rules that write listings and their prices."""

from copy import deepcopy
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, multiple, rule

from tests.integration.state_machine import views
from tests.integration.state_machine.deployment import Answer
from tests.integration.state_machine.machine import UNKNOWN_ID, Machine, Request
from tests.integration.state_machine.model import Flags, Model, Refused
from tests.integration.state_machine.story import Modelled
from tests.integration.state_machine.strategies import (
    CONTENTS,
    DELAYS,
    PRICES,
    SELDOM,
    TERMS,
    TEXTS,
    Terms,
    content_of,
)


class Writes(Machine):
    """All that clients write."""

    listings = Bundle("listings")

    @rule(target=listings, drawn=CONTENTS, price=PRICES, terms=TERMS)
    def create(self, drawn: dict[str, Any], price: Decimal, terms: Terms) -> Any:
        content, made = content_of(drawn, self.city), list[Modelled]()

        def decide(answer: Answer) -> tuple[int, Any, int]:
            made.append(self.model.create(content, price, answer.body.get("id", 0), confirm=terms.confirm))
            return 201, views.listing(made[0]), 1

        self.write(Request("POST", "/listings", content | {"latest_price_eur": price}), terms, decide)
        return multiple(*made)

    @rule(listing=listings, drawn=CONTENTS, price=PRICES, terms=TERMS)
    def put(self, listing: Modelled, drawn: dict[str, Any], price: Decimal, terms: Terms) -> None:
        content = content_of(drawn, self.city)
        self._replace("PUT", listing, content | {"latest_price_eur": price}, content, price, terms)

    @rule(listing=listings, drawn=CONTENTS, price=PRICES, terms=TERMS, names=st.sets(st.sampled_from(
        ["name", "surface_area_m2", "latest_price_eur", "contact_phone_number"]
    )))  # fmt: skip
    def patch(self, listing: Modelled, drawn: dict[str, Any], price: Decimal, terms: Terms, names: set[str]) -> None:
        changes = {name: (drawn | {"latest_price_eur": price}).get(name) for name in sorted(names)}
        patched = listing.content | {"latest_price_eur": listing.price} | changes
        content = {name: value for name, value in patched.items() if value is not None and name != "latest_price_eur"}
        self._replace("PATCH", listing, changes, content, patched["latest_price_eur"], terms)

    def _replace(  # noqa: PLR0913, PLR0917 - what is sent, and what it comes to
        self, method: str, listing: Modelled, sent: Any, content: dict[str, Any], price: Decimal, terms: Terms
    ) -> None:
        def decide(_: Answer) -> tuple[int, Any, int]:
            self.model.replace(listing, content, price, confirm=terms.confirm)
            return 200, views.listing(listing), listing.version

        self.write(Request(method, f"/listings/{listing.id}", sent), terms, decide, listing)

    @rule(listing=listings, is_meant=SELDOM, terms=TERMS)
    def withdraw(self, listing: Modelled, terms: Terms, *, is_meant: bool) -> None:
        def decide(_: Answer) -> tuple[int, None, int]:
            self.model.withdraw(listing)
            return 204, None, listing.version

        if is_meant:
            terms = Terms(terms.key, terms.match)
            self.write(Request("DELETE", f"/listings/{listing.id}"), terms, decide, listing)

    @rule(listing=listings, price=st.one_of(st.none(), PRICES), terms=TERMS)
    def relist(self, listing: Modelled, price: Decimal | None, terms: Terms) -> None:
        def decide(_: Answer) -> tuple[int, Any, int]:
            self.model.relist(listing, price, confirm=terms.confirm)
            return 200, views.listing(listing), listing.version

        request = Request("POST", f"/listings/{listing.id}/relist", views.given(latest_price_eur=price))
        self.write(request, terms, decide, listing)

    @rule(listing=listings, price=PRICES, terms=TERMS)
    def append(self, listing: Modelled, price: Decimal, terms: Terms) -> None:
        def decide(_: Answer) -> tuple[int, Any, None]:
            version = listing.version
            flags = self.model.append(listing, price, confirm=terms.confirm)
            return 200 if listing.version == version else 201, _entry(listing, flags), None

        self.write(Request("POST", f"/listings/{listing.id}/prices", {"price_eur": price}), terms, decide, listing)

    @rule(listing=listings, price=PRICES, delay=DELAYS, terms=TERMS)
    def schedule(self, listing: Modelled, price: Decimal, delay: timedelta, terms: Terms) -> None:
        effective = self.model.now + delay

        def decide(_: Answer) -> tuple[int, Any, None]:
            return 202, views.scheduled(self.model.schedule(listing, price, effective, confirm=terms.confirm)), None

        body = {"price_eur": price, "effective_date": views.date(effective)}
        self.write(Request("POST", f"/listings/{listing.id}/prices", body), terms, decide, listing)

    @rule(listing=listings, place=st.integers(0, 3), terms=TERMS)
    def cancel(self, listing: Modelled, place: int, terms: Terms) -> None:
        versions = [each.version for each in listing.scheduled]
        version = versions[place] if place < len(versions) else listing.entries[0].version

        def decide(_: Answer) -> tuple[int, None, None]:
            self.model.cancel(listing, version)
            return 204, None, None

        request = Request("DELETE", f"/listings/{listing.id}/prices/scheduled/{version}")
        self.write(request, Terms(terms.key, terms.match), decide, listing)

    @rule(listing=listings, place=st.integers(0, 4), price=st.one_of(st.none(), PRICES), reason=TEXTS, terms=TERMS)
    def correct(self, listing: Modelled, place: int, price: Decimal | None, reason: str, terms: Terms) -> None:
        versions = [each.version for each in listing.entries]
        version = versions[place] if place < len(versions) else listing.version + 1

        def decide(_: Answer) -> tuple[int, Any, None]:
            correction = self.model.correct(listing, version, price, reason)
            said = [each for each in views.detailed(listing) if each["version"] == correction.version]
            return 201, said[0], None

        says = {"void": True} if price is None else {"price_eur": price}
        request = Request("POST", f"/listings/{listing.id}/prices/{version}/corrections", {**says, "reason": reason})
        self.write(request, Terms(terms.key, terms.match), decide, listing)

    @rule(
        lines=st.lists(st.tuples(st.one_of(st.just(None), listings), PRICES), min_size=1, max_size=4),
        dry_run=st.booleans(),
        terms=TERMS,
    )
    def batch(self, lines: list[tuple[Modelled | None, Decimal]], terms: Terms, *, dry_run: bool) -> None:
        ids = [it.id if it else UNKNOWN_ID for it, _ in lines]
        sent = [{"listing_id": each, "price_eur": price} for each, (_, price) in zip(ids, lines, strict=True)]

        def decide(_: Answer) -> tuple[int, Any, None]:
            model = deepcopy(self.model) if dry_run else self.model
            results = [
                {"line": number, **_line(model, line, ids[: number - 1], confirm=terms.confirm)}
                for number, line in enumerate(sent, 1)
            ]
            return 207, {"dry_run": dry_run, "results": results}, None

        terms = Terms(None if dry_run else terms.key, None, terms.confirm)
        path = "/prices:batch?dry_run=true" if dry_run else "/prices:batch"
        self.write(Request("POST", path, {"prices": sent}), terms, decide)
        for listing in {it.id: it for it, _ in lines if it}.values():
            self.check(listing)


def _entry(listing: Modelled, flags: Flags) -> dict[str, Any]:
    newest = listing.story()[-1]
    return views.given(version=newest.version, **views.price(newest), flags=flags or None)


def _line(model: Model, line: dict[str, Any], earlier: list[int], *, confirm: bool) -> dict[str, Any]:
    """What becomes of a line of a batch."""
    listing_id = line["listing_id"]
    try:
        listing = _named(model, listing_id, earlier)
        version = listing.version
        flags = model.append(listing, line["price_eur"], confirm=confirm)
    except Refused as refused:
        named = None if listing_id in earlier else listing_id
        return views.given(listing_id=named, status=refused.status, type=f"urn:listingapi:problem:{refused.kind}")
    status = 200 if listing.version == version else 201
    return {"listing_id": listing_id, "status": status, **_entry(listing, flags)}


def _named(model: Model, listing_id: int, earlier: list[int]) -> Modelled:
    if listing_id in earlier:
        raise Refused(422, "invalid-request")
    if listing_id not in model.listings:
        raise Refused(404, "listing-not-found")
    return model.listings[listing_id]
