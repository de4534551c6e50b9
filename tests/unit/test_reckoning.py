"""The reckoning of the kill test sees each kind of wrong, and nothing where nothing is wrong."""

from dataclasses import replace

import pytest

from tests.kills.reckoning import Acknowledged, Evidence, Reckoning, Told, reckon

HISTORY = {(1, 1): 100, (1, 2): 90, (1, 5): 80, (2, 1): 500, (2, 2): 510}
CREATED, CUT, CUT_AGAIN = (1, 1, "listing.created"), (1, 2, "price.changed"), (1, 5, "price.changed")
OTHER_CREATED, OTHER_RAISED = (2, 1, "listing.created"), (2, 2, "price.changed")
RIGHT = Evidence(
    [Acknowledged(1, 90), Acknowledged(2, 510)], HISTORY, (OTHER_CREATED, CREATED, CUT, OTHER_RAISED, CUT_AGAIN)
)


def test_nothing_is_wrong_where_each_entry_has_one_effect_in_order() -> None:
    assert reckon(RIGHT) == Reckoning([], [], [], [], [])
    assert reckon(RIGHT).is_clean


def test_an_entry_whose_answer_never_came_is_nothing_wrong() -> None:
    assert reckon(replace(RIGHT, acknowledged=[])).is_clean


@pytest.mark.parametrize(
    ("effects", "wrong"),
    [
        ((OTHER_CREATED, CREATED, CUT, OTHER_RAISED), {"lost": [CUT_AGAIN]}),
        ((*RIGHT.effects, (2, 3, "price.changed")), {"invented": [(2, 3, "price.changed")]}),
        ((*RIGHT.effects, (1, 2, "listing.created")), {"invented": [(1, 2, "listing.created")], "reordered": None}),
        ((OTHER_CREATED, CREATED, CUT, CUT, OTHER_RAISED, CUT_AGAIN), {"doubled": [CUT]}),
        ((OTHER_CREATED, CREATED, CUT_AGAIN, CUT, OTHER_RAISED), {"reordered": [CUT]}),
        # what comes again after later ones is doubled; its first time was in order
        ((*RIGHT.effects, CREATED), {"doubled": [CREATED]}),
    ],
)
def test_each_wrong_is_named(effects: tuple[Told, ...], wrong: dict[str, list[Told] | None]) -> None:
    found = reckon(replace(RIGHT, effects=effects))

    numbers = {name: number for name, number in found.numbers.items() if number}
    assert numbers.keys() == wrong.keys()
    assert all(getattr(found, name) == each for name, each in wrong.items() if each is not None)


@pytest.mark.parametrize(
    "history", [HISTORY | {(1, 6): 90}, {place: HISTORY[place] for place in HISTORY if place != (1, 2)}]
)
def test_what_was_acknowledged_is_written_just_once(history: dict[tuple[int, int], int]) -> None:
    assert reckon(replace(RIGHT, history=history)).unwritten == [Acknowledged(1, 90)]
