"""JSON that can be read in one way only: what two readers could understand differently is refused."""

import json
import math
from typing import Any


class NotStrictJSON(Exception):
    """It is no JSON object in UTF-8, a name occurs twice in an object, or a number is not finite."""


def read_object(text: bytes) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        NotStrictJSON: it is none that can be read in one way only.
    """
    try:
        value = json.loads(
            text.decode(), object_pairs_hook=_unique, parse_constant=_no_number, parse_float=_finite_number
        )
    except (ValueError, RecursionError):
        raise NotStrictJSON("not strict JSON") from None
    if not isinstance(value, dict):
        raise NotStrictJSON("not a JSON object")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a name occurs twice")
    return members


def _no_number(_: str) -> float:
    raise ValueError("not a number of JSON")


def _finite_number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("not a finite number")
    return number
