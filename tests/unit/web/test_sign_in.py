"""What the pages say of the place where people sign in."""

import json
from pathlib import Path
from typing import Any

import pytest

from listingapi.infra.start import StartError
from listingapi.settings import Settings, load_settings
from listingapi.web.shell import Shell
from listingapi.web.sign_in import SignIn
from tests import web

ISSUER: dict[str, Any] = {
    "jwt_issuer": "https://id.example:8443/realms/homes",
    "jwt_audience": "https://listings.example",
    "jwt_jwks_url": "https://id.example/certs",
}


def test_the_page_has_it_as_data_and_only_its_origin_may_be_asked(tmp_path: Path) -> None:
    sign_in = SignIn.of(Settings(**ISSUER, oidc_client_id="</script>", oidc_scopes="openid offline_access"))
    assert sign_in
    shell = Shell.built_in(web.build_into(tmp_path)).with_sign_in(sign_in)
    facts = shell.html.partition('id="identity-provider">')[2].partition("</script>")[0]

    assert json.loads(facts) == {
        "issuer": "https://id.example:8443/realms/homes",
        "client_id": "</script>",
        "scope": "openid offline_access",
        "audience": "https://listings.example",
    }
    assert "connect-src 'self' https://id.example:8443;" in shell.policy
    assert shell.html.index("identity-provider") < shell.html.index("</head>")


def test_an_issuer_with_a_name_and_a_password_in_it_is_asked_without_them() -> None:
    sign_in = SignIn("https://me:secret@id.example/", "web", "openid", "us")

    assert sign_in.origin == "https://id.example"


def test_without_a_client_id_people_sign_in_by_keys_alone() -> None:
    assert SignIn.of(Settings(**ISSUER)) is None


def test_a_client_id_without_an_issuer_ends_the_start() -> None:
    with pytest.raises(StartError, match="set LISTINGAPI_JWT_ISSUER, too"):
        load_settings(oidc_client_id="web")


@pytest.mark.parametrize("scopes", ["profile", "openid  profile", 'openid "', ""])
def test_scopes_are_words_the_first_of_which_is_openid(scopes: str) -> None:
    with pytest.raises(StartError, match="LISTINGAPI_OIDC_SCOPES is wrong"):
        load_settings(oidc_scopes=scopes)
