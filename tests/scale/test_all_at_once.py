"""A large installation at once: two nodes behind nginx, a replica, PgBouncer, a cluster as cache, and its autoscaling rule."""

import re
import ssl
import time
from contextlib import ExitStack

import httpx2
import psycopg
import pytest

from fixtures.certificates import make_certificate
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
from hauberk.infra.settings.secret_keys import new_secret
from scale.autoscaling import rule, waiting, wanted
from scale.servers import pgbouncer, primary_and_replica, valkey_cluster

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]
SECONDS = 30


def test_all_building_blocks_work_together(tmp_path, queue_url):
    installed("nginx")
    folders = {name: tmp_path / name for name in ("pair", "pooler", "cluster", "web")}
    for folder in folders.values():
        folder.mkdir()
    certificate = make_certificate(folders["web"])
    port, ports = free_port(), [free_port(), free_port()]
    with ExitStack() as stack:
        pair = stack.enter_context(primary_and_replica(folders["pair"]))
        environment = operator_environment(
            HAUBERK_ENVIRONMENT="test",
            HAUBERK_HOME=str(tmp_path / "home"),
            HAUBERK_DATABASE_URL=stack.enter_context(pgbouncer(folders["pooler"], pair.url)),
            HAUBERK_DATABASE_POOLER="true",
            HAUBERK_DATABASE_OWNER_URL=pair.owner_url,
            HAUBERK_DATABASE_REPLICA_URL=pair.replica_url,
            HAUBERK_DATABASE_POOL_SIZE="5",
            HAUBERK_DATABASE_MAX_OVERFLOW="5",
            HAUBERK_QUEUE_URL=queue_url,
            HAUBERK_CACHE_URL=stack.enter_context(valkey_cluster(folders["cluster"])),
            HAUBERK_SECRET_KEYS=new_secret(),
            HAUBERK_WORKERS="1",
            HAUBERK_PUBLIC_URL=f"https://localhost:{port}",
            HAUBERK_HTTP_REDIRECT_PORT=str(free_port()),
            HAUBERK_HTTP_TRUSTED_PROXIES="127.0.0.1",
            HAUBERK_HTTP_NOTICE_SECONDS="0",
            HAUBERK_STORAGE_MIN_FREE="0",
        )
        for each in ports:
            settings = {**environment, "HAUBERK_PORT": str(each)}
            process = stack.enter_context(started(serve_command(), settings, log=tmp_path / f"{each}.log"))
            assert answer(f"http://127.0.0.1:{each}/health/ready", process)[0] == 200
        upstreams = [part for each in ports for part in ("--upstream", f"127.0.0.1:{each}")]
        options = ["--certificate", certificate.chain, "--key", certificate.key, "--whole", folders["web"]]
        stack.enter_context(nginx_running(rendered(environment, tmp_path, "nginx", *options, *upstreams)))
        member = member_of(environment)
        trusted = ssl.create_default_context(cafile=str(certificate.chain))
        http = stack.enter_context(
            httpx2.Client(
                base_url=f"https://localhost:{port}", verify=trusted, headers=member.headers, timeout=30
            )
        )

        pair.caught_up()
        pair.pause()  # a replica that lags: nobody sees less than what he wrote, on whichever node
        made = http.post("/api/v1/assets", json={"name": "shop", "kind": "repository"})
        assert made.status_code == 201, made.text
        for _ in range(10):
            seen = http.get("/api/v1/assets")
            assert [each["name"] for each in seen.json()["items"]] == ["shop"], seen.text
        pair.resume()
        pair.caught_up()
        for _ in range(10):
            assert http.get("/api/v1/assets").json()["total"] == 1
            assert http.get("/api/v1/dashboard").status_code == 200

        told = [_metrics(each) for each in ports]
        assert all(_sum(each, "http_requests_total") > 0 for each in told), "one node was asked for nothing"
        reads = {
            server: sum(_sum(each, "replica_reads_total", f'server="{server}"') for each in told)
            for server in ("primary", "replica")
        }
        assert reads["primary"] >= 10, reads
        assert reads["replica"] >= 10, reads
        assert "cache" not in http.get("/health/ready").json()["degraded"]

        metric, target, fewest, most = rule()
        with psycopg.connect(pair.owner_url) as connection:
            connection.execute("set role hauberk_system")
            connection.execute(
                "insert into job (organization_id, kind, queue, max_attempts)"
                " select %s, 'import_scan', 'import', 3 from generate_series(1, %s)",
                (member.organization_id, 10 * target),
            )
        deadline = time.monotonic() + SECONDS
        while wanted(waiting(_metrics(ports[0]), metric), target=target, fewest=fewest, most=most) != 10:
            assert time.monotonic() < deadline
            time.sleep(0.5)


def _metrics(port: int) -> str:
    return httpx2.get(f"http://127.0.0.1:{port}/metrics", timeout=10).raise_for_status().text


def _sum(metrics: str, name: str, label: str = "") -> float:
    found = re.findall(rf"^{name}{{[^}}]*{label}[^}}]*}} ([0-9.e+]+)$", metrics, re.MULTILINE)
    return sum(map(float, found))
