"""Reads NDJSON: whole pieces at once where every line is plain and right, line by line where one is not."""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property

import msgspec

from listingapi.bulk.files import LONGEST_LINE_BYTES, Piece
from listingapi.bulk.lines import BadLine, LineWithCents, ListingLine, PlainLine, Row, staged_row
from listingapi.bulk.parts import Part
from listingapi.errors import RequestError
from listingapi.parsing import read_json
from listingapi.wire import decode_custom

TOO_LONG = f"The line is longer than {LONGEST_LINE_BYTES} bytes; only its beginning is kept."
NOT_DECODED = (msgspec.MsgspecError, UnicodeDecodeError)

PIECES = (
    msgspec.json.Decoder(PlainLine),
    msgspec.json.Decoder(LineWithCents, dec_hook=decode_custom, float_hook=Decimal),
)
# Escapes of what PostgreSQL can't store, and keys that are not counted; looked for only where they can be.
UNKNOWN_TO_MSGSPEC = re.compile(rb'\\u(?:0000|[dD][89a-fA-F])|"[ \t\r\n]+:')
BEGINNINGS = (b"\\u", b'" ', b'"\t', b'"\r', b'"\n')
REQUIRED_KEYS = 12
OPTIONAL_FIELDS = 7


def read(piece: Piece) -> Part:
    """Read a piece of a file."""
    if piece.is_too_long:
        part = Part({piece.first_line: _text(piece.data)}.get, len(piece.data), lines=1)
        part.refuse(piece.first_line, TOO_LONG)
        return part
    lines = _Lines(piece)
    part = Part(lines.content, len(piece.data))
    rows = _rows_of_plain_lines(piece)
    if rows is None:
        _read_each_line(part, lines)
    else:
        part.rows, part.lines = rows, len(rows)
    return part


class _Lines:
    def __init__(self, piece: Piece) -> None:
        self._piece = piece

    @cached_property
    def _split(self) -> list[bytes]:
        return self._piece.data.removesuffix(b"\n").split(b"\n")

    def content(self, number: int) -> str | None:
        index = number - self._piece.first_line
        return _text(self._split[index]) if 0 <= index < len(self._split) else None

    def numbered(self) -> list[tuple[int, bytes]]:
        return [(number, line) for number, line in enumerate(self._split, self._piece.first_line) if line.strip()]


def _rows_of_plain_lines(piece: Piece) -> list[Row] | None:
    """The rows of a piece whose every line is taken, and None if that is not sure.

    msgspec takes a property that is given twice, so the keys are counted: there are as many as the lines have fields.
    """
    if any(part in piece.data for part in BEGINNINGS) and UNKNOWN_TO_MSGSPEC.search(piece.data):
        return None
    try:
        lines = [msgspec.structs.astuple(line) for line in _plain_lines(piece.data)]
        rows = [staged_row(number, fields) for number, fields in enumerate(lines, piece.first_line)]
    except (*NOT_DECODED, BadLine):
        return None
    is_one_a_line = piece.data.count(b"\n{") == len(lines) - 1 and len(lines) == _lines_in(piece.data)
    return rows if is_one_a_line and sum(map(_keys, lines)) == piece.data.count(b'":') else None


def _plain_lines(data: bytes) -> Sequence[PlainLine]:
    whole, with_cents = PIECES
    try:
        return whole.decode_lines(data)
    except NOT_DECODED:
        return with_cents.decode_lines(data)


def _lines_in(data: bytes) -> int:
    return data.count(b"\n") + (not data.endswith(b"\n"))


def _keys(fields: Row) -> int:
    prices = fields[-1]
    return REQUIRED_KEYS + OPTIONAL_FIELDS - fields.count(None) + (2 * len(prices) if prices else 0)


def _read_each_line(part: Part, lines: _Lines) -> None:
    for number, line in lines.numbered():
        part.lines += 1
        try:
            part.rows.append(staged_row(number, _fields_of(line)))
        except RequestError as error:
            part.refuse(number, error.detail.replace("The body", "The line"))
        except BadLine as error:
            part.refuse(number, error)


def _fields_of(line: bytes) -> Row:
    return ListingLine.read(read_json(line)).fields()


def _text(line: bytes) -> str:
    return line.decode("utf-8", "backslashreplace").rstrip("\r\n")
