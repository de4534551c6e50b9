"""The requests that the benchmark sends."""

from collections import Counter
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from bench.ratios.loads import Body, Popularity, Uniform, mixed, puts, reads, request, write
from bench.ratios.warmth import in_redis

LISTINGS: dict[int, Body] = {number: {"latest_price_eur": 100.0, "name": f"Flat {number}"} for number in range(1, 6)}


def drawing(seed: int = 1) -> Random:
    return Random(seed)  # noqa: S311 - nothing here is a secret


def test_every_listing_has_a_place_in_the_order_of_popularity() -> None:
    popular = Popularity(500)

    assert {popular.at(place) for place in range(500)} == set(range(1, 501))


def test_popular_listings_are_asked_for_more_often() -> None:
    popular, random = Popularity(500), drawing(1)

    asked = Counter(popular.draw(random) for _ in range(20_000))

    assert asked.most_common(1)[0][0] == popular.at(0)
    assert asked[popular.at(0)] > 1.5 * asked[popular.at(1)] > 1.5 * asked[popular.at(9)]


def test_the_same_seed_draws_the_same() -> None:
    ids = Uniform(500)

    first, second = (list(islice(reads(ids, "/listings/{}", {}, drawing(1)), 9)) for _ in range(2))

    assert first == second
    assert first != list(islice(reads(ids, "/listings/{}", {}, drawing(2)), 9))


def test_a_request_is_whole() -> None:
    assert request("PUT", "/listings/1", {"Authorization": "Bearer x"}, {"name": "é"}).split(b"\r\n") == [
        b"PUT /listings/1 HTTP/1.1",
        b"Host: bench",
        b"Accept: application/json",
        b"Authorization: Bearer x",
        b"Content-Type: application/json",
        b"Content-Length: 13",
        b"",
        b'{"name":"\xc3\xa9"}',
    ]


def test_a_put_is_of_the_listing_as_it_is_unless_its_price_is_to_change() -> None:
    same, other = (list(islice(puts(LISTINGS, {}, drawing(1), reprice=reprice), 99)) for reprice in (False, True))

    assert all(b'"latest_price_eur":100.0,' in each for each in same)
    assert not any(b'"latest_price_eur":100.0,' in each for each in other)
    assert {each.split()[1] for each in other} == {b"/listings/%d" % number for number in LISTINGS}


def test_the_mixed_load_has_its_shares() -> None:
    drawn = mixed(Popularity(500), LISTINGS, {"Who": "visitor"}, {"Who": "agency"}, drawing(1))
    sent = list(islice(drawn, 10_000))

    shares = Counter(_kind(each) for each in sent)

    parts = {kind: number / 100 for kind, number in shares.items()}
    asked = {"GET listing": 37.5, "GET prices": 37.5, "GET listings": 5, "PUT listing": 15, "POST listings": 5}
    assert parts == pytest.approx(asked, abs=1)
    assert all((b"Who: agency" in each) == each.startswith(b"P") for each in sent)


def test_requests_are_kept_with_their_lengths(tmp_path: Path) -> None:
    write([b"one\n", b"three\r\n"], tmp_path / "requests")

    assert (tmp_path / "requests").read_bytes() == b"4\none\n7\nthree\r\n"


def _kind(sent: bytes) -> str:
    method, path, *_ = sent.decode().split()
    return f"{method} {'prices' if path.endswith('/prices') else 'listings' if path == '/listings' else 'listing'}"


def test_what_is_asked_for_again_soon_is_in_redis_and_of_the_rest_some() -> None:
    popular = Popularity(500_000)

    held = list(in_redis(popular, drawing(1)))
    places = {popular.at(place): place for place in range(500_000)}
    least = sum(places[each] >= 490_000 for each in held)

    # In 54 minutes of 12 000 reads a second, the least popular ones are asked for 5.7 times, all together 78 times.
    assert len(held) == len(set(held))
    assert sum(places[each] < 10_000 for each in held) > 9_950
    assert 0.84 < least / 10_000 < 0.86
    assert 459_000 < len(held) < 462_000
