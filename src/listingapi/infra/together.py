"""Writes of many callers in one statement: what a small write costs PostgreSQL is mostly the statement and its commit.

Each takes effect by itself, or not at all. Writes of the same shape go together that come while others are under way;
one that comes alone is run as it is.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

import asyncpg
import msgspec

from listingapi.infra.coalescing import Coalesced
from listingapi.infra.database import Database
from listingapi.infra.errors import DatabaseUnavailable
from listingapi.infra.write import Outcome, Shape, Write

# Any number of writes go together: to plan a statement for each takes longer than to carry it out (ADR 10).
SESSION = {"application_name": "listingapi writes", "plan_cache_mode": "force_generic_plan", "jit": "off"}
POOL_SIZE = 4

AT_THE_SAME_TIME = 1
WRITES_OF_ONE = 50
MOST_WAITING = 5_000
# One that is alone may have to wait for whoever has its row locked; others do not wait for it for longer.
ALONE_SECONDS = 0.02
# What is JSON itself is a text in the JSON that has all the values.
KINDS_IN_JSON = {"jsonb": "text"}

Done = asyncio.Future[Outcome]


class WritesTogether:
    """Runs writes, those that come at the same time in one statement.

    It may leave some of them out: rows that others have locked, or have changed meanwhile. These are run by themselves,
    and so are all of them if one fails, since nothing has happened then.
    """

    def __init__(self, database: Database, several: Database) -> None:
        self._database = database
        self._several = several
        self._coalesced: Coalesced[Write, Done] = Coalesced(
            self._run, looks=AT_THE_SAME_TIME, keys_of_one=WRITES_OF_ONE, most_waiting=MOST_WAITING
        )

    async def run(self, write: Write) -> Outcome:
        """Run one, once.

        Raises:
            Overloaded: too many wait already.
            DatabaseUnavailable, DatabaseRefuses: as for a statement by itself.
        """
        if write.shape is None:
            return await write.run(self._database)
        done = await self._coalesced.get(write)
        return await (done or write.run(self._database))

    async def _run(self, writes: Sequence[Write]) -> Mapping[Write, Done]:
        """Run some; what is not among those that are returned was left out."""
        if len(writes) == 1:
            return {writes[0]: await self._run_alone(writes[0])}
        by_shape: defaultdict[Shape, dict[object, Write]] = defaultdict(dict)
        for write in writes:
            if write.shape:
                by_shape[write.shape].setdefault(write.arguments[0], write)
        found: dict[Write, Done] = {}
        for shape, by_key in by_shape.items():
            found |= await self._run_several(shape, by_key)
        return found

    async def _run_alone(self, write: Write) -> Done:
        running = asyncio.ensure_future(write.run(self._database))
        await asyncio.wait([running], timeout=ALONE_SECONDS)
        return running

    async def _run_several(self, shape: Shape, by_key: Mapping[object, Write]) -> Mapping[Write, Done]:
        """What went wrong is told to those alone whose statement it was: those of another shape may be kept by then."""
        try:
            rows = await self._several.fetch(statement_of(shape), given_of(shape, by_key.values()))
        except asyncpg.PostgresError:
            return {}
        except DatabaseUnavailable as error:
            return {write: _failed(error) for write in by_key.values()}
        return {by_key[row["key"]]: _done() for row in rows}


def _done() -> Done:
    done: Done = asyncio.get_running_loop().create_future()
    done.set_result(Outcome.DONE)
    return done


def _failed(error: Exception) -> Done:
    done: Done = asyncio.get_running_loop().create_future()
    done.set_exception(error)
    done.exception()  # nobody may wait for it any more, which is nothing to complain of
    return done


def given_of(shape: Shape, writes: Iterable[Write]) -> str:
    """The values of writes of a shape as JSON: an array of each column takes the driver many times as long to send."""
    names = _names(shape)
    rows = [dict(zip(names, write.arguments, strict=True)) for write in writes]
    return msgspec.json.encode(rows, enc_hook=_exactly).decode()


def _exactly(value: Any) -> str:
    """A kind of decimal, in all its digits."""
    if isinstance(value, Decimal):
        return str(value)
    raise NotImplementedError(type(value))  # how a hook tells msgspec that it does not know the type


@lru_cache(maxsize=256)
def statement_of(shape: Shape) -> str:
    """The statement that runs any number of writes of a shape, each of another row; it returns the keys of these.

    The values of each are a row of `given`, and those that took effect one of `guard`. Rows that are locked are passed
    over, so that it waits for nobody, in whichever order it takes them.
    """
    kinds = [KINDS_IN_JSON.get(kind, kind) for kind in shape.kinds]
    columns = ", ".join(f"{name} {kind}" for name, kind in zip(_names(shape), kinds, strict=True))
    where = _taking(shape, shape.where, "given")
    parts = "".join(f", {_taking(shape, part, 'guard')}" for part in shape.parts)
    return f"""
        WITH given AS MATERIALIZED (
            SELECT * FROM json_to_recordset($1::json) AS given ({columns})
        ), free AS MATERIALIZED (
            SELECT given.* FROM given JOIN {shape.table} ON {where} FOR NO KEY UPDATE OF {shape.table} SKIP LOCKED
        ), guard AS (
            UPDATE {shape.table} SET {_taking(shape, shape.assignments, "given")}
            FROM free AS given WHERE {where} RETURNING {shape.returning}, given.*
        ){parts}
        SELECT {_name(1)} AS key FROM guard
    """  # noqa: S608 - all values are bound


def _taking(shape: Shape, sql: str, row: str) -> str:
    """A part of a write with its values taken from a row."""
    for number, kind in enumerate(shape.kinds, 1):
        cast = f"::{kind}" if kind in KINDS_IN_JSON else ""
        sql = sql.replace(f"${number}::{kind}", f"{row}.{_name(number)}{cast}")
    return sql


def _name(number: int) -> str:
    return f"value_{number}"


@lru_cache(maxsize=256)
def _names(shape: Shape) -> Sequence[str]:
    return [_name(number) for number in range(1, len(shape.kinds) + 1)]
