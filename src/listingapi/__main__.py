"""The start of the command: says nothing of an interrupt that comes while the rest is loaded."""

import sys


def main() -> None:
    """Run the command."""
    try:
        from listingapi.cli import main as run  # noqa: PLC0415 - what takes long to load
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
