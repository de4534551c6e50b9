"""Counts what an application sends to its database."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import asyncpg
import pytest

from listingapi.events import changes_repository
from listingapi.events.repository import FORGET
from listingapi.idempotency.repository import PURGE
from listingapi.prices.change_repository import DUE

# What the application does by itself now and then, whatever requests there are.
BACKGROUND = (DUE, PURGE, FORGET, changes_repository.CHANGES, changes_repository.EXTENT)
# What the driver asks once on each connection: which types there are, without JIT.
OF_DRIVER = re.compile(r"\s*(WITH RECURSIVE typeinfo_tree|SELECT\s+(current_setting\('jit'\)|set_config\('jit'))")
OF_EVENTS = "listingapi events"
OF_NOBODY = ("listingapi relay", "listingapi consumers")


def telling(see: Callable[[str], None], *, of_events: bool = False) -> Any:
    """What makes pools whose connections tell of every statement of the requests to an application.

    Events have connections of their own, and much goes on there by itself.
    """

    def tell(record: Any) -> None:
        if record.query not in BACKGROUND and not OF_DRIVER.match(record.query):
            see(record.query)

    async def log(connection: Any) -> None:
        name = connection.get_settings().application_name
        if name not in OF_NOBODY and (name == OF_EVENTS) == of_events:
            connection.add_query_logger(tell)

    return partial(asyncpg.create_pool, init=log)


def seen_by(monkeypatch: pytest.MonkeyPatch, *, of_events: bool = False) -> list[str]:
    """Every statement of the requests to applications that are started from now on, as their connections log them."""
    seen: list[str] = []
    monkeypatch.setattr(asyncpg, "create_pool", telling(seen.append, of_events=of_events))
    return seen
