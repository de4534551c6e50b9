"""Walks the pages of the feed."""

import re
from collections.abc import AsyncIterator

import httpx


async def ids(client: httpx.AsyncClient, path: str, **headers: str) -> list[str]:
    answer = await client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return [event["id"] for event in answer.json()]


def next_of(answer: httpx.Response) -> str:
    found = re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers["Link"])
    assert found
    return found[1]


async def walk(client: httpx.AsyncClient, path: str) -> AsyncIterator[list[str]]:
    """The pages, until one is empty and leads to itself."""
    while True:
        answer = await client.get(path)
        yield [event["id"] for event in answer.json()]
        if not answer.json() and next_of(answer) == path:
            return
        path = next_of(answer)
