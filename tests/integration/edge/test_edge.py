"""How nginx shares requests out, what it adds to them, and what becomes of them when a process is gone."""

import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from deploy.stack.edge import Edge

from tests.behind import PATIENCE_SECONDS, client_of
from tests.nginx import nginx_before
from tests.ports import free_ports
from tests.upstreams import Breaking, Upstream, upstream

NOBODY = "127.0.0.1:9"
KEY = re.compile(rb"\r\nIdempotency-Key: ([^\r]+)")
METHODS = ("GET", "HEAD", "PUT", "DELETE", "POST", "PATCH")


@pytest.fixture
def other() -> Iterator[Upstream]:
    with upstream() as running:
        yield running


def test_nginx_takes_the_configuration_without_a_complaint(tmp_path: Path) -> None:
    edge = Edge(tmp_path, NOBODY, (NOBODY, NOBODY), NOBODY)
    done = subprocess.run(edge.command("-t", "-q"), check=False, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")


def test_a_request_goes_to_the_process_that_has_the_fewest(service: Upstream, other: Upstream, tmp_path: Path) -> None:
    service.may_answer.clear()
    edge = nginx_before(tmp_path, service.address, NOBODY, other_api=other.address)
    with edge as address, client_of(address) as client, ThreadPoolExecutor(2) as pool:
        held = [pool.submit(client.get, "/accounts") for _ in range(2)]
        service.is_asked.wait(PATIENCE_SECONDS)
        answered = [client.get("/accounts").status_code for _ in range(10)]
        service.may_answer.set()

        assert {waiting.result().status_code for waiting in held} == {200}
    assert (answered, len(service.asked)) == ([200] * 10, 1)


@pytest.mark.parametrize("method", METHODS)
def test_a_process_that_takes_no_connections_is_not_noticed(service: Upstream, tmp_path: Path, method: str) -> None:
    with nginx_before(tmp_path, NOBODY, NOBODY, other_api=service.address) as address, client_of(address) as client:
        answers = [client.request(method, path) for path in ("/accounts", "/listings/1", "/listings/1/prices") * 5]

    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize("method", METHODS)
def test_what_a_process_took_and_left_unanswered_is_asked_again_only_where_that_does_no_harm(
    service: Upstream, tmp_path: Path, method: str
) -> None:
    with Breaking.listening() as breaking:
        edge = nginx_before(tmp_path, breaking.address, NOBODY, other_api=service.address)
        with edge as address, client_of(address) as client:
            answers = [client.request(method, "/accounts", content=b"{}") for _ in range(4)]
        broken = len(breaking.asked)

    may_be_repeated = method not in {"POST", "PATCH"}
    assert broken > 0
    assert len(service.asked) == 4 if may_be_repeated else 4 - broken
    assert [answer.status_code for answer in answers].count(503) == (0 if may_be_repeated else broken)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("given", [None, "a-key-of-the-client"])
def test_what_may_be_asked_again_has_the_same_key_each_time(
    service: Upstream, tmp_path: Path, method: str, given: str | None
) -> None:
    headers = {} if given is None else {"Idempotency-Key": given}
    with Breaking.listening() as breaking:
        edge = nginx_before(tmp_path, breaking.address, NOBODY, other_api=service.address)
        with edge as address, client_of(address) as client:
            answers = [client.request(method, "/accounts", content=b"{}", headers=headers) for _ in range(4)]
        keys = [found[1].decode() if (found := KEY.search(head)) else None for head in breaking.asked]
    seen = [service.header("Idempotency-Key", number) for number in range(len(service.asked))]

    if given is None and method in {"PUT", "DELETE"}:
        assert set(keys) < set(seen)
        assert set(seen) == {answer.headers["X-Request-Id"] for answer in answers}
    else:
        assert {*keys, *seen} == {given}


def test_the_price_service_answers_its_own_and_the_others_while_it_is_away(service: Upstream, tmp_path: Path) -> None:
    paths = ("/listings/1/prices", "/prices:batch", "/pricing-rules", "/price-reviews", "/markets/FR/Paris/HOUSE")
    with ExitStack() as prices, ExitStack() as edge:
        price_service = prices.enter_context(upstream())
        address = edge.enter_context(nginx_before(tmp_path, service.address, price_service.address))
        client = edge.enter_context(client_of(address))
        for path in paths:
            client.get(path).raise_for_status()
        assert (len(service.asked), len(price_service.asked)) == (0, len(paths))

        prices.close()
        assert [client.get(path).status_code for path in paths] == [200] * len(paths)
        assert len(service.asked) == len(paths)


@pytest.mark.parametrize("path", ["/accounts", "/listings/1/prices"])
def test_a_process_that_is_back_is_asked_at_once_if_there_is_no_other(tmp_path: Path, path: str) -> None:
    (port,) = free_ports(1)
    back, changes = f"127.0.0.1:{port}", {"fail_timeout=1s": "fail_timeout=60s"}
    with ExitStack() as others, ExitStack() as stack:
        other = others.enter_context(upstream()).address
        edge = nginx_before(tmp_path, back, back, other_api=other, changes=changes)
        client = stack.enter_context(client_of(stack.enter_context(edge)))
        refused = {client.get(path).status_code for _ in range(10)}
        stack.enter_context(upstream(port))
        others.close()
        statuses = {client.request(method, path).status_code for method in METHODS}

    assert (refused, statuses) == ({200}, {200})


def test_without_the_lines_for_that_prices_alone_are_away(service: Upstream, tmp_path: Path) -> None:
    changes = {f"server 127.0.0.1:{port} max_fails=0 backup; # answers for prices, too": "" for port in (8081, 8082)}
    with nginx_before(tmp_path, service.address, NOBODY, changes=changes) as address, client_of(address) as client:
        statuses = [client.get(path).status_code for path in ("/listings/1", "/listings/1/prices")]

    assert statuses == [200, 503]


def test_the_edge_is_ready_as_long_as_one_process_is(service: Upstream, other: Upstream, tmp_path: Path) -> None:
    edge = nginx_before(tmp_path, service.address, NOBODY, other_api=other.address)
    with edge as address, client_of(address) as client:
        service.status = 503
        one_of_two = {client.get("/readyz").status_code for _ in range(4)}
        other.status = 503
        none = client.get("/readyz").status_code

    assert (one_of_two, none) == ({200}, 503)


def test_an_error_that_a_process_answers_is_asked_for_nowhere_else(client: httpx.Client, service: Upstream) -> None:
    service.status = 503

    assert (client.get("/accounts").status_code, len(service.asked)) == (503, 1)


def test_a_service_is_told_who_asks(client: httpx.Client, service: Upstream) -> None:
    forged = {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https", "X-Request-Id": "mine", "Host": "a.example"}
    answer = client.get("/accounts", headers=forged)

    assert service.header("X-Forwarded-For") == "127.0.0.1"
    assert service.header("X-Forwarded-Proto") == "http"
    assert service.header("Host") == "a.example"
    assert service.header("X-Request-Id") == answer.headers["x-request-id"] != "mine"
    assert len(answer.headers["x-request-id"]) == 32


def test_connections_to_a_service_are_used_again(client: httpx.Client, service: Upstream) -> None:
    for _ in range(10):
        client.get("/accounts").raise_for_status()

    # two processes of nginx, each with its own
    assert len({request["client"] for request in service.asked}) <= 2
