"""What becomes of a delivery after an attempt."""

from datetime import UTC, datetime, timedelta

import pytest

from listingapi.webhooks.retrying import HOLDS, JITTER, PAUSES, Outcome, pause_asked_for, verdict

NOW = datetime(2023, 1, 12, 9, 23, 36, tzinfo=UTC)
DAY = timedelta(days=1)


def least() -> float:
    return 0.0


def most() -> float:
    return 1.0


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_a_success_ends_a_delivery(status: int) -> None:
    decided = verdict(Outcome(status), 1, 3, NOW, most)

    assert (decided.state, decided.due_date, decided.held_until) == ("delivered", None, None)


@pytest.mark.parametrize("status", [100, 199, 300, 302, 304, 400, 401, 403, 404, 409, 422, 429, 500, 503, 599])
def test_any_other_status_is_tried_again(status: int) -> None:
    assert verdict(Outcome(status), 1, 0, NOW, least).due_date == NOW + timedelta(seconds=5)


def test_the_pauses_grow_over_days_and_end() -> None:
    waited = [verdict(Outcome(500), attempt, 0, NOW, least).due_date for attempt in range(1, len(PAUSES) + 2)]

    assert waited == [*(NOW + pause for pause in PAUSES), None]
    assert verdict(Outcome(500), len(PAUSES) + 1, 0, NOW, least).state == "failed"
    assert sum(PAUSES, timedelta()) > timedelta(days=3)


def test_a_pause_is_longer_by_chance() -> None:
    assert verdict(Outcome(500), 4, 0, NOW, most).due_date == NOW + timedelta(hours=2) * (1 + JITTER)


def test_410_is_the_end() -> None:
    decided = verdict(Outcome(410, retry_after="600"), 1, 0, NOW, least)

    assert (decided.state, decided.due_date, decided.held_until) == ("failed", None, None)


@pytest.mark.parametrize(("failures", "hold"), list(enumerate([*HOLDS, HOLDS[-1]])))
def test_a_receiver_without_an_answer_is_left_alone_longer_each_time(failures: int, hold: timedelta) -> None:
    assert verdict(Outcome(problem="no connection"), 1, failures, NOW, least).held_until == NOW + hold


def test_no_single_delivery_is_late_for_that() -> None:
    assert all(hold <= pause for hold, pause in zip(HOLDS, PAUSES, strict=False))


def test_retry_after_holds_the_receiver_and_the_delivery() -> None:
    decided = verdict(Outcome(429, retry_after="600"), 1, 0, NOW, least)

    assert decided.due_date == decided.held_until == NOW + timedelta(seconds=600)


def test_retry_after_makes_no_pause_shorter() -> None:
    assert verdict(Outcome(503, retry_after="1"), 5, 0, NOW, least).due_date == NOW + PAUSES[4]


@pytest.mark.parametrize(
    ("header", "pause"),
    [
        pytest.param(None, timedelta(), id="none"),
        pytest.param("120", timedelta(minutes=2), id="seconds"),
        pytest.param("0", timedelta(), id="no seconds"),
        pytest.param("999999999", DAY, id="years"),
        pytest.param("9999999999999999999", timedelta(), id="more than anybody means"),
        pytest.param("Thu, 12 Jan 2023 09:33:36 GMT", timedelta(minutes=10), id="a date"),
        pytest.param("Thu, 12 Jan 2023 09:33:36 -0000", timedelta(minutes=10), id="a date without a zone"),
        pytest.param("Thu, 12 Jan 2023 08:00:00 GMT", timedelta(), id="a date that is past"),
        pytest.param("Fri, 31 Dec 9999 23:59:59 GMT", DAY, id="a date that nobody lives to see"),
        pytest.param("Thu, 99 Jan 2023 09:33:36 GMT", timedelta(), id="no date"),
        pytest.param("-5", timedelta(), id="seconds ago"),
        pytest.param("1.5", timedelta(), id="half seconds"),
        pytest.param("", timedelta(), id="nothing"),
        pytest.param("1, 2", timedelta(), id="two"),
        pytest.param("Thu, 12 Jan 2023 09:33:36 +999999999999", timedelta(), id="a zone that is none"),
        pytest.param("Thu, 12 Jan 2023 09:33:36 +99999999999999999", timedelta(), id="a zone beyond a C integer"),
        pytest.param("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", timedelta(), id="a year beyond a C integer"),
    ],
)
def test_the_pause_that_is_asked_for(header: str | None, pause: timedelta) -> None:
    assert pause_asked_for(header, NOW) == pause
