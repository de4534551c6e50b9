"""What search engines and link previews are told of a page, as it stands in its head; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any

from msgspec import UNSET

from listingapi.answers import to_json
from listingapi.listings.rows import WrittenListing
from listingapi.listings.schemas import Listing

NAME = "ListingAPI"
LONGEST_DESCRIPTION = 200

# schema.org has no studio; both are accommodations that may be let or sold.
KINDS = {"STUDIO": "Apartment", "APARTMENT": "Apartment", "HOUSE": "House"}
# What could end the script, or what some readers take for the end of a line (JSON may have each as an escape).
ESCAPES = str.maketrans({character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"})


@dataclass(frozen=True, slots=True)
class Head:
    """`path` is where the page has its place; `facts` are what schema.org would have said of it, if anything."""

    title: str
    description: str
    path: str | None = None
    facts: Any = None


def facts_of_listings(found: Sequence[Listing | WrittenListing], origin: str) -> Any:
    """The newest listings as schema.org has them; nothing where there are none."""
    elements = [
        {"@type": "ListItem", "position": place, "item": _facts(listing, origin)}
        for place, listing in enumerate(found, start=1)
    ]
    return {"@context": "https://schema.org", "@type": "ItemList", "itemListElement": elements} if found else None


def head_of_listing(listing: Listing, origin: str) -> Head:
    """The head of the page that shows what the price of a listing did."""
    title = f"{listing.name[:100]} · {_in_words(listing.latest_price_eur)} · {listing.postal_address.city[:100]}"
    facts = {"@context": "https://schema.org", **_facts(listing, origin)}
    return Head(title, _shortened(listing.description), path_of(listing.id), facts)


def path_of(listing_id: int) -> str:
    """Where the page of a listing is."""
    return f"/{listing_id}/prices"


def written(head: Head, origin: str) -> str:
    """A head in HTML, in which texts are texts whatever they hold; `origin` is scheme and host of the server."""
    said = {"og:title": head.title, "og:description": head.description, "og:site_name": NAME, "og:type": "website"}
    lines = [f"<title>{escape(head.title)}</title>", f'<meta name="description" content="{escape(head.description)}">']
    if head.path is not None:
        address = origin + head.path
        lines.append(f'<link rel="canonical" href="{escape(address)}">')
        said["og:url"] = address
    lines += [f'<meta property="{name}" content="{escape(value)}">' for name, value in said.items()]
    if head.facts is not None:
        facts = to_json(head.facts).decode().translate(ESCAPES)
        lines.append(f'<script type="application/ld+json">{facts}</script>')
    return "\n    ".join(lines)


def _in_words(euros: Decimal) -> str:
    """An amount as the app writes it in English; else the head of a listing is in the words of who has written it."""
    return f"€{euros:,.2f}".removesuffix(".00")


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_DESCRIPTION else f"{line[: LONGEST_DESCRIPTION - 1]}…"


def _facts(listing: Listing | WrittenListing, origin: str) -> dict[str, Any]:
    """A listing as schema.org has it, https://schema.org/RealEstateListing; surfaces are in m² (MTK)."""
    address = listing.postal_address
    home = {
        "@type": KINDS[listing.building_type],
        "numberOfRooms": listing.rooms_count,
        "numberOfBedrooms": listing.bedrooms_count,
        "floorSize": {"@type": "QuantitativeValue", "value": listing.surface_area_m2, "unitCode": "MTK"},
        "address": {
            "@type": "PostalAddress",
            "streetAddress": address.street_address,
            "postalCode": address.postal_code,
            "addressLocality": address.city,
            "addressCountry": address.country,
        },
    }
    if listing.contact_phone_number is not UNSET:
        home["telephone"] = listing.contact_phone_number
    return {
        "@type": "RealEstateListing",
        "url": origin + path_of(listing.id),
        "name": listing.name,
        "description": _shortened(listing.description),
        "datePosted": listing.created_date,
        "dateModified": listing.updated_date,
        "mainEntity": home,
        "offers": {"@type": "Offer", "price": listing.latest_price_eur, "priceCurrency": "EUR"},
    }
