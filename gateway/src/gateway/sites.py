"""Which pages answer on which site; called by `gateway.wiring` and by tests."""

from fastapi import FastAPI

from gateway import owner


def fill(sites: dict[str, FastAPI]) -> None:
    """Adds all routes."""
    owner.install(sites["app"])
