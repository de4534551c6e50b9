"""Settings: from `LISTINGAPI_*` variables and the command line; a bad one ends the start with a sentence."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from listingapi.accounts.scopes import Scope
from listingapi.infra.start import StartError

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


PostgreSQLURL = Annotated[str, Field(pattern=r"^postgres(ql)?://")]


class Settings(BaseSettings):
    """Everything that a deployment may set; each is also `LISTINGAPI_` and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="LISTINGAPI_", frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    workers: Annotated[int, Field(ge=1, le=256)] = 1
    data_dir: Path = Path("listingapi-data")
    database_url: PostgreSQLURL | None = None
    migration_database_url: PostgreSQLURL | None = None
    database_pool_size: Annotated[int, Field(ge=1, le=1000)] = 10
    anonymous_scopes: Annotated[frozenset[Scope] | None, NoDecode] = None
    require_if_match: bool = False

    @field_validator("anonymous_scopes", mode="before")
    @classmethod
    def _separated_by_spaces(cls, value: Any) -> Any:
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @property
    def scopes_without_credentials(self) -> frozenset[Scope]:
        """What a caller without credentials may do: all on a loopback address with the embedded database."""
        if self.anonymous_scopes is not None:
            return self.anonymous_scopes
        embedded_on_loopback = self.database_url is None and self.host in LOOPBACK
        return frozenset(Scope) if embedded_on_loopback else frozenset()

    @property
    def serving_url(self) -> str:
        """Where requests are served from.

        Raises:
            StartError: no database is configured, and none was found for these settings.
        """
        if self.database_url is None:
            raise StartError("No database is configured: set LISTINGAPI_DATABASE_URL.")
        return self.database_url

    @property
    def migration_url(self) -> str:
        """Where the owner of the tables connects; the serving role's URL does if it may do both."""
        return self.migration_database_url or self.serving_url

    def with_database(self, serving_url: str, migration_url: str) -> "Settings":
        """These settings with a database that was found for them; what callers may do stays as it was."""
        return self.model_copy(
            update={
                "database_url": serving_url,
                "migration_database_url": migration_url,
                "anonymous_scopes": self.scopes_without_credentials,
            }
        )

    def as_environment(self) -> dict[str, str]:
        """The variables from which another process makes the same settings."""
        values = {name: value for name, value in self if value is not None}
        values["anonymous_scopes"] = " ".join(sorted(self.scopes_without_credentials))
        return {f"LISTINGAPI_{name.upper()}": str(value) for name, value in values.items()}


def load_settings(**given: Any) -> Settings:
    """Read the settings; what is `given` (and not None) goes before the environment.

    Raises:
        StartError: names every setting that is wrong.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise StartError(" ".join(_sentence(found) for found in error.errors())) from None


def _sentence(found: Any) -> str:
    name = f"LISTINGAPI_{'_'.join(str(part) for part in found['loc'][:1]).upper()}"
    return f"The setting {name} is wrong: {found['msg']}."
