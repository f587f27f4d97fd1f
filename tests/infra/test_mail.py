"""Mail over an encrypted connection, to an SMTP server that is not ours: by STARTTLS and from the first byte."""

import ssl
from contextlib import contextmanager

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from pydantic import SecretStr

from fixtures.certificates import make_certificate
from fixtures.nodes import free_port
from hauberk.infra import mail
from hauberk.infra.http import CallFailed, blocking_outbound
from hauberk.infra.mail import MailRefused
from hauberk.infra.settings.loading import read_settings
from hauberk.infra.settings.secret_keys import new_secret

PASSWORD = "correct horse battery staple"


class Box:
    """What the server took, and how it came."""

    def __init__(self):
        self.taken = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - as the server calls it
        self.taken.append(
            (envelope, session.ssl is not None or server.transport.get_extra_info("sslcontext"))
        )
        return "250 taken"


def authenticate(_server, _session, _envelope, _mechanism, given):
    is_right = (given.login, given.password) == (b"hauberk", PASSWORD.encode())
    return AuthResult(success=is_right, handled=False)


@pytest.fixture
def certificate(tmp_path):
    return make_certificate(tmp_path)


@contextmanager
def server(certificate, security):
    box = Box()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate.both)
    more = {
        "starttls": {"tls_context": tls, "require_starttls": True, "auth_required": True},
        "tls": {"ssl_context": tls, "auth_require_tls": False},
        "none": {"auth_require_tls": False},
    }[security]
    controller = Controller(box, "127.0.0.1", free_port(), authenticator=authenticate, **more)
    controller.start()
    try:
        yield controller.port, box
    finally:
        controller.stop()


def sending(port, security, certificate, password=PASSWORD):
    settings = read_settings(
        {"HAUBERK_ENVIRONMENT": "test", "HAUBERK_SECRET_KEYS": new_secret()}, servers=False
    )
    given = {"host": "localhost", "port": port, "security": security, "user": "hauberk"}
    egress = {"allow": ("127.0.0.0/8", "::1/128"), "ports": ("1-65535",), "ca_bundle": certificate.chain}
    settings = settings.model_copy(
        update={
            "mail": settings.mail.model_copy(update={**given, "password": SecretStr(password)}),
            "egress": settings.egress.model_copy(update=egress),
        }
    )
    message = mail.compose(
        settings, subject="Hello", text="In words.", html="<p>In words.</p>", to=["ada@example.org"]
    )
    with blocking_outbound(settings) as http:
        return mail.send(settings, http, message)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_message_arrives_encrypted_and_signed_in(certificate, security):
    with server(certificate, security) as (port, box):
        message_id = sending(port, security, certificate)
    ((envelope, was_encrypted),) = box.taken
    assert was_encrypted
    assert envelope.rcpt_tos == ["ada@example.org"]
    assert message_id.encode() in envelope.content


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_that_nobody_vouches_for_gets_nothing(certificate, tmp_path, security):
    (tmp_path / "other").mkdir()
    other = make_certificate(tmp_path / "other")
    refused = pytest.raises((CallFailed, MailRefused))
    with server(certificate, security) as (port, box), refused as refusal:
        sending(port, security, other)
    assert "certificate" in str(refusal.value).lower()
    assert box.taken == []


def test_a_server_that_cannot_encrypt_gets_neither_password_nor_message(certificate):
    with server(certificate, "none") as (port, box), pytest.raises(MailRefused) as refusal:
        sending(port, "starttls", certificate)
    assert "STARTTLS" in str(refusal.value)
    assert refusal.value.is_final
    assert box.taken == []


def test_a_wrong_password_is_said(certificate):
    with server(certificate, "starttls") as (port, box), pytest.raises(MailRefused) as refusal:
        sending(port, "starttls", certificate, password="wrong wrong wrong")
    assert refusal.value.code == 535
    assert box.taken == []
