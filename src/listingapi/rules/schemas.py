"""The bodies of the operations on pricing rules: one for each kind, told apart by `kind`."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self, cast

from msgspec import UNSET, Meta, UnsetType

from listingapi.errors import FieldProblem, InvalidRequest
from listingapi.listings.schemas import LARGEST_COUNT, READ_ONLY, BuildingType, Country
from listingapi.money import LARGEST_EUROS, Euros
from listingapi.percent import LARGEST_PERCENT, Percent
from listingapi.wire import Body, Timestamp, must, read_struct

Kind = Literal["largest-change", "price-per-m2", "smallest-interval"]
KIND_MUST_BE = "must be largest-change, price-per-m2 or smallest-interval"

Id = Annotated[int, Meta(ge=0)]
Action = Annotated[Literal["flag", "confirm", "reject"], must("flag, confirm or reject")]
Limit = Annotated[Percent, must(f"a number above 0, up to {LARGEST_PERCENT}, with at most two decimals")]
PricePerM2 = Annotated[Euros, must(f"a number from 0 to {LARGEST_EUROS} with at most two decimals")]
Seconds = Annotated[int, must(f"an integer from 1 to {LARGEST_COUNT}", ge=1, le=LARGEST_COUNT)]


class PricingRuleWrite(Body, forbid_unknown_fields=True, kw_only=True):
    """A pricing rule as a client writes it: what it bounds, and what becomes of a price that is out of bounds."""

    kind: Kind
    action: Action = "flag"

    @classmethod
    def read(cls, value: Any) -> Self:
        """Read a rule of whichever kind, also one as it was answered.

        Raises:
            InvalidRequest: names every field that is wrong, and what it must be.
        """
        given = _without_read_only(value)
        variant = WRITTEN[_kind_of(given)]
        if problems := list(_misplaced(given, variant)):
            raise InvalidRequest(problems)
        rule = read_struct(given, variant)
        if problems := rule.contradictions():
            raise InvalidRequest(problems)
        return cast("Self", rule)

    def contradictions(self) -> list[FieldProblem]:
        """What is wrong with fields that are right one by one."""
        return []


class LargestChangeWrite(PricingRuleWrite, forbid_unknown_fields=True, kw_only=True):
    """A price changes by at most `max_change_percent` percent of the old one, up or down."""

    kind: Literal["largest-change"]
    max_change_percent: Limit


class PricePerM2Write(PricingRuleWrite, forbid_unknown_fields=True, kw_only=True):
    """A square metre costs so many euros at least, at most, or both; in one country, for one building type, or all."""

    kind: Literal["price-per-m2"]
    min_price_per_m2_eur: PricePerM2 | UnsetType = UNSET
    max_price_per_m2_eur: PricePerM2 | UnsetType = UNSET
    country: Country | UnsetType = UNSET
    building_type: BuildingType | UnsetType = UNSET

    def contradictions(self) -> list[FieldProblem]:
        least, most = self.min_price_per_m2_eur, self.max_price_per_m2_eur
        if least is UNSET and most is UNSET:
            return [FieldProblem("/min_price_per_m2_eur", "is required unless there is a max_price_per_m2_eur")]
        if least is not UNSET and most is not UNSET and least > most:
            return [FieldProblem("/min_price_per_m2_eur", "must not be more than max_price_per_m2_eur")]
        return []


class SmallestIntervalWrite(PricingRuleWrite, forbid_unknown_fields=True, kw_only=True):
    """At least `min_interval_seconds` seconds lie between two changes of a price."""

    kind: Literal["smallest-interval"]
    min_interval_seconds: Seconds


class LargestChangeRule(LargestChangeWrite, forbid_unknown_fields=True, kw_only=True):
    """A largest change in percent, as it is answered."""

    id: Id
    created_date: Timestamp
    updated_date: Timestamp


class PricePerM2Rule(PricePerM2Write, forbid_unknown_fields=True, kw_only=True):
    """Bounds of the price of a square metre, as they are answered."""

    id: Id
    created_date: Timestamp
    updated_date: Timestamp


class SmallestIntervalRule(SmallestIntervalWrite, forbid_unknown_fields=True, kw_only=True):
    """A smallest interval between changes, as it is answered."""

    id: Id
    created_date: Timestamp
    updated_date: Timestamp


PricingRule = LargestChangeRule | PricePerM2Rule | SmallestIntervalRule

WRITTEN: dict[Kind, type[PricingRuleWrite]] = {
    "largest-change": LargestChangeWrite,
    "price-per-m2": PricePerM2Write,
    "smallest-interval": SmallestIntervalWrite,
}
ANSWERED: dict[Kind, type[LargestChangeRule] | type[PricePerM2Rule] | type[SmallestIntervalRule]] = {
    "largest-change": LargestChangeRule,
    "price-per-m2": PricePerM2Rule,
    "smallest-interval": SmallestIntervalRule,
}
BOUNDS = frozenset(name for variant in WRITTEN.values() for name in variant.__struct_fields__)


def _without_read_only(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidRequest([FieldProblem("", "must be an object")])
    return {name: given for name, given in value.items() if name not in READ_ONLY}


def _kind_of(given: dict[str, Any]) -> Kind:
    if "kind" not in given:
        raise InvalidRequest([FieldProblem("/kind", f"is required and {KIND_MUST_BE}")])
    kind = given["kind"]
    if not isinstance(kind, str) or kind not in WRITTEN:
        raise InvalidRequest([FieldProblem("/kind", KIND_MUST_BE)])
    return kind


def _misplaced(given: dict[str, Any], variant: type[PricingRuleWrite]) -> Iterator[FieldProblem]:
    """The fields that rules of other kinds have."""
    for name in sorted(BOUNDS.intersection(given).difference(variant.__struct_fields__)):
        yield FieldProblem(f"/{name}", f"does not go with the kind {given['kind']}")
