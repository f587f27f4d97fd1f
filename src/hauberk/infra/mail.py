"""Outgoing mail: one message to a few people, by the SMTP server of the settings, through the one outgoing client."""

import smtplib
import ssl
from contextlib import closing
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from socket import socket as Socket  # noqa: N812 - a type here; connections are made by the outgoing client
from typing import Final
from urllib.parse import urlsplit

from hauberk.infra.http import BlockingOutbound, Destination, Limits, Outbound, Trust, register
from hauberk.infra.settings import Settings

SMTP: Final = register(
    Destination(
        "smtp",
        "Mail to people",
        trust=Trust.OPERATOR,
        limits=Limits(connect=5, read=10, total=20),
        attempts=1,
    )
)
_TRANSIENT: Final = range(400, 500)


class MailRefused(Exception):
    """The server does not take it; `is_final` when trying again is of no use."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.is_final = code not in _TRANSIENT


def is_configured(settings: Settings) -> bool:
    return bool(settings.mail.host)


def compose(settings: Settings, *, subject: str, text: str, html: str, to: list[str]) -> EmailMessage:
    """A message that says it was made by a machine, so that no absence notice comes back."""
    message = EmailMessage()
    host = urlsplit(settings.base_url).hostname or "localhost"
    name, address = parseaddr(settings.mail.sender or f"Hauberk <hauberk@{host}>")
    message["From"] = Address(name or "Hauberk", addr_spec=address)
    message["To"] = ", ".join(to)
    message["Subject"] = " ".join(subject.split())[:200]
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message


def send(settings: Settings, http: BlockingOutbound, message: EmailMessage) -> str:
    """What the server said of it; raises `MailRefused`, or what the outgoing client raises."""
    mail = settings.mail

    def talk(connected: Socket) -> str:
        try:
            with closing(_Session(settings, connected)) as session:
                return session.submit(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise MailRefused(code, _readable(said)) from error
        except smtplib.SMTPResponseException as error:
            raise MailRefused(error.smtp_code, _readable(error.smtp_error)) from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailRefused(502, str(error)) from error
        except smtplib.SMTPServerDisconnected:
            raise  # as every connection that breaks
        except smtplib.SMTPException as error:
            raise MailRefused(421, str(error)) from error

    return http.exchange(SMTP, mail.host, mail.port, talk)


async def look(settings: Settings, http: Outbound) -> None:
    """Whether the server would take something now: it is greeted and signed in to, and sent nothing. Raises as `send`."""
    mail = settings.mail

    def talk(connected: Socket) -> None:
        try:
            with closing(_Session(settings, connected)) as session:
                session.sign_in()
                session.quit()
        except smtplib.SMTPResponseException as error:
            raise MailRefused(error.smtp_code, _readable(error.smtp_error)) from error
        except smtplib.SMTPServerDisconnected:
            raise
        except smtplib.SMTPException as error:
            raise MailRefused(421, str(error)) from error

    await http.exchange(SMTP, mail.host, mail.port, talk)


class _Session(smtplib.SMTP):
    """SMTP over a connection that is there already."""

    def __init__(self, settings: Settings, connected: Socket) -> None:
        super().__init__(local_hostname=urlsplit(settings.base_url).hostname)
        self._mail = settings.mail
        self._host = settings.mail.host
        try:
            self._begin(ssl.create_default_context(cafile=settings.egress.ca_bundle), connected)
        except BaseException:
            self.close()  # what it reads with stays open otherwise
            raise

    def _begin(self, context: ssl.SSLContext, connected: Socket) -> None:
        if self._mail.security == "tls":
            connected = context.wrap_socket(connected, server_hostname=self._host)
        self.sock = connected
        code, said = self.getreply()
        if code != 220:
            raise smtplib.SMTPConnectError(code, said)
        if self._mail.security == "starttls":
            self.starttls(context=context)

    def sign_in(self) -> None:
        if self._mail.user and self._mail.password is not None:
            self.login(self._mail.user, self._mail.password.get_secret_value())
        else:
            self.ehlo_or_helo_if_needed()

    def submit(self, message: EmailMessage) -> str:
        self.sign_in()
        refused = self.send_message(message)
        if refused:
            address, (code, said) = next(iter(refused.items()))
            raise MailRefused(code, f"{address}: {_readable(said)}")
        self.quit()
        return str(message["Message-ID"])


def _readable(said: bytes | str) -> str:
    return (said.decode("utf-8", "replace") if isinstance(said, bytes) else said)[:300]
