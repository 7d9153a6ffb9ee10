"""The owner's pages, on the dashboard's site."""

from fastapi import FastAPI

from gateway.owner import login


def install(site: FastAPI) -> None:
    """Adds the pages to the dashboard."""
    site.include_router(login.router)
