"""JSON on the wire: exact numbers, nothing ambiguous, merges, pointers."""

from decimal import Decimal
from typing import Any

import pytest

from listingapi.errors import InvalidRequest
from listingapi.parsing import DEEPEST, pointer_to, read_json
from listingapi.wire import merge_patch


@pytest.mark.parametrize(
    ("target", "patch", "merged"),
    [
        pytest.param({"a": 1}, {"a": 2}, {"a": 2}, id="a value replaces"),
        pytest.param({"a": 1, "b": 2}, {"a": None}, {"b": 2}, id="null removes"),
        pytest.param({"a": 1}, {"b": None}, {"a": 1, "b": None}, id="null that removes nothing is kept to be named"),
        pytest.param({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}}, {"a": {"b": 1, "c": 3}}, id="objects merge"),
        pytest.param({"a": [1, 2]}, {"a": [3]}, {"a": [3]}, id="arrays replace"),
        pytest.param({"a": 1}, {"a": {"b": 2}}, {"a": {"b": 2}}, id="an object replaces a value"),
        pytest.param({"a": 1}, {}, {"a": 1}, id="an empty patch changes nothing"),
    ],
)
def test_merge_patch(target: Any, patch: Any, merged: Any) -> None:
    before = repr(target)

    assert merge_patch(target, patch) == merged
    assert repr(target) == before


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.1", Decimal("0.1")),
        ("1e2", Decimal("1e2")),
        ("12345678901234567890", 12345678901234567890),
        ("123456789012345678901", Decimal(123456789012345678901)),
    ],
)
def test_numbers_are_read_exactly(text: str, number: Any) -> None:
    read = read_json(text.encode())

    assert read == number
    assert type(read) is type(number)


def test_only_what_is_deeper_than_the_bound_is_refused() -> None:
    read_json(b"[" * DEEPEST + b"]" * DEEPEST)
    with pytest.raises(InvalidRequest, match="nested too deeply"):
        read_json(b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1))


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        pytest.param((), "", id="the whole"),
        pytest.param(("a", 0, "b"), "/a/0/b", id="names and places"),
        pytest.param(("a/b", "c~d"), "/a~1b/c~0d", id="its own signs are escaped"),
        pytest.param(("",), "/", id="an empty name"),
        pytest.param(("\ud800",), "/\\ud800", id="a lone surrogate"),
    ],
)
def test_pointer_to(path: tuple[str | int, ...], pointer: str) -> None:
    assert pointer_to(path) == pointer
