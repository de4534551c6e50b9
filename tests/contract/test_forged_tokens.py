"""Forged tokens, by their form, header, key and signature: each is refused with one and the same answer."""

import hmac
import json
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from tests.conftest import TestDatabase
from tests.forgeries import (
    Forge,
    Scene,
    assert_refused,
    certificate_of,
    get_listings,
    p384_key,
    public_bytes,
    scene_on,
    weak_key,
    with_signature,
)
from tests.signing import segment

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORM = "token not in the compact form"
HEADER = "header not readable"
ALGORITHM = "algorithm not taken"
TYPE = "not a token for access"
CRIT = "extensions are not taken"
NO_KEY = "no key is named"
UNKNOWN = "unknown key"
SIGNATURE = "signature wrong"
LENGTH = "token too long"

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.fixture(scope="module")
def own_database(create_database: Callable[[], TestDatabase]) -> TestDatabase:
    return create_database()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(own_database: TestDatabase) -> AsyncIterator[Scene]:
    async with scene_on(own_database) as made:
        made.issuer.extra += [
            {**made.foreign.jwk, "kid": "enc", "use": "enc"},
            {"kty": "oct", "kid": "oct", "k": segment(b"secret" * 8), "alg": "HS256"},
            {**p384_key().jwk},
            {**weak_key().jwk},
            {**made.foreign.jwk, "kid": "private", "d": segment(b"d" * 32)},
        ]
        yield made


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


def with_header(text: bytes) -> Forge:
    return lambda s: s.ec.sign_raw(text, s.claims())


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

FORMS = [
    pytest.param(lambda s: f"{s.good}.", FORM, id="a dot behind it"),
    pytest.param(lambda s: f".{s.good}", FORM, id="a dot before it"),
    pytest.param(lambda s: f"{s.good}.{s.parts[2]}", FORM, id="two signatures"),
    pytest.param(lambda s: s.good.replace(".", "..", 1), FORM, id="two dots"),
    pytest.param(
        lambda _: f"{segment({'alg': 'dir', 'enc': 'A256GCM', 'kid': 'ec'})}..AAAA.AAAA.AAAA", FORM, id="a JWE"
    ),
    pytest.param(
        lambda s: json.dumps(dict(zip(("protected", "payload", "signature"), s.parts, strict=True))),
        FORM,
        id="in the JSON form",
    ),
    pytest.param(lambda s: f"{s.parts[0]}..{s.parts[2]}", FORM, id="without its payload"),
    pytest.param(lambda s: s.headed(b64=False), SIGNATURE, id="b64 of false"),
    pytest.param(lambda s: s.headed(b64=False, crit=["b64"]), CRIT, id="b64 of false that is critical"),
    pytest.param(lambda s: s.good.replace(".", ". ", 1), FORM, id="a space in it"),
    pytest.param(lambda s: s.good.replace(".", "\t.", 1), FORM, id="a tab in it"),
    pytest.param(lambda s: s.good.replace(".", ".\n", 1), FORM, id="a line break in it"),
    pytest.param(lambda s: f"{s.good}==", FORM, id="padding behind the signature"),
    pytest.param(lambda s: s.good.replace(".", "=.", 1), FORM, id="padding behind the header"),
    pytest.param(lambda s: f"{s.good[:-2]}+/", FORM, id="the other alphabet of base64"),
    pytest.param(lambda s: f"Bearer {s.good}", FORM, id="“Bearer” twice"),
    pytest.param(lambda s: f"{s.good}, {s.good}", FORM, id="two tokens"),
    pytest.param(lambda _: "", "not one bearer token", id="nothing"),
    pytest.param(lambda _: "..", FORM, id="two dots alone"),
    pytest.param(lambda _: "a.a.a", HEADER, id="what base64url has no bytes for"),
    pytest.param(lambda s: s.signed(pad="x" * 10 * 1024), LENGTH, id="10 KiB, rightly signed"),
    pytest.param(lambda s: s.signed(pad="x" * 1024 * 1024), LENGTH, id="a megabyte, rightly signed"),
    pytest.param(lambda _: "e" * 1024 * 1024, LENGTH, id="a megabyte of one letter"),
]

HEADERS = [
    pytest.param(lambda s: s.headed(crit=["exp"], exp=1), CRIT, id="an extension that must be known"),
    pytest.param(lambda s: s.headed(crit=[]), CRIT, id="no extensions that must be known"),
    pytest.param(lambda s: s.headed(typ="logout+jwt"), TYPE, id="a token for logging out"),
    pytest.param(lambda s: s.headed(typ="dpop+jwt"), TYPE, id="a proof of possession"),
    pytest.param(lambda s: s.headed(typ=""), TYPE, id="an empty type"),
    pytest.param(lambda s: s.headed(typ=7), TYPE, id="a type that is a number"),
    pytest.param(with_header(b'{"alg":"none","kid":"ec","alg":"ES256"}'), HEADER, id="two algorithms"),
    pytest.param(with_header(b'{"alg":"ES256","kid":"rsa","kid":"ec"}'), HEADER, id="two names of keys"),
    pytest.param(with_header(b'{"alg":"ES256","kid":"ec","x":{"y":1,"y":2}}'), HEADER, id="two members further in"),
    pytest.param(with_header(b'{"alg":"ES256","kid":"ec","x":NaN}'), HEADER, id="NaN"),
    pytest.param(with_header(b'["ES256"]'), HEADER, id="a list"),
    pytest.param(with_header(b"ES256"), HEADER, id="no JSON"),
    pytest.param(with_header(b"\xff"), HEADER, id="no UTF-8"),
    pytest.param(with_header('{"alg":"ES256","kid":"ec"}'.encode("utf-16")), HEADER, id="UTF-16"),
    pytest.param(with_header(b'{"x":' + b"[" * 4000), HEADER, id="brackets without an end"),
    pytest.param(with_header(b'{"x":' + b"9" * 5000 + b"}"), HEADER, id="a number of 5000 digits"),
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


@pytest.mark.parametrize(("forge", "reason"), FORMS)
async def test_a_token_in_another_form_is_refused(scene: Scene, forge: Forge, reason: str) -> None:
    await assert_refused(scene, forge(scene), reason)


@pytest.mark.parametrize(("forge", "reason"), HEADERS)
async def test_a_token_with_an_odd_header_is_refused(scene: Scene, forge: Forge, reason: str) -> None:
    await assert_refused(scene, forge(scene), reason)


async def test_a_token_outside_ascii_is_refused_in_the_same_way(scene: Scene) -> None:
    answer = await scene.client.get("/listings", headers={b"Authorization": f"Bearer {scene.good}é".encode()})
    other = await get_listings(scene.client, "a.b.c")

    assert answer.status_code == 401
    assert (answer.content, answer.headers["WWW-Authenticate"]) == (other.content, other.headers["WWW-Authenticate"])


async def test_the_token_that_the_forgeries_are_made_from_is_good(scene: Scene) -> None:
    for key in (scene.ec, scene.rsa, scene.ed):
        assert (await get_listings(scene.client, key.sign(scene.claims()))).status_code == 200
