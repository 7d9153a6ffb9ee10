"""Settings of booking, prefix `BOOKING_`."""

from chassis.settings import ServiceSettings
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict


class BookingSettings(ServiceSettings):
    """Database, addresses, and the limits of free options by the public."""

    model_config = SettingsConfigDict(env_prefix="BOOKING_", extra="ignore", frozen=True)

    options_per_listing: int = Field(2, ge=0, description="Unpaid public options per listing.")
    options_per_mail: int = Field(3, ge=0, description="Unpaid public options per mail address.")
    options_per_caller: int = Field(
        20, ge=0, description="Unpaid public options per caller (IP prefix) and day."
    )
    days_ahead: int = Field(400, ge=1, description="Days from today to a guest's arrival at most.")
    reconcile_seconds: float = Field(
        300.0, gt=0, description="How often files are compared with availability's nights."
    )
    reconcile_mends: bool = Field(
        True,
        description="Whether it mends what is safe to mend; else only « sejour reconcile --mend ».",
    )
    paypal_client_id: str = Field("", description="PayPal's id of this platform; empty = no PayPal.")
    paypal_secret: SecretStr = Field(
        SecretStr(""), description="Its secret. Without both, guests do not see the means."
    )
    call_timeout: float = Field(2.0, gt=0, description="Seconds for one call to another service.")

    @property
    def has_paypal(self) -> bool:
        """Whether guests can pay by PayPal here."""
        return bool(self.paypal_client_id and self.paypal_secret.get_secret_value())
