"""Answers that are on their way."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, cast

from litestar.types import HTTPScope

PLACE = "listingapi.was_late"


class Late(NamedTuple):
    """An answer that can be asked for, once, when something was found.

    It is asked for with the headers that the server adds to each answer. None: the request is for somebody else.
    """

    found: asyncio.Future[Any]
    answer: Callable[[Sequence[tuple[bytes, bytes]]], bytes | None]


def put_late(scope: Any) -> None:
    """Note of a request that it was let in, and waited for an answer in vain."""
    scope[PLACE] = True


def was_late(scope: HTTPScope) -> bool:
    """Whether it did: it is not to be told that it is one too many after that."""
    return PLACE in cast("dict[str, Any]", scope)
