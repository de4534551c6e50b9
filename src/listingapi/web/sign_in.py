"""How the web app has people sign in at the identity provider, said in its pages."""

from dataclasses import asdict, dataclass
from typing import Self
from urllib.parse import urlsplit

from listingapi.settings import Settings
from listingapi.web.frames import as_data


@dataclass(frozen=True, slots=True)
class SignIn:
    """What the app has to know of it; `scope` is what it asks for, `audience` whom its tokens are to be for."""

    issuer: str
    client_id: str
    scope: str
    audience: str

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """What the settings say; None where people sign in by keys alone."""
        if not (settings.jwt_issuer and settings.jwt_audience and settings.oidc_client_id):
            return None
        return cls(settings.jwt_issuer, settings.oidc_client_id, settings.oidc_scopes, settings.jwt_audience)

    @property
    def origin(self) -> str:
        """The one other place that the app may ask."""
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"

    @property
    def as_html(self) -> str:
        """Data, which no browser runs."""
        return as_data("identity-provider", asdict(self))
