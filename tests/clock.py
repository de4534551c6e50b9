"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Tells the time that a test has set."""

    def __init__(self) -> None:
        self.now = datetime(2023, 1, 12, 9, 23, 36, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def set(self, text: str) -> None:
        """Set it to an RFC 3339 time."""
        self.now = datetime.fromisoformat(text)

    def advance(self, **by: float) -> None:
        """Move it on; `by` as for a timedelta."""
        self.now += timedelta(**by)
