"""The API against a plain model: any sequence of requests, also over restarts, is answered as the model says."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from tests import factories
from tests.conftest import TestDatabase
from tests.integration.state_machine import views
from tests.integration.state_machine.deployment import Answer, Deployment
from tests.integration.state_machine.machine import UNKNOWN_ID, Machine, without_words
from tests.integration.state_machine.story import Modelled
from tests.integration.state_machine.strategies import ACTIONS, FILTERS, RULES, SPANS, Terms
from tests.integration.state_machine.writes import Writes

EXAMPLES = 150
STEPS = 40
MOST_WITHOUT_RESTART = 9

PLACES = st.one_of(st.none(), st.integers(0, 5))


class Histories(Writes):
    """What clients and operators may do, in any order."""

    listings = Writes.listings

    @rule(drawn=RULES, action=ACTIONS)
    def create_pricing_rule(self, drawn: dict[str, Any], action: str) -> None:
        written = {**drawn, "action": action}
        answer = self.server.send("POST", "/pricing-rules", written)
        now = views.date(self.model.now)
        assert answer.body == {**written, "id": answer.body["id"], "created_date": now, "updated_date": now}
        self.model.rules.append({**written, "id": answer.body["id"]})

    @precondition(lambda self: self.model.rules)
    @rule(place=st.integers(0, 3))
    def delete_pricing_rule(self, place: int) -> None:
        deleted = self.model.rules.pop(place % len(self.model.rules))
        assert self.server.send("DELETE", f"/pricing-rules/{deleted['id']}").status == 204
        left = [rule["id"] for rule in self.server.send("GET", "/pricing-rules").body]
        assert left == [rule["id"] for rule in self.model.rules]

    @precondition(lambda self: self.records)
    @rule(place=st.integers(0, 2))
    def repeat(self, place: int) -> None:
        key = sorted(self.records)[place % len(self.records)]
        request = self.records[key].request
        if self._record(Terms(key)):
            self.write(request, Terms(key), _not_reached)

    @rule(by=SPANS)
    def let_time_pass(self, by: timedelta) -> None:
        self.move_clock(by)

    @initialize(may_restart=st.sampled_from([False] * MOST_WITHOUT_RESTART + [True]))
    def begin(self, *, may_restart: bool) -> None:
        self.may_restart = may_restart

    @precondition(lambda self: self.may_restart and self.model.listings)
    @rule(kill=st.booleans())
    def restart(self, *, kill: bool) -> None:
        self.may_restart = False
        self.server.stop(kill=kill)
        self.server.start(self.model.now)
        for listing in self.model.listings.values():
            self.check(listing)
            self.check_scheduled(listing)

    @rule(
        listing=listings,
        view=st.sampled_from(["plain", "detailed"]),
        order=st.sampled_from(["asc", "desc"]),
        bounds=st.tuples(PLACES, PLACES),
        limit=st.integers(1, 9),
    )
    def read_history(
        self, listing: Modelled, view: str, order: str, bounds: tuple[int | None, int | None], limit: int
    ) -> None:
        entries = views.detailed(listing) if view == "detailed" else [views.price(told) for told in listing.story()]
        dates = sorted({entry["created_date"] for entry in views.detailed(listing)})
        since, until = (None if place is None else dates[place % len(dates)] for place in bounds)
        asked = views.given(view=view, order=order, limit=limit, **{"from": since, "to": until})
        if (answer := self.read(listing, f"prices?{urlencode(asked)}")) is None:
            return
        if since and until and since > until:
            assert (answer.status, answer.kind) == (422, "invalid-request")
            return
        expected = [each for each in entries if (since or "") <= each["created_date"] <= (until or "9")]
        assert without_words(self.walk(answer, limit)) == (expected if order == "asc" else expected[::-1])

    @rule(listing=listings)
    def read_summary(self, listing: Modelled) -> None:
        if answer := self.read(listing, "prices/summary"):
            assert answer.body == views.summary(listing, self.model.now)

    @rule(listing=listings, place=st.integers(0, 9), known=PLACES, off=st.integers(-1, 1))
    def read_price_at(self, listing: Modelled, place: int, known: int | None, off: int) -> None:
        dates = [entry.created for entry in listing.entries]
        moments = sorted({*dates, *(each.recorded for each in listing.entries + listing.corrections)})
        time = dates[place % len(dates)] + timedelta(microseconds=off)
        known_at = None if known is None else moments[known % len(moments)] + timedelta(microseconds=off)
        asked = views.given(time=views.date(time), known_at=known_at and views.date(known_at))
        if (answer := self.read(listing, f"prices/at?{urlencode(asked)}")) is None:
            return
        if (expected := views.price_at(listing, time, known_at)) is None:
            assert (answer.status, answer.kind) == (404, "no-price-then")
        else:
            assert answer.body == expected

    @rule(filters=FILTERS, view=st.sampled_from(["plain", "detailed"]), limit=st.integers(1, 4))
    def search(self, filters: dict[str, Any], view: str, limit: int) -> None:
        spans = {name: self.model.now - value for name, value in filters.items() if isinstance(value, timedelta)}
        search = {**filters, **spans, "city": self.city}
        asked = search | {name: views.date(moment) for name, moment in spans.items()}
        answer = self.server.send("GET", f"/listings?{urlencode({**asked, 'view': view, 'limit': limit})}")
        if search.get("min_price_per_m2", 0) > search.get("max_price_per_m2", 10**20):
            assert (answer.status, answer.kind) == (422, "invalid-request")
            return
        assert answer.status == 200, answer.text
        expected = views.found(self.model, search)
        assert self.walk(answer, limit) == [views.listed(each, self.model.now, view=view) for each in expected]

    @initialize(method=st.sampled_from(["GET", "PUT", "PATCH", "DELETE"]))
    def ask_for_a_listing_that_is_not_there(self, method: str) -> None:
        bodies = {"PUT": factories.listing(), "PATCH": {"name": "x"}}
        answer = self.server.send(method, f"/listings/{UNKNOWN_ID}", bodies.get(method))
        assert (answer.status, answer.kind) == (404, "listing-not-found")


def _not_reached(answer: Answer) -> Any:
    raise AssertionError(f"a repeated request took effect once more: {answer.text}")


@pytest.fixture
def deployment(database: TestDatabase, tmp_path: Path) -> Iterator[Deployment]:
    """A server on a database of its own."""
    started = Deployment(database, tmp_path)
    started.start(Machine.now)
    yield started
    started.stop()


def test_any_sequence_of_requests_is_answered_as_the_model_says(deployment: Deployment) -> None:
    Histories.server = deployment
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=[Phase.generate],  # to shrink a failure takes minutes, and it can be read as it is
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
    answers = ", ".join(f"{number} of {what}" for what, number in sorted(deployment.answers.items()))
    print(f"{deployment.answers.total()} requests to {deployment.starts} starts of the server: {answers}")
