"""The command `listingapi`, in which fills of caches are delayed at random, and if asked with a bug planted."""

import sys

from listingapi.cli import main
from listingapi.infra import database, redis
from tests import patient
from tests.faults.freshness.delays import late_fills, slow_reads
from tests.faults.freshness.planted import BUGS, HARMLESS

# A Redis that is back is used again soon: what it kept is to be met.
PAUSE_SECONDS = 0.1

if __name__ == "__main__":
    redis.PAUSE_SECONDS = PAUSE_SECONDS
    database.CONNECT_SECONDS = patient.CONNECT_SECONDS
    {**BUGS, **HARMLESS}[sys.argv.pop(1)]()
    late_fills()
    slow_reads()
    main()
