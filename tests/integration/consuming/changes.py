"""The events of some listings, the versions of each in order."""

from collections import defaultdict

from tests.integration.consuming.recording import Key

LISTINGS = 10


def changes(number: int) -> list[Key]:
    """So many events of some listings, the listings in turns."""
    return [(place % LISTINGS, 1 + place // LISTINGS) for place in range(number)]


def by_listing(keys: list[Key]) -> dict[int, list[int]]:
    """The versions of each listing, in the order in which they are given."""
    found: dict[int, list[int]] = defaultdict(list)
    for listing_id, version in keys:
        found[listing_id].append(version)
    return dict(found)
