"""What answers to reads say, but for what differs from one to the next."""

from tests.sockets import Answer

# Of what was not kept, it is not known how old it may be.
OF_ITS_OWN = ("date", "x-request-id", "x-accel-expires")


def said(answer: Answer) -> tuple[int, list[tuple[str, str]], bytes]:
    """What an answer says, but for what is its own."""
    headers = [(name.lower(), value) for name, value in answer.headers.items()]
    return answer.status, sorted(each for each in headers if each[0] not in OF_ITS_OWN), answer.body


def remaining(answer: Answer) -> int:
    """How many more may be sent, as an answer says."""
    return int(answer.headers["ratelimit"].partition("r=")[2].partition(";")[0])
