"""The market that an address of a page names; pure."""

from typing import Self
from urllib.parse import quote, unquote

import msgspec

from listingapi.listings.schemas import BuildingType, Country, Text

# As encodeURIComponent leaves them, with which web/src/ui/marketPath.ts writes the same addresses.
SAFE = "!'()*"


class Market(msgspec.Struct, frozen=True, array_like=True):
    """The listings of one building type in a city."""

    country: Country
    city: Text
    building_type: BuildingType

    @classmethod
    def at(cls, raw_path: bytes) -> Self | None:
        """The one at an address, in which a slash in the name of a city is written %2F; None if there can be none."""
        try:
            return msgspec.convert([unquote(part, errors="strict") for part in raw_path.split(b"/")[2:]], cls)
        except (UnicodeDecodeError, msgspec.ValidationError):
            return None

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/markets/{self.country}/{quote(self.city, safe=SAFE)}/{self.building_type}"
