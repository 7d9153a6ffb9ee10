"""The widget's own origin: its script for any site, and in development a page that embeds it."""

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from gateway.assets import STATIC
from gateway.settings import site_url
from gateway.state import Gateway

SCRIPT = STATIC / "widget" / "v1" / "sejour.js"
_ANYWHERE = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=3600",
}


def demo_policy(gateway: Gateway) -> str:
    """The policy of the demonstration page: a strict site of somebody else that allows the widget only."""
    widget, book, files = (site_url(gateway.shared, each) for each in ("widget", "book", "files"))
    return (
        f"default-src 'self'; script-src {widget}; connect-src {widget}; style-src 'self'; "
        f"img-src 'self' {files}; form-action {book}; frame-ancestors 'none'; base-uri 'none'"
    )


def install(sites: dict[str, FastAPI], gateway: Gateway) -> None:
    """Adds the script to the widget's site, and the demonstration to the bare one."""

    @sites["widget"].get("/widget/v1/sejour.js")
    async def script(_request: Request) -> Response:
        return FileResponse(SCRIPT, media_type="text/javascript; charset=utf-8", headers=_ANYWHERE)

    if gateway.shared.env == "production":
        return

    @sites["app"].get("/_widget")
    async def demo(request: Request, key: str = "24549-1082", supplier: int = 27144) -> Response:
        answer: Response = gateway.pages.render(
            request,
            "guest/widget_demo.html",
            headers={"Content-Security-Policy": demo_policy(gateway)},
            title="Le Mas des Cigales",
            key=key,
            supplier=supplier,
            widget=site_url(gateway.shared, "widget"),
            book=site_url(gateway.shared, "book"),
        )
        return answer
