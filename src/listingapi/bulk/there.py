"""Tells lines of listings that are there from those of new ones, which need no judgement. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from listingapi.bulk.lines import AS_OF, EXTERNAL_ID, GIVEN_ID, Row

# As the judgement of the other lines has it.
CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class There:
    """The listings that are there, of those that lines name: by their ids, and by their external ids."""

    ids: Collection[int]
    external_ids: Collection[str]

    def part(self, rows: Iterable[Row], *, now: datetime) -> tuple[list[Row], list[Row]]:
        """Part rows, which begin with their turn: the first lines of new listings, and the others.

        A line of the future is one of the others, and is refused there.
        """
        new: list[Row] = []
        others: list[Row] = []
        latest = now + CLOCKS_DIFFER
        for row in rows:
            (new if self._is_new(row, latest) else others).append(row)
        return new, others

    def _is_new(self, row: Row, latest: datetime) -> bool:
        as_of = row[1 + AS_OF]
        return (
            row[0] == 1
            and row[1 + GIVEN_ID] not in self.ids
            and row[1 + EXTERNAL_ID] not in self.external_ids
            and (as_of is None or as_of <= latest)
        )
