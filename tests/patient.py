"""The command `listingapi`, which waits long for Redis and PostgreSQL: where tests share a machine, both may be slow.

Run as `python -m tests.patient`.
"""

from listingapi.__main__ import main
from listingapi.infra import database, redis

ANSWER_SECONDS = 10.0
CONNECT_SECONDS = 20.0

# Also in a process that answers requests, which has this module by the second name.
if __name__ in {"__main__", "__mp_main__"}:
    redis.ANSWER_SECONDS = ANSWER_SECONDS
    database.CONNECT_SECONDS = CONNECT_SECONDS

if __name__ == "__main__":
    main()
