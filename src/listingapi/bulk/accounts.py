"""Names of accounts, as people give them on the command line."""

from listingapi.infra.start import StartError

LONGEST_NAME = 255


def require_name(name: str) -> None:
    """See to it that a name can be that of an account, before anything is started for it.

    Raises:
        StartError: it is blank, too long, or nothing that PostgreSQL can store.
    """
    if not name.strip() or len(name) > LONGEST_NAME or "\0" in name or not _is_unicode(name):
        raise StartError(
            f"--account must be a name of 1 to {LONGEST_NAME} characters that is not blank, without NUL characters."
        )


def _is_unicode(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
