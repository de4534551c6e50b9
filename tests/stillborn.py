"""The command `listingapi`, whose processes that answer requests can't begin while the file STILLBORN is there.

Run as `python -m tests.stillborn`.
"""

import os
import sys
from pathlib import Path

from uvicorn.config import STARTUP_FAILURE

from listingapi.__main__ import main

FILE = "STILLBORN"

if __name__ == "__mp_main__" and Path(os.environ[FILE]).exists():
    sys.exit(STARTUP_FAILURE)

if __name__ == "__main__":
    main()
