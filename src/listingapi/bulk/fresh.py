"""Listings that are not there yet, with their histories, in the text format of COPY. Pure."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TypeAlias

from msgspec import UNSET, Struct

from listingapi.access.callers import COMMAND_LINE
from listingapi.answers import to_json
from listingapi.bulk.lines import Row
from listingapi.listings.announcements import ListingCreated
from listingapi.listings.schemas import Listing, PostalAddress
from listingapi.money import Euros
from listingapi.prices.announcements import PriceChanged

NULL = "\\N"
ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})

Amount: TypeAlias = int | Euros
Lines: TypeAlias = Callable[["Fresh"], str]


class Fresh(Struct, frozen=True, gc=False):
    """A listing that is not there yet; `prices` and `dates` are its whole history."""

    listing_id: int
    name: str
    description: str
    building_type: str
    surface_area_m2: float
    rooms_count: int
    bedrooms_count: int
    contact_phone_number: str | None
    street_address: str
    postal_code: str
    city: str
    country: str
    external_id: str | None
    created_date: datetime
    updated_date: datetime
    prices: list[Amount]
    dates: list[datetime]

    @property
    def text(self) -> str:
        """What searches find it by."""
        return f"{self.name} {self.description} {self.street_address} {self.postal_code} {self.city}"


def fresh(listing_id: int, row: Row, now: datetime) -> Fresh:
    """Make a row, which begins with its turn, the listing that it says; without dates it is of now."""
    name, description, building_type, price, *facts = row[2:15]
    as_of, created, prices, dates = row[16:20]
    moment = as_of or now
    dates = dates or [moment]
    content = (name, description, building_type, *facts, created or dates[0], moment, prices or [price], dates)
    return Fresh(listing_id, *content)


def listing_lines(account_id: int) -> Lines:
    """Writes rows of `listing`."""

    def lines(new: Fresh) -> str:
        prices, entries = new.prices, len(new.prices)
        return (
            f"{new.listing_id}\t{account_id}\t{entries}\t{_escaped(new.name)}\t{_escaped(new.description)}"
            f"\t{new.building_type}\t{prices[-1]}\t{prices[-2] if entries > 1 else NULL}\t{prices[0]}\t{entries}"
            f"\t{new.dates[-1]}\t{new.surface_area_m2}\t{new.rooms_count}\t{new.bedrooms_count}"
            f"\t{new.contact_phone_number or NULL}\t{_escaped(new.street_address)}\t{_escaped(new.postal_code)}"
            f"\t{_escaped(new.city)}\t{new.country}\t{new.created_date}\t{new.updated_date}\n"
        )

    return lines


def external_id_lines(account_id: int) -> Lines:
    """Writes rows of `listing_external_id`."""
    return lambda new: f"{account_id}\t{_escaped(new.external_id)}\t{new.listing_id}\n" if new.external_id else ""


def price_lines(account_id: int, now: datetime) -> Lines:
    """Writes rows of `listing_price`."""
    same = f"{now}\timport\t{account_id}\t{COMMAND_LINE}\n"

    def lines(new: Fresh) -> str:
        listing_id, entries = new.listing_id, zip(new.prices, new.dates, strict=True)
        return "".join(
            [f"{listing_id}\t{version}\t{price}\t{date}\t{same}" for version, (price, date) in enumerate(entries, 1)]
        )

    return lines


def event_lines(account_id: int, now: datetime) -> Lines:
    """Writes rows of `outbox`: that the listing was created at its first price, and each price after it."""

    def lines(new: Fresh) -> str:
        time = max(now, new.updated_date)
        created = f"{new.listing_id}\t1\t{ListingCreated.type}\t{account_id}\t{time}\t{_created(new)}\n"
        if len(new.prices) == 1:
            return created
        begin, end = f"{new.listing_id}\t", f"\t{PriceChanged.type}\t{account_id}\t{time}\t"
        changes = enumerate(price_changes(new.prices, new.dates, account_id), 2)
        return created + "".join([f"{begin}{version}{end}{data}\n" for version, data in changes])

    return lines


def price_changes(prices: Sequence[Amount], dates: Sequence[datetime], account_id: int) -> Iterator[str]:
    """The data of `PriceChanged` for each price after the first, as `to_json` writes it, but ten times as fast."""
    cents = [_cents(price) for price in prices]
    same = f'Z","source":"import","account_id":{account_id}}}'
    told = [_wire(price) for price in cents]
    for before, after, old, new, date in zip(told, told[1:], cents, cents[1:], dates[1:], strict=False):
        percent = f',"change_percent":{_percent(old, new)}' if old else ""
        yield (
            f'{{"price_eur":{after},"previous_price_eur":{before},"change_eur":{_wire(new - old)}{percent},'
            f'"created_date":"{date.isoformat()[:-6]}{same}'
        )


def _created(new: Fresh) -> str:
    listing = Listing(
        name=new.name,
        description=new.description,
        building_type=new.building_type,  # type: ignore[arg-type]  # it was checked when the line was read
        latest_price_eur=Euros(new.prices[0]),
        surface_area_m2=new.surface_area_m2,
        rooms_count=new.rooms_count,
        bedrooms_count=new.bedrooms_count,
        contact_phone_number=new.contact_phone_number or UNSET,
        postal_address=PostalAddress(new.street_address, new.postal_code, new.city, new.country),
        id=new.listing_id,
        created_date=new.created_date,
        updated_date=new.dates[0] if len(new.dates) > 1 else new.updated_date,
    )
    return to_json(ListingCreated(listing=listing)).decode().replace("\\", "\\\\")


def _escaped(text: str) -> str:
    return text if text.isprintable() and "\\" not in text else text.translate(ESCAPES)


def _cents(amount: Amount) -> int:
    return amount * 100 if isinstance(amount, int) else int(amount * 100)


def _wire(hundredths: int) -> str:
    """A number of two decimals as it stands on the wire."""
    if hundredths < 0:
        return f"-{_wire(-hundredths)}"
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)


def _percent(old: int, new: int) -> str:
    """A change in percent, half a hundredth rounded away from 0."""
    hundredths = (abs(new - old) * 20_000 + old) // (old * 2)
    return _wire(hundredths if new > old else -hundredths)
