"""The bodies of the operations on accounts."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from listingapi.access.scopes import Kind
from listingapi.accounts.names import Name
from listingapi.wire import Body, Timestamp, must

LARGEST_RATE = 1_000_000_000
RATES = ("reads_per_minute", "writes_per_minute")

Id = Annotated[int, Meta(ge=0)]
AccountKind = Annotated[Kind, must("agency, portal or operator")]
Rate = Annotated[int, must(f"an integer from 0 to {LARGEST_RATE}", ge=0, le=LARGEST_RATE)]
Suspended = Annotated[bool, must("true or false")]


class AccountWrite(Body, forbid_unknown_fields=True, kw_only=True):
    """A new account. Its rates are in requests a minute; those that are left out are as the deployment sets them."""

    name: Name
    kind: AccountKind
    reads_per_minute: Rate | UnsetType = UNSET
    writes_per_minute: Rate | UnsetType = UNSET


class AccountState(AccountWrite, forbid_unknown_fields=True, kw_only=True):
    """All of an account that operators may change."""

    suspended: Suspended


class Account(Struct, forbid_unknown_fields=True, kw_only=True):
    """An account as it is answered. While it is `suspended`, its credentials open nothing."""

    id: Id
    name: str
    kind: Kind
    suspended: bool
    reads_per_minute: int | UnsetType = UNSET
    writes_per_minute: int | UnsetType = UNSET
    created_date: Timestamp

    @property
    def state(self) -> AccountState:
        """What operators may change of it."""
        return AccountState(**{name: getattr(self, name) for name in AccountState.__struct_fields__})
