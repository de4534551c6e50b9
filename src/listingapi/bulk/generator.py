"""Makes up believable listings with their histories: pure, and the same for the same plan.

All chance comes from `random.Random(seed).random()`, the one method whose sequence Python promises to keep.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random as Generator
from typing import NamedTuple, TypeVar

from listingapi.bulk.histories import Calendar, Random, asking_price, history_lengths, price_path
from listingapi.bulk.places import PLACES, STREETS, Place
from listingapi.bulk.texts import CLOSINGS, WORDINGS, BuildingType, in_words
from listingapi.infra.start import StartError

T = TypeVar("T")

# Keeps every history shorter than the seconds that its listing has existed.
MOST_PRICES_A_LISTING = 1000

COUNTRY_SHARES = (("FR", 0.45), ("DE", 0.83), ("BE", 1.0))
BUILDING_TYPE_SHARES: tuple[tuple[BuildingType, float], ...] = (("STUDIO", 0.12), ("APARTMENT", 0.72), ("HOUSE", 1.0))
PRICE_FACTORS: dict[BuildingType, float] = {"STUDIO": 1.15, "APARTMENT": 1.0, "HOUSE": 0.95}
WITHOUT_PHONE_SHARE = 0.15


@dataclass(frozen=True)
class SeedPlan:
    """What to make up: how much of it, from which random seed, and the `now` (UTC) before which it all happened.

    Raises:
        StartError: the numbers can't be had together.
    """

    now: datetime
    listings: int = 300
    prices: int = 900
    random_seed: int = 1

    def __post_init__(self) -> None:
        if self.listings < 1:
            raise StartError("--listings must be at least 1.")
        if self.prices < self.listings:
            raise StartError(f"--prices must be at least --listings, {self.listings}: every listing has a price.")
        if self.prices > self.listings * MOST_PRICES_A_LISTING:
            raise StartError(f"--prices can be at most {MOST_PRICES_A_LISTING} times --listings.")


class Home(NamedTuple):
    """What is for sale; `surface` in square metres."""

    building_type: BuildingType
    surface: float
    rooms: int
    bedrooms: int


class SeedListing(NamedTuple):
    """A listing and its history: `prices` in whole euros, one for each of `dates`, oldest first."""

    name: str
    description: str
    home: Home
    contact_phone_number: str | None
    street_address: str
    place: Place
    prices: list[int]
    dates: list[datetime]


def generate(plan: SeedPlan) -> Iterator[SeedListing]:
    """Make up the listings of a plan, in the order of their creation."""
    random = Generator(plan.random_seed).random  # noqa: S311 - nothing here is a secret
    calendar = Calendar(plan.now)
    for number, length in enumerate(history_lengths(plan.listings, plan.prices, random)):
        created = calendar.created(number, plan.listings, random)
        yield _listing(random, length, calendar.history(created, length, random))


def _listing(random: Random, length: int, dates: list[datetime]) -> SeedListing:
    place = _pick(PLACES[_share(COUNTRY_SHARES, random)], random)
    home = HOMES[_share(BUILDING_TYPE_SHARES, random)](random)
    value = home.surface * place.price_level * PRICE_FACTORS[home.building_type] * _around(1, 0.25, random)
    return SeedListing(
        *_texts(home, place, random),
        home,
        None if random() < WITHOUT_PHONE_SHARE else _phone_number(place, random),
        _street_address(place, random),
        place,
        price_path(asking_price(value, random), length, random),
        dates,
    )


def _studio(random: Random) -> Home:
    return Home("STUDIO", _surface(27, random), 1, 0)


def _apartment(random: Random) -> Home:
    rooms = 2 + int(4 * random() * random() + random())
    return Home("APARTMENT", _surface(14 + 17 * rooms, random), rooms, _bedrooms(rooms, random))


def _house(random: Random) -> Home:
    rooms = 3 + int(6 * (random() + random()) / 2)
    return Home("HOUSE", _surface(20 + 21 * rooms, random), rooms, _bedrooms(rooms, random))


HOMES = {"STUDIO": _studio, "APARTMENT": _apartment, "HOUSE": _house}


def _bedrooms(rooms: int, random: Random) -> int:
    """All rooms but the living room; of four and more, sometimes another one is no bedroom either."""
    return rooms - (2 if rooms >= 4 and random() < 0.3 else 1)  # noqa: PLR2004 - said above


def _surface(usual: float, random: Random) -> float:
    surface = _around(usual, 0.3, random)
    return round(surface, 1) if random() < 0.3 else float(round(surface))  # noqa: PLR2004 - three in ten


def _texts(home: Home, place: Place, random: Random) -> tuple[str, str]:
    wording = WORDINGS[place.language][home.building_type]
    numbers = {
        "surface": f"{home.surface:g}".replace(".", ","),
        "rooms": home.rooms,
        "bedrooms": in_words(home.bedrooms, place.language),
        "city": place.city,
    }
    first = int(random() * len(wording.features))
    second = first - 1 - int(random() * (len(wording.features) - 1))
    opening = _pick(wording.openings, random).format_map(numbers)
    closing = _pick(CLOSINGS[place.language], random)
    description = f"{opening} {wording.features[first]} {wording.features[second]} {closing}"
    return _pick(wording.names, random).format_map(numbers), description


def _street_address(place: Place, random: Random) -> str:
    street = _pick(STREETS[place.language], random)
    number = 1 + int(120 * random() * random())
    if place.country == "FR":
        return f"{number} {street}"
    return f"{street[0].upper()}{street[1:]} {number}"


def _phone_number(place: Place, random: Random) -> str:
    return f"{place.phone_prefix}{int(random() * 10**place.phone_digits):0{place.phone_digits}}"


def _pick(choices: Sequence[T], random: Random) -> T:
    return choices[int(random() * len(choices))]


def _share(shares: Sequence[tuple[T, float]], random: Random) -> T:
    """One of several, each as likely as its share goes beyond the one before."""
    chance = random()
    return next(choice for choice, until in shares if chance < until)


def _around(usual: float, spread: float, random: Random) -> float:
    """A number at most `spread` (a part of it) away from the usual one, and mostly near it."""
    return usual * (1 + spread * (random() + random() - 1))
