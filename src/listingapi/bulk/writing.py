"""Writes listings as the lines of an export."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import asyncpg
import msgspec
from msgspec import UNSET

from listingapi.bulk.files import Format
from listingapi.bulk.lines import ListingLine
from listingapi.listings.rows import listing_of
from listingapi.money import Euros, euros_on_the_wire
from listingapi.prices.schemas import Price

COLUMNS = (
    "id",
    "external_id",
    "name",
    "description",
    "building_type",
    "latest_price_eur",
    "surface_area_m2",
    "rooms_count",
    "bedrooms_count",
    "contact_phone_number",
    "street_address",
    "postal_code",
    "city",
    "country",
    "created_date",
    "updated_date",
)

JSON = msgspec.json.Encoder(enc_hook=euros_on_the_wire)


class Writer(Protocol):
    """Writes listings in one format."""

    def __init__(self, *, with_prices: bool) -> None: ...

    def header(self) -> bytes:
        """What comes before the listings."""

    def lines(self, rows: Iterable[asyncpg.Record]) -> bytes:
        """The lines of some listings."""


class NDJSON:
    """A Listing a line, with its `external_id` and its `prices` where it has them."""

    def __init__(self, *, with_prices: bool) -> None:
        self._with_prices = with_prices

    def header(self) -> bytes:
        return b""

    def lines(self, rows: Iterable[asyncpg.Record]) -> bytes:
        return JSON.encode_lines([_line(row, with_prices=self._with_prices) for row in rows])


class CSV:
    """A header, then a listing a record; the postal address in four columns, `prices` as JSON."""

    def __init__(self, *, with_prices: bool) -> None:
        self._with_prices = with_prices
        self._columns = (*COLUMNS, "prices") if with_prices else COLUMNS

    def header(self) -> bytes:
        return _csv([self._columns])

    def lines(self, rows: Iterable[asyncpg.Record]) -> bytes:
        return _csv(self._values(_line(row, with_prices=self._with_prices)) for row in rows)

    def _values(self, line: ListingLine) -> list[Any]:
        flat: Mapping[str, Any] = msgspec.structs.asdict(line) | msgspec.structs.asdict(line.postal_address)
        return [_value(flat[name]) for name in self._columns]


WRITERS: dict[Format, type[Writer]] = {"ndjson": NDJSON, "csv": CSV}


def _line(row: asyncpg.Record, *, with_prices: bool) -> ListingLine:
    return ListingLine(
        **msgspec.structs.asdict(listing_of(row)),
        external_id=row["external_id"] or UNSET,
        prices=_prices(row) if with_prices else UNSET,
    )


def _prices(row: asyncpg.Record) -> list[Price]:
    return [Price(Euros(price), date) for price, date in zip(row["prices"], row["price_dates"], strict=True)]


def _value(value: Any) -> Any:
    """Texts and numbers as they are; amounts and dates as JSON has them."""
    if value is UNSET or isinstance(value, str | int | float):
        return "" if value is UNSET else value
    return JSON.encode(value).decode().strip('"')


def _csv(records: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(records)
    return text.getvalue().encode()
