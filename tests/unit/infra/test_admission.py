"""How many requests may be under way: as many as are finished in a twentieth of a second, once there are too many."""

import asyncio
import socket
from http import HTTPStatus
from typing import Any

import pytest

from listingapi.infra.admission import LEAST, SECONDS_BETWEEN_LOOKS, UNKNOWN, Admission, Admitted
from listingapi.infra.headers import AnswerHeaders
from listingapi.infra.observed import Observed
from listingapi.infra.request_metrics import SEEN
from listingapi.infra.shedding import Shedding
from tests.sockets import read_answer

DATE = [(b"date", b"Mon, 23 Nov 2026 10:00:00 GMT")]


class Clock:
    """A time that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def admission(clock: Clock) -> Admission:
    return Admission(clock)


def fill(admission: Admission) -> None:
    """Have as many under way as may be."""
    while not admission.is_full:
        admission.begin()


def finish(admission: Admission, number: int) -> None:
    """Have some end, each in whose place another one begins."""
    for _ in range(number):
        admission.end()
        admission.begin()


@pytest.mark.parametrize(
    ("finished", "expected"),
    [
        pytest.param(0, LEAST, id="none: a few"),
        pytest.param(500, 100, id="as many as are finished in a twentieth of a second"),
        pytest.param(10_000, 2_000, id="many, if they are quick"),
    ],
)
def test_the_limit_is_what_is_finished_while_it_is_full(
    admission: Admission, clock: Clock, finished: int, expected: int
) -> None:
    fill(admission)
    assert admission.under_way == UNKNOWN
    finish(admission, finished)
    clock.now += SECONDS_BETWEEN_LOOKS

    assert admission.is_full is (expected <= UNKNOWN)
    assert admission.limit == expected


def test_who_goes_on_as_another_is_not_finished(admission: Admission, clock: Clock) -> None:
    fill(admission)
    for _ in range(200):
        admission.leave()
        admission.begin()
    assert admission.is_full
    clock.now += SECONDS_BETWEEN_LOOKS

    assert admission.is_full
    assert admission.limit == LEAST


def test_who_is_not_overloaded_is_let_do_more_again(admission: Admission, clock: Clock) -> None:
    fill(admission)
    clock.now += SECONDS_BETWEEN_LOOKS
    assert admission.is_full
    while admission.under_way:
        admission.end()
    limits = []
    for _ in range(6):
        clock.now += SECONDS_BETWEEN_LOOKS
        admission.begin()
        limits.append(admission.limit)

    assert limits == sorted(limits)
    assert limits[-1] == UNKNOWN


def test_as_many_as_were_quick_may_go_on_until_they_are_slow(admission: Admission, clock: Clock) -> None:
    limits = []
    for finished in (0, 10_000, 10_000, 0):
        finish(admission, finished)
        clock.now += SECONDS_BETWEEN_LOOKS
        admission.begin()
        limits.append(admission.limit)
    assert limits == [UNKNOWN, 2_000, 2_000, UNKNOWN]

    fill(admission)
    clock.now += SECONDS_BETWEEN_LOOKS
    assert admission.is_full
    assert admission.limit == LEAST


async def test_what_is_one_too_many_is_refused_and_nothing_of_it_is_read(admission: Admission) -> None:
    reached: list[str] = []

    async def app(scope: Any, *_: Any) -> None:
        reached.append(scope["path"])

    async def asked(path: str, *headers: tuple[bytes, bytes]) -> list[Any]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            raise AssertionError

        await Admitted(app, admission)({"type": "http", "path": path, "headers": headers}, receive, send)  # type: ignore[arg-type]
        return sent

    fill(admission)
    refused = await asked("/listings")
    for path in ("/events", "/eventsX", "/events/streams", "/livezX", "/metrics/1"):
        assert (await asked(path, (b"prefer", b"return=minimal")))[0]["status"] == HTTPStatus.SERVICE_UNAVAILABLE
    for path in ("/livez", "/readyz", "/metrics", "/events/stream"):
        await asked(path)
    await asked("/events", (b"prefer", b"Wait=30"))

    assert refused[0]["status"] == HTTPStatus.SERVICE_UNAVAILABLE
    assert (b"retry-after", b"1") in refused[0]["headers"]
    assert reached == ["/livez", "/readyz", "/metrics", "/events/stream", "/events"]
    assert admission.under_way == UNKNOWN


HEAD = b" HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\n"


def shedding(admission: Admission) -> Shedding:
    async def nothing(*_: object) -> None: ...

    return Shedding(admission, Observed(AnswerHeaders(nothing), logged_share=0))


def shed(admission: Admission, data: bytes) -> bytes | None:
    return shedding(admission)(data, DATE)


@pytest.mark.parametrize(
    "data",
    [
        b"GET /livez" + HEAD + b"\r\n",
        b"GET /metrics" + HEAD + b"\r\n",
        b"GET /events/stream?after=1" + HEAD + b"\r\n",
        b"GET /events?after=1" + HEAD + b"Prefer: wait=60\r\n\r\n",
        b"BREW /listings" + HEAD + b"\r\n",
        b"HEAD /listings" + HEAD + b"\r\n",
        b"GET /listings" + HEAD + b"Content-Length: 1\r\n\r\n1",
        b"PUT /listings/1" + HEAD + b"Content-Length: 3\r\n\r\n{}",
        b"PUT /listings/1" + HEAD + b"Content-Length: 1\r\n\r\n{}",
        b"PUT /listings/1" + HEAD + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        b"PUT /listings/1" + HEAD + b"Content-Length: +2\r\n\r\n{}",
        b"PUT /listings/1" + HEAD + b"Content-Length : 2\r\n\r\n{}",
        b"PUT /listings/1" + HEAD + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /listings" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /listings" + HEAD + b"Connection: close\r\n\r\n",
        b"GET /listings" + HEAD + b"Origin: https://x\r\n\r\n",
        b"GET /listings" + HEAD + b"Accept: application/problem+json\r\n\r\n",
        b"GET /listings" + HEAD,
        b"GET /listings" + HEAD + b"\r\nGET /listings" + HEAD + b"\r\n",
    ],
)
def test_what_is_not_plain_and_whole_is_refused_by_others(admission: Admission, data: bytes) -> None:
    fill(admission)

    assert shed(admission, data) is None


@pytest.mark.parametrize(
    ("method", "data"),
    [
        ("GET", b"GET /listings?limit=7" + HEAD + b"\r\n"),
        ("GET", b"GET /events?after=1" + HEAD + b"\r\n"),
        ("GET", b"GET /eventsX" + HEAD + b"\r\n"),
        ("GET", b"GET /livezX" + HEAD + b"\r\n"),
        ("GET", b"GET /listings?limit=7" + HEAD + b"X-Request-Id: a\r\n\r\n"),
        ("DELETE", b"DELETE /listings/1" + HEAD + b"\r\n"),
        ("POST", b"POST /listings" + HEAD + b"\r\n"),
        ("PUT", b"PUT /listings/1" + HEAD + b"Content-Length: 2\r\n\r\n{}"),
        ("PATCH", b"PATCH /listings/1" + HEAD + b"content-length:  6 \r\n\r\n{\r\n\r\n}"),
    ],
)
async def test_what_is_plain_and_whole_is_refused_at_once_where_it_is_one_too_many(
    admission: Admission, method: str, data: bytes
) -> None:
    assert shed(admission, data) is None
    fill(admission)
    SEEN.report()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(shed(admission, data) or b"")
        answer = read_answer(theirs, data)

    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    assert answer.json == {"message": "Too much is asked at the moment: try again."}
    assert answer.headers["cache-control"] == "no-store"
    assert len(answer.headers["x-request-id"]) == 32
    assert SEEN._routes[method, "none"].by_class[5] == 1


async def test_what_was_let_through_and_has_not_begun_counts(admission: Admission) -> None:
    data = b"GET /listings" + HEAD + b"\r\n"
    refusing = shedding(admission)
    fill(admission)
    for _ in range(2):
        admission.end()
    assert [refusing(data, DATE) is None for _ in range(4)] == [True, True, False, False]
    await asyncio.sleep(0)

    assert [refusing(data, DATE) is None for _ in range(4)] == [True, True, False, False]
