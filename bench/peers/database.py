"""Where the peers find the database, and how many connections a process of theirs has: as many as one of ours."""

import os

POOL_SIZE = 10
PAGE = 100


def url(driver: str = "") -> str:
    """The address of the database, for a driver of SQLAlchemy if one is named."""
    address = os.environ["DATABASE_URL"]
    return address.replace("postgresql://", f"postgresql+{driver}://", 1) if driver else address
