"""JSON on the wire: bodies are read with every problem named, and written exactly."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from functools import cache
from math import isfinite
from typing import Annotated, Any, Self, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from listingapi.errors import FieldProblem, InvalidRequest
from listingapi.money import Euros, euros
from listingapi.parsing import LONGEST_INTEGER, Path, pointer_to
from listingapi.percent import Percent, percent

T = TypeVar("T", bound=Struct)

Timestamp = Annotated[datetime, Meta(tz=True)]

LARGEST_INTEGER = 10**LONGEST_INTEGER
EXACT_NUMBERS: dict[type, Callable[[object], Decimal]] = {Euros: euros, Percent: percent}

PLAIN_DECIMAL = re.compile(r"-?\d+(\.\d+)?", re.ASCII)

# msgspec fails to word its own error about a string with a lone surrogate.
NOT_THE_TYPE = (msgspec.ValidationError, UnicodeEncodeError)


def must(sentence: str, **constraints: Any) -> Meta:
    """Constrain a field and say, for people, what it must be: shown as “name must be …” when a value is refused."""
    return Meta(extra={"must": f"must be {sentence}"}, **constraints)


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


def _with_numbers(value: Any, struct: type[Struct]) -> Any:
    if not isinstance(value, dict):
        return value
    numbers, structs = _numbers_and_structs(struct)
    read = value.copy()
    for name, given in value.items():
        if name in numbers:
            read[name] = _as_number(given, numbers[name])
        elif name in structs:
            read[name] = _with_numbers(given, structs[name])
    return read


def _as_number(value: Any, kind: Any) -> Any:
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


@cache
def _numbers_and_structs(struct: type[Struct]) -> tuple[dict[str, Any], dict[str, type[Struct]]]:
    """The fields of a struct that are numbers, and those that are structs themselves, with their types."""
    hints = get_type_hints(struct, include_extras=True)
    kinds = {name: _kind(hint) for name, hint in hints.items()}
    numbers = {name: kind for name, kind in kinds.items() if kind in (int, float, *EXACT_NUMBERS)}
    structs = {name: kind for name, kind in kinds.items() if isinstance(kind, type) and issubclass(kind, Struct)}
    return numbers, structs


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
