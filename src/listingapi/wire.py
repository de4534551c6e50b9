"""JSON on the wire: bodies are read with every problem named, and written exactly."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import cache
from math import isfinite
from typing import Annotated, Any, Self, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from listingapi.errors import FieldProblem, InvalidRequest, NotJSON
from listingapi.money import Euros, euros

T = TypeVar("T", bound=Struct)

Timestamp = Annotated[datetime, Meta(tz=True)]

LONGEST_INTEGER = 20
PLAIN_DECIMAL = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


class DuplicateKey(ValueError):
    """A JSON object names a property twice, so that readers would disagree on its value."""


def must(sentence: str, **constraints: Any) -> Meta:
    """Constrain a field and say, for people, what it must be: shown as “name must be …” when a value is refused."""
    return Meta(extra={"must": f"must be {sentence}"}, **constraints)


def read_json(body: bytes) -> Any:
    """Parse JSON with exact numbers.

    Raises:
        NotJSON: it is not JSON (400).
        InvalidRequest: it is JSON that no operation takes: a property named twice, nested too deeply (422).
    """
    try:
        return json.loads(
            body.decode("utf-8-sig"),
            parse_float=Decimal,
            parse_int=_exact_integer,
            parse_constant=Decimal,
            object_pairs_hook=_unique_properties,
        )
    except DuplicateKey as error:
        raise InvalidRequest([FieldProblem(f"/{error}", "is given more than once")]) from None
    except RecursionError:
        raise InvalidRequest([FieldProblem("", "The body is nested too deeply.")]) from None
    except UnicodeDecodeError:
        raise NotJSON("The body is not JSON: it is not UTF-8.") from None
    except json.JSONDecodeError as error:
        detail = f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        raise NotJSON(detail) from None


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
    """Merge parsed JSON as RFC 7396 defines it: `null` removes, objects merge, all else replaces."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
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
    except msgspec.ValidationError:
        raise InvalidRequest(list(_problems(value, struct, ""))) from None


def decode_custom(kind: type, value: Any) -> Any:
    """Decode the types that msgspec does not know; for its `dec_hook`."""
    if kind is Euros:
        return euros(value)
    raise NotImplementedError(kind)


def _exact_integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= LONGEST_INTEGER else Decimal(digits)


def _unique_properties(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    properties = dict(pairs)
    if len(properties) == len(pairs):
        return properties
    names = [name for name, _ in pairs]
    raise DuplicateKey(next(name for name in names if names.count(name) > 1))


def _with_numbers(value: Any, struct: type[Struct]) -> Any:
    if not isinstance(value, dict):
        return value
    kinds = _kinds(struct)
    return {name: _as_kind(given, kinds.get(name)) for name, given in value.items()}


def _as_kind(value: Any, kind: Any) -> Any:
    if isinstance(kind, type) and issubclass(kind, Struct):
        return _with_numbers(value, kind)
    if kind not in (int, float, Euros):
        return value
    if isinstance(value, str) and PLAIN_DECIMAL.fullmatch(value):
        value = Decimal(value)
    if isinstance(value, Decimal):
        return _from_decimal(value, kind)
    return value


def _from_decimal(number: Decimal, kind: Any) -> Any:
    if kind is float and isfinite(number):
        return float(number)
    if (
        kind is int
        and isfinite(number)
        and number.adjusted() < LONGEST_INTEGER
        and number == number.to_integral_value()
    ):
        return int(number)
    return number


def _problems(value: Any, struct: type[Struct], pointer: str) -> Iterator[FieldProblem]:
    if not isinstance(value, dict):
        yield FieldProblem(pointer, "must be an object")
        return
    fields = msgspec.structs.fields(struct)
    for field in fields:
        yield from _field_problems(value.get(field.name, UNSET), field, f"{pointer}/{field.name}")
    for name in value.keys() - {field.name for field in fields}:
        yield FieldProblem(f"{pointer}/{_printable(name)}", "is not a known property")


def _field_problems(value: Any, field: msgspec.structs.FieldInfo, pointer: str) -> Iterator[FieldProblem]:
    kind = _kind(field.type)
    if value is UNSET:
        if field.required:
            yield FieldProblem(pointer, f"is required and {_must(field.type)}")
    elif isinstance(kind, type) and issubclass(kind, Struct):
        yield from _problems(value, kind, pointer)
    else:
        try:
            msgspec.convert(value, field.type, dec_hook=decode_custom)
        except msgspec.ValidationError:
            yield FieldProblem(pointer, _must(field.type))


def _printable(name: str) -> str:
    return name[:80].encode("utf-8", "backslashreplace").decode()


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
