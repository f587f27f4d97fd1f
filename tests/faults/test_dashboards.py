"""Dashboards on a real Prometheus that scrapes a running Hauberk: every panel shows something, or says what it takes."""

import json
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest
from tools.generate_dashboards import FOLDER, needing

from factories import reports
from factories.forms import HEADERS, field, file, form
from fixtures.whole_product import Product, free_port

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(400),
    pytest.mark.skipif(
        shutil.which("prometheus") is None, reason="Debian's package prometheus is not installed"
    ),
]
PASSWORD = "quiet harbour lantern 42"
EMAIL = "admin@localhost"
SECONDS = 60
CONFIG = """
global: {{scrape_interval: 2s}}
scrape_configs:
  - job_name: hauberk
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory):
    """With some traffic behind it: what went well, what was refused, what could not be read."""
    folder = tmp_path_factory.mktemp("dashboards")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ADMIN_PASSWORD", PASSWORD)
        (folder / ".env").write_text(f"HAUBERK_ADMIN_PASSWORD={PASSWORD}\nHAUBERK_SENTRY_DSN=\n")
        product = Product(folder / "home").until_ready()
    (folder / "prometheus.yml").write_text(CONFIG.format(port=product.port))
    port = free_port()
    log = (folder / "prometheus.log").open("w")
    server = subprocess.Popen(
        [
            "prometheus",
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=log,
    )
    try:
        use(product)
        time.sleep(8)
        use(product)
        time.sleep(12)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)
        log.close()
        product.interrupt()
        product.end()


def call(product, path, body=None, headers=None):
    request = urllib.request.Request(
        f"http://127.0.0.1:{product.port}{path}", data=body, headers=headers or {}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read() or b"{}"), answer.headers
    except urllib.error.HTTPError as refused:
        return refused.code, {}, refused.headers


def use(product):
    wrong = json.dumps({"email": EMAIL, "password": "not the password at all"}).encode()
    typed = {"Content-Type": "application/json", "Origin": f"http://127.0.0.1:{product.port}"}
    assert call(product, "/api/v1/auth/login", wrong, typed)[0] == 401
    right = json.dumps({"email": EMAIL, "password": PASSWORD}).encode()
    status, signed_in, headers = call(product, "/api/v1/auth/login", right, typed)
    assert status == 200
    cookie = headers["Set-Cookie"].partition(";")[0]
    session = {"Cookie": cookie, "X-CSRF-Token": signed_in["csrf_token"], "Origin": typed["Origin"]}
    assert call(product, "/api/v1/auth/logout", b"", {"Cookie": cookie, "Origin": typed["Origin"]})[0] == 403
    for report, more in ((reports.code(5), {}), (reports.code(3), {}), (b'{"runs": [', {"format": "sarif"})):
        parts = [field("asset", "shop"), *(field(name, value) for name, value in more.items()), file(report)]
        status, _, _ = call(product, "/api/v1/scans", form(*parts), session | HEADERS)
        assert status == 202
    for _ in range(5):
        assert call(product, "/api/v1/findings", headers=session)[0] == 200


def ask(prometheus, expression):
    spelled = expression.replace("$__rate_interval", "40s").replace("$__range", "2m").replace("[5m]", "[1m]")
    address = f"{prometheus}/api/v1/query?{urllib.parse.urlencode({'query': spelled})}"
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return json.loads(answer.read())["data"]["result"]
    except urllib.error.HTTPError as refused:
        pytest.fail(f"{expression}: {refused.read().decode()}")


def test_every_panel_shows_something_or_says_which_exporter_it_takes(prometheus):
    silent = {}
    needs = needing()
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        silent = {
            (path.stem, panel["title"], target["expr"])
            for path in FOLDER.glob("*.json")
            for panel in json.loads(path.read_text())["panels"]
            for target in panel.get("targets", ())
            if (path.stem, panel["title"]) not in needs and not ask(prometheus, target["expr"])
        }
        if not silent:
            break
        time.sleep(5)
    assert sorted(silent) == []


def test_what_is_counted_agrees_with_what_was_done(prometheus):
    assert float(ask(prometheus, 'auth_events_total{type="login",result="fail"}')[0]["value"][1]) >= 2
    deadline = time.monotonic() + SECONDS
    done = 0.0
    while (
        done < 4 and time.monotonic() < deadline
    ):  # readiness looks at itself meanwhile, with uploads of its own
        found = ask(prometheus, 'sum(uploads_outcome_total{outcome="done"})')
        done = float(found[0]["value"][1]) if found else 0.0
        time.sleep(1)
    assert done >= 4
    assert not re.search("shop|admin", json.dumps(ask(prometheus, '{__name__!=""}')))
