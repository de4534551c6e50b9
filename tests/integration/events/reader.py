"""Reads a stream of server-sent events, as a browser does; each event is checked against the AsyncAPI document."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx

from tests.asyncapi import validate_event


@dataclass(slots=True)
class Block:
    """What is between two empty lines of a stream; one without data is no event."""

    id: int | None = None
    event: str | None = None
    data: Any = None


async def blocks(answer: httpx.Response) -> AsyncIterator[Block]:
    """The blocks of a stream that say something."""
    block = Block()
    async for line in answer.aiter_lines():
        name, _, value = line.partition(":")
        if line == "" and block != Block():
            yield block
            block = Block()
        elif name == "id":
            block.id = int(value)
        elif name == "event":
            block.event = value.strip()
        elif name == "data":
            block.data = validate_event(value)


async def events(answer: httpx.Response) -> AsyncIterator[Block]:
    """The events of a stream."""
    async for block in blocks(answer):
        if block.data is not None:
            yield block
