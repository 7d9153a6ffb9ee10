"""Settings of the two roles: `AVAILABILITY_*` for serve, `SEARCH_*` for search."""

from chassis.settings import ListenSettings, ServiceSettings
from pydantic import Field
from pydantic_settings import SettingsConfigDict


class AvailabilitySettings(ServiceSettings):
    """The role `serve`."""

    model_config = SettingsConfigDict(env_prefix="AVAILABILITY_", extra="ignore", frozen=True)

    lock_timeout_ms: int = Field(800, ge=1, description="Wait for a property's lock, then BUSY.")
    sweep_seconds: float | None = Field(
        None, gt=0, description="How often expired holds are swept; default 30, in development 2."
    )
    roll_seconds: float | None = Field(
        None, gt=0, description="How often « sans fin » periods are extended; default 600, in development 5."
    )
    watch_seconds: float = Field(60, gt=0, description="How often the invariants are measured.")


class SearchSettings(ListenSettings):
    """The role `search`: no database."""

    model_config = SettingsConfigDict(env_prefix="SEARCH_", extra="ignore", frozen=True)
