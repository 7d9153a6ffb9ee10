"""Pages for developers, never in production: the look's parts, metrics and traces of the last minutes."""

from fastapi import FastAPI

from gateway.dev import board, looks, traces_pages
from gateway.dev.observer import Observer


def install(site: FastAPI, observer: Observer) -> None:
    """Adds the pages to the dashboard."""
    site.state.observer = observer
    looks.install(site)
    site.include_router(board.router)
    site.include_router(traces_pages.router)
