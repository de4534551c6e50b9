"""The requests that are sent, drawn without end and anew for each round: which listings, and what is asked of them."""

from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, count
from pathlib import Path
from random import Random

import msgspec

SCATTER = 2_654_435_761

Body = dict[str, object]
Headers = dict[str, str]


class Popularity:
    """Listings as visitors ask for them, by Zipf's law: the k-th most popular one in proportion to 1 / k.

    Which listing is how popular has nothing to do with its id.
    """

    def __init__(self, listings: int) -> None:
        self.listings = listings
        self._shares = list(accumulate(1 / place for place in range(1, listings + 1)))

    def draw(self, random: Random) -> int:
        """The id of a listing that somebody asks for."""
        return self.at(bisect(self._shares, random.random() * self._shares[-1]))

    def at(self, place: int) -> int:
        """The id of the listing at a place, the most popular one at 0."""
        return place * SCATTER % self.listings + 1

    def share(self, place: int) -> float:
        """Which part of all reads is of the listing at a place."""
        return 1 / (place + 1) / self._shares[-1]


class Uniform:
    """Listings any of which is as likely as another."""

    def __init__(self, listings: int) -> None:
        self._listings = listings

    def draw(self, random: Random) -> int:
        """The id of a listing."""
        return random.randrange(self._listings) + 1


def request(method: str, path: str, headers: Headers, body: Body | None = None) -> bytes:
    """A request as it goes over the wire."""
    content = b"" if body is None else msgspec.json.encode(body)
    given = {"Host": "bench", "Accept": "application/json", **headers}
    if content:
        given |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def reads(ids: Popularity | Uniform, path: str, headers: Headers, random: Random) -> Iterator[bytes]:
    """Reads of what a path with an id in it names."""
    while True:
        yield request("GET", path.format(ids.draw(random)), headers)


def puts(listings: Mapping[int, Body], headers: Headers, random: Random, *, reprice: bool) -> Iterator[bytes]:
    """Writes of listings as they are, at the same price, or each time at another one."""
    several = list(listings.items())
    while True:
        listing_id, listing = random.choice(several)
        body = listing | {"latest_price_eur": other_price(random)} if reprice else listing
        yield request("PUT", f"/listings/{listing_id}", headers, body)


def other_price(random: Random) -> float:
    """A price in cents that hardly any listing has."""
    return random.randrange(5_000_000, 90_000_000) / 100


def mixed(
    popular: Popularity, listings: Mapping[int, Body], reading: Headers, writing: Headers, random: Random
) -> Iterator[bytes]:
    """Of a hundred requests, 75 read by popularity, 15 change a price, 5 list and 5 create."""
    several = list(listings.items())
    for turn in count():
        chance = random.random()
        if chance < 0.75:  # noqa: PLR2004 - said above
            path = f"/listings/{popular.draw(random)}"
            yield request("GET", path if turn % 2 else f"{path}/prices", reading)
        elif chance < 0.80:  # noqa: PLR2004
            yield request("GET", "/listings", reading)
        elif chance < 0.95:  # noqa: PLR2004
            listing_id, listing = random.choice(several)
            body = listing | {"latest_price_eur": other_price(random)}
            yield request("PUT", f"/listings/{listing_id}", writing, body)
        else:
            yield request("POST", "/listings", writing, random.choice(several)[1])


def write(requests: Iterable[bytes], file: Path) -> None:
    """Keep requests where the generator of the load finds them."""
    file.write_bytes(b"".join(b"%d\n%b" % (len(each), each) for each in requests))
