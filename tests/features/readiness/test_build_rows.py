"""Rows that answer from what the build left: release evidence, the built front end, files, the manual."""

import gzip
import importlib.metadata
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import SecretStr

from fixtures.readiness import answer_of
from hauberk.db import checks as database
from hauberk.features.readiness.checks import front_end, manual
from hauberk.infra.readiness import Result, build, evidence
from hauberk.infra.telemetry import recent
from hauberk.kit import clock

pytestmark = pytest.mark.anyio

AT = (clock.now() - timedelta(days=7)).isoformat()
SOUND = {
    "audit": {
        "python": {"packages": 77, "skipped": 0, "advisories": []},
        "npm": {"packages": 99, "skipped": 0, "advisories": []},
        "at": AT,
    },
    "sbom": {"python": {"components": [{}]}, "npm": {"components": [{}]}},
    "coverage": {"lines": 91.0, "branches": 84.0, "at": AT},
    "mutation": {"access": 90, "merge": 85, "jobs": 83, "limits": 88, "at": AT},
    "suites-python": {
        name: {"tests": 10, "failed": 0, "skipped": 0}
        for name in ("integration", "auth", "upload", "vulnerabilities", "contract")
    }
    | {"at": AT},
    "browser": {
        "has_passed": True,
        "steps": [{"text": f"core flow, {screen}"} for screen in ("desktop", "phone", "tablet")],
        "at": AT,
    },
    "history": {"commits": 222, "lines": 9, "secrets": 0, "at": AT},
}
ROWS = ("SEC-7", "TST-1", "TST-2", "TST-3", "TST-5", "WEB-4")


@pytest.fixture
def released(tmp_path, monkeypatch):
    """Signs release evidence, and puts it where the product looks."""

    def write(**changes):
        parts = {**SOUND, **changes, "source": build.source_hash()}
        key = Ed25519PrivateKey.generate()
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
        value = key.sign(evidence.canonical(parts)).hex()
        document = {"evidence": parts, "signature": {"key": public, "value": value}}
        (tmp_path / "evidence.json").write_text(json.dumps(document))

    monkeypatch.setattr(build, "EVIDENCE", str(tmp_path / "evidence.json"))
    return write


@pytest.mark.parametrize("row", ROWS)
async def test_sound_evidence_passes(probe, released, row):
    released()
    answer = await answer_of(probe, row)
    assert (answer.result, answer.kind) == (Result.PASS, "record"), answer.evidence


@pytest.mark.parametrize("row", ROWS)
async def test_without_evidence_nothing_passes(probe, released, row):
    assert (await answer_of(probe, row)).result is Result.SKIP


@pytest.mark.parametrize(
    ("row", "changes"),
    [
        (
            "SEC-7",
            {"audit": {**SOUND["audit"], "npm": {"packages": 9, "skipped": 0, "advisories": ["CVE-1"]}}},
        ),
        ("SEC-7", {"sbom": {"python": {"components": []}, "npm": {"components": []}}}),
        ("TST-1", {"coverage": {"lines": 79.9, "branches": 90.0, "at": AT}}),
        ("TST-1", {"coverage": {"lines": 90.0, "branches": 79.9, "at": AT}}),
        ("TST-1", {"mutation": {**SOUND["mutation"], "jobs": 79}}),
        ("TST-2", {"suites-python": {"integration": {"tests": 9, "failed": 1, "skipped": 0}, "at": AT}}),
        ("TST-3", {"suites-python": {**SOUND["suites-python"], "contract": {"tests": 9, "failed": 1}}}),
        ("TST-5", {"browser": {**SOUND["browser"], "has_passed": False}}),
        ("WEB-4", {"browser": {**SOUND["browser"], "has_passed": False}}),
        ("SEC-2", {"history": {**SOUND["history"], "secrets": 2}}),
        ("SEC-2", {"image": {"secrets": 1, "at": AT}}),
    ],
)
@pytest.mark.breaks("SEC-7", "TST-1", "TST-2", "TST-3", "TST-5", "WEB-4", "SEC-2")
async def test_evidence_of_something_wrong_fails(probe, released, row, changes):
    released(**changes)
    answer = await answer_of(probe, row)
    assert answer.result is Result.FAIL or "(required in production)" in answer.evidence, answer.evidence


async def test_an_audit_of_long_ago_says_nothing_of_what_was_found_since(probe, released):
    released(audit={**SOUND["audit"], "at": (clock.now() - timedelta(days=31)).isoformat()})
    answer = await answer_of(probe, "SEC-7")
    assert answer.result is Result.WARN, answer.evidence
    assert "31 days ago" in answer.evidence


@pytest.mark.parametrize(
    ("row", "changes"),
    [
        ("SEC-7", {"audit": {**SOUND["audit"], "python": {"packages": 77, "skipped": 77, "advisories": []}}}),
        (
            "TST-3",
            {
                "suites-python": {
                    **SOUND["suites-python"],
                    "contract": {"tests": 5, "skipped": 5, "failed": 0},
                }
            },
        ),
        ("WEB-4", {"browser": {**SOUND["browser"], "steps": [{"text": "core flow, phone"}]}}),
    ],
)
async def test_what_was_skipped_has_not_been_seen(probe, released, row, changes):
    released(**changes)
    assert (await answer_of(probe, row)).result is Result.SKIP


@pytest.mark.parametrize("is_audited", [True, False])
async def test_what_runs_in_another_version_than_was_audited_is_said(probe, released, is_audited):
    runs = importlib.metadata.version("sqlalchemy")
    component = {"name": "SQLAlchemy", "version": runs if is_audited else "0.0.1"}
    released(sbom={"python": {"components": [component]}, "npm": {"components": [{}]}})
    answer = await answer_of(probe, "SEC-7")
    assert answer.result is (Result.PASS if is_audited else Result.WARN)
    assert (f"SQLAlchemy {runs} (audited: 0.0.1)" in answer.evidence) is not is_audited


async def test_a_mutation_score_that_nobody_measured_is_said(probe, released):
    released(mutation={"access": 90, "at": AT})
    answer = await answer_of(probe, "TST-1")
    assert answer.result is Result.WARN
    assert "merge, jobs, limits" in answer.evidence


@pytest.mark.parametrize(
    "line",
    [
        "GET /x hbk_0123456789ab_abcdefghijklmnopqrstuvwxyz0123456789abcdefg",
        "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x",
        "connecting to postgresql://hauberk:hunter2hunter2@db/hauberk",
    ],
)
@pytest.mark.breaks("SEC-2")
async def test_a_log_with_a_secret_fails(probe, context, line):
    logs = context.settings.home / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / "serve.log"
    log.write_text(f"started\n{line}\n")
    try:
        answer = await answer_of(probe, "SEC-2")
    finally:
        log.unlink()
    assert "serve.log" in answer.evidence


@pytest.mark.breaks("SEC-2")
async def test_a_secret_in_the_newest_records_fails(probe, context):
    line = "signed in with hbk_0123456789ab_" + "a" * 43
    await context.cache.xadd(recent.KEY, {"role": "api", "line": line})
    try:
        answer = await answer_of(probe, "SEC-2")
    finally:
        await context.cache.delete(recent.KEY)
    assert "recent log" in answer.evidence


@pytest.mark.breaks("SEC-2")
async def test_a_password_that_everybody_knows_fails(probe):
    admin = probe.inside.settings.admin.model_copy(update={"password": SecretStr("changeme")})
    settings = probe.inside.settings.model_copy(update={"admin": admin})
    answer = await answer_of(replace(probe, installation=replace(probe.inside, settings=settings)), "SEC-2")
    assert "HAUBERK_ADMIN_PASSWORD" in answer.evidence


@pytest.mark.breaks("SEC-2")
async def test_an_installed_file_with_a_secret_fails(probe, tmp_path, monkeypatch):
    (tmp_path / "config.py").write_text('TOKEN = "hbk_0123456789ab_' + "a" * 43 + '"')
    monkeypatch.setattr(build, "package", lambda: tmp_path)
    assert "config.py" in (await answer_of(probe, "SEC-2")).evidence


@pytest.fixture
def web(tmp_path, monkeypatch):
    """A small build; each test makes one thing of it wrong."""
    root = tmp_path / "web"
    (root / "assets").mkdir(parents=True)
    (root / ".vite").mkdir()
    (root / "index.html").write_text('<script src="/assets/index-abcdefgh.js"></script>')
    script = root / "assets" / "index-abcdefgh.js"
    script.write_text("import{a}from'./base-abcdefgh.js';" + "x();" * 1000)
    plain = script.read_bytes()
    script.with_name(f"{script.name}.gz").write_bytes(gzip.compress(plain))
    script.with_name(f"{script.name}.br").write_bytes(gzip.compress(plain)[:-8])
    routes = {
        f"src/routes/{n}.tsx?tsr-split": {"file": f"assets/page{n}-abcdefgh.js", "isDynamicEntry": True}
        for n in range(12)
    }
    for name in ("first-abcdefgh", *(f"page{n}-abcdefgh" for n in range(12))):
        (root / "assets" / f"{name}.js").write_text("x()")
    first = {
        f"{name}?tsr-split": {"file": "assets/first-abcdefgh.js", "isDynamicEntry": True}
        for name in front_end._FIRST_ROUTES
    }
    manifest = {"index.html": {"file": "assets/index-abcdefgh.js", "isEntry": True}, **routes, **first}
    (root / ".vite" / "manifest.json").write_text(json.dumps(manifest))
    sizes = {"assets/index-abcdefgh.js": {"gz": 100_000}, "assets/first-abcdefgh.js": {"gz": 20_000}}
    (root / ".vite" / "sizes.json").write_text(json.dumps(sizes))
    monkeypatch.setattr(front_end, "web_root", lambda: root)
    return root


@pytest.mark.parametrize(
    ("row", "file", "text"),
    [
        ("WEB-1", "assets/plain.js", "x"),
        ("WEB-1", "assets/loose-abcdefgh.js", "x = 1\n" * 500),
        ("WEB-1", "assets/large-abcdefgh.js", "x" * 2000),
        (
            "WEB-2",
            ".vite/sizes.json",
            json.dumps(
                {"assets/index-abcdefgh.js": {"gz": 140_000}, "assets/first-abcdefgh.js": {"gz": 9_000}}
            ),
        ),
        ("WEB-2", ".vite/manifest.json", json.dumps({"index.html": {"file": "a", "isEntry": True}})),
        ("WEB-6", ".vite/confirmations.json", json.dumps({"DELETE /assets/{asset_id}": "asks for the name"})),
        ("WEB-2", "assets/first-abcdefgh.js", "x();" * 12_000),
        ("WEB-7", "assets/debug-abcdefgh.js", "console.log(1)"),
        ("WEB-7", "assets/index-abcdefgh.js.map", "{}"),
        ("WEB-8", "assets/bound-abcdefgh.css", "src:url(/assets/font.woff2)"),
    ],
)
@pytest.mark.breaks("WEB-1", "WEB-2", "WEB-6", "WEB-7", "WEB-8")
async def test_a_front_end_that_is_built_wrong_fails(probe, web, row, file, text):
    (web / file).write_text(text)
    answer = await answer_of(probe, row)
    assert answer.result is Result.FAIL or "(required in production)" in answer.evidence, answer.evidence


@pytest.mark.parametrize(
    ("file", "left", "words"),
    [
        ("page7-abcdefgh.js", None, "not there: assets/page7-abcdefgh.js"),
        ("index-abcdefgh.js.br", 5, "something else than it is: index-abcdefgh.js"),
        ("index-abcdefgh.js.gz", 5, "something else than it is: index-abcdefgh.js"),
    ],
)
@pytest.mark.breaks("WEB-1")
async def test_a_build_of_which_something_was_lost_fails(probe, web, file, left, words):
    path = web / "assets" / file
    if left is None:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:left])
    answer = await answer_of(probe, "WEB-1")
    assert (answer.result, words in answer.evidence) == (Result.FAIL, True), answer.evidence


@pytest.mark.breaks("WEB-2")
async def test_a_part_of_a_page_that_is_not_there_fails(probe, web):
    assert (await answer_of(probe, "WEB-2")).result is Result.PASS
    (web / "assets" / "page7-abcdefgh.js").unlink()
    assert "page7-abcdefgh.js" in (await answer_of(probe, "WEB-2")).evidence


@pytest.mark.breaks("WEB-6")
async def test_a_way_of_asking_that_nobody_knows_fails(probe, web):
    document = (await probe.site.http.get("/api/v1/openapi.json")).json()
    ways = {
        f"{method.upper()} {path.removeprefix('/api/v1')}": "asks"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method == "delete" or "x-destroys" in operation
    }
    listed = web / ".vite" / "confirmations.json"
    listed.write_text(json.dumps(ways))
    assert (await answer_of(probe, "WEB-6")).result is Result.PASS
    listed.write_text(json.dumps({**ways, min(ways): "never"}))
    answer = await answer_of(probe, "WEB-6")
    assert answer.result is Result.FAIL
    assert min(ways) in answer.evidence


@pytest.mark.parametrize("row", ["WEB-1", "WEB-2", "WEB-6", "WEB-7", "WEB-8"])
@pytest.mark.breaks("WEB-1", "WEB-2", "WEB-6", "WEB-7", "WEB-8")
async def test_a_front_end_that_was_never_built_fails(probe, monkeypatch, row):
    monkeypatch.setattr(front_end, "web_root", lambda: None)
    answer = await answer_of(probe, row)
    assert "not built" in answer.evidence


@pytest.mark.parametrize("subject", ["deployment.md", "common-problems.md"])
@pytest.mark.breaks("DEL-8")
async def test_a_manual_without_a_needed_page_fails(probe, tmp_path, monkeypatch, subject):
    (tmp_path / "docs" / "operations").mkdir(parents=True)
    for name in {"deployment.md", "common-problems.md"} - {subject}:
        (tmp_path / "docs" / "operations" / name).write_text("# A page\n\nWhat to do.\n")
    monkeypatch.setattr(manual, "manual_root", lambda: tmp_path / "docs")
    assert subject in (await answer_of(probe, "DEL-8")).evidence


@pytest.mark.breaks("DEL-8")
async def test_a_page_with_nothing_but_its_title_fails(probe, tmp_path, monkeypatch):
    manual_of = tmp_path / "docs" / "operations"
    manual_of.mkdir(parents=True)
    (manual_of / "deployment.md").write_text("# Deployment\n\nWhat to do.\n")
    (manual_of / "common-problems.md").write_text("# Common problems\n\n")
    monkeypatch.setattr(manual, "manual_root", lambda: tmp_path / "docs")
    assert "Nothing on common problems" in (await answer_of(probe, "DEL-8")).evidence


@pytest.mark.breaks("DEL-8")
@pytest.mark.parametrize("page", [None, "", "# DiskGone\n"])
async def test_an_alert_that_links_no_page_fails(probe, tmp_path, monkeypatch, page):
    (tmp_path / "docs" / "operations").mkdir(parents=True)
    for name in ("deployment.md", "common-problems.md"):
        (tmp_path / "docs" / "operations" / name).write_text("# A page\n\nWhat to do.\n")
    rules = tmp_path / "deploy" / "alerts.yml"
    rules.parent.mkdir()
    rules.write_text("runbook_url: https://docs.example.org/runbooks/DiskGone")
    if page is not None:
        (tmp_path / "docs" / "DiskGone.md").write_text(page)
    monkeypatch.setattr(manual, "manual_root", lambda: tmp_path / "docs")
    assert "DiskGone" in (await answer_of(probe, "DEL-8")).evidence


@pytest.mark.parametrize(
    ("rows", "unserved", "result"),
    [
        (10_000_000, [], Result.PASS),
        (10_000_000, ["open findings"], Result.FAIL),
        (100_000, [], Result.SKIP),
    ],
)
async def test_where_there_is_little_the_plans_at_ten_million_are_the_builds(
    probe, released, monkeypatch, rows, unserved, result
):
    monkeypatch.setattr(database, "LARGE_TABLE_ROWS", 10**9)  # other tests may have left many
    released(plans={"rows": rows, "queries": 13, "by_choice": 12, "unserved": unserved, "at": AT})
    answer = await answer_of(probe, "INF-7")
    assert answer.result is result, answer.evidence
    assert "here are only" in answer.evidence.lower()
