"""The command `listingapi` with a consumer more, which records its effects, and if asked with a bug planted."""

import sys

from listingapi.cli import main
from tests.kills import planted, recorder

if __name__ == "__main__":
    recorder.install()
    planted.BUGS[sys.argv.pop(1)]()
    main()
