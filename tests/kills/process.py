"""The command `listingapi` with a consumer more, which records its effects, and if asked with a bug planted."""

import sys

from listingapi.cli import main
from tests.kills.planted import BUGS
from tests.kills.recorder import install

if __name__ == "__main__":
    install()
    BUGS[sys.argv.pop(1)]()
    main()
