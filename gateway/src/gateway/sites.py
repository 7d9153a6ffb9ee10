"""Which pages answer on which site; called by `gateway.wiring` and by tests."""

from fastapi import FastAPI

from gateway import guest, operator, owner
from gateway.api import application


def fill(sites: dict[str, FastAPI]) -> None:
    """Adds all routes."""
    gateway = sites["app"].state.gateway
    owner.install(sites["app"])
    operator.install(sites["app"])
    application.install(sites, gateway)
    guest.install(sites, gateway)
