"""What happened to a listing, as others are told of it."""

from typing import ClassVar

from msgspec import Struct


class Event(Struct, frozen=True, kw_only=True):
    """What happened; the fields are the data of the CloudEvent, and each `type` has a class of its own."""

    type: ClassVar[str]
