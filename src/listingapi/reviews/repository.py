"""The SQL of reviews."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

import asyncpg
import msgspec
from msgspec import UNSET

from listingapi.idempotency.attempts import Attempt
from listingapi.idempotency.repository import RECORD_COLUMNS
from listingapi.infra.database import Database, Transaction
from listingapi.infra.write import Write
from listingapi.money import Euros
from listingapi.prices.rules import Objection
from listingapi.reviews.flagged import FlaggedPrice
from listingapi.reviews.schemas import PriceReview, State

Place = tuple[datetime, int, int]

COLUMNS = """
    listing_id, version, account_id, price_eur, previous_price_eur, created_date, flags, state, settled_date,
    settled_by_account_id, reason, corrected_by_version
"""
OPTIONAL = ("previous_price_eur", "settled_date", "settled_by_account_id", "reason", "corrected_by_version")

# Whoever opens a review, and whoever settles it because the price was corrected, has to see what the other one did.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(721458013, hashint8($1))"
ADD = """
    INSERT INTO pricing.price_review
        (listing_id, version, account_id, price_eur, previous_price_eur, created_date, flags)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (listing_id, version) DO NOTHING
"""
# From the history itself, and the first correction: it comes to the same whichever event comes first.
SETTLE_CORRECTED = """
    UPDATE pricing.price_review AS review SET
        state = 'corrected', settled_date = correction.recorded_date, settled_by_account_id = correction.account_id,
        actor = correction.actor, reason = correction.reason, corrected_by_version = correction.version
    FROM (
        SELECT * FROM listing_price_correction
        WHERE listing_id = $1 AND corrects_version = $2
        ORDER BY version
        LIMIT 1
    ) AS correction
    WHERE review.listing_id = $1 AND review.version = $2 AND review.state = 'open'
"""
# There is a row whether or not there is such a review.
LOAD = f"""
    SELECT review.*, {RECORD_COLUMNS}
    FROM (SELECT) AS one
    LEFT JOIN (
        SELECT {COLUMNS} FROM pricing.price_review WHERE listing_id = $1 AND version = $2
    ) AS review ON true
    LEFT JOIN idempotency_record AS record ON record.account_id = $3 AND record.key = $4
"""


def page_of(state: State, account_id: int | None, *, after: Place | None, limit: int) -> tuple[str, list[Any]]:
    """The statement for a page of reviews, oldest first, after a place, of an account or of all; and its arguments.

    Its order is that of an index of all reviews, and of one of those of an account.
    """
    arguments: list[Any] = [limit, state]
    conditions = ["state = $2"]
    if account_id is not None:
        arguments.append(account_id)
        conditions.append(f"account_id = ${len(arguments)}")
    if after:
        places = ", ".join(f"${len(arguments) + number}" for number in (1, 2, 3))
        arguments.extend(after)
        conditions.append(f"(created_date, listing_id, version) > ({places})")
    statement = f"""
        SELECT {COLUMNS} FROM pricing.price_review WHERE {" AND ".join(conditions)}
        ORDER BY created_date, listing_id, version LIMIT $1
    """
    return statement, arguments


async def find(
    database: Database, state: State, account_id: int | None, *, after: Place | None, limit: int
) -> Sequence[PriceReview]:
    """At most `limit` reviews in a state, oldest first, after a place; of an account, or of all."""
    statement, arguments = page_of(state, account_id, after=after, limit=limit)
    return [_review(row) for row in await database.fetch(statement, *arguments)]


async def load(
    database: Database, listing_id: int, version: int, attempt: Attempt
) -> tuple[PriceReview | None, asyncpg.Record]:
    """A review, if there is one of this price, and the row that holds the record of the attempt."""
    found = await database.fetchrow(LOAD, listing_id, version, attempt.account_id, attempt.key)
    row = cast("asyncpg.Record", found)
    return _review(row) if row["listing_id"] is not None else None, row


async def add(transaction: Transaction, flagged: FlaggedPrice) -> None:
    """Open the review of a price, unless there is one."""
    await transaction.fetch(ONE_AT_A_TIME, flagged.listing_id)
    await transaction.fetch(
        ADD,
        flagged.listing_id,
        flagged.version,
        flagged.account_id,
        flagged.price_eur,
        flagged.previous_price_eur,
        flagged.created_date,
        msgspec.json.encode(flagged.flags).decode(),
    )


async def settle_corrected(transaction: Transaction, listing_id: int, version: int) -> None:
    """Settle the review of a price that was corrected, if it is open."""
    await transaction.fetch(ONE_AT_A_TIME, listing_id)
    await transaction.fetch(SETTLE_CORRECTED, listing_id, version)


def approve(write: Write, before: PriceReview, after: PriceReview, actor: str) -> None:
    """Settle a review, as the guard of a write: it finds no row where it is settled."""
    write.guard(f"{_update(write, after, actor)} WHERE {_is_open(write, before)} AND {write.may_run} RETURNING version")


def hold_open(write: Write, review: PriceReview) -> None:
    """Let a write take effect only if the review is open, and nobody else settle it meanwhile."""
    write.add(f"SELECT FROM pricing.price_review WHERE {_is_open(write, review)} FOR UPDATE", name="open_review")
    write.require("EXISTS (SELECT FROM open_review)")


def settle(write: Write, after: PriceReview, actor: str) -> None:
    """Settle a review along with what the guard of a write does; it was held open."""
    write.add(f"{_update(write, after, actor)} FROM guard WHERE {_is_open(write, after)}")


def _update(write: Write, after: PriceReview, actor: str) -> str:
    values: dict[str, tuple[Any, str]] = {
        "state": (after.state, "text"),
        "settled_date": (after.settled_date, "timestamptz"),
        "settled_by_account_id": (after.settled_by_account_id, "bigint"),
        "actor": (actor, "text"),
        "reason": (after.reason or None, "text"),
        "corrected_by_version": (after.corrected_by_version or None, "bigint"),
    }
    assignments = ", ".join(f"{name} = {write.bind(*value)}" for name, value in values.items())
    return f"UPDATE pricing.price_review SET {assignments}"


def _is_open(write: Write, review: PriceReview) -> str:
    listing_id, version = write.bind(review.listing_id, "bigint"), write.bind(review.version, "bigint")
    return (
        f"price_review.listing_id = {listing_id} AND price_review.version = {version} AND price_review.state = 'open'"
    )


def _review(row: asyncpg.Record) -> PriceReview:
    given = {name: UNSET if row[name] is None else row[name] for name in OPTIONAL}
    if row["previous_price_eur"] is not None:
        given["previous_price_eur"] = Euros(row["previous_price_eur"])
    return PriceReview(
        listing_id=row["listing_id"],
        version=row["version"],
        account_id=row["account_id"],
        price_eur=Euros(row["price_eur"]),
        created_date=row["created_date"],
        flags=msgspec.json.decode(row["flags"], type=list[Objection]),
        state=row["state"],
        **given,
    )
