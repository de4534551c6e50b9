"""The bodies as Pydantic knows them: the same for both peers that use it."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Text = Annotated[str, Field(min_length=1)]
Euros = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]


class PostalAddress(BaseModel):
    """Where a listing is."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    street_address: Text
    postal_code: Text
    city: Text
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]


class ListingWrite(BaseModel):
    """A listing as a client writes it."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    description: Text
    building_type: Literal["STUDIO", "APARTMENT", "HOUSE"]
    latest_price_eur: Euros
    surface_area_m2: Annotated[float, Field(ge=0)]
    rooms_count: Annotated[int, Field(ge=1)]
    bedrooms_count: Annotated[int, Field(ge=0)]
    contact_phone_number: Annotated[str | None, Field(pattern=r"^\+[1-9]\d{1,14}$")] = None
    postal_address: PostalAddress

    def columns(self) -> dict[str, Any]:
        """The same by the columns of the table."""
        return self.model_dump(exclude={"postal_address"}) | self.postal_address.model_dump()


class Listing(BaseModel):
    """A listing as it is answered."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    description: str
    building_type: str
    latest_price_eur: float
    surface_area_m2: float
    rooms_count: int
    bedrooms_count: int
    contact_phone_number: str | None
    postal_address: PostalAddress
    created_date: datetime
    updated_date: datetime


class Price(BaseModel):
    """An entry of a price history."""

    model_config = ConfigDict(from_attributes=True)

    price_eur: float
    created_date: datetime


Listings = TypeAdapter(list[Listing])
Prices = TypeAdapter(list[Price])
