"""Which of two media types a client would rather have (RFC 9110, `Accept`)."""

from collections.abc import Iterator

NOT_ACCEPTED = 0.0
MOST_WANTED = 1.0


def prefers(accept: str, media_type: str, *, over: str) -> bool:
    """Whether the header asks for a media type more than for the one that is answered by default."""
    return quality(accept, media_type) > quality(accept, over)


def quality(accept: str, media_type: str) -> float:
    """The q-value that a header gives a media type: that of its most specific range; 0 where there is none."""
    matching = [(_precision(name, media_type), q) for name, q in _ranges(accept) if _precision(name, media_type)]
    return max(matching)[1] if matching else NOT_ACCEPTED


def _precision(media_range: str, media_type: str) -> int:
    """How precisely a range names a media type; 0 if it does not."""
    ranges = ("*/*", f"{media_type.partition('/')[0]}/*", media_type)
    return ranges.index(media_range) + 1 if media_range in ranges else 0


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for choice in accept.lower().split(","):
        name, *parameters = (part.strip() for part in choice.split(";"))
        yield name, next((_q(text[2:]) for text in parameters if text.startswith("q=")), MOST_WANTED)


def _q(text: str) -> float:
    """A q-value; one that is none counts as not accepted."""
    try:
        q = float(text)
    except ValueError:
        return NOT_ACCEPTED
    return q if NOT_ACCEPTED <= q <= MOST_WANTED else NOT_ACCEPTED
