"""What is measured: for each scenario, who runs it and with which requests."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from random import Random

from bench.ratios import loads
from bench.ratios.contestants import NGINX, OURS, PEERS, SMALL
from bench.ratios.field import VISITOR, Before, Contestant, Field
from bench.ratios.loads import Uniform, request
from bench.ratios.warmth import Warmth

from listingapi.hot.memory import Kind

PGBENCH, NOT_MODIFIED, OK = "pgbench", "ListingAPI, 304", "ListingAPI, 200"
KNOWN = 2_000
UNCACHED = {"Cache-Control": "no-cache"}
ALL = (OURS, *PEERS)

HISTORY, LISTING = "/listings/{}/prices", "/listings/{}"
PATHS: Mapping[Kind, str] = {"history": HISTORY, "listing": LISTING}
SEARCHES = {
    "search-city": "/listings?city=Lyon&limit=20",
    "search-prices": "/listings?city=Lyon&min_price_eur=200000&max_price_eur=300000&sort=price&limit=20",
    "search-text": "/listings?city=Lyon&text=balcon&limit=20",
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """Some contestants, which are measured in turn; `title` says what they do, `before` is done once before."""

    title: str
    contestants: Mapping[str, Contestant]
    before: Before | None = None


Make = Callable[[Field], Scenario]


def history_uncached(field: Field, script: str) -> Scenario:
    """Histories from the database: no-cache says so to whichever cache there is, and the key that somebody asks."""
    several = {
        name: field.replayed(name, partial(loads.reads, field.uniform, HISTORY, field.headers_of(name) | UNCACHED))
        for name in ALL
    }
    return Scenario(
        "history by random id, uncached (ours: with an API key)", several | {PGBENCH: field.pgbench("history", script)}
    )


def popular_reads(field: Field, title: str, kind: Kind, *others: str) -> Scenario:
    """Reads by popularity, without credentials; before, those that hours of this would have brought into our caches."""
    draw = partial(loads.reads, field.popular, PATHS[kind], VISITOR)
    several = {name: field.replayed(name, draw) for name in (*ALL, *others)}
    return Scenario(title, several, before=Warmth(field, kind, several[OURS]))


def known_reads(field: Field) -> Scenario:
    """Popular listings, by those who have them and by those who have not."""
    etags = field.etags(KNOWN)

    def draw(random: Random, *, known: bool) -> Iterator[bytes]:
        ids = list(etags)
        while True:
            listing_id = random.choice(ids)
            headers = VISITOR | ({"If-None-Match": etags[listing_id]} if known else {})
            yield request("GET", LISTING.format(listing_id), headers)

    return Scenario(
        f"the {KNOWN} most popular listings, with and without their ETag",
        {
            OK: field.replayed(OURS, partial(draw, known=False)),
            NOT_MODIFIED: field.replayed(OURS, partial(draw, known=True)),
        },
    )


def pages(field: Field, title: str, path: str, *names: str) -> Scenario:
    """One page, over and over, from the database: whoever has a key gets nothing that was kept."""
    several = {name: [request("GET", path, field.headers_of(name))] for name in names}
    return Scenario(f"{title} (ours: with an API key)", {name: _repeated(field, name, several[name]) for name in names})


def cached_pages(field: Field, title: str, path: str, *names: str) -> Scenario:
    """One page, over and over, without credentials."""
    return Scenario(title, {name: _repeated(field, name, [request("GET", path, VISITOR)]) for name in names})


def _repeated(field: Field, name: str, requests: list[bytes]) -> Contestant:
    return field.replayed(name, lambda _: requests)


def search(field: Field, path: str) -> Scenario:
    """The first page of a search; no peer has any."""
    return pages(field, f"search {path.removeprefix('/listings')}", path, OURS)


def puts(field: Field, title: str, script: str | None, *, reprice: bool) -> Scenario:
    """Writes of any listings."""

    def draw(headers: loads.Headers, random: Random) -> Iterator[bytes]:
        return loads.puts(field.some(random), headers, random, reprice=reprice)

    several = {name: field.replayed(name, partial(draw, field.headers_of(name)), leaves_work=True) for name in ALL}
    return Scenario(title, several | ({PGBENCH: field.pgbench("reprice", script)} if script else {}))


def mixed(field: Field) -> Scenario:
    """All at once."""

    def draw(headers: loads.Headers, random: Random) -> Iterator[bytes]:
        return loads.mixed(field.popular, field.some(random), VISITOR, headers, random)

    several = {name: field.replayed(name, partial(draw, field.headers_of(name)), leaves_work=True) for name in ALL}
    return Scenario("mixed: 75 % reads by popularity, 15 % PUT, 5 % lists, 5 % POST", several)


def sizes(field: Field) -> Scenario:
    """The same reads of ten times as many listings."""
    several = {
        name: field.replayed(name, partial(loads.reads, Uniform(listings), HISTORY, field.headers_of(name) | UNCACHED))
        for name, listings in ((OURS, field.listings), (SMALL, field.listings_of_small))
    }
    return Scenario("history by random id, uncached, and of a tenth of the listings", several)


def scenarios(history_script: str, reprice_script: str) -> dict[str, Make]:
    """All scenarios by their names, in the order in which they are measured: what writes comes last."""
    reads: dict[str, Make] = {
        "history-uncached": partial(history_uncached, script=history_script),
        "size": sizes,
        "history-cached": lambda field: popular_reads(field, "history by popularity, cached", "history", NGINX),
        "listing-cached": lambda field: popular_reads(field, "listing by popularity, cached", "listing"),
        "known": known_reads,
        "list": lambda field: pages(field, "page of 100 listings", "/listings", *ALL),
        "list-cached": lambda field: cached_pages(field, "page of 100 listings, cached", "/listings", *ALL),
    }
    searches: dict[str, Make] = {name: partial(search, path=path) for name, path in SEARCHES.items()}
    writes: dict[str, Make] = {
        "put-same": partial(puts, title="PUT with the same price", script=None, reprice=False),
        "put-price": partial(puts, title="PUT with a change of price", script=reprice_script, reprice=True),
        "mixed": mixed,
    }
    return reads | searches | writes
