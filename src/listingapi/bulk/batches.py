"""Batches of an import: lines that are checked, and go to the database together."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from listingapi.bulk import csvlines, ndjson
from listingapi.bulk.files import Format, Source, open_source
from listingapi.bulk.lines import Row
from listingapi.bulk.parts import Part, Refusal

BATCH_LINES = 16_384
BATCH_BYTES = 4 * 1024 * 1024


@dataclass(slots=True)
class Batch:
    """Lines of one file that go to the database in one transaction; `bytes_read` counts over all files."""

    name: str
    parts: list[Part] = field(default_factory=list)
    bytes_read: int = 0

    @property
    def lines(self) -> int:
        return sum(part.lines for part in self.parts)

    @property
    def rows(self) -> list[Row]:
        return list(chain.from_iterable(part.rows for part in self.parts))

    @property
    def refusals(self) -> list[Refusal]:
        return list(chain.from_iterable(part.refusals for part in self.parts))

    @property
    def is_full(self) -> bool:
        return self.lines >= BATCH_LINES or sum(part.size for part in self.parts) >= BATCH_BYTES

    def content(self, line: int) -> str:
        """A line as it came."""
        return next(text for part in self.parts if (text := part.content(line)) is not None)


def read_batches(paths: list[Path], given: Format | None) -> Iterator[Batch]:
    """Read files one after the other.

    Raises:
        StartError: a file can't be read, or is nothing that we know.
    """
    before = 0
    for path in paths:
        with open_source(path) as source:
            for batch in _batches_of(source, given or source.format()):
                batch.bytes_read = before + source.bytes_read()
                yield batch
            before += source.bytes_read()


def _batches_of(source: Source, kind: Format) -> Iterator[Batch]:
    parts = csvlines.read(source) if kind == "csv" else map(ndjson.read, source.pieces())
    batch = Batch(source.name)
    for part in parts:
        batch.parts.append(part)
        if batch.is_full:
            yield batch
            batch = Batch(source.name)
    if batch.lines:
        yield batch
