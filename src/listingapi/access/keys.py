"""API keys: `lst_`, 43 random characters, and 6 that check them, so that a mistyped key is known without a look.

A key has 256 random bits, so a plain digest of it is as good as secret: there is nothing to guess it from.
"""

import secrets
from hashlib import sha256
from zlib import crc32

PREFIX = "lst_"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
RANDOM_BITS = 256
RANDOM_CHARACTERS = 43
CHECK_CHARACTERS = 6
LENGTH = len(PREFIX) + RANDOM_CHARACTERS + CHECK_CHARACTERS
HINT_CHARACTERS = len(PREFIX) + 4


def new_key() -> str:
    """Make a key that nobody has."""
    body = PREFIX + _in_base_62(secrets.randbits(RANDOM_BITS), RANDOM_CHARACTERS)
    return body + _check(body)


def is_well_formed(key: str) -> bool:
    """Whether this can be a key at all: its length, its alphabet and its check are right."""
    body, check = key[:-CHECK_CHARACTERS], key[-CHECK_CHARACTERS:]
    return len(key) == LENGTH and key.isascii() and key.startswith(PREFIX) and check == _check(body)


def digest(key: str) -> bytes:
    """What is stored of a key: its SHA-256."""
    return sha256(key.encode()).digest()


def hint(key: str) -> str:
    """The beginning of a key, by which people tell their keys apart."""
    return key[:HINT_CHARACTERS]


def _check(body: str) -> str:
    return _in_base_62(crc32(body.encode()), CHECK_CHARACTERS)


def _in_base_62(number: int, length: int) -> str:
    characters = []
    for _ in range(length):
        number, remainder = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[remainder])
    return "".join(reversed(characters))
