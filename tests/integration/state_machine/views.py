"""What the model says that reads answer."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from tests.integration.state_machine.model import Model, per_m2, percent
from tests.integration.state_machine.story import Entry, Modelled, Scheduled, Told

Answered = dict[str, Any]

ACCOUNT = 1
RANKS = {"withdrawn": 0, "relisted": 0, "price": 1, "correction": 2}
AT_THE_END = Decimal(10) ** 15


def date(moment: datetime) -> str:
    """As it stands on the wire."""
    return moment.isoformat().replace("+00:00", "Z")


def given(**values: Any) -> Answered:
    """An object without what there is not."""
    return {name: value for name, value in values.items() if value is not None}


def listing(it: Modelled) -> Answered:
    dates = {"created_date": date(it.created), "updated_date": date(it.updated)}
    return {**it.content, "id": it.id, "latest_price_eur": it.price, **dates}


def price(told: Told) -> Answered:
    return {"price_eur": told.price, "created_date": date(told.created)}


def scheduled(it: Scheduled) -> Answered:
    """Without the reason, whose words are the server's."""
    return given(
        version=it.version,
        price_eur=it.price,
        effective_date=date(it.effective),
        created_date=date(it.created),
        state=it.state,
        settled_date=it.settled and date(it.settled),
        settled_version=it.settled_version,
        reason=it.has_reason or None,
    )


def detailed(it: Modelled) -> list[Answered]:
    """The detailed history, oldest first."""
    changes = [{"kind": each.kind, **_shared(each.version, each.created, each.recorded)} for each in it.market]
    corrections = [
        given(
            kind="correction",
            **_shared(each.version, each.recorded, each.recorded),
            corrects_version=each.corrects,
            price_eur=each.price,
            void=True if each.price is None else None,
            reason=each.reason,
        )
        for each in it.corrections
    ]
    prices = [_entry(it, entry) for entry in it.entries]
    return sorted(changes + corrections + prices, key=lambda each: (each["version"], RANKS[each["kind"]]))


def _shared(version: int, created: datetime, recorded: datetime) -> Answered:
    return {
        "version": version, "created_date": date(created), "recorded_date": date(recorded), "account_id": ACCOUNT,
    }  # fmt: skip


def _entry(it: Modelled, entry: Entry) -> Answered:
    word = it.last_word(entry)
    told = list(it.told())
    place = next((number for number, each in enumerate(told) if each.version == entry.version), None)
    before = told[place - 1].price if place else None
    effect = {"voided": True} if place is None else _effect(it, before, told[place].price)
    return given(
        kind="price",
        **_shared(entry.version, entry.created, entry.recorded),
        price_eur=entry.price,
        source=entry.source,
        corrected_by_version=word and word.version,
        corrected_price_eur=word and word.price,
        flags=entry.flags or None,
        **effect,
    )


def _effect(it: Modelled, before: Decimal | None, price: Decimal) -> Answered:
    return {
        "change_eur": None if before is None else price - before,
        "change_percent": percent(before, price) if before else None,
        "price_per_m2_eur": per_m2(price, it.surface),
    }


def summary(it: Modelled, now: datetime) -> Answered:
    story = it.story()
    first, last, before = story[0].price, story[-1].price, story[-2].price if len(story) > 1 else None
    steps = [after.price - earlier.price for earlier, after in pairwise(story)]
    return given(
        current_price_eur=last,
        previous_price_eur=before,
        original_price_eur=first,
        price_changed_date=date(story[-1].created),
        change_since_original_eur=last - first,
        change_since_original_percent=percent(first, last) if first else None,
        change_since_previous_eur=None if before is None else last - before,
        change_since_previous_percent=percent(before, last) if before else None,
        lowest_price_eur=min(each.price for each in story),
        highest_price_eur=max(each.price for each in story),
        cuts_count=sum(step < 0 for step in steps),
        rises_count=sum(step > 0 for step in steps),
        price_per_m2_eur=per_m2(last, it.surface),
        days_on_market=(it.earlier + (it.withdrawn or now) - (it.relisted or it.created)) // timedelta(days=1),
    )


def price_at(it: Modelled, time: datetime, known_at: datetime | None) -> Answered | None:
    """The price in force at a time; None if there was none, or none was known."""
    begun = [told for told in it.story(known_at) if told.created <= time]
    if not begun:
        return None
    return given(**price(begun[-1]), version=begun[-1].version, time=date(time), known_at=known_at and date(known_at))


def drop(it: Modelled) -> Decimal:
    """How far the price is below the original one, in percent."""
    first = it.story()[0].price
    return -percent(first, it.price) if first else Decimal(0)


def _is_reduced(it: Modelled, since: datetime) -> bool:
    story = it.story()
    return len(story) > 1 and story[-1].price < story[-2].price and story[-1].created >= since


def _costs(it: Modelled) -> Decimal:
    return AT_THE_END if (costs := per_m2(it.price, it.surface)) is None else costs


FILTERS: dict[str, Callable[[Modelled, Any], bool]] = {
    "city": lambda it, city: it.content["postal_address"]["city"].lower() == city.lower(),
    "postal_code": lambda it, start: it.content["postal_address"]["postal_code"].startswith(start),
    "building_type": lambda it, kind: it.content["building_type"] == kind,
    "min_price_eur": lambda it, bound: it.price >= bound,
    "max_price_eur": lambda it, bound: it.price <= bound,
    "min_price_per_m2": lambda it, bound: bound <= _costs(it) < AT_THE_END,
    "max_price_per_m2": lambda it, bound: _costs(it) <= bound,
    "min_surface_area_m2": lambda it, bound: it.surface >= bound,
    "max_rooms": lambda it, bound: it.content["rooms_count"] <= bound,
    "text": lambda it, start: any(word.lower().startswith(start) for word in it.content["description"].split()),
    "updated_since": lambda it, since: it.updated >= since,
    "reduced_since": _is_reduced,
    "min_drop_percent": lambda it, bound: drop(it) >= bound,
    "status": lambda it, status: (it.withdrawn is None) == (status == "on-market"),
}
SORTS: dict[str, Callable[[Modelled], Any]] = {
    "created": lambda it: it.created,
    "updated": lambda it: it.updated,
    "price": lambda it: it.price,
    "price_per_m2": _costs,
    "drop": drop,
    "changed": lambda it: it.story()[-1].created,
}


def found(model: Model, search: Mapping[str, Any]) -> Sequence[Modelled]:
    """The listings that a search finds, in its order."""
    asked = {"status": "on-market", "sort": "-created", **search}
    sort = asked.pop("sort")
    matching = [it for it in model.listings.values() if all(FILTERS[name](it, asked[name]) for name in asked)]
    key = SORTS[sort.removeprefix("-")]
    if key is _costs:
        matching = [it for it in matching if _costs(it) < AT_THE_END]
    return sorted(matching, key=lambda it: (key(it), it.id), reverse=sort.startswith("-"))


def listed(it: Modelled, now: datetime, *, view: str) -> Answered:
    """A listing as a search answers it."""
    if view == "plain":
        return listing(it)
    status = "on-market" if it.withdrawn is None else "withdrawn"
    more = given(status=status, withdrawn_date=it.withdrawn and date(it.withdrawn))
    return {**listing(it), "summary": summary(it, now), **more}
