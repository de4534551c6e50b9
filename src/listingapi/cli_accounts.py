"""The commands `listingapi accounts` and `listingapi keys`."""

import asyncio
import shlex
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import cyclopts
from cyclopts import Parameter
from cyclopts.validators import Number
from msgspec import UNSET, UnsetType

from listingapi.access.scopes import Kind
from listingapi.infra.terminal import print_table, printable
from listingapi.settings import load_settings

if TYPE_CHECKING:
    from listingapi.accounts.office import Office

T = TypeVar("T")

DataDir = Annotated[
    Path | None, Parameter(help="Where the embedded database keeps its data. [default: listingapi-data]")
]
Rate = Annotated[int | None, Parameter(validator=Number(gte=0, lte=1_000_000_000))]
Days = Annotated[
    int | None,
    Parameter(
        help="After how many days it opens nothing any more. [default: never]", validator=Number(gte=1, lte=36_500)
    ),
]

DAY = "%Y-%m-%d"

accounts = cyclopts.App(
    name="accounts",
    help="Accounts own listings and hold API keys: add, list, suspend and resume them. "
    "To begin with, make an operator: listingapi accounts create ops --kind operator",
)
keys = cyclopts.App(
    name="keys",
    help="API keys are what programs send as `Authorization: Bearer lst_…`: make, list and revoke them.",
)


@accounts.command
def create(
    name: Annotated[str, Parameter(help="What it is called; no two accounts have one name.")],
    /,
    *,
    kind: Annotated[
        Kind,
        Parameter(
            help="The most that its keys may do. agency: read, and write its own listings, prices and pricing rules. "
            "portal: read. operator: everything, also correct prices, and manage accounts and keys."
        ),
    ],
    reads_per_minute: Annotated[
        Rate, Parameter(help="Reads that it may send; 0 is any number. [default: by the settings]")
    ] = None,
    writes_per_minute: Annotated[
        Rate, Parameter(help="Writes that it may send; 0 is any number. [default: by the settings]")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Add an account. What acts for it needs a key: listingapi keys create --account NAME."""
    rates = {"reads_per_minute": reads_per_minute, "writes_per_minute": writes_per_minute}
    given = {name: rate for name, rate in rates.items() if rate is not None}
    made = _in_office(lambda office: office.create_account(name=name, kind=kind, **given), data_dir)
    print(f"Account {made.id} is there. For a key of its own: listingapi keys create --account {_quoted(made.name)}")


@accounts.command(name="list")
def list_accounts(*, data_dir: DataDir = None) -> None:
    """Show all accounts."""
    found = _in_office(lambda office: office.all_accounts(), data_dir)
    print_table(
        ("id", "name", "kind", "suspended", "reads/min", "writes/min", "created"),
        [
            (
                str(account.id),
                account.name,
                account.kind,
                "suspended" if account.suspended else "",
                _rate(account.reads_per_minute),
                _rate(account.writes_per_minute),
                _day(account.created_date),
            )
            for account in found
        ],
    )


@accounts.command
def suspend(name: Annotated[str, Parameter(help="The account.")], /, *, data_dir: DataDir = None) -> None:
    """Suspend an account: within seconds, its keys and tokens open nothing. Its listings stay."""
    _in_office(lambda office: office.set_suspended(name, suspended=True), data_dir)
    print(f"Account “{printable(name)}” is suspended.")


@accounts.command
def resume(name: Annotated[str, Parameter(help="The account.")], /, *, data_dir: DataDir = None) -> None:
    """Let the keys and tokens of a suspended account open again what they did."""
    _in_office(lambda office: office.set_suspended(name, suspended=False), data_dir)
    print(f"Account “{printable(name)}” is not suspended.")


@keys.command(name="create")
def create_key(
    *,
    account: Annotated[str, Parameter(help="The name of the account that it belongs to.")],
    name: Annotated[str, Parameter(help="What it is for, to tell it from others.")] = "made on the command line",
    scopes: Annotated[
        str | None,
        Parameter(help="What it may do, such as “listings:read listings:write”. [default: all that its account may]"),
    ] = None,
    expires_in_days: Days = None,
    data_dir: DataDir = None,
) -> None:
    """Make an API key, and print it: it is shown this once, and stored as a hash.

    Only the key goes to standard output, so that KEY=$(listingapi keys create --account ops) keeps it.
    """
    given = {"name": name} if scopes is None else {"name": name, "scopes": scopes.split()}
    made = _in_office(lambda office: office.create_key(account, expires_in_days=expires_in_days, **given), data_dir)
    print(
        f"Key {made.made.id} of “{printable(account)}” may: {' '.join(made.made.scopes)}. It is shown only now; "
        f"listingapi keys revoke {made.made.id} ends it.",
        file=sys.stderr,
    )
    print(made.key)


@keys.command(name="list")
def list_keys(
    *,
    account: Annotated[str | None, Parameter(help="Only the keys of this account.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Show all keys, also those that are revoked or expired; of each only how it begins."""
    found = _in_office(lambda office: office.all_keys(account), data_dir)
    print_table(
        ("id", "account", "name", "begins", "may", "created", "by", "expires", "last used", "revoked"),
        [
            (
                str(key.id),
                owner,
                key.name,
                key.hint,
                " ".join(key.scopes),
                _day(key.created_date),
                key.created_by,
                _day(key.expires_date),
                _day(key.last_used_date),
                _day(key.revoked_date),
            )
            for owner, key in found
        ],
    )


@keys.command
def revoke(
    key_ids: Annotated[list[int], Parameter(help="The ids of the keys, as listingapi keys list shows them.")],
    /,
    *,
    data_dir: DataDir = None,
) -> None:
    """Revoke keys: within seconds, they open nothing in any process. If one of them does not exist, none is revoked."""
    _in_office(lambda office: office.revoke_keys(key_ids), data_dir)
    print(f"Revoked: {', '.join(str(key_id) for key_id in key_ids)}.")


def _in_office(do: "Callable[[Office], Awaitable[T]]", data_dir: Path | None) -> T:
    """Do something in an office on the database of the settings."""
    from listingapi.accounts.office import open_office
    from listingapi.provision import existing_database

    async def work(url: str) -> T:
        async with open_office(url, lambda: datetime.now(UTC)) as office:
            return await do(office)

    with existing_database(load_settings(data_dir=data_dir)) as settings:
        return asyncio.run(work(settings.serving_url))


def _quoted(name: str) -> str:
    """A name as it is typed in a shell."""
    return shlex.quote(printable(name))


def _day(moment: datetime | UnsetType) -> str:
    return "" if moment is UNSET else moment.strftime(DAY)


def _rate(rate: int | UnsetType) -> str:
    return "" if rate is UNSET else str(rate)
