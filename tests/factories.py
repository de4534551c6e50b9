"""Makes what the tests write: only what matters to a test is given by it."""

from typing import Any


def listing(**changed: Any) -> dict[str, Any]:
    """A ListingWrite as parsed JSON."""
    return {
        "name": "Flat near the station",
        "description": "Three rooms, a balcony and a cellar.",
        "building_type": "APARTMENT",
        "latest_price_eur": 100_000,
        "surface_area_m2": 63.5,
        "rooms_count": 3,
        "bedrooms_count": 2,
        "contact_phone_number": "+33123456789",
        "postal_address": address(),
    } | changed


def address(**changed: Any) -> dict[str, Any]:
    """A PostalAddress as parsed JSON."""
    return {"street_address": "1 rue de Rivoli", "postal_code": "75001", "city": "Paris", "country": "FR"} | changed
