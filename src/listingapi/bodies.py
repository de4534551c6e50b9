"""Request bodies for the framework: read by `wire`, so that every problem is named."""

from collections.abc import Generator
from typing import Any

from litestar.dto import AbstractDTO, DTOFieldDefinition
from litestar.openapi.spec import Reference, Schema
from litestar.typing import FieldDefinition

from listingapi.errors import FieldProblem, InvalidRequest, UnsupportedMediaType
from listingapi.parsing import read_json
from listingapi.wire import Body

JSON = "application/json"


class StrictJSON(AbstractDTO[Any]):
    """Reads the `data` of a handler: a `Body`, or a parsed JSON object."""

    def decode_bytes(self, value: bytes) -> Any:
        connection = self.asgi_connection
        kind = connection.route_handler.parsed_data_field.annotation
        return read_body(value, connection.headers.get("content-type"), kind)

    @classmethod
    def create_for_field_definition(cls, *_: Any, **__: Any) -> None:
        """Nothing to prepare: bodies are not transformed."""

    @classmethod
    def create_openapi_schema(
        cls,
        field_definition: FieldDefinition,
        handler_id: str,
        schema_creator: Any,
    ) -> Reference | Schema:
        schema: Reference | Schema = schema_creator.for_field_definition(field_definition)
        return schema

    @classmethod
    def is_supported_model_type_field(cls, field_definition: FieldDefinition) -> bool:
        return True

    @classmethod
    def generate_field_definitions(cls, model_type: type[Any]) -> Generator[DTOFieldDefinition, None, None]:
        yield from ()

    @classmethod
    def detect_nested_field(cls, field_definition: FieldDefinition) -> bool:
        return False


def read_body(value: bytes, content_type: str | None, kind: Any) -> Any:
    """Read a body of a type: a `Body`, or a parsed JSON object.

    Raises:
        UnsupportedMediaType, NotJSON, InvalidRequest: it is none, and names what is wrong.
    """
    _check_content_type(JSON if content_type is None else content_type)
    parsed = read_json(value)
    if isinstance(kind, type) and issubclass(kind, Body):
        return kind.read(parsed)
    if not isinstance(parsed, dict):
        raise InvalidRequest([FieldProblem("", "must be an object")])
    return parsed


def _check_content_type(content_type: str) -> None:
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type != JSON and not media_type.endswith("+json"):
        raise UnsupportedMediaType(f"The body must be application/json, not “{media_type[:100]}”.")
