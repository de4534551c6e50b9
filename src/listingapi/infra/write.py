"""One write: parts that take effect together, in one transaction and one round trip."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

import asyncpg

from listingapi.infra.database import Database, Transaction

# By its column, each value with its SQL type.
Row = Mapping[str, tuple[Any, str]]

RECORDED_BEFORE = "idempotency_record_pkey"


class Outcome(Enum):
    """What became of a write: it took effect whole, or not at all."""

    DONE = auto()
    OVERTAKEN = auto()
    STILL_RUNNING = auto()


class Write:
    """Collects the parts of a write and runs them as one data-modifying statement.

    The part called `guard` finds or makes the row that the write is about; every other part takes its rows from it,
    and so writes nothing where the guard finds that someone else was faster.
    """

    def __init__(self) -> None:
        self._arguments: list[Any] = []
        self._parts: list[str] = []
        self._claim: str | None = None
        self._conditions: list[str] = []

    def bind(self, value: Any, kind: str) -> str:
        """Give the statement a value of an SQL type; returns how the statement names it."""
        self._arguments.append(value)
        return f"${len(self._arguments)}::{kind}"

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

    def _insert(self, table: str, row: Row) -> str:
        values = ", ".join(self.bind(*value) for value in row.values())
        return f"INSERT INTO {table} ({', '.join(row)}) OVERRIDING SYSTEM VALUE SELECT {values}"

    async def run(self, database: Database | Transaction) -> Outcome:
        """Run it, once."""
        parts = ", ".join([*([self._claim] if self._claim else []), *self._parts])
        statement = f"WITH {parts} SELECT EXISTS (SELECT FROM guard) AS is_done, {self._is_free} AS is_free"  # noqa: S608 - all values are bound
        try:
            row = await database.fetchrow(statement, *self._arguments)
        except asyncpg.UniqueViolationError as error:
            if error.constraint_name == RECORDED_BEFORE:
                return Outcome.OVERTAKEN
            raise
        if row is None or not row["is_free"]:
            return Outcome.STILL_RUNNING
        return Outcome.DONE if row["is_done"] else Outcome.OVERTAKEN
