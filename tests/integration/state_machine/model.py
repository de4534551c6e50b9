"""The model: what each write makes of the listings, or why it is refused."""

from copy import deepcopy
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.integration.state_machine.story import Correction, Entry, MarketChange, Modelled, Scheduled

Flags = list[dict[str, Any]]

CENT = Decimal("0.01")


class Refused(Exception):
    """The write is refused, with this status and problem type."""

    def __init__(self, status: int, kind: str) -> None:
        super().__init__(status, kind)
        self.status = status
        self.kind = kind


def percent(old: Decimal, new: Decimal) -> Decimal:
    """The change in percent of the old price."""
    return ((new - old) * 100 / old).quantize(CENT, ROUND_HALF_UP)


def per_m2(price: Decimal, surface: Decimal) -> Decimal | None:
    """Euros for a square metre, if there is a surface."""
    return (price / surface).quantize(CENT, ROUND_HALF_UP) if surface >= CENT else None


class Model:
    """All listings and pricing rules, at a time."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.listings: dict[int, Modelled] = {}
        self.rules: list[dict[str, Any]] = []

    def create(self, content: dict[str, Any], price: Decimal, listing_id: int, *, confirm: bool) -> Modelled:
        flags = self.judge(None, content, price, self.now, confirm=confirm)
        listing = Modelled(listing_id, content, self.now, self.now)
        listing.entries.append(Entry(1, price, self.now, self.now, "api", flags))
        self.listings[listing_id] = listing
        return listing

    def replace(self, listing: Modelled, content: dict[str, Any], price: Decimal, *, confirm: bool) -> None:
        on_market(listing)
        self._price(listing, content, price, confirm=confirm)

    def append(self, listing: Modelled, price: Decimal, *, confirm: bool) -> Flags:
        on_market(listing)
        return [] if price == listing.price else self._price(listing, listing.content, price, confirm=confirm)

    def withdraw(self, listing: Modelled) -> None:
        if listing.withdrawn is not None:
            return
        listing.touch(self.now)
        listing.withdrawn = listing.updated
        listing.market.append(MarketChange(listing.version, "withdrawn", listing.updated, self.now))
        for each in listing.pending:
            each.settle("cancelled", listing.updated, listing.version, has_reason=True)

    def relist(self, listing: Modelled, price: Decimal | None, *, confirm: bool) -> None:
        if listing.withdrawn is None:
            if price not in {None, listing.price}:
                raise Refused(409, "listing-on-market")
            return
        self._price(listing, listing.content, listing.price if price is None else price, confirm=confirm)
        listing.earlier += listing.withdrawn - (listing.relisted or listing.created)
        listing.withdrawn, listing.relisted = None, listing.updated
        listing.market.append(MarketChange(listing.version, "relisted", listing.updated, self.now))

    def correct(self, listing: Modelled, version: int, price: Decimal | None, reason: str) -> Correction:
        on_market(listing)
        entry = next((each for each in listing.entries if each.version == version), None)
        if entry is None:
            raise Refused(404, "price-entry-not-found")
        word = listing.last_word(entry)
        if (word.price if word else entry.price) == price:
            raise Refused(409, "correction-refused")
        correction = Correction(listing.version + 1, version, price, reason, self.now)
        corrected = deepcopy(listing)
        corrected.corrections.append(correction)
        if not corrected.story():
            raise Refused(409, "correction-refused")
        listing.touch(self.now)
        listing.corrections.append(correction)
        return correction

    def schedule(self, listing: Modelled, price: Decimal, effective: datetime, *, confirm: bool) -> Scheduled:
        on_market(listing)
        if effective <= self.now:
            raise Refused(422, "invalid-request")
        self.judge(listing, listing.content, price, listing.at(effective), confirm=confirm)
        listing.version += 1
        listing.scheduled.append(Scheduled(listing.version, price, effective, self.now, confirm))
        return listing.scheduled[-1]

    def cancel(self, listing: Modelled, version: int) -> None:
        found = next((each for each in listing.scheduled if each.version == version), None)
        if found is None:
            raise Refused(404, "scheduled-price-not-found")
        if found.state not in {"pending", "cancelled"}:
            raise Refused(409, "scheduled-price-settled")
        if found.state == "pending":
            listing.version += 1
            found.settle("cancelled", self.now, listing.version)

    def apply_due(self) -> None:
        """Make history of all whose time has come."""
        for listing in self.listings.values():
            due = [each for each in listing.pending if each.effective <= self.now]
            for each in sorted(due, key=lambda each: (each.effective, each.version)):
                self._apply(listing, each)

    def _apply(self, listing: Modelled, scheduled: Scheduled) -> None:
        """It is in force since its effective date, whenever it is applied."""
        try:
            effective = scheduled.effective
            flags = self.judge(listing, listing.content, scheduled.price, effective, confirm=scheduled.is_confirmed)
        except Refused:
            listing.version += 1
            scheduled.settle("refused", self.now, listing.version, has_reason=True)
            return
        if scheduled.price == listing.price:
            listing.version += 1
            scheduled.settle("unchanged", self.now, listing.version)
            return
        listing.touch(self.now)
        listing.entries.append(Entry(listing.version, scheduled.price, effective, self.now, "schedule", flags))
        scheduled.settle("applied", self.now, listing.version)

    def _price(self, listing: Modelled, content: dict[str, Any], price: Decimal, *, confirm: bool) -> Flags:
        flags = self.judge(listing, content, price, listing.at(self.now), confirm=confirm)
        is_new = price != listing.price
        listing.touch(self.now)
        listing.content = content
        if is_new:
            listing.entries.append(Entry(listing.version, price, listing.updated, self.now, "api", flags))
        return flags

    def judge(
        self, before: Modelled | None, content: dict[str, Any], price: Decimal, when: datetime, *, confirm: bool
    ) -> Flags:
        """What the rules have against a price."""
        if before and before.price == price:
            return []
        broken = [rule for rule in self.rules if _is_broken(rule, before, content, price, when)]
        if any(rule["action"] == "reject" for rule in broken):
            raise Refused(422, "price-rejected")
        if not confirm and any(rule["action"] == "confirm" for rule in broken):
            raise Refused(409, "price-change-needs-confirmation")
        return [{"rule_id": rule["id"], "kind": rule["kind"], "action": rule["action"]} for rule in broken]


def on_market(listing: Modelled) -> None:
    if listing.withdrawn is not None:
        raise Refused(410, "listing-withdrawn")


def _is_broken(
    rule: dict[str, Any], before: Modelled | None, content: dict[str, Any], price: Decimal, when: datetime
) -> bool:
    if rule["kind"] == "price-per-m2":
        costs = per_m2(price, Decimal(content["surface_area_m2"]))
        is_about = rule.get("building_type", content["building_type"]) == content["building_type"]
        too_low, too_high = rule.get("min_price_per_m2_eur", 0), rule.get("max_price_per_m2_eur", 10**20)
        return is_about and costs is not None and not too_low <= costs <= too_high
    if before is None:
        return False
    if rule["kind"] == "smallest-interval":
        changed = before.story()[-1].created
        return bool((when - changed).total_seconds() < rule["min_interval_seconds"])
    return before.price == 0 or bool(abs(percent(before.price, price)) > rule["max_change_percent"])
