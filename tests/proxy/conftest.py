"""A node behind a real nginx with TLS, one for all tests of this folder.

It lives until the run ends, so its database is its own: whoever judges what is in force at another's must not see it.
"""

import ssl
from dataclasses import dataclass

import httpx2
import pytest

from fixtures.certificates import Certificate, make_certificate
from fixtures.nodes import (
    answer,
    free_port,
    installed,
    member_of,
    nginx_running,
    operator_environment,
    rendered,
    serve_command,
    started,
)
from fixtures.servers import TEMPLATE, database
from hauberk.infra.settings.secret_keys import new_secret


@dataclass(frozen=True)
class Behind:
    """What an operator has who put nginx in front."""

    environment: dict[str, str]
    certificate: Certificate
    url: str
    plain_port: int
    headers: dict[str, str]
    configuration: str

    def client(self, **more) -> httpx2.Client:
        context = ssl.create_default_context(cafile=str(self.certificate.chain))
        return httpx2.Client(base_url=self.url, verify=context, headers=self.headers, timeout=30, **more)


@pytest.fixture(scope="session")
def own_database(servers):
    with database(servers, TEMPLATE) as made:
        yield made


@pytest.fixture(scope="session")
def behind(tmp_path_factory, own_database, queue_url, cache_url):
    installed("nginx")
    folder = tmp_path_factory.mktemp("nginx")
    certificate = make_certificate(folder)
    port, plain = free_port(), free_port()
    environment = operator_environment(
        HAUBERK_ENVIRONMENT="test",
        HAUBERK_HOME=str(folder / "home"),
        HAUBERK_DATABASE_URL=own_database.url,
        HAUBERK_DATABASE_OWNER_URL=own_database.owner_url,
        HAUBERK_DATABASE_POOL_MIN="0",
        HAUBERK_QUEUE_URL=queue_url,
        HAUBERK_CACHE_URL=cache_url,
        HAUBERK_SECRET_KEYS=new_secret(),
        HAUBERK_PORT=str(free_port()),
        HAUBERK_PUBLIC_URL=f"https://localhost:{port}",
        HAUBERK_TLS_CA=str(certificate.chain),
        HAUBERK_HTTP_REDIRECT_PORT=str(plain),
        HAUBERK_HTTP_TRUSTED_PROXIES="127.0.0.1",
        HAUBERK_HTTP_NOTICE_SECONDS="0",
        HAUBERK_STORAGE_MIN_FREE="0",
    )
    options = ["--certificate", certificate.chain, "--key", certificate.key, "--whole", folder]
    configuration = rendered(environment, folder, "nginx", *options)
    with (
        started(serve_command(), environment, log=folder / "serve.log") as process,
        nginx_running(configuration),
    ):
        node = f"http://127.0.0.1:{environment['HAUBERK_PORT']}/health/live"
        assert answer(node, process)[0] == 200
        headers = member_of(environment).headers
        yield Behind(
            environment, certificate, f"https://localhost:{port}", plain, headers, configuration.read_text()
        )
