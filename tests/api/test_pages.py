"""The front end's files: compressed beforehand, kept for ever when hashed, and the page for every path that is none."""

import gzip

import httpx2
import pytest
from fastapi import FastAPI

from hauberk.api import problems
from hauberk.api.pages import Pages

pytestmark = pytest.mark.anyio


@pytest.fixture
def built(tmp_path):
    """A front end as a build leaves it, and a secret beside it."""
    root = tmp_path / "dist"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text("<!doctype html><title>Hauberk</title>")
    (root / "sw.js").write_text("// worker")
    script = root / "assets" / "main-abc123.js"
    script.write_text("export {}")
    (root / "assets" / "main-abc123.js.gz").write_bytes(gzip.compress(b"export {}"))
    (tmp_path / "secret.txt").write_text("nobody's business")
    return root


def client(root):
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    app.router.default = Pages(root)
    problems.install(app)
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1")


@pytest.mark.parametrize("path", ["/", "/findings", "/findings/fnd_1", "/sign-in/link", "/index.html"])
async def test_every_page_is_the_one_page_and_is_never_kept(built, path):
    async with client(built) as browser:
        answer = await browser.get(path)
    assert answer.text.startswith("<!doctype html>")
    assert answer.headers["cache-control"] == "no-store"


async def test_hashed_files_are_kept_for_ever_and_sent_compressed(built):
    async with client(built) as browser:
        packed = await browser.get("/assets/main-abc123.js", headers={"Accept-Encoding": "gzip"})
        plain = await browser.get("/assets/main-abc123.js", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-type"].startswith("text/javascript")
    assert packed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert packed.text == plain.text == "export {}"
    assert "content-encoding" not in plain.headers


async def test_the_service_worker_may_serve_the_whole_site_and_is_never_kept(built):
    async with client(built) as browser:
        answer = await browser.get("/sw.js")
    assert answer.headers["service-worker-allowed"] == "/"
    assert answer.headers["cache-control"] == "no-store"


async def test_an_old_hashed_file_is_gone_and_not_the_page(built):
    async with client(built) as browser:
        assert (await browser.get("/assets/main-old.js")).status_code == 404


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt", "/..%2fsecret.txt", "/%00"]
)
async def test_nothing_outside_of_the_build_is_served(built, path):
    async with client(built) as browser:
        assert "business" not in (await browser.get(path)).text


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/", "/health/nothing", "/metrics/nothing"])
async def test_what_belongs_to_the_api_is_no_page(built, path):
    async with client(built) as browser:
        answer = await browser.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_pages_are_only_read(built):
    async with client(built) as browser:
        assert (await browser.post("/findings")).status_code == 405


async def test_without_a_build_it_says_what_to_do(tmp_path):
    async with client(tmp_path) as browser:
        answer = await browser.get("/")
    assert answer.status_code == 503
    assert "make setup" in answer.text
