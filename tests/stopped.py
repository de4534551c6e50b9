"""Time that passes only when a test says so."""

SECOND = 1_000_000


class StoppedClock:
    """A clock that stands still, in microseconds."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now

    def advance(self, seconds: float) -> None:
        """Move it on."""
        self.now += int(seconds * SECOND)
