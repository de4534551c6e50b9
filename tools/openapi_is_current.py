"""Fails if the committed openapi.json is not what the code says; `make generate` writes it anew."""

import sys
from pathlib import Path

import msgspec

from listingapi.app import describe

COMMITTED = Path(__file__).parents[1] / "openapi.json"


def main() -> int:
    current = msgspec.json.format(msgspec.json.encode(describe()), indent=2)
    if COMMITTED.read_bytes().strip() == current:
        return 0
    print("openapi.json is not current: run “make generate”.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
