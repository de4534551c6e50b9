"""What nginx keeps of anonymous answers, for how long and for whom, before a service that says so in each answer."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from deploy.stack.edge import CONFIGURATION

from listingapi.hot.answers import of_its_second
from tests.behind import PATH, PATIENCE_SECONDS, Behind, client_of, edge_before
from tests.nginx import nginx_before
from tests.upstreams import upstream

FOR_OTHERS = "public, max-age=0, s-maxage=1, stale-while-revalidate=60, stale-if-error=60"
KEPT = {"Cache-Control": FOR_OTHERS, "X-Accel-Expires": "60"}
HISTORY = f"{PATH}/prices"
# Over a moment later.
OVER = {"Cache-Control": FOR_OTHERS, "X-Accel-Expires": "1"}
# Every answer was true a moment ago, as far as the service knows; what is told is never older than a second.
AGE, OLDEST_SECONDS = 0.25, 1.0


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[Behind]:
    with upstream(headers=KEPT) as service, edge_before(service, tmp_path) as behind:
        yield behind


@pytest.mark.parametrize("path", ["/listings", PATH, "/listings/1/prices", "/markets/FR/Paris/HOUSE/statistics"])
def test_what_may_be_kept_is_asked_for_once(edge: Behind, path: str) -> None:
    answers = [edge.get(path) for _ in range(3)]

    assert [answer.json()["number"] for answer in answers] == [1, 1, 1]
    assert [answer.headers["cache-status"] for answer in answers] == [
        "listingapi; fwd=uri-miss", "listingapi; hit", "listingapi; hit",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "asking",
    [
        pytest.param({"Authorization": "Bearer lst_x"}, id="with credentials"),
        pytest.param({"Authorization": "0"}, id="with credentials that look like nothing"),
        pytest.param({"Cookie": "a=b"}, id="with a cookie"),
        pytest.param({"Cookie": "0"}, id="with a cookie that looks like nothing"),
        pytest.param({"Cache-Control": "no-cache"}, id="for what is true now"),
        pytest.param({"Cache-Control": "max-age=60, No-Cache"}, id="for that, among more"),
        pytest.param({"Cache-Control": "max-age=0"}, id="for nothing that is older"),
        pytest.param({"Pragma": "no-cache"}, id="as of old"),
    ],
)
def test_others_are_never_answered_from_it_and_fill_nothing_in(edge: Behind, asking: dict[str, str]) -> None:
    assert [edge.number(**asking), edge.number(), edge.number(**asking), edge.number()] == [1, 2, 3, 2]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({}, id="nothing said"),
        pytest.param({"Cache-Control": "no-store"}, id="no-store"),
        pytest.param({"Cache-Control": "private, no-store"}, id="private"),
        pytest.param({"Cache-Control": FOR_OTHERS}, id="for other caches alone"),
        pytest.param({"X-Accel-Expires": "0"}, id="for no second"),
        pytest.param({"X-Accel-Expires": "@{past}"}, id="for a second that is over"),
        pytest.param({**KEPT, "Vary": "*"}, id="Vary: *"),
        pytest.param({**KEPT, "Set-Cookie": "a=b"}, id="a cookie"),
    ],
)
def test_what_the_service_does_not_let_be_kept_is_not(edge: Behind, said: dict[str, str]) -> None:
    edge.service.headers = said

    assert [edge.number(), edge.number()] == [1, 2]


def test_answers_that_vary_are_kept_apart(edge: Behind) -> None:
    edge.service.headers = {**KEPT, "Vary": "Accept"}
    numbers = [edge.number(accept=accept) for accept in ("text/csv", "*/*", "text/csv", "*/*")]

    assert numbers == [1, 2, 1, 2]


@pytest.mark.parametrize("other", ["/listings/1?view=detailed", "/listings/01", "/listings/%31", "/listings/1/"])
def test_an_address_that_is_written_otherwise_is_another_one(edge: Behind, other: str) -> None:
    assert [edge.number(), edge.number(other)] == [1, 2]


def test_hosts_are_kept_apart(edge: Behind) -> None:
    assert [edge.number(), edge.number(host="other.example"), edge.number()] == [1, 2, 1]


def test_a_write_is_never_answered_from_it(edge: Behind) -> None:
    numbers = [edge.client.request(method, PATH).json()["number"] for method in ("GET", "PUT", "PATCH", "DELETE")]

    assert numbers == [1, 2, 3, 4]


def test_a_head_is_answered_from_what_a_get_left(edge: Behind) -> None:
    edge.get()
    head = edge.client.head(PATH)

    assert (head.status_code, head.content, len(edge.service.asked)) == (200, b"", 1)


def test_it_is_fetched_anew_when_it_is_over(edge: Behind) -> None:
    edge.service.headers = OVER
    edge.get()
    answer = edge.once(lambda answer: answer.json()["number"] == 2)

    assert answer.headers["cache-status"] == "listingapi; fwd=stale"


def test_nothing_is_told_that_is_older_than_a_second(edge: Behind) -> None:
    edge.service.headers = {"Cache-Control": FOR_OTHERS}
    edge.service.of_its_second = lambda: of_its_second(AGE)
    ages, kept = set(), 0
    while len(edge.service.asked) < 30:
        asked, answer = time.time(), edge.get()
        assert "x-accel-expires" not in answer.headers
        ages.add(asked - (answer.json()["time"] - AGE))
        kept += answer.headers["cache-status"] == "listingapi; hit"

    assert kept
    assert max(ages) < OLDEST_SECONDS


def test_one_fills_it_in_for_all_who_wait(tmp_path: Path) -> None:
    """However slow this machine is just now: who has waited for 50 ms would ask by themselves."""
    for_long = {"proxy_cache_lock_timeout 50ms": f"proxy_cache_lock_timeout {PATIENCE_SECONDS:.0f}s",
                "proxy_cache_lock_age 1s": f"proxy_cache_lock_age {PATIENCE_SECONDS:.0f}s"}  # fmt: skip
    with upstream(headers=KEPT) as service, edge_before(service, tmp_path, changes=for_long) as edge:
        edge.service.may_answer.clear()
        with ThreadPoolExecutor(20) as pool:
            waiting = [pool.submit(edge.number) for _ in range(20)]
            edge.service.is_asked.wait(PATIENCE_SECONDS)
            edge.service.may_answer.set()

            assert {number.result() for number in waiting} == {1}


def test_what_is_over_is_not_answered_while_it_is_fetched(edge: Behind) -> None:
    edge.service.headers = OVER
    edge.get()
    edge.once(lambda answer: answer.json()["number"] == 2)
    edge.service.is_asked.clear()
    edge.service.may_answer.clear()
    with ThreadPoolExecutor(4) as pool:
        while not edge.service.is_asked.is_set():
            wait([pool.submit(edge.number)], timeout=0.02)
        waiting = [pool.submit(edge.number) for _ in range(2)]
        answered, _ = wait(waiting, timeout=1)
        edge.service.may_answer.set()

        assert not answered
        assert min(number.result() for number in waiting) > 2  # how many ask meanwhile is by how busy the machine is


@pytest.mark.parametrize("path", ["/listings", PATH, "/listings/1/prices", "/markets/FR/Paris/HOUSE/statistics"])
def test_what_is_over_is_not_answered_while_no_process_takes_requests(tmp_path: Path, path: str) -> None:
    """It may have changed all the same: by an import, or where it is nginx alone that is cut off."""
    with ExitStack() as services:
        service = services.enter_context(upstream(headers=OVER))
        with edge_before(service, tmp_path) as edge:
            edge.get(path)
            services.close()
            answer = edge.once(lambda answer: "hit" not in answer.headers.get("cache-status", ""), path)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_what_is_over_is_not_answered_while_the_price_service_alone_is_away(tmp_path: Path) -> None:
    """Where the API processes do not answer for it, but take writes."""
    listings_alone = {line: "" for line in CONFIGURATION.read_text().splitlines() if "answers for prices" in line}
    with upstream() as api, ExitStack() as services:
        prices = services.enter_context(upstream(headers=OVER))
        nginx = nginx_before(tmp_path, api.address, prices.address, changes=listings_alone)
        with nginx as address, client_of(address) as client:
            edge = Behind(prices, client)
            edge.get(HISTORY)
            services.close()
            assert client.put(PATH, json={}).status_code == 200
            answer = edge.once(lambda answer: "hit" not in answer.headers.get("cache-status", ""), HISTORY)

    assert len(listings_alone) == 2
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/docs/start.js"])
def test_the_docs_are_answered_also_while_no_process_takes_requests(tmp_path: Path, path: str) -> None:
    with ExitStack() as services:
        service = services.enter_context(upstream(headers=OVER))
        with edge_before(service, tmp_path) as edge:
            edge.get(path)
            services.close()
            stale = edge.once(lambda answer: "stale" in answer.headers["cache-status"], path)

    assert (stale.status_code, stale.json()["number"]) == (200, 1)


def test_the_docs_are_answered_while_somebody_fetches_them_anew(edge: Behind) -> None:
    edge.service.headers = OVER
    edge.get("/openapi.json")
    edge.service.is_asked.clear()
    edge.service.may_answer.clear()
    with ThreadPoolExecutor(1) as pool:
        fetched = pool.submit(edge.once, lambda answer: answer.json()["number"] == 2, "/openapi.json")
        edge.service.is_asked.wait(PATIENCE_SECONDS)
        meanwhile = edge.get("/openapi.json")
        edge.service.may_answer.set()

        assert (meanwhile.json()["number"], meanwhile.headers["cache-status"]) == (
            1,
            "listingapi; hit; detail=updating",
        )
        assert fetched.result().status_code == 200


def test_what_is_over_is_not_answered_where_a_process_takes_requests_and_says_nothing(tmp_path: Path) -> None:
    impatient = {"proxy_read_timeout 30s;": "proxy_read_timeout 1s;"}
    with upstream(headers=OVER) as service, edge_before(service, tmp_path, changes=impatient) as edge:
        edge.get()
        service.may_answer.clear()

        assert edge.once(lambda answer: answer.json().get("number") != 1).status_code == 503


@pytest.mark.parametrize("status", [404, 410, 503])
def test_an_answer_of_the_service_is_not_hidden_by_what_is_over(edge: Behind, status: int) -> None:
    edge.service.headers = OVER
    edge.get()
    edge.service.status, edge.service.headers = status, {"Cache-Control": "no-store"}

    assert edge.once(lambda answer: answer.status_code == status)


def test_what_is_over_is_kept_on_if_the_service_says_that_it_still_holds(edge: Behind) -> None:
    edge.service.headers = {**OVER, "ETag": '"7"'}
    edge.get()
    answer = edge.once(lambda answer: "304" in answer.headers["cache-status"])

    assert (answer.status_code, answer.json()["number"]) == (200, 1)
    assert edge.service.header("If-None-Match") == '"7"'


def test_a_client_that_has_it_already_is_told_so_from_it(edge: Behind) -> None:
    edge.service.headers = {**KEPT, "ETag": '"7"'}
    edge.get()
    answer = edge.get(if_none_match='"7"')

    assert (answer.status_code, len(edge.service.asked)) == (304, 1)


def test_a_client_with_credentials_is_told_so_by_the_service(edge: Behind) -> None:
    edge.service.headers = {"Cache-Control": "private, no-store", "ETag": '"7"'}
    answer = edge.get(authorization="Bearer lst_x", if_none_match='"7"')

    assert answer.status_code == 304
    assert edge.service.header("If-None-Match") == '"7"'


def test_what_is_left_of_an_allowance_is_told_to_nobody_else(edge: Behind) -> None:
    told: dict[str, Any] = {"RateLimit": '"reads";r=9;t=1', "RateLimit-Policy": '"reads";q=10;w=60'}
    edge.service.headers = {**KEPT, **told}
    first, second = edge.get(), edge.get()

    assert {name: first.headers.get_list(name) for name in told} == {name: [value] for name, value in told.items()}
    assert {name for name in told if name in second.headers} == set()
