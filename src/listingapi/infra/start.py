"""What ends a start."""


class StartError(Exception):
    """The process can't start or go on; the message is a sentence for the person at the terminal."""
