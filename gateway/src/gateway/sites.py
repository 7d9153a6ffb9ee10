"""Which pages answer on which site; called by `gateway.wiring` and by tests."""

from fastapi import FastAPI

from gateway import api, guest, owner


def fill(sites: dict[str, FastAPI]) -> None:
    """Adds all routes."""
    gateway = sites["app"].state.gateway
    owner.install(sites["app"])
    api.install(sites, gateway)
    guest.install(sites, gateway)
