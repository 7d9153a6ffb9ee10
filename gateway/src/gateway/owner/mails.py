"""`/dev/mails`: the mails that development writes to files, with their links; never in production."""

import email
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from markupsafe import Markup, escape
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.visitor import gateway_of

router = APIRouter()
_LINK = re.compile(r"https?://[^\s<>\"]+")
_MOST = 200


def _folder(request: Request) -> Path:
    shared = gateway_of(request).shared
    if shared.env == "production":
        raise HTTPException(404)
    return shared.mail_dir


def _read(path: Path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=default)


def linked(text: str) -> Markup:
    """Returns plain text, escaped, with its addresses as links."""
    out, at = Markup(""), 0
    for match in _LINK.finditer(text):
        address = match[0].rstrip(".,;)")
        out += escape(text[at : match.start()]) + Markup('<a href="{0}">{0}</a>').format(address)
        at = match.start() + len(address)
    return out + escape(text[at:])


@router.get("/dev/mails")
async def list_mails(request: Request) -> Response:
    """Shows the mails, newest first."""
    folder = _folder(request)
    paths = (
        sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True)
        if folder.is_dir()
        else []
    )
    mails = []
    for path in paths[:_MOST]:
        message = _read(path)
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        mails.append(
            {
                "name": path.stem,
                "to": str(message["to"] or ""),
                "subject": str(message["subject"] or ""),
                "at": at,
            }
        )
    return gateway_of(request).pages.render(request, "dev/mails.html", mails=mails)


def _mail(request: Request, name: str) -> EmailMessage:
    path = _folder(request) / f"{name}.eml"
    if "/" in name or "\\" in name or not path.is_file():
        raise HTTPException(404)
    return _read(path)


@router.get("/dev/mails/{name}")
async def show_mail(request: Request, name: str) -> Response:
    """Shows one mail: its text, its attachments."""
    message = _mail(request, name)
    body = message.get_body(("plain", "html"))
    text = str(body.get_content()) if body is not None else ""
    attachments = [part.get_filename() or "piece" for part in message.iter_attachments()]
    headers = [(key, str(message[key] or "")) for key in ("From", "Reply-To", "To", "Subject", "Date")]
    context: dict[str, Any] = {
        "name": name,
        "headers": headers,
        "text": linked(text),
        "attachments": attachments,
    }
    return gateway_of(request).pages.render(request, "dev/mail.html", **context)


@router.get("/dev/mails/{name}/{number:number}")
async def show_attachment(request: Request, name: str, number: int) -> Response:
    """Gives one attachment."""
    parts = list(_mail(request, name).iter_attachments())
    if not 0 <= number < len(parts):
        raise HTTPException(404)
    content = parts[number].get_payload(decode=True)
    kind = parts[number].get_content_type()
    safe = kind if kind in {"application/pdf", "text/calendar"} else "application/octet-stream"
    return Response(bytes(content) if isinstance(content, bytes) else b"", media_type=safe)
