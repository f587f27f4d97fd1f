"""E-mail to a few addresses, by the SMTP server of the installation."""

from html import escape
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from hauberk.domain.alert import Notice
from hauberk.features.identity.serving import Payload
from hauberk.features.notifications.channel import Accepted, ChannelKind, Desk, NotAccepted, Nothing
from hauberk.infra import mail
from hauberk.infra.mail import MailRefused

Address = Annotated[str, StringConstraints(max_length=254, pattern=r"^[^@\s,<>\"]+@[^@\s,<>\"]+$")]
MAX_RECIPIENTS: Final = 20


class EmailConfiguration(Payload):
    recipients: list[Address] = Field(
        min_length=1, max_length=MAX_RECIPIENTS, examples=[["operations@example.org"]]
    )


def text_of(notice: Notice, acknowledge_url: str | None) -> str:
    lines = [notice.headline, "", notice.text, ""]
    lines += [f"{name}: {value}" for name, value in notice.facts]
    lines += ["", f"Since: {notice.started_at:%Y-%m-%d %H:%M} UTC", f"Where: {notice.source}", ""]
    if acknowledge_url:
        lines.append(f"Acknowledge: {acknowledge_url}")
    lines.append(f"Open: {notice.url}")
    if notice.runbook_url:
        lines.append(f"Runbook: {notice.runbook_url}")
    return "\n".join(lines) + "\n"


def html_of(notice: Notice, acknowledge_url: str | None) -> str:
    """No styles from elsewhere and no pictures: it reads the same in every program, and tells nobody that it was read."""
    rows = "".join(
        f"<tr><td style='padding:2px 16px 2px 0;color:#5c5a55'>{escape(name)}</td><td>{escape(value)}</td></tr>"
        for name, value in (
            *notice.facts,
            ("Since", f"{notice.started_at:%Y-%m-%d %H:%M} UTC"),
            ("Where", notice.source),
        )
    )
    links = [
        ("Acknowledge", acknowledge_url),
        ("Open in Hauberk", notice.url),
        ("Runbook", notice.runbook_url),
    ]
    shown = " &nbsp; ".join(f"<a href='{escape(url)}'>{name}</a>" for name, url in links if url)
    return (
        "<html><body style='font:14px/1.5 system-ui,sans-serif'>"
        f"<h1 style='font-size:18px'>{escape(notice.headline)}</h1><p>{escape(notice.text)}</p>"
        f"<table style='border-collapse:collapse'>{rows}</table><p>{shown}</p></body></html>"
    )


def send(notice: Notice, desk: Desk, recipients: list[str]) -> Accepted:
    if not mail.is_configured(desk.settings):
        raise NotAccepted("No mail server is set: HAUBERK_MAIL_HOST.", is_final=True)
    message = mail.compose(
        desk.settings,
        subject=notice.headline,
        text=text_of(notice, desk.acknowledge_url),
        html=html_of(notice, desk.acknowledge_url),
        to=recipients,
    )
    thread = f"<{notice.dedup_key.replace('@', '.')}@hauberk.invalid>"
    message["References"] = thread  # trigger, acknowledgement and resolve are one conversation
    message["In-Reply-To"] = thread
    try:
        return Accepted(250, mail.send(desk.settings, desk.http, message))
    except MailRefused as error:
        raise NotAccepted(str(error), code=error.code, is_final=error.is_final) from error


def deliver(configuration: EmailConfiguration, _secret: Nothing, notice: Notice, desk: Desk) -> Accepted:
    return send(notice, desk, configuration.recipients)


KIND = ChannelKind("email", "E-mail", EmailConfiguration, Nothing, deliver)
