"""JSON parsed with exact numbers; what readers could disagree on, or what is too much, is refused by name."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

from listingapi.errors import FieldProblem, InvalidRequest, NotJSON

LONGEST_INTEGER = 20
LONGEST_NAME_SHOWN = 80
DEEPEST = 16
TOO_DEEP = f"is nested too deeply: {DEEPEST} levels of objects and arrays are taken"
MOST_PROPERTIES = 1000
TOO_MANY_PROPERTIES = f"has an object of more than {MOST_PROPERTIES} properties"
MOST_CONTAINERS = 5000
TOO_MANY_CONTAINERS = f"has more than {MOST_CONTAINERS} objects and arrays on one level"

Path = tuple[str | int, ...]


class Ambiguous(dict[str, Any]):
    """A JSON object that names a property more than once, so that readers would disagree on its value."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self._pairs = pairs

    @property
    def repeated(self) -> list[str]:
        """The names that are there more than once."""
        return [name for name, times in Counter(name for name, _ in self._pairs).items() if times > 1]


def read_json(body: bytes) -> Any:
    """Parse JSON with exact numbers.

    Raises:
        NotJSON: it is not JSON (400).
        InvalidRequest: it is JSON that no operation takes: a property named twice, too deep, too many (422).
    """
    try:
        parsed = DECODER.decode(body.decode("utf-8-sig"))
    except RecursionError:
        raise InvalidRequest([FieldProblem("", TOO_DEEP)]) from None
    except UnicodeDecodeError:
        raise NotJSON("The body is not JSON: it is not UTF-8.") from None
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" at")
        raise NotJSON(f"The body is not JSON: {what} at line {error.lineno}, column {error.colno}.") from None
    if not _is_plain(parsed) and (problems := list(_ambiguities(parsed))):
        raise InvalidRequest(problems)
    return parsed


def pointer_to(path: Iterable[str | int]) -> str:
    """The JSON Pointer (RFC 6901) of a path; a long name is cut, a lone surrogate in one is written as an escape."""
    return "".join("/" + _printable(str(name)).replace("~", "~0").replace("/", "~1") for name in path)


def _exact_integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= LONGEST_INTEGER else Decimal(digits)


def _exact_decimal(number: str) -> Decimal:
    try:
        return Decimal(number)
    except InvalidOperation:
        return Decimal("NaN")


def _properties(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MOST_PROPERTIES:
        raise InvalidRequest([FieldProblem("", TOO_MANY_PROPERTIES)])
    properties = dict(pairs)
    return properties if len(properties) == len(pairs) else Ambiguous(pairs)


DECODER = json.JSONDecoder(
    parse_float=_exact_decimal, parse_int=_exact_integer, parse_constant=Decimal, object_pairs_hook=_properties
)


def _is_plain(parsed: Any) -> bool:
    """Whether it is an object as most bodies are, in which there is nothing to look for: of two levels at most."""
    return _is_object(parsed) and all(
        _is_object(child) and not any(_containers_in(child))
        for child in parsed.values()
        if isinstance(child, dict | list)
    )


def _is_object(value: Any) -> bool:
    return type(value) is dict


def _ambiguities(parsed: Any) -> Iterator[FieldProblem]:
    for depth, level in enumerate(_levels(parsed), start=1):
        if depth > DEEPEST:
            yield FieldProblem("", TOO_DEEP)
            return
        if len(level) > MOST_CONTAINERS:
            yield FieldProblem("", TOO_MANY_CONTAINERS)
            return
        for path, container in level:
            for name in container.repeated if isinstance(container, Ambiguous) else ():
                yield FieldProblem(pointer_to((*path, name)), "is given more than once")


def _levels(parsed: Any) -> Iterator[list[tuple[Path, Any]]]:
    """The objects and arrays of parsed JSON, each with its path, level by level from the outermost.

    Of a level that has too many, one more than that.
    """
    level: list[tuple[Path, Any]] = [((), parsed)]
    while level:
        yield level
        below = (((*path, name), child) for path, parent in level for name, child in _containers_in(parent))
        level = list(islice(below, MOST_CONTAINERS + 1))


def _containers_in(parent: Any) -> Iterator[tuple[str | int, Any]]:
    children = parent.items() if isinstance(parent, dict) else enumerate(parent) if isinstance(parent, list) else ()
    return ((name, child) for name, child in children if isinstance(child, dict | list))


def _printable(name: str) -> str:
    return name[:LONGEST_NAME_SHOWN].encode("utf-8", "backslashreplace").decode()
