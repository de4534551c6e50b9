"""The JSON schemas of what is read and written, from the Structs by which that is checked."""

from collections.abc import Iterable
from inspect import cleandoc
from typing import Any

import msgspec

from listingapi.money import LARGEST_EUROS, Euros, TwoDecimals
from listingapi.percent import LARGEST_PERCENT, Percent

REFERENCE = "#/components/schemas/{name}"


def schemas_of(bodies: Iterable[type]) -> dict[str, dict[str, Any]]:
    """The schemas of some bodies and of all that they are made of, by their names."""
    _, schemas = msgspec.json.schema_components(bodies, ref_template=REFERENCE, schema_hook=_custom_schema)
    for schema in schemas.values():
        if "description" in schema:
            schema["description"] = cleandoc(schema["description"])
        _publish_portable_patterns(schema)
    return schemas


def _custom_schema(kind: type) -> dict[str, Any]:
    if kind is Percent:
        return {"type": "number", "exclusiveMinimum": 0, "maximum": float(LARGEST_PERCENT), "multipleOf": 0.01}
    if kind is Euros:
        return {"type": "number", "minimum": 0, "maximum": float(LARGEST_EUROS), "multipleOf": 0.01}
    if kind is TwoDecimals:
        return {"type": "number"}
    raise NotImplementedError(kind)  # how a hook tells msgspec that it does not know the type


def _publish_portable_patterns(schema: dict[str, Any]) -> None:
    """Say in every regex dialect what Python's checks; `x-pattern` beside a field's own pattern holds that."""
    for field in schema.get("properties", {}).values():
        if "x-pattern" in field:
            field["pattern"] = field.pop("x-pattern")
            if field["pattern"] is None:
                del field["pattern"]
