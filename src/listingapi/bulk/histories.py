"""Made-up price histories: how long they are, what they ask and when it changes. Pure; all chance is `random`."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import accumulate

Random = Callable[[], float]

# Listings share the prices that go beyond one each in small neighbourhoods, so that any number of them takes no
# memory. The older a neighbourhood, the more it gets: at most twice the mean.
NEIGHBOURHOOD = 16
SINGLE_PRICE_SHARE = 0.55
TAIL = 0.4
LARGEST_WEIGHT = 40.0

RETURN_SHARE = 0.08
RISE_SHARE = 0.15
LOWEST_PERCENT = 70

SPAN_DAYS = 3 * 365
OPENING_SECOND = 7 * 3600
SECONDS_A_DAY = 14 * 3600
SHORTEST_GAP_DAYS, LONGEST_GAP_DAYS = 10, 60


def history_lengths(listings: int, prices: int, random: Random) -> Iterator[int]:
    """How many prices each listing has: at least one, most of them just one, a few many; `prices` in all."""
    extra = prices - listings

    def extra_before(listing: int) -> int:
        return extra * listing * (2 * listings - listing) // listings**2

    for start in range(0, listings, NEIGHBOURHOOD):
        end = min(start + NEIGHBOURHOOD, listings)
        yield from _shared(extra_before(end) - extra_before(start), end - start, random)


def _shared(extra: int, listings: int, random: Random) -> Iterator[int]:
    weights = [_weight(random) for _ in range(listings)]
    if not any(weights):
        weights[int(random() * listings)] = 1.0
    total, before = sum(weights), 0
    # The last sum is the total, and so the last share exactly what is left.
    for weight in accumulate(weights):
        until = int(extra * (weight / total))
        yield 1 + until - before
        before = until


def _weight(random: Random) -> float:
    return 0.0 if random() < SINGLE_PRICE_SHARE else min(float((1.0 - random()) ** -TAIL), LARGEST_WEIGHT)


def asking_price(value: float, random: Random) -> int:
    """A price in euros as people ask it for something of this value: round, or just below."""
    step = price_step(value)
    price = round(value / step) * step
    return price - step // 10 if random() < 0.3 else price  # noqa: PLR2004 - three in ten


def price_step(price: float) -> int:
    """The euros that people round a price to; at most a hundredth of it from 10 000 on."""
    for limit, step in ((50_000, 100), (100_000, 500), (500_000, 1000), (1_000_000, 5000)):
        if price < limit:
            return step
    return 10_000


def price_path(first: int, length: int, random: Random) -> list[int]:
    """Prices in euros from the first on: mostly cuts, some rises, some returns; each differs from the one before."""
    prices = [first]
    lowest = first * LOWEST_PERCENT // 100
    while len(prices) < length:
        price = prices[-1]
        prices.append(first if price < lowest else _changed(price, prices, random))
    return prices


def _changed(price: int, earlier: list[int], random: Random) -> int:
    chance = random()
    if chance < RETURN_SHARE:
        back = earlier[int(random() * len(earlier))]
        if back != price:
            return back
    step = price_step(price)
    fewest, most = -(-price // (100 * step)), price // (10 * step)
    change = (fewest + int(random() * (most - fewest + 1))) * step
    return price + change if chance > 1 - RISE_SHARE else price - change


class Calendar:
    """The daytime seconds of the last three years, numbered, so that any two of them are two different dates."""

    last = SPAN_DAYS * SECONDS_A_DAY - 1

    def __init__(self, now: datetime) -> None:
        self._begin = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=SPAN_DAYS)

    def date(self, second: int) -> datetime:
        """The date of a numbered second; all are before the midnight that `now` follows."""
        day, second = divmod(second, SECONDS_A_DAY)
        return self._begin + timedelta(day, OPENING_SECOND + second)

    def created(self, listing: int, listings: int, random: Random) -> int:
        """When a listing is created: one after the other, evenly over the years, none on the last day."""
        return int((self.last - SECONDS_A_DAY) * ((listing + random()) / listings))

    def history(self, created: int, length: int, random: Random) -> list[datetime]:
        """The dates of a history, the creation first, in strictly increasing order."""
        if length == 1:
            return [self.date(created)]
        changes = length - 1
        gap_days = SHORTEST_GAP_DAYS + (LONGEST_GAP_DAYS - SHORTEST_GAP_DAYS) * random()
        period = min(self.last - created, int(changes * gap_days * SECONDS_A_DAY))
        free = period - changes + 1
        moments = sorted([int(random() * free) for _ in range(changes)])
        date = self.date
        return [date(created), *[date(created + moment + place) for place, moment in enumerate(moments, 1)]]
