"""Fetches small documents of other services, within bounds of time and size."""

import asyncio
from http import HTTPStatus

import httpx

# Asked for as they are: what is compressed could grow to any size.
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}


class DownloadFailed(Exception):
    """The document could not be had; the message says why."""


class Downloader:
    """Fetches documents of at most so many bytes, each within so many seconds; follows no redirects."""

    def __init__(self, *, seconds: float, most_bytes: int) -> None:
        self._seconds = seconds
        self._most_bytes = most_bytes
        self._client = httpx.AsyncClient(headers=HEADERS, timeout=seconds, follow_redirects=False)

    async def get(self, url: str) -> bytes:
        """A document.

        Raises:
            DownloadFailed: there was no answer in time, another one than 200, or one that is too large.
        """
        try:
            async with asyncio.timeout(self._seconds), self._client.stream("GET", url) as response:
                if response.status_code != HTTPStatus.OK:
                    raise DownloadFailed(f"the answer was {response.status_code}")
                return await self._read(response)
        except TimeoutError:
            raise DownloadFailed(f"no answer within {self._seconds:g} seconds") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise DownloadFailed(type(error).__name__) from None

    async def _read(self, response: httpx.Response) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > self._most_bytes:
                raise DownloadFailed(f"the answer is larger than {self._most_bytes} bytes")
        return bytes(body)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()
