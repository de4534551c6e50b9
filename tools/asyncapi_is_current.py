"""Fails if the committed asyncapi.yaml is not what the code says; `make generate` writes it anew."""

import sys
from pathlib import Path

from listingapi.asyncapi import as_yaml, describe

COMMITTED = Path(__file__).parents[1] / "asyncapi.yaml"


def main() -> int:
    if COMMITTED.read_text(encoding="utf-8") == as_yaml(describe()):
        return 0
    print("asyncapi.yaml is not current: run “make generate”.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
