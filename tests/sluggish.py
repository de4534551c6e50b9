"""The command `listingapi`, whose processes that answer requests take their time to begin, as on a busy machine.

Run as `python -m tests.sluggish`.
"""

from time import sleep

from listingapi.__main__ import main

# Longer than uvicorn waits for a sign of life, if it is not told to wait for longer.
SECONDS = 6.0

if __name__ == "__mp_main__":
    sleep(SECONDS)

if __name__ == "__main__":
    main()
