"""How credentials are refused: the caller is told nothing but that, and the log says why."""

import structlog

from listingapi.errors import WrongCredentials

logger = structlog.get_logger()


class TokenRefused(Exception):
    """A token is not good; the reason is one of a few fixed sentences and holds nothing of the token."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def wrong_credentials(reason: str, **about: int) -> WrongCredentials:
    """Refuse without a word on why, and let the log say it; never the credentials."""
    logger.info("credentials_refused", reason=reason, **about)
    return WrongCredentials()
