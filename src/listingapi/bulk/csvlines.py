"""Reads CSV: a header, then one listing a record; a record may span lines where a text is quoted."""

import csv
import io
from collections import deque
from collections.abc import Iterator
from typing import Any

from listingapi.bulk.files import LONGEST_LINE_BYTES, Source
from listingapi.bulk.lines import BadLine, ListingLine, staged_row
from listingapi.bulk.ndjson import TOO_LONG
from listingapi.bulk.parts import Part
from listingapi.errors import RequestError
from listingapi.infra.start import StartError
from listingapi.parsing import read_json

ADDRESS = ("street_address", "postal_code", "city", "country")
NUMBERS = ("latest_price_eur", "surface_area_m2", "rooms_count", "bedrooms_count")
REQUIRED = {"name", "description", "building_type", *NUMBERS, *ADDRESS}
OPTIONAL = {"external_id", "id", "contact_phone_number", "observed_date", "created_date", "updated_date", "prices"}
PART_RECORDS = 1000
PART_BYTES = 1024 * 1024

Values = list[str]
_Line = tuple[int, bytes, bool]  # its number, and whether it is too long to be taken


def read(source: Source) -> Iterator[Part]:
    """Read a file.

    Raises:
        StartError: its header names a column that we don't know, or lacks one that every listing needs.
    """
    records = _Records(source)
    header: Values | None = None
    kept: dict[int, str] = {}
    part = Part(kept.get, 0)
    for number, values, text in records:
        if header is None:
            header = _header(values, source.name)
            continue
        part.lines, part.size, kept[number] = part.lines + 1, part.size + len(text), text
        _read_record(part, number, header, values)
        if part.lines >= PART_RECORDS or part.size >= PART_BYTES:
            yield part
            kept = {}
            part = Part(kept.get, 0)
    yield part


class _Records:
    """The records of a file: the line that each begins on, its values or why it has none, and its text.

    Where a record can't be read, its first line is none, and the next record begins on the line after that: a quote
    that nobody closed costs no other line.
    """

    def __init__(self, source: Source) -> None:
        csv.field_size_limit(LONGEST_LINE_BYTES)
        self._lines = _Lines(source)
        self._reader = csv.reader(self._lines, strict=True)

    def __iter__(self) -> Iterator[tuple[int, Values | BadLine, str]]:
        while True:
            self._lines.begin_record()
            try:
                values: Values | BadLine = next(self._reader)
            except StopIteration:
                return
            except (csv.Error, BadLine) as error:
                values = self._first_line_is_bad(error)
            if values:
                yield self._lines.first, values, self._lines.text

    def _first_line_is_bad(self, error: Exception) -> BadLine:
        if self._lines.give_back_all_but_the_first():
            return BadLine("The line is not CSV: nothing closes a quote that it opens.")
        return error if isinstance(error, BadLine) else BadLine(f"The line is not CSV: {error}.")


class _Lines:
    """The lines of a file for the reader; one that can't be read is raised. Those of a record can be given back."""

    def __init__(self, source: Source) -> None:
        self._unread = (
            (number, line, piece.is_too_long)
            for piece in source.pieces()
            for number, line in enumerate(io.BytesIO(piece.data), piece.first_line)
        )
        self._given_back: deque[_Line] = deque()
        self.begin_record()

    def begin_record(self) -> None:
        self._record: list[_Line] = []

    def give_back_all_but_the_first(self) -> bool:
        """Let the lines after the first of this record be read again, and say whether there are any."""
        later = self._record[1:]
        del self._record[1:]
        self._given_back.extendleft(reversed(later))
        return bool(later)

    @property
    def first(self) -> int:
        return self._record[0][0]

    @property
    def text(self) -> str:
        return "".join(map(_decoded, self._record)).rstrip("\r\n")

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        read = self._given_back.popleft() if self._given_back else next(self._unread)
        self._record.append(read)
        _, line, is_too_long = read
        if is_too_long:
            raise BadLine(TOO_LONG)
        if not _is_utf8(line):
            raise BadLine("The line is not UTF-8.")
        return _decoded(read)


def _decoded(line: _Line) -> str:
    number, data, _ = line
    return data.decode("utf-8-sig" if number == 1 else "utf-8", "backslashreplace")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _header(values: Values | BadLine, name: str) -> Values:
    if isinstance(values, BadLine):
        raise StartError(f"The file {name} has no CSV header: {values}")
    missing, unknown = REQUIRED - set(values), set(values) - REQUIRED - OPTIONAL
    if missing or unknown or len(set(values)) < len(values):
        raise StartError(f"The file {name} is neither NDJSON nor CSV with our columns: {_misfit(missing, unknown)}.")
    return values


def _misfit(missing: set[str], unknown: set[str]) -> str:
    if missing:
        return f"its first line lacks {', '.join(sorted(missing))}"
    if unknown:
        return f"its first line has the unknown {', '.join(sorted(unknown))[:200]}"
    return "its first line names a column twice"


def _read_record(part: Part, number: int, header: Values, values: Values | BadLine) -> None:
    try:
        part.rows.append(staged_row(number, ListingLine.read(_as_json(header, values)).fields()))
    except RequestError as error:
        part.refuse(number, error.detail)
    except BadLine as error:
        part.refuse(number, error)


def _as_json(header: Values, values: Values | BadLine) -> dict[str, Any]:
    if isinstance(values, BadLine):
        raise values
    if REQUIRED.issubset(values):
        raise BadLine("The line is a header again, and no listing: only the first line of a file is its header.")
    if len(values) != len(header):
        raise BadLine(f"The line has {len(values)} values, the header {len(header)}.")
    given: dict[str, Any] = {
        name: value for name, value in zip(header, values, strict=True) if value or name in REQUIRED
    }
    given["postal_address"] = {name: given.pop(name) for name in ADDRESS}
    if "prices" in given:
        given["prices"] = _prices(given["prices"])
    return given


def _prices(text: str) -> Any:
    try:
        return read_json(text.encode())
    except RequestError:
        raise BadLine("prices is not JSON") from None
