"""The command `listingapi`, which waits long for Redis: where tests share a machine, a moment may be too short for it.

Run as `python -m tests.patient`.
"""

from listingapi.__main__ import main
from listingapi.infra import redis

ANSWER_SECONDS = 10.0

# Also in a process that answers requests, which has this module by the second name.
if __name__ in {"__main__", "__mp_main__"}:
    redis.ANSWER_SECONDS = ANSWER_SECONDS

if __name__ == "__main__":
    main()
