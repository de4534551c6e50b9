"""Query parameters as a Struct: read as bodies are, with every problem named, and described from the same fields.

A field whose parameter has a name that is a word of Python ends with an underscore: `from_`.
"""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, TypeVar, get_type_hints

import msgspec
from litestar.params import QueryParameter
from msgspec import Struct, UnsetType

from listingapi.errors import FieldProblem, InvalidRequest
from listingapi.money import LARGEST_EUROS, Euros
from listingapi.parsing import LONGEST_INTEGER
from listingapi.wire import EXACT_NUMBERS, Timestamp, must, read_struct

Q = TypeVar("Q", bound=Struct)

DIGITS = re.compile(r"[0-9]+")
# What is longer is no integer that is asked for; Python refuses to read the longest ones.
SHORT_DIGITS = re.compile(rf"[0-9]{{1,{LONGEST_INTEGER}}}")
WITH_EXPONENT = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?[eE][+-]?[0-9]{1,3}")
CAPITAL = re.compile(r"[A-Z]")

Time = Annotated[
    Timestamp,
    must("a time as RFC 3339 has it, such as 2023-01-12T09:23:36Z; in a URL, the + of an offset is written %2B"),
]


def reader_of(kind: type[Q]) -> Callable[..., Q]:
    """A dependency that takes the fields of a Struct as query parameters, described by `Meta(description=…)`."""

    def read(**given: Any) -> Q:
        return read_query({name: value for name, value in given.items() if value is not None}, kind)

    fields = msgspec.structs.fields(kind)
    parameters = [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            annotation=_annotation_of(field),
            default=inspect.Parameter.empty if field.required else None,
        )
        for field in fields
    ]
    signature = inspect.Signature(parameters, return_annotation=kind)
    read.__annotations__ = {**{each.name: each.annotation for each in parameters}, "return": kind}
    read.__signature__ = signature  # type: ignore[attr-defined]  # what inspect looks at first
    return read


def asked_for(query: Struct) -> dict[str, Any]:
    """The fields of a query that are not what they are when nobody says anything of them."""
    given = ((name, getattr(query, name), default) for name, default in _defaults_of(type(query)))
    return {name: value for name, value, default in given if value != default}


@cache
def _defaults_of(kind: type[Struct]) -> Sequence[tuple[str, Any]]:
    return [(field.name, field.default) for field in msgspec.structs.fields(kind)]


def read_query(given: Mapping[str, Any], kind: type[Q]) -> Q:
    """Make query parameters, strings or lists of strings, a `kind`; its times are in UTC.

    Raises:
        InvalidRequest: names each that is wrong, and each pair of bounds that contradict each other.
    """
    hints = get_type_hints(kind)
    try:
        query = read_struct({name: _plain(value, hints[name]) for name, value in given.items()}, kind)
    except InvalidRequest as error:
        raise InvalidRequest(
            [FieldProblem(_pointer_to(item.pointer[1:]), item.detail) for item in error.errors]
        ) from None
    _times_in_utc(query)
    if contradictions := [problem for name in given if name.startswith("min_") for problem in _between(query, name)]:
        raise InvalidRequest(contradictions)
    return query


def _plain(value: Any, hint: Any) -> Any:
    """An integer is written in digits alone; what is not is none. Any other number may have an exponent.

    Of what may be given several times, each value may be several with commas between them.
    """
    if isinstance(value, list):
        parts = [part for each in value for part in each.split(",")]
        are_numbers = _is_one_of(hint, list[int])
        return [int(part) if are_numbers and SHORT_DIGITS.fullmatch(part) else part for part in parts]
    if _is_one_of(hint, int):
        return value if DIGITS.fullmatch(value) else None
    if _is_one_of(hint, float, *EXACT_NUMBERS) and WITH_EXPONENT.fullmatch(value):
        return format(Decimal(value), "f")
    return value


def _is_one_of(hint: Any, *kinds: type) -> bool:
    return any(hint == kind | UnsetType for kind in kinds)


def _times_in_utc(query: Struct) -> None:
    for name in query.__struct_fields__:
        value = getattr(query, name)
        if isinstance(value, datetime):
            try:
                setattr(query, name, value.astimezone(UTC))
            except OverflowError:
                raise InvalidRequest(
                    [FieldProblem(_pointer_to(name), "must be a time of the years 1 to 9999")]
                ) from None


def _pointer_to(field: str) -> str:
    return f"?{field.rstrip('_')}"


def _between(query: Struct, lower: str) -> list[FieldProblem]:
    """What is wrong with a lower bound and the upper one of the same name."""
    upper = f"max_{lower.removeprefix('min_')}"
    if upper not in query.__struct_fields__ or isinstance(getattr(query, upper), UnsetType):
        return []
    if getattr(query, lower) <= getattr(query, upper):
        return []
    return [
        FieldProblem(f"?{lower}", f"must not be above {upper}"),
        FieldProblem(f"?{upper}", f"must not be below {lower}"),
    ]


def _annotation_of(field: msgspec.structs.FieldInfo) -> Any:
    schema = msgspec.json.schema(field.type, schema_hook=_exact_number)
    schema |= {name: schema.pop(f"x-{name}") for name in ("pattern", "type") if f"x-{name}" in schema}
    if isinstance(field.default, str):
        schema["default"] = field.default
    description = schema.pop("description", None)
    extra = {CAPITAL.sub(lambda found: f"_{found[0].lower()}", name): value for name, value in schema.items()}
    given: Any = list[str] if schema.get("type") == "array" else str
    parameter = QueryParameter(name=field.name.rstrip("_"), description=description, schema_extra=extra)
    return Annotated[given if field.required else given | None, parameter]


def _exact_number(kind: type) -> dict[str, Any]:
    if kind is Euros:
        return {"type": "number", "minimum": 0, "maximum": float(LARGEST_EUROS), "multipleOf": 0.01}
    raise NotImplementedError(kind)  # how a hook tells msgspec that it does not know the type
