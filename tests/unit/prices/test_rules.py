"""Pricing rules: what breaks one, in which words, and what becomes of a price that does."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies

from listingapi.errors import FieldProblem
from listingapi.prices.errors import PriceChangeNeedsConfirmation, PriceRejected
from listingapi.prices.rules import (
    Action,
    LargestChange,
    Objection,
    PricePerM2,
    ProposedPrice,
    Rule,
    SmallestInterval,
    judge,
    objections,
    rules_of,
)

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
HALF = LargestChange(rule_id=1, max_change_percent=Decimal("50.00"))
TENTH = LargestChange(rule_id=2, max_change_percent=Decimal("0.10"))
FROM_1000 = PricePerM2(rule_id=3, min_price_per_m2_eur=Decimal("1000.00"))
TO_9000 = PricePerM2(rule_id=4, max_price_per_m2_eur=Decimal("9000.00"))
FRENCH_FROM_1000 = msgspec.structs.replace(FROM_1000, country="FR")
GERMAN_FROM_1000 = msgspec.structs.replace(FROM_1000, country="DE")
STUDIOS_FROM_1000 = msgspec.structs.replace(FROM_1000, building_type="STUDIO")
FRENCH_STUDIOS_FROM_1000 = msgspec.structs.replace(FRENCH_FROM_1000, building_type="STUDIO")
HOURLY = SmallestInterval(rule_id=5, min_interval_seconds=3600)


def price(new: str, *, old: str | None = "100000", ago: float = 7200, surface: float = 50.0) -> ProposedPrice:
    return ProposedPrice(
        old_price_eur=None if old is None else Decimal(old),
        new_price_eur=Decimal(new),
        surface_area_m2=surface,
        country="FR",
        building_type="APARTMENT",
        price_changed_date=None if old is None else NOW - timedelta(seconds=ago),
        now=NOW,
    )


@pytest.mark.parametrize(
    ("proposed", "rule", "detail"),
    [
        pytest.param(price("50000"), HALF, None, id="a change of just the largest percentage is fine"),
        pytest.param(
            price("49990"), HALF, "The price changes by -50.01 %, more than 50 %.", id="a larger cut is objected to"
        ),
        pytest.param(price("162500"), HALF, "The price changes by 62.50 %, more than 50 %.", id="a larger rise is too"),
        pytest.param(price("49999.99"), HALF, None, id="a change is rounded as it is shown"),
        pytest.param(
            price("99000"), TENTH, "The price changes by -1.00 %, more than 0.10 %.", id="a percentage may have cents"
        ),
        pytest.param(
            price("0.01", old="0"), HALF, "The price rises from 0 €, which is more than 50 %.", id="from 0 any rise"
        ),
        pytest.param(price("0"), HALF, "The price changes by -100.00 %, more than 50 %.", id="a cut to 0 is 100 %"),
        pytest.param(price("1", old=None), HALF, None, id="a first price is no change"),
        pytest.param(price("50000"), FROM_1000, None, id="just the lowest price per square metre is fine"),
        pytest.param(
            price("49999"), FROM_1000, "A square metre costs 999.98 €, less than 1000 €.", id="a lower one is not"
        ),
        pytest.param(price("450000"), TO_9000, None, id="just the highest price per square metre is fine"),
        pytest.param(
            price("450001"), TO_9000, "A square metre costs 9000.02 €, more than 9000 €.", id="a higher one is not"
        ),
        pytest.param(
            price("1", old=None), FROM_1000, "A square metre costs 0.02 €, less than 1000 €.", id="nor as a first price"
        ),
        pytest.param(
            price("1", surface=0.0), FROM_1000, None, id="without a surface there is no price per square metre"
        ),
        pytest.param(price("1", surface=0.009), FROM_1000, None, id="nor with less than a hundredth of a square metre"),
        pytest.param(
            price("1", surface=0.01), FROM_1000, "A square metre costs 100 €, less than 1000 €.", id="but from there on"
        ),
        pytest.param(
            price("1"), FRENCH_FROM_1000, "A square metre costs 0.02 €, less than 1000 €.", id="in the rule's country"
        ),
        pytest.param(price("1"), GERMAN_FROM_1000, None, id="a rule of another country does not apply"),
        pytest.param(price("1"), STUDIOS_FROM_1000, None, id="a rule of another building type does not apply"),
        pytest.param(price("1"), FRENCH_STUDIOS_FROM_1000, None, id="a rule of both applies to both only"),
        pytest.param(price("1", ago=3600), HOURLY, None, id="just the smallest interval is fine"),
        pytest.param(
            price("1", ago=3599.5), HOURLY, "The price changed 3599 s ago, less than 3600 s.", id="a shorter one is not"
        ),
        pytest.param(
            price("1", ago=-5),
            HOURLY,
            "The price changed 0 s ago, less than 3600 s.",
            id="nor a clock that runs behind",
        ),
        pytest.param(price("1", old=None), HOURLY, None, id="before a first price there is no interval"),
    ],
)
def test_what_a_rule_has_against_a_price(proposed: ProposedPrice, rule: Rule, detail: str | None) -> None:
    assert [objection.detail for objection in objections(proposed, [rule])] == ([] if detail is None else [detail])


EVERY_RULE = (HALF, TENTH, FROM_1000, TO_9000, GERMAN_FROM_1000, STUDIOS_FROM_1000, HOURLY)
amounts = strategies.decimals(0, Decimal("999999999999.99"), places=2)
proposals = strategies.builds(
    ProposedPrice,
    old_price_eur=strategies.none() | amounts,
    new_price_eur=amounts,
    surface_area_m2=strategies.floats(0, 1e12),
    country=strategies.sampled_from(["FR", "DE"]),
    building_type=strategies.sampled_from(["STUDIO", "APARTMENT", "HOUSE"]),
    price_changed_date=strategies.none() | strategies.datetimes(timezones=strategies.just(UTC)),
    now=strategies.just(NOW),
)


@given(proposals)
def test_without_rules_nothing_is_held_up(proposed: ProposedPrice) -> None:
    assert judge(objections(proposed, []), confirmed=False) == ()


@given(proposals, strategies.permutations(EVERY_RULE))
def test_the_order_of_the_rules_does_not_matter(proposed: ProposedPrice, rules: list[Rule]) -> None:
    found = {(objection.rule_id, objection.detail) for objection in objections(proposed, rules)}

    assert found == {(objection.rule_id, objection.detail) for objection in objections(proposed, EVERY_RULE)}


@given(proposals, strategies.lists(strategies.sampled_from(EVERY_RULE)), strategies.sampled_from(EVERY_RULE))
def test_another_rule_takes_no_objection_back(proposed: ProposedPrice, rules: list[Rule], another: Rule) -> None:
    with_another = objections(proposed, [*rules, another])

    assert all(objection in with_another for objection in objections(proposed, rules))


@given(proposals)
def test_a_price_that_stays_is_never_objected_to(proposed: ProposedPrice) -> None:
    unchanged = msgspec.structs.replace(proposed, old_price_eur=proposed.new_price_eur)

    assert objections(unchanged, EVERY_RULE) == []


@given(proposals)
def test_a_first_price_is_objected_to_for_its_price_per_square_metre_only(proposed: ProposedPrice) -> None:
    first = msgspec.structs.replace(proposed, old_price_eur=None, price_changed_date=None)

    assert {objection.kind for objection in objections(first, EVERY_RULE)} <= {"price-per-m2"}


def objection(action: Action, detail: str) -> Objection:
    return Objection(7, "largest-change", action, detail)


FLAG, CONFIRM, REJECT = objection("flag", "F."), objection("confirm", "C."), objection("reject", "R.")
OTHER_CONFIRM = objection("confirm", "D.")


@pytest.mark.parametrize(
    ("raised", "confirmed"),
    [
        pytest.param([], False, id="nothing is fine"),
        pytest.param([FLAG], False, id="a flag holds nothing up"),
        pytest.param([FLAG, CONFIRM], True, id="what is confirmed passes"),
    ],
)
def test_what_passes_keeps_its_objections(raised: list[Objection], confirmed: bool) -> None:  # noqa: FBT001
    assert judge(raised, confirmed=confirmed) == tuple(raised)


@pytest.mark.parametrize(
    ("raised", "confirmed", "error", "message"),
    [
        pytest.param([REJECT], False, PriceRejected, "The pricing rules reject this price. R.", id="a rejection"),
        pytest.param([REJECT], True, PriceRejected, "The pricing rules reject this price. R.", id="even if confirmed"),
        pytest.param(
            [CONFIRM, FLAG, REJECT],
            False,
            PriceRejected,
            "The pricing rules reject this price. R.",
            id="a rejection goes before a question",
        ),
        pytest.param(
            [CONFIRM, FLAG, OTHER_CONFIRM],
            False,
            PriceChangeNeedsConfirmation,
            "C. D. If it is meant, send it again with confirm=true.",
            id="a question names all that has to be confirmed",
        ),
    ],
)
def test_what_does_not_pass(raised: list[Objection], confirmed: bool, error: Any, message: str) -> None:  # noqa: FBT001
    with pytest.raises(error) as refused:
        judge(raised, confirmed=confirmed)

    assert refused.value.detail == message


def test_a_refusal_points_at_the_price() -> None:
    with pytest.raises(PriceRejected) as rejected:
        judge([REJECT], confirmed=False, pointer="/price_eur")
    with pytest.raises(PriceChangeNeedsConfirmation) as asked:
        judge([CONFIRM], confirmed=False)

    assert rejected.value.errors == [FieldProblem("/price_eur", "R.")]
    assert asked.value.errors == [FieldProblem("/latest_price_eur", "C.")]
    assert (asked.value.status, asked.value.problem_type) == (409, "price-change-needs-confirmation")
    assert (rejected.value.status, rejected.value.problem_type) == (422, "price-rejected")


def test_a_rule_flags_unless_it_says_otherwise() -> None:
    (raised,) = objections(price("1"), [HALF])

    assert raised == Objection(1, "largest-change", "flag", "The price changes by -100.00 %, more than 50 %.")


def test_rules_are_read_exactly_from_rows_of_the_database() -> None:
    row = {"account_id": 1, "max_change_percent": None, "min_interval_seconds": None, "created_date": "2024-05-01"}
    bounds = '"min_price_per_m2_eur": 0.10, "max_price_per_m2_eur": 999999999999.99'
    other = msgspec.json.encode(row).decode()[1:-1]
    rows = f'[{{"kind": "price-per-m2", "rule_id": 3, "action": "reject", {bounds}, "country": "FR", {other}}}]'

    assert rules_of(rows) == [
        PricePerM2(
            rule_id=3,
            action="reject",
            min_price_per_m2_eur=Decimal("0.10"),
            max_price_per_m2_eur=Decimal("999999999999.99"),
            country="FR",
        )
    ]
