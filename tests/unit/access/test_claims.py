"""Where account and scopes are found in claims, and how exact times are."""

from typing import Any

import pytest

from listingapi.access.claims import ClaimRules
from listingapi.access.refusals import TokenRefused
from listingapi.access.scopes import Scope

NOW = 1_700_000_000
GOOD: dict[str, Any] = {"iss": "issuer", "aud": "us", "sub": "anna", "exp": NOW + 60, "account_id": 7}
ROLES = {
    "reader": frozenset({Scope.LISTINGS_READ}),
    "editor": frozenset({Scope.LISTINGS_READ, Scope.LISTINGS_WRITE}),
    "events:read": frozenset({Scope.LISTINGS_READ}),
}


def rules(account_claim: str = "account_id", scopes_claim: str = "scope", leeway_seconds: int = 30) -> ClaimRules:
    return ClaimRules("issuer", "us", leeway_seconds, account_claim, scopes_claim, ROLES)


@pytest.mark.parametrize(
    ("place", "claims"),
    [
        pytest.param("account_id", {"account_id": 7}, id="a claim"),
        pytest.param("https://homes.example/account", {"https://homes.example/account": 7}, id="a claim with slashes"),
        pytest.param("", {"": 7}, id="the claim without a name"),
        pytest.param("/account_id", {"account_id": 7}, id="a pointer to a claim"),
        pytest.param("/", {"": 7}, id="a pointer to the claim without a name"),
        pytest.param("/app/account/id", {"app": {"account": {"id": "7"}}}, id="a pointer further in"),
        pytest.param("/accounts/1", {"accounts": [6, 7]}, id="a pointer into a list"),
        pytest.param("/a~1b/c~0d", {"a/b": {"c~d": 7}}, id="a pointer with escapes"),
        pytest.param("/a~01", {"a~1": 7}, id="a pointer whose tilde comes from an escape"),
    ],
)
def test_the_account_is_found(place: str, claims: dict[str, Any]) -> None:
    without = {name: value for name, value in GOOD.items() if name != "account_id"}

    assert rules(account_claim=place).identity({**without, **claims}, "kid", NOW).account_id == 7


@pytest.mark.parametrize(
    ("place", "claims"),
    [
        pytest.param("account", {}, id="another claim"),
        pytest.param("app.account", {"app": {"account": 7}}, id="dots instead of slashes"),
        pytest.param("/app/account", {"app": "7"}, id="a pointer through a string"),
        pytest.param("/app/account", {}, id="a pointer to nowhere"),
        pytest.param("/accounts/2", {"accounts": [6, 7]}, id="a pointer behind the end of a list"),
        pytest.param("/accounts/01", {"accounts": [6, 7]}, id="an index behind a zero"),
        pytest.param("/accounts/-1", {"accounts": [6, 7]}, id="an index before the beginning"),
        pytest.param("/accounts/-", {"accounts": [6, 7]}, id="an index that is none"),
    ],
)
def test_without_an_account_there_is_no_identity(place: str, claims: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused, match="no account"):
        rules(account_claim=place).identity({**GOOD, **claims}, "kid", NOW)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("listings:read prices:write", {"listings:read", "prices:write"}, id="scopes in a string"),
        pytest.param(["listings:read", "prices:write"], {"listings:read", "prices:write"}, id="scopes in a list"),
        pytest.param(["listings:read prices:write"], set(), id="a string of scopes in a list"),
        pytest.param("openid profile LISTINGS:READ", set(), id="what is unknown counts nothing"),
        pytest.param("editor", {"listings:read", "listings:write"}, id="a role"),
        pytest.param(["reader", "prices:write"], {"listings:read", "prices:write"}, id="a role and a scope"),
        pytest.param("events:read", {"events:read", "listings:read"}, id="a role with the name of a scope is both"),
        pytest.param("  ", set(), id="spaces"),
        pytest.param("", set(), id="an empty string"),
        pytest.param([], set(), id="an empty list"),
        pytest.param(None, set(), id="no claim"),
    ],
)
def test_scopes(value: object, expected: set[str]) -> None:
    assert rules().identity({**GOOD, "scope": value}, "kid", NOW).scopes == expected


@pytest.mark.parametrize(
    ("claims", "is_good"),
    [
        pytest.param({"exp": NOW - 29}, True, id="expired a second less than the leeway ago"),
        pytest.param({"exp": NOW - 29.5}, True, id="expired half a second less than the leeway ago"),
        pytest.param({"exp": NOW - 30}, False, id="expired the leeway ago"),
        pytest.param({"nbf": NOW + 30}, True, id="valid at the end of the leeway"),
        pytest.param({"nbf": NOW + 30.5}, False, id="valid half a second later"),
        pytest.param({"iat": NOW + 30}, True, id="issued at the end of the leeway"),
        pytest.param({"iat": NOW + 31}, False, id="issued a second later"),
        pytest.param({"nbf": 0, "iat": 0}, True, id="valid since 1970"),
    ],
)
def test_times(claims: dict[str, Any], *, is_good: bool) -> None:
    try:
        rules().identity({**GOOD, **claims}, "kid", NOW)
    except TokenRefused:
        assert not is_good
    else:
        assert is_good


def test_without_leeway_a_token_ends_with_its_second() -> None:
    strict = rules(leeway_seconds=0)
    assert strict.identity({**GOOD, "exp": NOW + 1}, "kid", NOW).expires == NOW + 1

    with pytest.raises(TokenRefused, match="expired"):
        strict.identity({**GOOD, "exp": NOW}, "kid", NOW)


@pytest.mark.parametrize("largest", [2**63 - 1, str(2**63 - 1)])
def test_an_account_id_is_a_bigint(largest: object) -> None:
    assert rules().identity({**GOOD, "account_id": largest}, "kid", NOW).account_id == 2**63 - 1


def test_a_subject_has_up_to_255_characters() -> None:
    assert rules().identity({**GOOD, "sub": "é" * 255}, "kid", NOW).subject == "é" * 255
