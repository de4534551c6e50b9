"""Which of the keys that an identity provider publishes may sign tokens."""

import json
from typing import Any

import pytest

from listingapi.access.jose import Header
from listingapi.access.jwks import UnusableKeys, read_keys
from tests.forgeries import p384_key, weak_key
from tests.signing import eddsa_key, es256_key, rs256_key, segment

RSA, EC, ED = rs256_key("rsa"), es256_key("ec"), eddsa_key("ed")
ED448 = {"kty": "OKP", "crv": "Ed448", "kid": "ed", "x": segment(b"x" * 57)}


def without(jwk: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in jwk.items() if name not in names}


def read(*keys: object) -> set[Header]:
    return set(read_keys(json.dumps({"keys": keys}).encode()))


@pytest.mark.parametrize(
    ("jwk", "expected"),
    [
        pytest.param(RSA.jwk, Header("rsa", "RS256"), id="RSA"),
        pytest.param(EC.jwk, Header("ec", "ES256"), id="P-256"),
        pytest.param(ED.jwk, Header("ed", "EdDSA"), id="Ed25519"),
        pytest.param(without(RSA.jwk, "alg"), Header("rsa", "RS256"), id="without alg"),
        pytest.param(without(EC.jwk, "use"), Header("ec", "ES256"), id="without use"),
        pytest.param(without(EC.jwk, "use") | {"key_ops": ["verify"]}, Header("ec", "ES256"), id="for verifying"),
        pytest.param({**RSA.jwk, "x5c": ["MII"], "x5t": "a", "nbf": 1}, Header("rsa", "RS256"), id="with more members"),
    ],
)
def test_a_key_that_may_sign_is_taken_for_one_algorithm(jwk: dict[str, Any], expected: Header) -> None:
    assert read(jwk) == {expected}


@pytest.mark.parametrize(
    "jwk",
    [
        pytest.param({"kty": "oct", "kid": "oct", "k": segment(b"k" * 64)}, id="a secret"),
        pytest.param({"kty": "oct", "kid": "oct", "k": segment(b"k" * 64), "alg": "HS256"}, id="a secret for HS256"),
        pytest.param({**RSA.jwk, "use": "enc"}, id="for encryption"),
        pytest.param({**RSA.jwk, "use": None}, id="of use null"),
        pytest.param({**RSA.jwk, "key_ops": ["wrapKey"]}, id="for wrapping keys"),
        pytest.param({**RSA.jwk, "key_ops": "verify"}, id="whose operations are no list"),
        pytest.param({**EC.jwk, "d": segment(b"d" * 32)}, id="with its private half"),
        pytest.param({**RSA.jwk, "p": "AQAB"}, id="with a prime"),
        pytest.param(p384_key().jwk, id="P-384"),
        pytest.param({**p384_key().jwk, "alg": "ES256"}, id="P-384 that says that it is for ES256"),
        pytest.param(ED448, id="Ed448"),
        pytest.param({**EC.jwk, "crv": "secp256k1", "alg": "ES256K"}, id="secp256k1"),
        pytest.param({**EC.jwk, "crv": ["P-256"]}, id="a list of curves"),
        pytest.param({**RSA.jwk, "crv": "P-256"}, id="RSA with a curve"),
        pytest.param({**RSA.jwk, "kty": ["RSA"]}, id="a list of kinds"),
        pytest.param({**RSA.jwk, "alg": "RS512"}, id="RSA for RS512"),
        pytest.param({**RSA.jwk, "alg": "PS256"}, id="RSA for PS256"),
        pytest.param({**RSA.jwk, "alg": "HS256"}, id="RSA for HS256"),
        pytest.param({**RSA.jwk, "alg": "none"}, id="RSA for none"),
        pytest.param({**EC.jwk, "alg": "RS256"}, id="P-256 for RS256"),
        pytest.param({**EC.jwk, "alg": None}, id="for null"),
        pytest.param(weak_key().jwk, id="RSA of 1024 bits"),
        pytest.param({**RSA.jwk, "e": "AQ"}, id="RSA with an exponent of 1"),
        pytest.param(without(RSA.jwk, "n"), id="RSA without its modulus"),
        pytest.param({**RSA.jwk, "n": 5}, id="RSA whose modulus is a number"),
        pytest.param({**RSA.jwk, "n": "é"}, id="RSA whose modulus is no base64url"),
        pytest.param({**EC.jwk, "x": segment(b"x" * 32)}, id="a point off the curve"),
        pytest.param({**EC.jwk, "x": None}, id="no point"),
        pytest.param({**ED.jwk, "x": segment(b"x" * 31)}, id="Ed25519 that is too short"),
        pytest.param(without(EC.jwk, "kid"), id="without a name"),
        pytest.param({**EC.jwk, "kid": ""}, id="with an empty name"),
        pytest.param({**EC.jwk, "kid": 1}, id="with a number for a name"),
        pytest.param("key", id="no object"),
        pytest.param(None, id="null"),
    ],
)
def test_a_key_that_may_not_is_left_out_and_the_others_are_taken(jwk: object) -> None:
    assert read(ED.jwk, jwk) == {Header("ed", "EdDSA")}


def test_keys_of_one_name_and_several_kinds_are_each_for_their_own_algorithm() -> None:
    assert read({**RSA.jwk, "kid": "k"}, {**EC.jwk, "kid": "k"}) == {Header("k", "RS256"), Header("k", "ES256")}


def test_an_issuer_may_have_no_key() -> None:
    assert read() == set()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"{}", b'{"keys":{}}', b'{"keys":null}', b'{"keys":[],"keys":[]}', b"\xff", b"<html></html>"],
)
def test_what_is_no_key_set_is_told_from_an_empty_one(body: bytes) -> None:
    with pytest.raises(UnusableKeys):
        read_keys(body)
