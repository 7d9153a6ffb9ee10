"""The hosted pages for guests, the files' origin and the widget's."""

from fastapi import FastAPI

from gateway.api.limits import Buckets
from gateway.guest import files, flow, link, proposal, search, stay, widget
from gateway.selling import Selling
from gateway.state import Gateway


def install(sites: dict[str, FastAPI], gateway: Gateway) -> None:
    """Adds all routes; the page of a listing comes last, its address is any word."""
    selling, buckets = Selling(gateway.services, gateway.clock), Buckets()
    for name in ("book", "files", "widget"):
        sites[name].state.selling = selling
        sites[name].state.buckets = buckets
    for router in (search.router, flow.router, flow.sent_router, link.router, proposal.router, stay.router):
        sites["book"].include_router(router)
    sites["files"].include_router(files.router)
    widget.install(sites, gateway)
