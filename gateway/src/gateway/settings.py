"""Settings of the gateway (prefix `GATEWAY_`) beside chassis' shared ones, and the addresses of its sites."""

from urllib.parse import urlsplit

from chassis.settings import ServiceSettings, SharedSettings
from pydantic import Field
from pydantic_settings import SettingsConfigDict

SITES = ("app", "book", "files", "widget")


class GatewaySettings(ServiceSettings):
    """The gateway's own settings; `database_url` keeps accounts, sessions and keys."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_", extra="ignore", frozen=True)

    http_listen: str = Field("0.0.0.0:8080", description="host:port of the pages and the API.")
    trusted_proxies: str = Field(
        "127.0.0.1",
        description="Comma list of addresses or networks whose X-Forwarded-For is believed; limits count "
        "guests by it, so name the ingress here.",
    )


def bare_host(shared: SharedSettings) -> str:
    """Returns the host of the public address, without its port."""
    return urlsplit(shared.base_url).hostname or "localhost"


def is_secure(shared: SharedSettings) -> bool:
    """Whether the public address is HTTPS; cookies then carry `Secure` and the `__Host-` prefix."""
    return shared.base_url.startswith("https://")


def site_url(shared: SharedSettings, site: str = "", path: str = "") -> str:
    """Returns the address of `path` on a site (`app`, `book`, ..., a label; empty = the bare host)."""
    return (shared.host_url(site) if site else shared.base_url.rstrip("/")) + path
