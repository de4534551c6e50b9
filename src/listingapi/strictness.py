"""Takes only the query parameters that an operation declares, so that a misspelt filter is no wrong answer."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal, get_args, get_origin

from litestar import Request
from litestar.di import Provide
from litestar.enums import ParamType
from litestar.handlers import HTTPRouteHandler
from litestar.params import ParameterKwarg
from litestar.typing import FieldDefinition
from litestar.utils.signature import ParsedSignature

from listingapi.errors import FieldProblem, InvalidRequest
from listingapi.parameters import given_parameters

DIGITS = re.compile(r"[0-9]+")
LONGEST_NAME_SHOWN = 80


async def refuse_odd_parameters(request: Request[Any, Any, Any]) -> None:
    """Refuse query parameters that the operation does not declare, that come twice, or whose value is none of theirs.

    The addresses that are no operation of the API, such as the docs, take anything.

    Raises:
        InvalidRequest: names each of them.
    """
    handler: HTTPRouteHandler = request.route_handler
    given = given_parameters(request)
    if not given or not handler.resolve_include_in_schema():
        return
    if problems := list(_problems(given, _declared_by(handler))):
        raise InvalidRequest(problems)


def _problems(given: list[tuple[str, str]], declared: Mapping[str, FieldDefinition]) -> Iterator[FieldProblem]:
    for name, times in Counter(name for name, _ in given).items():
        if name not in declared:
            yield FieldProblem(f"?{name[:LONGEST_NAME_SHOWN]}", f"is not a parameter here; {_those(declared)}")
        elif times > 1 and not declared[name].is_non_string_sequence:
            yield FieldProblem(f"?{name}", "must be given only once")
        elif wrong := _wrong_value(dict(given)[name], declared[name].annotation):
            yield FieldProblem(f"?{name}", wrong)


def _those(declared: Mapping[str, FieldDefinition]) -> str:
    return f"there are {', '.join(sorted(declared))}" if declared else "there are none"


def _wrong_value(value: str, kind: Any) -> str | None:
    """What is wrong with a value that the framework would take, or refuse without saying what it takes."""
    if int in (kind, *get_args(kind)) and not DIGITS.fullmatch(value):
        return "must be an integer in plain digits"
    if get_origin(kind) is Literal and value not in get_args(kind):
        return f"must be {' or '.join(get_args(kind))}"
    return None


@cache
def _declared_by(handler: HTTPRouteHandler) -> dict[str, FieldDefinition]:
    return dict(_query_parameters(handler.parsed_fn_signature, handler.resolve_dependencies()))


def _query_parameters(
    signature: ParsedSignature, dependencies: Mapping[str, Provide]
) -> Iterator[tuple[str, FieldDefinition]]:
    """The query parameters of a function and of all that it depends on, by their names in the query."""
    for name, field in signature.parameters.items():
        definition = field.kwarg_definition
        if name in dependencies:
            yield from _query_parameters(dependencies[name].parsed_fn_signature, dependencies)
        elif isinstance(definition, ParameterKwarg) and definition.param_type is ParamType.QUERY:
            yield definition.name or name, field
