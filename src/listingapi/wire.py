"""JSON on the wire: bodies are read with every problem named, and written exactly."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from itertools import islice
from math import isfinite
from typing import Annotated, Any, Self, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from listingapi.errors import FieldProblem, InvalidRequest, NotJSON
from listingapi.money import Euros, euros
from listingapi.percent import Percent, percent

T = TypeVar("T", bound=Struct)

Timestamp = Annotated[datetime, Meta(tz=True)]

LONGEST_INTEGER = 20
LONGEST_NAME_SHOWN = 80
DEEPEST = 16
TOO_DEEP = f"is nested too deeply: {DEEPEST} levels of objects and arrays are taken"
MOST_PROPERTIES = 1000
TOO_MANY_PROPERTIES = f"has an object of more than {MOST_PROPERTIES} properties"
MOST_CONTAINERS = 5000
TOO_MANY_CONTAINERS = f"has more than {MOST_CONTAINERS} objects and arrays on one level"
LARGEST_INTEGER = 10**LONGEST_INTEGER
EXACT_NUMBERS: dict[type, Callable[[object], Decimal]] = {Euros: euros, Percent: percent}
PLAIN_DECIMAL = re.compile(r"-?\d+(\.\d+)?", re.ASCII)

# msgspec fails to word its own error about a string with a lone surrogate.
NOT_THE_TYPE = (msgspec.ValidationError, UnicodeEncodeError)

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


def must(sentence: str, **constraints: Any) -> Meta:
    """Constrain a field and say, for people, what it must be: shown as “name must be …” when a value is refused."""
    return Meta(extra={"must": f"must be {sentence}"}, **constraints)


def read_json(body: bytes) -> Any:
    """Parse JSON with exact numbers.

    Raises:
        NotJSON: it is not JSON (400).
        InvalidRequest: it is JSON that no operation takes: a property named twice, too deep, too many (422).
    """
    try:
        parsed = json.loads(
            body.decode("utf-8-sig"),
            parse_float=_exact_decimal,
            parse_int=_exact_integer,
            parse_constant=Decimal,
            object_pairs_hook=_properties,
        )
    except RecursionError:
        raise InvalidRequest([FieldProblem("", TOO_DEEP)]) from None
    except UnicodeDecodeError:
        raise NotJSON("The body is not JSON: it is not UTF-8.") from None
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" at")
        raise NotJSON(f"The body is not JSON: {what} at line {error.lineno}, column {error.colno}.") from None
    if problems := list(_ambiguities(parsed)):
        raise InvalidRequest(problems)
    return parsed


def pointer_to(path: Iterable[str | int]) -> str:
    """The JSON Pointer (RFC 6901) of a path; a long name is cut, a lone surrogate in one is written as an escape."""
    return "".join("/" + _printable(str(name)).replace("~", "~0").replace("/", "~1") for name in path)


class Body(Struct):
    """The body of a request, read from parsed JSON."""

    @classmethod
    def read(cls, value: Any) -> Self:
        """Check a parsed JSON value and make it this body.

        Raises:
            InvalidRequest: names every field that is wrong, and what it must be.
        """
        return read_struct(value, cls)


def merge_patch(target: Any, patch: Any) -> Any:
    """Merge parsed JSON as RFC 7396 defines it: `null` removes, objects merge, all else replaces.

    A `null` that finds nothing to remove is kept, so that a name that nobody knows is not passed over in silence.
    """
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None and name in merged:
            del merged[name]
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


def read_struct(value: Any, struct: type[T]) -> T:
    """Make a parsed JSON value a `struct`; a string that is a plain decimal number is taken for a number.

    Raises:
        InvalidRequest: names every field that is wrong, and what it must be.
    """
    value = _with_numbers(value, struct)
    try:
        return msgspec.convert(value, struct, dec_hook=decode_custom)
    except NOT_THE_TYPE:
        raise InvalidRequest(list(_problems(value, struct, ()))) from None


def decode_custom(kind: type, value: Any) -> Any:
    """Decode the types that msgspec does not know; for its `dec_hook`."""
    if make := EXACT_NUMBERS.get(kind):
        return make(value)
    raise NotImplementedError(kind)  # how a hook tells msgspec that it does not know the type


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


def _with_numbers(value: Any, struct: type[Struct]) -> Any:
    if not isinstance(value, dict):
        return value
    kinds = _kinds(struct)
    return {name: _as_kind(given, kinds.get(name)) for name, given in value.items()}


def _as_kind(value: Any, kind: Any) -> Any:
    if isinstance(kind, type) and issubclass(kind, Struct):
        return _with_numbers(value, kind)
    if kind not in (int, float, *EXACT_NUMBERS):
        return value
    if isinstance(value, str) and PLAIN_DECIMAL.fullmatch(value):
        value = Decimal(value)
    if isinstance(value, Decimal):
        return _from_decimal(value, kind)
    return value


def _from_decimal(number: Decimal, kind: Any) -> Any:
    if not isfinite(number):
        return number
    if kind is float:
        return float(number) + 0.0  # no negative zero
    if kind is int and -LARGEST_INTEGER < number < LARGEST_INTEGER and number == number.to_integral_value():
        return int(number)
    return number


def _problems(value: Any, struct: type[Struct], path: Path) -> Iterator[FieldProblem]:
    if not isinstance(value, dict):
        yield FieldProblem(pointer_to(path), "must be an object")
        return
    fields = {field.name: field for field in msgspec.structs.fields(struct)}
    for name, field in fields.items():
        yield from _field_problems(value.get(name, UNSET), field, (*path, name))
    for name in value:
        if name not in fields:
            yield FieldProblem(pointer_to((*path, name)), "is not a known property")


def _field_problems(value: Any, field: msgspec.structs.FieldInfo, path: Path) -> Iterator[FieldProblem]:
    kind = _kind(field.type)
    if value is UNSET:
        if field.required:
            yield FieldProblem(pointer_to(path), f"is required and {_must(field.type)}")
    elif isinstance(kind, type) and issubclass(kind, Struct):
        yield from _problems(value, kind, path)
    else:
        try:
            msgspec.convert(value, field.type, dec_hook=decode_custom)
        except NOT_THE_TYPE:
            yield FieldProblem(pointer_to(path), _must(field.type))


def _printable(name: str) -> str:
    return name[:LONGEST_NAME_SHOWN].encode("utf-8", "backslashreplace").decode()


@cache
def _kinds(struct: type[Struct]) -> dict[str, Any]:
    hints = get_type_hints(struct, include_extras=True)
    return {name: _kind(hint) for name, hint in hints.items()}


def _kind(annotation: Any) -> Any:
    """The type below `Annotated` and `| UnsetType`."""
    if get_origin(annotation) is Annotated:
        return _kind(get_args(annotation)[0])
    alternatives = [arg for arg in get_args(annotation) if arg is not UnsetType]
    return _kind(alternatives[0]) if len(alternatives) == 1 and UnsetType in get_args(annotation) else annotation


def _must(annotation: Any) -> str:
    for part in (annotation, *get_args(annotation)):
        for meta in get_args(part) if get_origin(part) is Annotated else ():
            if isinstance(meta, Meta) and meta.extra:
                return str(meta.extra["must"])
    return "must be an object" if isinstance(annotation, type) else "has the wrong type"
