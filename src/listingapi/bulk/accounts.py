"""Names of accounts, as people give them on the command line."""

from listingapi.accounts.names import NAME_IS, is_name
from listingapi.infra.start import StartError


def require_name(name: str) -> None:
    """See to it that a name can be that of an account, before anything is started for it.

    Raises:
        StartError: it is blank, too long, or nothing that PostgreSQL can store.
    """
    if not is_name(name):
        raise StartError(f"--account must be a name {NAME_IS}.")
