"""Price histories as CSV (RFC 4180): what the JSON says, a column for each property."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, Struct

from listingapi.answers import to_json
from listingapi.prices.schemas import CorrectionEntry, Price, PriceEntry

PLAIN_COLUMNS = Price.__struct_fields__
DETAILED_COLUMNS = tuple(dict.fromkeys(("kind", *PriceEntry.__struct_fields__, *CorrectionEntry.__struct_fields__)))

# What spreadsheets take for the start of a formula; also in the width of East Asian letters.
FORMULA_STARTS = tuple("=+-@＝＋－＠")  # noqa: RUF001
SAFE = "'"


def as_csv(items: Sequence[Struct], columns: Sequence[str]) -> str:
    """Write items as a table with a header; what an item does not have is empty."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(columns)
    table.writerows([_cell(item, column) for column in columns] for item in items)
    return written.getvalue()


def _cell(item: Struct, column: str) -> str:
    """A value as JSON has it; a text without its quotes, and so that no spreadsheet runs it as a formula."""
    value: Any = item.__struct_config__.tag if column == "kind" else getattr(item, column, UNSET)
    if value is UNSET:
        return ""
    if isinstance(value, str):
        return SAFE + value if value.lstrip().startswith(FORMULA_STARTS) else value
    written = to_json(value).decode()
    return msgspec.json.decode(written) if written.startswith('"') else written
