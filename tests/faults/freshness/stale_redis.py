"""A Redis that comes back empty, or with what it had long ago."""

from tests.redis_server import RedisServer

DUMP = "dump.rdb"


class StaleRedis(RedisServer):
    """A Redis that remembers what it was told to remember, if it is to."""

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]  # as it is
        self._is_to_forget = True

    def remember(self) -> None:
        """Write down what it has now."""
        with self.client() as client:
            client.save()

    def start_old(self) -> None:
        """Start it with what it wrote down."""
        self._is_to_forget = False
        try:
            self.start()
        finally:
            self._is_to_forget = True

    def flush(self) -> None:
        if self._is_to_forget:
            super().flush()
        else:
            with self.client() as client:
                client.ping()
