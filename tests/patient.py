"""The command `listingapi`, which waits long for Redis: where tests share a machine, a moment may be too short for it.

Run as `python -m tests.patient`.
"""

from listingapi.__main__ import main
from listingapi.infra import redis

ANSWER_SECONDS = 10.0

redis.ANSWER_SECONDS = ANSWER_SECONDS

if __name__ == "__main__":
    main()
