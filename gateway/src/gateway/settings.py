"""Settings of the gateway (prefix `GATEWAY_`) beside chassis' shared ones, and the addresses of its sites."""

from typing import Annotated
from urllib.parse import urlsplit

from chassis.settings import ServiceSettings, SharedSettings
from pydantic import Field, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

SITES = ("app", "book", "files", "widget")


class GatewaySettings(ServiceSettings):
    """The gateway's own settings; `database_url` keeps accounts, sessions and keys."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_", extra="ignore", frozen=True)

    http_listen: str = Field("0.0.0.0:8080", description="host:port of the pages and the API.")
    observed: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Comma list `name=host:port` of the listeners whose metrics and traces /dev shows; never"
        " in production.",
    )
    most_requests: int = Field(
        300, ge=10, description="Requests answered at once; the next are asked to come back in a second."
    )
    patience_seconds: float = Field(
        2, gt=0, description="How long a page waits for the gateway's own database."
    )
    search_check_every: int = Field(
        200, ge=0, description="One search of so many is held against the price of a quote; 0 = none."
    )
    strangers_per_minute: int = Field(
        60,
        ge=1,
        description="Requests to the API without a valid key, per network and minute; few, so that nobody"
        " guesses keys.",
    )
    trusted_proxies: str = Field(
        "127.0.0.1",
        description="Comma list of addresses or networks whose X-Forwarded-For is believed; limits count "
        "guests by it, so name the ingress here.",
    )

    @field_validator("observed", mode="before")
    @classmethod
    def _comma_list(cls, value: object) -> object:
        return tuple(part for part in value.split(",") if part) if isinstance(value, str) else value

    def observed_processes(self) -> dict[str, str]:
        """Names and addresses of `observed`."""
        return {name: address for name, _, address in (each.partition("=") for each in self.observed)}


def bare_host(shared: SharedSettings) -> str:
    """Returns the host of the public address, without its port."""
    return urlsplit(shared.base_url).hostname or "localhost"


def is_secure(shared: SharedSettings) -> bool:
    """Whether the public address is HTTPS; cookies then carry `Secure` and the `__Host-` prefix."""
    return shared.base_url.startswith("https://")


def site_url(shared: SharedSettings, site: str = "", path: str = "") -> str:
    """Returns the address of `path` on a site (`app`, `book`, ..., a label; empty = the bare host)."""
    return (shared.host_url(site) if site else shared.base_url.rstrip("/")) + path
