"""Settings of documents, prefix `DOCUMENTS_`; all have working defaults but the database's address."""

from chassis.settings import ServiceSettings
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict


class DocumentsSettings(ServiceSettings):
    """What the process reads beside the shared `SEJOUR_*` settings."""

    model_config = SettingsConfigDict(env_prefix="DOCUMENTS_", extra="ignore", frozen=True)

    smtp_host: str = Field(
        "", description="Empty: mails become `.eml` files in SEJOUR_MAIL_DIR (refused in production)."
    )
    smtp_port: int = Field(25, ge=1, le=65535)
    smtp_starttls: bool = Field(default=False, description="True: refuse to send without STARTTLS.")
    smtp_username: str = ""
    smtp_password: SecretStr = SecretStr("")
    mail_from: str = Field("", description="Platform address in From; empty: `reservation@<host>`.")
    mail_product: str = Field("Séjour", description="Name of the platform in mails to owners.")
    reconcile_seconds: float = Field(
        300.0, gt=0, description="How often confirmed files are compared with the mails planned for them."
    )
    reconcile_mends: bool = Field(default=True, description="Whether it plans the mails that are missing.")
    pdf_timeout_seconds: float = Field(25.0, gt=0, description="A rendering beyond it is killed.")
