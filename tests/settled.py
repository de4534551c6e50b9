"""Waits until all that was written has been told: sequenced, published and consumed."""

from typing import Any

from tests.until import until

IS_SETTLED = """
    SELECT NOT EXISTS (SELECT FROM outbox) AND NOT EXISTS (SELECT FROM failed_event WHERE due_date IS NOT NULL)
        AND NOT EXISTS (
            SELECT FROM event JOIN relay_partition ON partition = listing_id % 16
            WHERE event.position > relay_partition.position
        )
"""


async def settled(connection: Any) -> None:
    """Wait until every event has had its effects; `connection` may see all tables, and an application runs."""

    async def is_settled() -> bool:
        answer: bool = await connection.fetchval(IS_SETTLED)
        return answer

    await until(is_settled)
