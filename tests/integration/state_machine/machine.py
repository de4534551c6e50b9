"""Sends what the rules choose to the server and to the model, and holds the answers against each other."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from time import monotonic, sleep
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine

from tests.integration.state_machine import views
from tests.integration.state_machine.deployment import Answer, Deployment, as_json
from tests.integration.state_machine.model import Model, Refused
from tests.integration.state_machine.story import Modelled
from tests.integration.state_machine.strategies import Terms

KEPT = timedelta(hours=72)
DUE_WITHIN_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.02
THE_SERVERS_WORDS = ("detail", "message")
UNKNOWN_ID = 10**15

Decide = Callable[[Answer], tuple[int, Any, int | None]]
examples = count(1)


@dataclass(frozen=True)
class Request:
    """What is sent."""

    method: str
    path: str
    body: Any = None

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes it the same request under one key."""
        return self.method, self.path, as_json(self.body)


@dataclass(frozen=True)
class Record:
    """A request that took effect under a key."""

    request: Request
    answer: Answer
    moment: datetime


class Machine(RuleBasedStateMachine):
    """Drives a server that others have used before: what it makes itself is in a town of its own."""

    server: Deployment
    now = datetime(2023, 1, 12, 9, 23, 36, tzinfo=UTC)

    def __init__(self) -> None:
        super().__init__()
        self.example = next(examples)
        self.city = f"Town {self.example}"
        self.records: dict[str, Record] = {}
        self.model = Model(self.now)
        self.move_clock(timedelta(days=1))
        for rule in self.server.send("GET", "/pricing-rules").body:
            assert self.server.send("DELETE", f"/pricing-rules/{rule['id']}").status == 204

    def move_clock(self, by: timedelta) -> None:
        """Let time pass, and what is due come into force."""
        type(self).now = self.model.now = self.model.now + by
        self.server.set_clock(self.model.now)
        due = [it for it in self.model.listings.values() for each in it.pending if each.effective <= self.model.now]
        self.model.apply_due()
        for listing in due:
            self._until_settled(listing)

    def _until_settled(self, listing: Modelled) -> None:
        deadline = monotonic() + DUE_WITHIN_SECONDS
        while self._number_pending(listing) > len(listing.pending):
            assert monotonic() < deadline, f"what was scheduled for {listing.id} did not come into force"
            sleep(LOOK_AGAIN_SECONDS)
        self.check_scheduled(listing)

    def _number_pending(self, listing: Modelled) -> int:
        answered = self.server.send("GET", f"/listings/{listing.id}/prices/scheduled").body
        return [each["state"] for each in answered].count("pending")

    def check_scheduled(self, listing: Modelled) -> None:
        """All that was scheduled is the model's."""
        if answer := self.read(listing, "prices/scheduled"):
            answered = [each | ({"reason": True} if "reason" in each else {}) for each in answer.body]
            assert answered == [views.scheduled(each) for each in reversed(listing.scheduled)]

    def write(self, request: Request, terms: Terms, decide: Decide, listing: Modelled | None = None) -> None:
        """Send a write; `decide` has the model do it, and says status, body and version of the answer."""
        if terms.confirm:
            joint = "&" if "?" in request.path else "?"
            request = Request(request.method, f"{request.path}{joint}confirm=true", request.body)
        answer = self.server.send(request.method, request.path, request.body, **self._headers(terms, listing))
        if record := self._record(terms):
            _check_repeated(record, request, answer)
            return
        expected = _decide(decide, answer, is_overtaken=listing is not None and terms.match is False)
        if isinstance(expected, Refused):
            _check_refused(answer, expected)
        else:
            _check_done(answer, *expected)
            if terms.key:
                self.records[terms.key] = Record(request, answer, self.model.now)
        if listing:
            self.check(listing)

    def _headers(self, terms: Terms, listing: Modelled | None) -> dict[str, str]:
        headers = {} if terms.key is None else {"idempotency-key": f"{self.example}-{terms.key}"}
        if listing and terms.match is not None:
            headers["if-match"] = f'"{listing.version}"' if terms.match else f'"0", "{listing.version + 1}"'
        return headers

    def _record(self, terms: Terms) -> Record | None:
        record = self.records.get(terms.key or "")
        return record if record and record.moment >= self.model.now - KEPT else None

    def check(self, listing: Modelled) -> None:
        """The listing as it is read is the model's."""
        answer = self.server.send("GET", f"/listings/{listing.id}")
        if listing.withdrawn is None:
            assert (answer.status, answer.etag) == (200, f'"{listing.version}"')
            assert answer.body == views.listing(listing)
        else:
            assert (answer.status, answer.kind, answer.etag) == (410, "listing-withdrawn", f'"{listing.version}"')
            assert answer.body["listing"] == views.listing(listing)

    def read(self, listing: Modelled, path: str) -> Answer | None:
        """Read something of a listing; None, once that was checked, if it is not on the market."""
        answer = self.server.send("GET", f"/listings/{listing.id}/{path}")
        if listing.withdrawn is None:
            return answer
        assert (answer.status, answer.kind) == (410, "listing-withdrawn")
        return None

    def walk(self, first: Answer, limit: int) -> list[Any]:
        """The items of a list, from its first page on."""
        found, page = [], first
        while page.next_page:
            assert len(page.body) == limit
            found += page.body
            page = self.server.send("GET", page.next_page)
        assert len(page.body) <= limit
        return found + list(page.body)


def _decide(decide: Decide, answer: Answer, *, is_overtaken: bool) -> tuple[int, Any, int | None] | Refused:
    if is_overtaken:
        return Refused(412, "listing-changed")
    try:
        return decide(answer)
    except Refused as refused:
        return refused


def _check_refused(answer: Answer, refused: Refused) -> None:
    assert (answer.status, answer.kind) == (refused.status, refused.kind), answer.text


def _check_done(answer: Answer, status: int, body: Any, version: int | None) -> None:
    assert (answer.status, answer.is_replayed) == (status, False), answer.text
    assert without_words(answer.body) == body
    assert answer.etag == (None if version is None else f'"{version}"')


def _check_repeated(record: Record, request: Request, answer: Answer) -> None:
    if record.request.identity != request.identity:
        assert (answer.status, answer.kind) == (422, "idempotency-key-reused"), answer.text
        return
    first = record.answer
    assert (answer.status, answer.text, answer.etag) == (first.status, first.text, first.etag)
    assert answer.is_replayed


def without_words(body: Any) -> Any:
    """An answer without what it says in words of the server's own."""
    if isinstance(body, list):
        return [without_words(each) for each in body]
    if not isinstance(body, dict):
        return body
    return {name: without_words(value) for name, value in body.items() if name not in THE_SERVERS_WORDS}
