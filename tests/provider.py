"""A real identity provider that people sign in at: OpenID Connect by a code with PKCE, on a loopback address."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from html import escape
from http.server import BaseHTTPRequestHandler
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.answering import Silent, answering
from tests.issuer import AUDIENCE, claims, send
from tests.signing import SigningKey

CLIENT_ID = "listings-web"
PAGE = """<!doctype html><html lang="en"><title>Sign in</title>
<h1>Who are you?</h1><a href="{}">Anna</a> <a href="{}">Nobody</a></html>"""


@dataclass
class Provider:
    """Whom it knows is one person; what it was asked is noted by path."""

    key: SigningKey
    account_id: int = 0
    scope: str = "listings:read"
    lifetime_seconds: int = 300
    gives_refresh_tokens: bool = False
    url: str = ""
    asked: list[str] = field(default_factory=list)
    codes: dict[str, Mapping[str, str]] = field(default_factory=dict)
    refresh_tokens: set[str] = field(default_factory=set)

    @property
    def settings(self) -> Mapping[str, Any]:
        """The settings of an application whose people sign in here."""
        return {
            "jwt_issuer": self.url,
            "jwt_audience": AUDIENCE,
            "jwt_jwks_url": f"{self.url}/certs",
            "oidc_client_id": CLIENT_ID,
            "oidc_scopes": "openid offline_access",
        }

    @property
    def metadata(self) -> Mapping[str, Any]:
        """What is at the well-known address."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/certs",
            "end_session_endpoint": f"{self.url}/logout",
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def page(self, given: Mapping[str, str]) -> str:
        """Ask who it is: Anna comes back with a code, and nobody with an error."""
        code = token_urlsafe()
        self.codes[code] = given
        ways = ({"code": code}, {"error": "access_denied"})
        state = {"state": given["state"]}
        return PAGE.format(*(escape(f"{given['redirect_uri']}?{urlencode(way | state)}") for way in ways))

    def tokens(self, given: Mapping[str, str]) -> Mapping[str, Any] | None:
        """What a code or a refresh token is good for, once; None if it is for nothing."""
        if given["grant_type"] == "refresh_token":
            if given["refresh_token"] not in self.refresh_tokens:
                return None
            self.refresh_tokens.remove(given["refresh_token"])
            return self._signed({})
        begun = self.codes.pop(given["code"], {})
        challenge = urlsafe_b64encode(sha256(given["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        is_right = all(begun.get(name) == given.get(name) for name in ("client_id", "redirect_uri"))
        if not is_right or begun.get("code_challenge") != challenge:
            return None
        return self._signed({"nonce": begun["nonce"]})

    def _signed(self, about: dict[str, str]) -> Mapping[str, Any]:
        now = datetime.now(UTC)
        expires = int(now.timestamp()) + self.lifetime_seconds
        access = claims(now, self.account_id, iss=self.url, scope=self.scope, exp=expires)
        identity = claims(now, None, iss=self.url, aud=CLIENT_ID, scope=None) | about
        given = {"access_token": self.key.sign(access), "id_token": self.key.sign(identity), "token_type": "Bearer"}
        if self.gives_refresh_tokens:
            given["refresh_token"] = token_urlsafe()
            self.refresh_tokens.add(given["refresh_token"])
        return {**given, "expires_in": self.lifetime_seconds}


@contextmanager
def signing_in(key: SigningKey) -> Iterator[Provider]:
    """Run an identity provider until the end of the block."""
    provider = Provider(key)
    with answering(handler_of(provider)) as url:
        provider.url = url
        yield provider


def handler_of(provider: Provider) -> type[BaseHTTPRequestHandler]:
    """What answers the requests to it."""

    class Asked(Silent, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            provider.asked.append(parts.path)
            match parts.path:
                case "/certs":
                    self._send_json({"keys": [provider.key.jwk]})
                case "/.well-known/openid-configuration":
                    self._send_json(provider.metadata)
                case "/authorize":
                    page = provider.page(dict(parse_qsl(parts.query)))
                    send(self, page.encode(), Content_Type="text/html; charset=utf-8")
                case "/logout":
                    send(self, b"", 303, Location=dict(parse_qsl(parts.query))["post_logout_redirect_uri"])
                case _:
                    send(self, b"", 404)

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            given = self.rfile.read(int(self.headers["Content-Length"])).decode()
            tokens = provider.tokens(dict(parse_qsl(given)))
            self._send_json(tokens or {"error": "invalid_grant"}, 200 if tokens else 400)

        def _send_json(self, body: Any, status: int = 200) -> None:
            allowed = {"Access_Control_Allow_Origin": "*"}
            send(self, json.dumps(body).encode(), status, Content_Type="application/json", **allowed)

    return Asked
