"""Settings of pricing, prefix `PRICING_`; the shared ones are in `chassis.settings`."""

from __future__ import annotations

from chassis.settings import ServiceSettings
from pydantic import Field
from pydantic_settings import SettingsConfigDict


class PricingSettings(ServiceSettings):
    """What only pricing reads."""

    model_config = SettingsConfigDict(env_prefix="PRICING_", extra="ignore", frozen=True)

    sheets_at_hand: int = Field(2048, ge=1, description="Listings whose compiled sheets stay in memory.")
