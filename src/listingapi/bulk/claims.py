"""Which listings a batch may touch, so that batches that touch others are applied at the same time. Pure."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from listingapi.bulk.lines import Row
from listingapi.bulk.turns import external_ids, given_ids


@dataclass(frozen=True, slots=True)
class Claim:
    """The names and the ids of the listings that a batch may touch.

    `all_give_ids` is None where some lines give an id and others don't: an id that is drawn for one of these may be one
    that the others give.
    """

    names: AbstractSet[str]
    ids: AbstractSet[int]
    all_give_ids: bool | None

    @classmethod
    def of(cls, rows: Sequence[Row], found: Mapping[str, int]) -> "Claim":
        """What rows may touch; `found` has the listings that are there by the external ids of rows that give ids."""
        given = given_ids(rows)
        is_mixed = 0 < len(given) < len(rows)
        return cls({*external_ids(rows)}, {*given, *found.values()}, None if is_mixed else bool(given))

    def is_apart_from(self, others: Collection["Claim"]) -> bool:
        """Whether it touches no listing that one of the others may touch."""
        return all(
            self.all_give_ids is not None
            and self.all_give_ids == other.all_give_ids
            and self.names.isdisjoint(other.names)
            and self.ids.isdisjoint(other.ids)
            for other in others
        )
