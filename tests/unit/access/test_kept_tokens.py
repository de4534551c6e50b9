"""Tokens that were verified are known for as long as they are good, and not too many of them."""

from listingapi.access.claims import Identity
from listingapi.access.jose import Header
from listingapi.access.jwks import read_keys
from listingapi.access.kept_tokens import KeptToken, KeptTokens

KEYS = read_keys(
    b'{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"ed","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}'
)
KEPT = KeptToken(Identity("anna", 7, frozenset(), 100.0, "ed"), KEYS[Header("ed", "EdDSA")], 130.0)


def test_a_token_is_known_until_it_is_good_no_more() -> None:
    kept = KeptTokens()
    kept.put("a.b.c", KEPT)

    assert kept.get("a.b.c", 129.9) is KEPT
    assert kept.get("a.b.c", 130.0) is None
    assert len(kept) == 0


def test_another_token_is_not_known() -> None:
    kept = KeptTokens()
    kept.put("a.b.c", KEPT)

    assert kept.get("a.b.d", 0) is None


def test_the_oldest_go_when_there_are_too_many() -> None:
    kept = KeptTokens(most=2)
    for token in ("one", "two", "two"):
        kept.put(token, KEPT)
    assert [kept.get(token, 0) for token in ("one", "two")] == [KEPT, KEPT]

    kept.put("three", KEPT)
    assert [kept.get(token, 0) for token in ("one", "two", "three")] == [None, KEPT, KEPT]


def test_a_token_can_be_dropped() -> None:
    kept = KeptTokens()
    kept.put("a.b.c", KEPT)
    kept.drop("a.b.c")
    kept.drop("a.b.c")

    assert kept.get("a.b.c", 0) is None
