"""Settings of the catalog, prefix `CATALOG_`."""

from chassis.settings import ServiceSettings
from pydantic_settings import SettingsConfigDict


class CatalogSettings(ServiceSettings):
    """Addresses and database of the catalog; photos lie under `SEJOUR_FILES_DIR/photos`."""

    model_config = SettingsConfigDict(env_prefix="CATALOG_", extra="ignore", frozen=True)
