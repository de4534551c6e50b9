"""Forged tokens, by their algorithm, key and signature: each is refused with one and the same answer."""

import hmac
import json
from base64 import urlsafe_b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from tests.forgeries import (
    FORM,
    SIGNATURE,
    Forge,
    Scene,
    assert_refused,
    certificate_of,
    p384_key,
    public_bytes,
    weak_key,
    with_header,
    with_signature,
)
from tests.signing import segment

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALGORITHM = "algorithm not taken"
NO_KEY = "no key is named"
UNKNOWN = "unknown key"

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.fixture(scope="module")
def scene(scene: Scene) -> Scene:
    """The same, where the issuer also publishes keys that are none for tokens."""
    scene.issuer.extra += [
        {**scene.foreign.jwk, "kid": "enc", "use": "enc"},
        {"kty": "oct", "kid": "oct", "k": segment(b"secret" * 8), "alg": "HS256"},
        {**p384_key().jwk},
        {**weak_key().jwk},
        {**scene.foreign.jwk, "kid": "private", "d": segment(b"d" * 32)},
    ]
    return scene


def unsigned(algorithm: str) -> Forge:
    return lambda s: f"{segment({'alg': algorithm, 'typ': 'JWT', 'kid': s.ec.kid})}.{s.parts[1]}."


def hmac_with(secret: str, algorithm: str) -> Forge:
    """Sign with the public key of the issuer as if it were a secret."""

    def forge(s: Scene) -> str:
        secrets = {
            "PEM": public_bytes(s.rsa, Encoding.PEM),
            "DER": public_bytes(s.rsa, Encoding.DER),
            "JWK": json.dumps(s.rsa.jwk).encode(),
        }
        signed = f"{segment({'alg': algorithm, 'typ': 'JWT', 'kid': s.rsa.kid})}.{segment(s.claims())}"
        digest = f"sha{algorithm.removeprefix('HS')}"
        return f"{signed}.{segment(hmac.digest(secrets[secret], signed.encode(), digest))}"

    return forge


def der_signature(s: Scene) -> str:
    raw = urlsafe_b64decode(s.parts[2] + "==")
    return with_signature(s.good, encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:])))


def flipped(token: str) -> str:
    raw = bytearray(urlsafe_b64decode(token.rpartition(".")[2] + "=="))
    raw[7] ^= 1
    return with_signature(token, bytes(raw))


def written_otherwise(s: Scene) -> str:
    """The same bytes of a signature, in another spelling of base64url: its last character has four bits too many."""
    token = s.ed.sign(s.claims())
    return token[:-1] + {"A": "B", "Q": "R", "g": "h", "w": "x"}[token[-1]]


def foreign(**header: object) -> Forge:
    """A token of a stranger's key that names a key of the issuer, and brings its own."""
    return lambda s: s.foreign.sign(s.claims(), **{"kid": s.ec.kid, **header})


ALGORITHMS = [
    *(
        pytest.param(unsigned(name), FORM, id=f"no signature, and “{name}”")
        for name in ("none", "None", "NONE", "nOnE")
    ),
    pytest.param(lambda s: s.headed(alg="none"), ALGORITHM, id="“none” before a right signature"),
    pytest.param(lambda s: ".".join([*s.parts[:2], ""]), FORM, id="a good token without its signature"),
    pytest.param(lambda s: ".".join(s.parts[:2]), FORM, id="a good token without its signature and its dot"),
    *(
        pytest.param(hmac_with(secret, name), ALGORITHM, id=f"{name} with the public key as {secret}")
        for name in ("HS256", "HS384", "HS512")
        for secret in ("PEM", "DER", "JWK")
    ),
    *(
        pytest.param(
            lambda s, name=name: s.rsa.sign_raw({"alg": name, "kid": "rsa"}, s.claims(), name),
            ALGORITHM,
            id=f"{name} by the right key",
        )
        for name in ("RS384", "RS512", "PS256")
    ),
    pytest.param(
        lambda s: s.ec.sign_raw({"alg": "ES384", "kid": "ec"}, s.claims(), "ES384"),
        ALGORITHM,
        id="ES384 by the right key",
    ),
    pytest.param(
        lambda s: s.ec.sign_raw({"alg": "RS256", "kid": "ec"}, s.claims()), UNKNOWN, id="the name of another algorithm"
    ),
    pytest.param(lambda s: s.headed(alg="es256"), ALGORITHM, id="an algorithm in small letters"),
    pytest.param(lambda s: s.headed(alg=None), ALGORITHM, id="an algorithm of null"),
    pytest.param(lambda s: s.headed(alg=["ES256"]), ALGORITHM, id="a list of algorithms"),
    pytest.param(with_header(b'{"kid":"ec","typ":"JWT"}'), ALGORITHM, id="no algorithm"),
]

KEYS = [
    pytest.param(foreign(), SIGNATURE, id="a stranger's key under the name of the issuer's"),
    pytest.param(foreign(kid="foreign"), UNKNOWN, id="a stranger's key"),
    pytest.param(
        lambda s: foreign(kid="foreign", jku=s.stranger.jwks_url)(s), UNKNOWN, id="jku: where a stranger's keys are"
    ),
    pytest.param(lambda s: foreign(jku=s.stranger.jwks_url)(s), SIGNATURE, id="jku, and the name of the issuer's key"),
    pytest.param(
        lambda s: foreign(kid="foreign", x5u=s.stranger.jwks_url)(s), UNKNOWN, id="x5u: where a certificate is"
    ),
    pytest.param(lambda s: foreign(jwk=s.foreign.jwk)(s), SIGNATURE, id="jwk: a key brought along"),
    pytest.param(lambda s: foreign(kid="foreign", jwk=s.foreign.jwk)(s), UNKNOWN, id="jwk, under its own name"),
    pytest.param(lambda s: foreign(x5c=[certificate_of(s.foreign)])(s), SIGNATURE, id="x5c: a certificate"),
    pytest.param(foreign(kid="../../dev/null"), UNKNOWN, id="kid: a path"),
    pytest.param(foreign(kid="x' UNION SELECT 'key' --"), UNKNOWN, id="kid: SQL"),
    pytest.param(lambda s: foreign(kid=s.stranger.jwks_url)(s), UNKNOWN, id="kid: an address"),
    pytest.param(foreign(kid="ec\0"), UNKNOWN, id="kid: one with a NUL"),
    pytest.param(foreign(kid="EC"), UNKNOWN, id="kid: one in capitals"),
    pytest.param(foreign(kid="e"), UNKNOWN, id="kid: the beginning of one"),
    pytest.param(lambda s: s.headed(kid=""), NO_KEY, id="kid: empty"),
    pytest.param(lambda s: s.headed(kid=None), NO_KEY, id="kid: null"),
    pytest.param(lambda s: s.headed(kid=1), NO_KEY, id="kid: a number"),
    pytest.param(lambda s: s.headed(kid=["ec"]), NO_KEY, id="kid: a list"),
    pytest.param(lambda s: s.ec.sign_raw({"alg": "ES256"}, s.claims()), NO_KEY, id="kid: missing"),
    pytest.param(foreign(kid="enc"), UNKNOWN, id="a published key that is for encryption"),
    pytest.param(foreign(kid="oct"), UNKNOWN, id="a published key that is a secret"),
    pytest.param(foreign(kid="private"), UNKNOWN, id="a published key with its private half"),
    pytest.param(lambda s: weak_key().sign(s.claims()), UNKNOWN, id="a published key of 1024 bits"),
    pytest.param(
        lambda s: p384_key().sign_raw({"alg": "ES256", "kid": "p384"}, s.claims(), "ES384"),
        UNKNOWN,
        id="a published key of another curve",
    ),
]

SIGNATURES = [
    pytest.param(lambda s: s.rsa.sign(s.claims(), kid="ec", alg="ES256"), SIGNATURE, id="by another key of the issuer"),
    pytest.param(lambda s: s.good[:-4], SIGNATURE, id="cut off"),
    pytest.param(lambda s: s.good[:-1], SIGNATURE, id="cut off by one character"),
    pytest.param(lambda s: flipped(s.good), SIGNATURE, id="ES256 with a bit flipped"),
    pytest.param(lambda s: flipped(s.rsa.sign(s.claims())), SIGNATURE, id="RS256 with a bit flipped"),
    pytest.param(lambda s: flipped(s.ed.sign(s.claims())), SIGNATURE, id="EdDSA with a bit flipped"),
    pytest.param(der_signature, SIGNATURE, id="ES256 in DER"),
    pytest.param(lambda s: with_signature(s.good, bytes(64)), SIGNATURE, id="ES256 with r and s of 0"),
    pytest.param(
        lambda s: with_signature(s.good, P256_ORDER.to_bytes(32) * 2), SIGNATURE, id="ES256 with r and s of the order"
    ),
    pytest.param(lambda s: with_signature(s.ed.sign(s.claims()), bytes(64)), SIGNATURE, id="EdDSA of zeros"),
    pytest.param(lambda s: with_signature(s.rsa.sign(s.claims()), b"\1"), SIGNATURE, id="RS256 of a byte"),
    pytest.param(written_otherwise, SIGNATURE, id="the right one in another spelling"),
    pytest.param(
        lambda s: ".".join([s.parts[0], segment(s.claims(sub="boss")), s.parts[2]]), SIGNATURE, id="of other claims"
    ),
    pytest.param(
        lambda s: ".".join([segment({"alg": "ES256", "kid": "ec"}), *s.parts[1:]]), SIGNATURE, id="of another header"
    ),
]


@pytest.mark.parametrize(("forge", "reason"), ALGORITHMS)
async def test_a_token_of_another_algorithm_is_refused(scene: Scene, forge: Forge, reason: str) -> None:
    await assert_refused(scene, forge(scene), reason)


@pytest.mark.parametrize(("forge", "reason"), KEYS)
async def test_a_token_of_another_key_is_refused_and_no_key_is_fetched_for_it(
    scene: Scene, forge: Forge, reason: str
) -> None:
    await assert_refused(scene, forge(scene), reason)

    assert scene.stranger.fetches == 0


@pytest.mark.parametrize(("forge", "reason"), SIGNATURES)
async def test_a_token_with_a_wrong_signature_is_refused(scene: Scene, forge: Forge, reason: str) -> None:
    await assert_refused(scene, forge(scene), reason)
