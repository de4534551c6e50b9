"""Heads of requests to `/nothing` that have a size."""

WHOLE = b"%b\r\nHost: test\r\n%b\r\n"


def filled(line: bytes, header: bytes, size: int) -> bytes:
    """A head of this many bytes, by a header that is as long as it takes."""
    return WHOLE % (line, header + b": " + b"x" * (size - len(WHOLE % (line, header + b": \r\n"))) + b"\r\n")


def with_long_path(size: int) -> bytes:
    """A head of this many bytes, by its path."""
    start = b"GET /nothing/%b HTTP/1.1"
    return WHOLE % (start % (b"x" * (size - len(WHOLE % (start % b"", b"")))), b"")


def with_headers(count: int) -> bytes:
    """A head with so many headers, `Host` among them."""
    return WHOLE % (b"GET /nothing HTTP/1.1", b"".join(b"X-%d: y\r\n" % number for number in range(count - 1)))


def filled_by(header: bytes, size: int) -> bytes:
    """A head of this many bytes for an address that is none."""
    return filled(b"GET /nothing HTTP/1.1", header, size)
