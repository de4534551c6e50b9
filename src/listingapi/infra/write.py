"""One write: parts that take effect together, in one transaction and one round trip."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property, lru_cache
from typing import Any

import asyncpg

from listingapi.infra.database import Database, Transaction

# By its column, each value with its SQL type.
Row = Mapping[str, tuple[Any, str]]

RECORDED_BEFORE = "idempotency_record_pkey"

# Values of these types are not among those that writes of a shape are run with together.
ONLY_ALONE = ("[]", "bytea")
# Texts are made again and again from the same names; writes of a product have some dozens of shapes.
KEPT_TEXTS = 1_000


class Outcome(Enum):
    """What became of a write: it took effect whole, or not at all."""

    DONE = auto()
    OVERTAKEN = auto()
    STILL_RUNNING = auto()


@dataclass(frozen=True, slots=True)
class Shape:
    """What writes have in common that differ in their values only.

    The SQL type of each value, the table of the guard with what it assigns to which row and what it returns of that,
    and the other parts. The first value tells the row from all others of the table.
    """

    kinds: tuple[str, ...]
    table: str
    assignments: str
    where: str
    returning: str
    parts: tuple[str, ...]


class Write:
    """Collects the parts of a write and runs them as one data-modifying statement.

    The part called `guard` finds or makes the row that the write is about; every other part takes its rows from it,
    and so writes nothing where the guard finds that someone else was faster.
    """

    def __init__(self) -> None:
        self.arguments: list[Any] = []
        self._kinds: list[str] = []
        self._columns: dict[str, list[tuple[Any, str, str]]] = {}
        self._parts: list[str] = []
        self._changed: tuple[str, str, str, str] | None = None
        self._claim: str | None = None
        self._conditions: list[str] = []

    @cached_property
    def shape(self) -> Shape | None:
        """What it has in common with others that it may be run with; None if it is to be run by itself.

        To be asked when it is whole.
        """
        kinds = tuple(self._kinds)
        if self._changed is None or self._claim or self._conditions or not _may_go_together(kinds):
            return None
        return Shape(kinds, *self._changed, tuple(self._parts[1:]))

    def bind(self, value: Any, kind: str) -> str:
        """Give the statement a value of an SQL type; returns how the statement names it."""
        self.arguments.append(value)
        self._kinds.append(kind)
        return _place(len(self.arguments), kind)

    def bind_column(self, name: str, value: Any, kind: str) -> str:
        """The same of a value for columns of a name: tables that have it have mostly the same in it."""
        several = self._columns.setdefault(name, [])
        for known, of_kind, place in several:
            if of_kind == kind and (known is value or known == value):
                return place
        place = self.bind(value, kind)
        several.append((value, kind, place))
        return place

    def claim(self, number: int) -> None:
        """Take effect only if nobody else is in a write that claims this number."""
        self._claim = (
            f"claim AS MATERIALIZED (SELECT pg_try_advisory_xact_lock({self.bind(number, 'bigint')}) AS is_free)"
        )

    def require(self, condition: str) -> None:
        """Take effect only if a condition holds; where it does not, the guard is to find no row."""
        self._conditions.append(condition)

    @property
    def may_run(self) -> str:
        """The condition under which the guard may find its row."""
        return " AND ".join([self._is_free, *self._conditions])

    @property
    def _is_free(self) -> str:
        return "(SELECT is_free FROM claim)" if self._claim else "true"

    def add(self, sql: str, *, name: str | None = None) -> None:
        """Add a part, by its SQL."""
        self._parts.append(f"{name or f'part_{len(self._parts)}'} AS ({sql})")

    def add_row(self, table: str, row: Row) -> None:
        """Add a part that adds a row to a table."""
        self.add(f"{self._insert(table, row)} FROM guard")

    def guard(self, sql: str) -> None:
        """Add the part that the others depend on."""
        self.add(sql, name="guard")

    def guard_row(self, table: str, row: Row, *, returning: str) -> None:
        """Add it as one that adds a row to a table, with an id that was drawn before, and returns that."""
        self.guard(f"{self._insert(table, row)} WHERE {self.may_run} RETURNING {returning}")

    def guard_change(self, table: str, key: Row, values: Row, *, returning: str) -> None:
        """Add it as one that changes a row of a table, and returns something of that.

        The first column of the key tells the row from all others of the table.
        """
        is_first = not self.arguments
        where = _pairs(" AND ", tuple(key), self._bind_row(key))
        assignments = _pairs(", ", tuple(values), self._bind_row(values))
        if is_first:
            self._changed = table, assignments, where, returning
        statement = f"UPDATE {table} SET {assignments} WHERE {where} AND {self.may_run} RETURNING {returning}"  # noqa: S608 - all values are bound
        self.guard(statement)

    def _insert(self, table: str, row: Row) -> str:
        return _insert(table, tuple(row), self._bind_row(row))

    def _bind_row(self, row: Row) -> tuple[str, ...]:
        return tuple([self.bind_column(name, *value) for name, value in row.items()])

    async def run(self, database: Database | Transaction) -> Outcome:
        """Run it, once."""
        parts = ", ".join([*([self._claim] if self._claim else []), *self._parts])
        statement = f"WITH {parts} SELECT EXISTS (SELECT FROM guard) AS is_done, {self._is_free} AS is_free"  # noqa: S608 - all values are bound
        try:
            row = await database.fetchrow(statement, *self.arguments)
        except asyncpg.UniqueViolationError as error:
            if error.constraint_name == RECORDED_BEFORE:
                return Outcome.OVERTAKEN
            raise
        if row is None or not row["is_free"]:
            return Outcome.STILL_RUNNING
        return Outcome.DONE if row["is_done"] else Outcome.OVERTAKEN


@lru_cache(KEPT_TEXTS)
def _place(number: int, kind: str) -> str:
    return f"${number}::{kind}"


@lru_cache(KEPT_TEXTS)
def _may_go_together(kinds: tuple[str, ...]) -> bool:
    return not any(kind.endswith(ONLY_ALONE) for kind in kinds)


@lru_cache(KEPT_TEXTS)
def _pairs(between: str, names: tuple[str, ...], places: tuple[str, ...]) -> str:
    return between.join(f"{name} = {place}" for name, place in zip(names, places, strict=True))


@lru_cache(KEPT_TEXTS)
def _insert(table: str, names: tuple[str, ...], places: tuple[str, ...]) -> str:
    return f"INSERT INTO {table} ({', '.join(names)}) OVERRIDING SYSTEM VALUE SELECT {', '.join(places)}"
