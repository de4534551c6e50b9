"""Gives each line of a batch its turn, so that the lines of one listing are applied in their order."""

from collections.abc import Iterator, Mapping, Sequence

from listingapi.bulk.lines import EXTERNAL_ID, GIVEN_ID, Row

NONE = ""  # is no external id


def bare_ids(rows: Sequence[Row]) -> list[int]:
    """The ids of the lines that name their listing by nothing else."""
    return [row[GIVEN_ID] for row in rows if row[EXTERNAL_ID] is None]


def external_ids(rows: Sequence[Row]) -> list[str]:
    """The external ids of the lines that have one."""
    return [row[EXTERNAL_ID] for row in rows if row[EXTERNAL_ID] is not None]


def given_ids(rows: Sequence[Row]) -> list[int]:
    """The ids that lines give."""
    return [row[GIVEN_ID] for row in rows if row[GIVEN_ID] is not None]


def largest_id(rows: Sequence[Row]) -> int | None:
    """The largest id that a line gives."""
    return max(given_ids(rows), default=None)


def in_turns(rows: Sequence[Row], known: Mapping[int, str]) -> Iterator[Row]:
    """The rows with their turn before them: one later than any earlier row of the same listing.

    Rows are of one listing if they share an external id or an id; `known` has the external ids of listings that
    some rows name by their id alone.
    """
    external_ids: dict[str, int] = {}
    ids: dict[int, int] = {}
    for row in rows:
        given_id = row[GIVEN_ID]
        external_id: str = row[EXTERNAL_ID] or known.get(given_id, NONE)
        turn = 1 + max(external_ids.get(external_id, 0), ids.get(given_id, 0))
        if external_id != NONE:
            external_ids[external_id] = turn
        if given_id is not None:
            ids[given_id] = turn
        yield (turn, *row)


def last_turn(rows: Sequence[Row]) -> int:
    """The last turn of rows that begin with theirs."""
    return max((row[0] for row in rows), default=0)
