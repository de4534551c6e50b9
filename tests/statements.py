"""Counts what an application sends to its database."""

from functools import partial
from typing import Any

import asyncpg
import pytest

from listingapi.idempotency.repository import PURGE
from listingapi.prices.change_repository import DUE

# What the application does by itself now and then, whatever requests there are.
BACKGROUND = (DUE, PURGE)
OF_EVENTS = "listingapi events"
OF_NOBODY = ("listingapi relay", "listingapi consumers")


def seen_by(monkeypatch: pytest.MonkeyPatch, *, of_events: bool = False) -> list[str]:
    """Every statement of the requests to applications that are started from now on, as their connections log them.

    Events have connections of their own, and much goes on there by itself.
    """
    seen: list[str] = []

    def see(record: Any) -> None:
        if record.query not in BACKGROUND:
            seen.append(record.query)

    async def log(connection: Any) -> None:
        name = connection.get_settings().application_name
        if name not in OF_NOBODY and (name == OF_EVENTS) == of_events:
            connection.add_query_logger(see)

    monkeypatch.setattr(asyncpg, "create_pool", partial(asyncpg.create_pool, init=log))
    return seen
