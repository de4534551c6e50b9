"""Pricing rules: what an account holds its prices against. Pure: decisions on data, without a clock or a database."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

import msgspec
from msgspec import Struct

from listingapi.prices.errors import PriceChangeNeedsConfirmation, PriceRejected

Action = Literal["flag", "confirm", "reject"]

CENT = Decimal("0.01")
SMALLEST_SURFACE_M2 = 0.01


class ProposedPrice(Struct, frozen=True, kw_only=True):
    """A price that a listing is about to get, and what the rules look at.

    Prices are in euros, `surface_area_m2` in square metres. A new listing has neither an old price nor a date of its
    last change.
    """

    old_price_eur: Decimal | None = None
    new_price_eur: Decimal
    surface_area_m2: float
    country: str
    building_type: str
    price_changed_date: datetime | None = None
    now: datetime


class Objection(Struct, frozen=True):
    """That a price breaks a rule; `detail` says how, as a sentence for people."""

    rule_id: int
    kind: str
    action: Action
    detail: str


class _Rule(Struct, frozen=True, kw_only=True, tag_field="kind"):
    rule_id: int
    action: Action = "flag"

    @property
    def kind(self) -> str:
        return str(self.__struct_config__.tag)


class LargestChange(_Rule, frozen=True, kw_only=True, tag="largest-change"):
    """A price changes by at most so many percent of the old one, up or down."""

    max_change_percent: Decimal

    def broken_by(self, price: ProposedPrice) -> str | None:
        if price.old_price_eur is None:
            return None
        if price.old_price_eur == 0:
            return f"The price rises from 0 €, which is more than {_plain(self.max_change_percent)} %."
        percent = percent_of_change(price.old_price_eur, price.new_price_eur)
        if abs(percent) <= self.max_change_percent:
            return None
        return f"The price changes by {percent} %, more than {_plain(self.max_change_percent)} %."


class PricePerM2(_Rule, frozen=True, kw_only=True, tag="price-per-m2"):
    """A square metre costs so much at least, or at most; for all listings, or those of a country or building type."""

    min_price_per_m2_eur: Decimal | None = None
    max_price_per_m2_eur: Decimal | None = None
    country: str | None = None
    building_type: str | None = None

    def broken_by(self, price: ProposedPrice) -> str | None:
        if not self._is_about(price):
            return None
        per_m2 = price_per_m2(price.new_price_eur, price.surface_area_m2)
        if self.min_price_per_m2_eur is not None and per_m2 < self.min_price_per_m2_eur:
            return f"A square metre costs {_plain(per_m2)} €, less than {_plain(self.min_price_per_m2_eur)} €."
        if self.max_price_per_m2_eur is not None and per_m2 > self.max_price_per_m2_eur:
            return f"A square metre costs {_plain(per_m2)} €, more than {_plain(self.max_price_per_m2_eur)} €."
        return None

    def _is_about(self, price: ProposedPrice) -> bool:
        return (
            price.surface_area_m2 >= SMALLEST_SURFACE_M2
            and self.country in (None, price.country)
            and self.building_type in (None, price.building_type)
        )


class SmallestInterval(_Rule, frozen=True, kw_only=True, tag="smallest-interval"):
    """So many seconds lie between two changes of a price; the first one counts as a change."""

    min_interval_seconds: int

    def broken_by(self, price: ProposedPrice) -> str | None:
        if price.price_changed_date is None:
            return None
        seconds = max((price.now - price.price_changed_date).total_seconds(), 0)
        if seconds >= self.min_interval_seconds:
            return None
        return f"The price changed {int(seconds)} s ago, less than {self.min_interval_seconds} s."


Rule = LargestChange | PricePerM2 | SmallestInterval

ROWS = msgspec.json.Decoder(list[Rule])


def rules_of(rows: str | bytes) -> list[Rule]:
    """Read rules from a JSON array of rows of `pricing_rule`, as PostgreSQL builds it; its numbers stay exact."""
    return ROWS.decode(rows)


def objections(proposed: ProposedPrice, rules: Iterable[Rule]) -> list[Objection]:
    """What the rules have against a price, in the order of their ids; nothing if the price stays as it is."""
    if proposed.new_price_eur == proposed.old_price_eur:
        return []
    in_order = sorted(rules, key=lambda rule: rule.rule_id)
    return [
        Objection(rule.rule_id, rule.kind, rule.action, detail)
        for rule in in_order
        if (detail := rule.broken_by(proposed))
    ]


def judge(raised: Sequence[Objection], *, confirmed: bool, pointer: str = "/latest_price_eur") -> tuple[Objection, ...]:
    """Decide what becomes of a price; the objections that are returned are recorded with its entry.

    `pointer` is where the price stands in the body.

    Raises:
        PriceRejected: a rule that rejects is broken (422).
        PriceChangeNeedsConfirmation: a rule that asks is broken, and the caller has not confirmed the price (409).
    """
    if rejected := _details(raised, "reject"):
        raise PriceRejected(rejected, pointer)
    if not confirmed and (asked := _details(raised, "confirm")):
        raise PriceChangeNeedsConfirmation(asked, pointer)
    return tuple(raised)


def percent_of_change(old: Decimal, new: Decimal) -> Decimal:
    """The change in percent of the old price, which is not 0: two decimals, negative for a cut."""
    return ((new - old) * 100 / old).quantize(CENT, ROUND_HALF_UP)


def price_per_m2(price_eur: Decimal, surface_area_m2: float) -> Decimal:
    """Euros for a square metre, with two decimals; the surface in 15 digits, as PostgreSQL makes it numeric."""
    return (price_eur / Decimal(f"{surface_area_m2:.15g}")).quantize(CENT, ROUND_HALF_UP)


def _details(raised: Iterable[Objection], action: Action) -> list[str]:
    return [objection.detail for objection in raised if objection.action == action]


def _plain(number: Decimal) -> str:
    return f"{number:.2f}".removesuffix(".00")
