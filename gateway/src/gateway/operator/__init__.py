"""The operator's pages, on the dashboard's site; for accounts with that role only."""

from fastapi import FastAPI

from gateway.operator import tax_import, tax_rules

_PAGES = (tax_import, tax_rules)


def install(site: FastAPI) -> None:
    """Adds the pages to the dashboard."""
    for page in _PAGES:
        site.include_router(page.router)
