"""Settings from the environment: the shared `SEJOUR_*` ones and the base of each service's own."""

import os
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

DEVELOPMENT_KEY = "sejour-development-signing-key"
DEFAULT_GRPC_PORT = 50051


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


class SharedSettings(BaseSettings):
    """What every process of the platform reads, prefix `SEJOUR_`."""

    model_config = SettingsConfigDict(env_prefix="SEJOUR_", extra="ignore", frozen=True)

    env: Literal["development", "test", "production"] = "development"
    base_url: str = Field(
        "http://localhost:8080", description="Public address; the other hosts derive from it."
    )
    signing_keys: Annotated[tuple[str, ...], NoDecode] = Field(
        (DEVELOPMENT_KEY,), description="Comma list; the first signs, all verify."
    )
    clock_file: Path | None = Field(
        None, description='JSON `{"offset_seconds": float}`; never in production.'
    )
    failpoints: str = Field(
        "", description="`name=kill|error|sleep:SECONDS`, comma list; never in production."
    )
    failpoints_dir: Path | None = Field(
        None, description="Folder with a file per fail point, each done once; never in production."
    )
    fetch_allow: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Private `ADDRESS[/BITS][:PORT]` that fetch may reach; never in production."
    )
    drain_seconds: float = Field(
        0,
        ge=0,
        le=120,
        description="After SIGTERM calls are still answered for so long, until whoever sends them knows.",
    )
    grace_seconds: float = Field(
        8, ge=0, le=120, description="How long running calls may then last before the process ends."
    )
    log_level: str = "INFO"
    log_format: Literal["json", "console"] = "json"
    otlp_endpoint: str = Field(
        "", description="http(s)://host:4317 of an OTLP collector (gRPC) that takes the traces; empty: none."
    )
    trace_ratio: float = Field(
        1.0, ge=0, le=1, description="Part of new traces that is kept; 0 switches tracing off."
    )
    traces_per_second: float = Field(
        2.0, ge=0, description="New traces that one process keeps at most, whatever the ratio."
    )
    files_dir: Path = Path(".sejour/files")
    files_url: str = Field(
        "", description="`s3://bucket/path`, `gs://...`, `az://...` instead of the folder `files_dir`."
    )
    mail_dir: Path = Path(".sejour/mail")
    kafka_bootstrap: str = "localhost:9092"
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    kafka_username: str = ""
    kafka_password: SecretStr = SecretStr("")
    kafka_ca_file: Path | None = None
    topic_prefix: str = Field(
        "", description="Put before every topic name, so that two copies share a broker."
    )

    @field_validator("signing_keys", "fetch_allow", mode="before")
    @classmethod
    def _comma_list(cls, value: object) -> object:
        return _split(value)

    @field_validator("clock_file", "kafka_ca_file", "failpoints_dir", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @model_validator(mode="after")
    def _refuse_toys_in_production(self) -> Self:
        if not self.signing_keys:
            raise ValueError("SEJOUR_SIGNING_KEYS needs at least one key")
        if self.env != "production":
            return self
        for name in ("clock_file", "failpoints", "failpoints_dir", "fetch_allow"):
            if getattr(self, name):
                raise ValueError(f"SEJOUR_{name.upper()} is refused in production")
        if any(key == DEVELOPMENT_KEY or len(key) < 32 for key in self.signing_keys):
            raise ValueError("SEJOUR_SIGNING_KEYS: production needs own keys of at least 32 characters")
        return self

    @property
    def keys(self) -> tuple[bytes, ...]:
        """Signing keys as bytes, the signing one first."""
        return tuple(key.encode() for key in self.signing_keys)

    def address(self, service: str) -> str:
        """`host:port` of a service or role, from `SEJOUR_<SERVICE>_ADDRESS`."""
        return os.environ.get(f"SEJOUR_{service.upper()}_ADDRESS") or f"{service}:{DEFAULT_GRPC_PORT}"

    def host_url(self, host: str) -> str:
        """Public address of one derived host: `host_url("app")` is `http://app.localhost:8080`."""
        scheme, _, rest = self.base_url.rstrip("/").partition("://")
        return f"{scheme}://{host}.{rest}"


class ListenSettings(BaseSettings):
    """Addresses on which a process listens; a subclass sets `env_prefix` (`model_config`) and defaults."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    grpc_listen: str = Field(f"0.0.0.0:{DEFAULT_GRPC_PORT}", description="host:port of the gRPC server.")
    metrics_listen: str = Field("0.0.0.0:9090", description="host:port of /metrics and /healthz.")


class ServiceSettings(ListenSettings):
    """A service with its own database."""

    database_url: SecretStr = Field(..., description="postgresql+asyncpg://user:password@host:port/database")
    pool_size: int = Field(8, ge=1, le=100)
    pool_overflow: int = Field(4, ge=0, le=100)
    statement_timeout_ms: int = Field(5000, ge=100)


def split_address(address: str) -> tuple[str, int]:
    """Splits `host:port`, also `[::1]:80`."""
    host, _, port = address.rpartition(":")
    return host.strip("[]") or "0.0.0.0", int(port)  # noqa: S104 (an empty host means all of them)
