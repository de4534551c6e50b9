"""The entries of the detailed history: how each is made of its row. Pure."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET

from listingapi.money import Euros
from listingapi.pagination import BigInt
from listingapi.prices.rules import Objection
from listingapi.prices.schemas import CorrectionEntry, HistoryEntry, PriceEntry, RelistedEntry, WithdrawnEntry
from listingapi.prices.summary import change_in_euros, change_in_percent, euros_per_m2

Row = Mapping[str, Any]
Place = tuple[BigInt, BigInt]

# What came with one version stands in this order: a home is back on the market before it has its new price.
RANKS = {"withdrawn": 0, "relisted": 0, "price": 1, "correction": 2}
SHARED = ("version", "created_date", "recorded_date", "account_id")


def entry_of(row: Row) -> HistoryEntry:
    """Make the entry of a row of the detailed history."""
    shared = {name: row[name] for name in SHARED}
    match row["kind"]:
        case "price":
            return _price(row, shared)
        case "correction":
            return _correction(row, shared)
        case "withdrawn":
            return WithdrawnEntry(**shared)
        case _:
            return RelistedEntry(**shared)


def place_of(entry: HistoryEntry) -> Place:
    """Where an entry stands in the detailed history."""
    return entry.version, RANKS[str(entry.__struct_config__.tag)]


def _price(row: Row, shared: Row) -> PriceEntry:
    is_void = row["corrected_by_version"] is not None and row["corrected_price_eur"] is None
    return PriceEntry(
        **shared,
        **({"voided": True} if is_void else _effect(row)),
        price_eur=Euros(row["price_eur"]),
        source=row["source"],
        corrected_by_version=_unless_null(row["corrected_by_version"]),
        flags=UNSET if row["flags"] is None else msgspec.json.decode(row["flags"], type=list[Objection]),
    )


def _effect(row: Row) -> dict[str, Any]:
    """What a price that counts does in the corrected story."""
    corrected, before = row["corrected_price_eur"], row["price_before_eur"]
    price = row["price_eur"] if corrected is None else corrected
    return {
        "corrected_price_eur": UNSET if corrected is None else Euros(corrected),
        "change_eur": change_in_euros(before, price),
        "change_percent": change_in_percent(before, price),
        "price_per_m2_eur": euros_per_m2(price, row["surface_area_m2"]),
    }


def _correction(row: Row, shared: Row) -> CorrectionEntry:
    price = row["price_eur"]
    says: dict[str, Any] = {"void": True} if price is None else {"price_eur": Euros(price)}
    return CorrectionEntry(**shared, **says, corrects_version=row["corrects_version"], reason=row["reason"])


def _unless_null(value: Any) -> Any:
    return UNSET if value is None else value
