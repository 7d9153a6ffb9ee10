"""The two ways out for mail: SMTP, and in development one `.eml` file per mail."""

import os
import ssl
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import aiosmtplib
from chassis.clock import Clock

from documents.application.ports import MailDoubtError, MailLaterError, MailRefusedError
from documents.settings import DocumentsSettings

_TIMEOUT = 20.0
_PERMANENT = 500


class SmtpMailer:
    """Hands mails to an SMTP server, one connection each; says exactly how far it came."""

    def __init__(self, settings: DocumentsSettings) -> None:
        self._settings = settings

    async def send(self, message: EmailMessage, *, recipient: str, mail_id: UUID, kind: str) -> None:  # noqa: ARG002
        """Sends one mail.

        Raises:
            MailRefusedError: the server refuses it for good (5xx).
            MailLaterError: the server is away or refuses for now (4xx); nothing was handed over.
            MailDoubtError: the connection broke after the text had begun to go out.

        """
        settings = self._settings
        client = aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            timeout=_TIMEOUT,
            use_tls=False,
            start_tls=settings.smtp_starttls or None,
            username=settings.smtp_username or None,
            password=settings.smtp_password.get_secret_value() or None,
            tls_context=ssl.create_default_context(),
        )
        try:
            try:
                await client.connect()
                await client.mail(str(message["From"].addresses[0].addr_spec))
                await client.rcpt(recipient)
            except aiosmtplib.SMTPResponseException as error:
                raise _answered(error) from error
            except (aiosmtplib.SMTPException, OSError) as error:
                raise MailLaterError(type(error).__name__) from error
            try:
                await client.data(message.as_bytes())
            except aiosmtplib.SMTPResponseException as error:
                raise _answered(error) from error
            except (aiosmtplib.SMTPException, OSError) as error:
                raise MailDoubtError(type(error).__name__) from error
        finally:
            client.close()


def _answered(error: aiosmtplib.SMTPResponseException) -> Exception:
    # The answer's text may repeat the address, so only its code is kept.
    return (MailRefusedError if error.code >= _PERMANENT else MailLaterError)(f"SMTP_{error.code}")


class FileMailer:
    """Writes `<time>-<kind>-<id>.eml` into a folder, whole or not at all. Development and tests."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    async def send(self, message: EmailMessage, *, recipient: str, mail_id: UUID, kind: str) -> None:  # noqa: ARG002
        """Writes one mail.

        Raises:
            MailLaterError: the folder cannot be written now.

        """
        name = f"{_stamp(self._clock())}-{kind}-{mail_id}.eml"
        half = self._folder / f".{name}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            half.write_bytes(message.as_bytes())
            os.replace(half, self._folder / name)  # noqa: PTH105 (the atomic one, by name)
        except OSError as error:
            raise MailLaterError(type(error).__name__) from error


def _stamp(now: datetime) -> str:
    return f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03}Z"
