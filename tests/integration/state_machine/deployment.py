"""The server under test: a real process on a database, which can be killed and started again."""

import json
import re
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx

from tests import openapi
from tests.clocked import VARIABLE, FileClock
from tests.conftest import TestDatabase
from tests.servers import serving

AMOUNT = re.compile(r'"\\u0000([0-9.]+)\\u0000"')


@dataclass(frozen=True)
class Answer:
    """An answer, parsed with exact numbers."""

    status: int
    body: Any
    etag: str | None
    text: str
    is_replayed: bool
    next_page: str | None

    @property
    def kind(self) -> str:
        """The problem type of an error; empty for any other answer."""
        return str(self.body["type"].rpartition(":")[2]) if self.status >= HTTPStatus.BAD_REQUEST else ""


class Deployment:
    """`listingapi serve`, started anew as often as it is ended."""

    def __init__(self, database: TestDatabase, folder: Path) -> None:
        clock_file = folder / "clock"
        self._clock = FileClock(clock_file)
        self._environment = database.settings().as_environment() | {VARIABLE: str(clock_file)}
        self._running = ExitStack()
        self.starts = 0
        self.answers: Counter[str] = Counter()

    def start(self, now: datetime) -> None:
        """Start it at a time."""
        self._clock.set(now)
        server = self._running.enter_context(serving(environment=self._environment, module="tests.clocked"))
        self._process = server
        self._http = self._running.enter_context(httpx.Client(base_url=server.url, timeout=30))
        self.starts += 1

    def stop(self, *, kill: bool = False) -> None:
        """End it: in order, or as `kill -9` does."""
        if kill:
            self._process.kill()
        self._running.close()

    def set_clock(self, now: datetime) -> None:
        """Move its clock."""
        self._clock.set(now)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send a request, with amounts to the cent, and hold the answer against the OpenAPI document."""
        sent = {"accept": "application/json, application/problem+json", "content-type": "application/json", **headers}
        response = self._http.request(method, path, content=None if body is None else as_json(body), headers=sent)
        openapi.check(response)
        parsed = json.loads(response.text, parse_float=Decimal) if response.content else None
        link = response.headers.get("link", "")
        answer = Answer(
            response.status_code,
            parsed,
            response.headers.get("etag"),
            response.text,
            "idempotency-replayed" in response.headers,
            link[1 : link.index(">")] if link else None,
        )
        self.answers[f"{answer.status}{' again' * answer.is_replayed} {answer.kind}".strip()] += 1
        return answer


def as_json(body: Any) -> str:
    """Write a body, its decimals as they are."""
    return AMOUNT.sub(r"\1", json.dumps(body, default=lambda amount: f"\0{amount}\0"))
