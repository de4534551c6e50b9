"""Whatever comes as a token, it is refused or taken, and never an error; one that was taken costs no verification."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingapi.access.claims import ClaimRules
from listingapi.access.jose import read_header
from listingapi.access.jwks import IssuerKey, read_keys
from listingapi.access.refusals import TokenRefused
from listingapi.access.strict_json import NotStrictJSON, read_object
from listingapi.access.tokens import tokens_of_issuer
from listingapi.infra.start import StartError
from listingapi.settings import Settings, load_settings
from tests.clock import Clock
from tests.issuer import AUDIENCE, NAME, claims, issuing
from tests.signing import SigningKey, eddsa_key, es256_key, rs256_key, segment

KEYS = {key.algorithm: key for key in (rs256_key(), es256_key("ec"), eddsa_key("ed"))}
RULES = ClaimRules(NAME, AUDIENCE, 30, "account_id", "/scope", {})
CLAIMS = claims(Clock().now, 7)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


def published(key: SigningKey) -> IssuerKey:
    (found,) = read_keys(json.dumps({"keys": [key.jwk]}).encode()).values()
    return found


PUBLISHED = {algorithm: published(key) for algorithm, key in KEYS.items()}


@given(st.text(max_size=200))
def test_a_text_that_is_made_up_has_no_header(text: str) -> None:
    with pytest.raises(TokenRefused):
        read_header(text)


@given(st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "x"]), json_values))
def test_any_header_is_read_or_refused(header: dict[str, Any]) -> None:
    try:
        read = read_header(f"{segment(header)}.e30.AA")
    except TokenRefused:
        return
    assert read.algorithm == header["alg"]
    assert "crit" not in header


@given(st.sampled_from(sorted(KEYS)), st.binary(max_size=300))
def test_no_bytes_are_a_signature(algorithm: str, signature: bytes) -> None:
    signed = KEYS[algorithm].sign(CLAIMS).rpartition(".")[0]

    with pytest.raises(TokenRefused):
        PUBLISHED[algorithm].verify(f"{signed}.{segment(signature)}")


@given(st.sampled_from(sorted(KEYS)), st.data())
def test_a_token_with_one_character_changed_is_refused(algorithm: str, data: st.DataObject) -> None:
    token = KEYS[algorithm].sign(CLAIMS)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("AZaz09-_.=")).replace(token[place], "!")

    with pytest.raises(TokenRefused):
        PUBLISHED[algorithm].verify(token[:place] + other + token[place + 1 :])


@given(st.dictionaries(st.sampled_from(sorted(CLAIMS)), json_values, min_size=1))
def test_any_claims_are_taken_or_refused(changed: dict[str, Any]) -> None:
    try:
        identity = RULES.identity({**CLAIMS, **changed}, "ec", Clock().now.timestamp())
    except TokenRefused:
        return
    assert 1 <= identity.account_id < 2**63
    assert identity.subject.isprintable()


@given(st.binary(max_size=100))
def test_any_bytes_are_an_object_or_are_refused(text: bytes) -> None:
    try:
        assert isinstance(read_object(text), dict)
    except NotStrictJSON:
        return


async def test_a_token_is_verified_once(monkeypatch: pytest.MonkeyPatch) -> None:
    verified = []
    verify = IssuerKey.verify

    def counting(self: IssuerKey, token: str) -> bytes:
        verified.append(token)
        return verify(self, token)

    monkeypatch.setattr(IssuerKey, "verify", counting)
    with issuing(KEYS["ES256"]) as issuer:
        tokens = tokens_of_issuer(Settings(**issuer.settings), clock := Clock())
        assert tokens
        async with tokens.running():
            token = issuer.token(clock.now, 7)
            identities = [await tokens.identity(token) for _ in range(3)]
            clock.now += timedelta(seconds=60)
            other = await tokens.identity(issuer.token(clock.now, 8))

    assert len(verified) == 2
    assert identities[0] is identities[2]
    assert (identities[0].account_id, other.account_id) == (7, 8)


def test_without_an_identity_provider_there_are_no_tokens() -> None:
    assert tokens_of_issuer(Settings(), Clock()) is None


@pytest.mark.parametrize(
    ("url", "is_taken"),
    [
        pytest.param("https://id.example/certs", True, id="https"),
        pytest.param("http://127.0.0.1:8080/certs", True, id="http on this machine"),
        pytest.param("http://localhost/certs", True, id="http on localhost"),
        pytest.param("http://[::1]:80/certs", True, id="http on this machine by IPv6"),
        pytest.param("http://id.example/certs", False, id="http elsewhere"),
        pytest.param("http://127.0.0.1.id.example/certs", False, id="http on what begins like this machine"),
        pytest.param("http://127.0.0.1@id.example/certs", False, id="http elsewhere, as this machine"),
        pytest.param("http://[id.example/certs", False, id="no address"),
        pytest.param("file:///etc/certs", False, id="a file"),
    ],
)
def test_keys_are_fetched_by_https_unless_from_this_machine(url: str, *, is_taken: bool) -> None:
    given = {"jwt_issuer": NAME, "jwt_audience": AUDIENCE, "jwt_jwks_url": url}
    if is_taken:
        assert load_settings(**given).jwt_jwks_url == url
    else:
        with pytest.raises(StartError, match=r"^The setting LISTINGAPI_JWT_JWKS_URL is wrong: .+\.$"):
            load_settings(**given)
