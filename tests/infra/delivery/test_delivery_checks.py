"""Readiness of delivery: what is missing or wrong in a checkout is seen to fail, and an installed copy tells of its build."""

import shutil
from pathlib import Path

import pytest

from fixtures.readiness import answer_of
from hauberk.features.readiness import records
from hauberk.infra.delivery import checks
from hauberk.infra.delivery.files import LOOKS
from hauberk.infra.readiness import Outcome, RecordKind, Result
from hauberk.infra.readiness.evidence import ReleaseEvidence
from hauberk.kit import clock

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[3]
TOOL = "tools/check_deployment.py"


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A copy of what is looked at, to be damaged."""
    for name in (".github", "deploy"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.setattr(checks, "checkout", lambda: tmp_path)
    return tmp_path


def changed(path, old, new):
    text = path.read_text()
    assert old in text, f"{path.name} has no {old}"
    path.write_text(text.replace(old, new))


DAMAGE = [
    ("CFG-1", "deploy/env/staging.env", None, None, "There is no deploy/env/staging.env"),
    ("CFG-1", "deploy/env/production.env", "HAUBERK_WORKERS=4", "HAUBERK_WORKERS=many", "HAUBERK_WORKERS"),
    ("CFG-1", "deploy/env/production.env", "https://", "http://", "must begin with https://"),
    ("CFG-1", "deploy/env/production.env", "HAUBERK_LOG_FORMAT", "HAUBERK_LOG_FROMAT", "is not a setting"),
    ("CFG-1", "deploy/env/staging.env", "=staging\n", "=production\n", "is not of environment staging"),
    ("CFG-1", "deploy/env/staging.env", "METRICS_TOKEN_FILE", "METRICS_TOKEN", "holds HAUBERK_METRICS_TOKEN"),
    ("DEL-1", ".github/workflows/check.yml", None, None, "No workflow runs .ci/run"),
    ("DEL-1", ".github/workflows/check.yml", "- run: .ci/run", "- run: echo", "No workflow runs .ci/run"),
    ("DEL-1", ".github/workflows/check.yml", "  push:\n", "  push:\n    branches: [none]\n", "No workflow runs"),
    ("DEL-1", ".github/workflows/nightly.yml", "jobs:", "jobs: [", "nightly.yml is no workflow"),
    ("DEL-1", ".github/workflows/check.yml", "- run: .ci/run", "- run: .ci/run || true", "No workflow runs .ci/run"),
    ("DEL-1", ".github/workflows/check.yml", "- run: .ci/run", "- if: false\n        run: .ci/run", "No workflow runs"),
    ("DEL-1", ".github/workflows/check.yml", "    steps:", "    continue-on-error: true\n    steps:", "No workflow runs"),
    ("DEL-2", ".github/workflows/security.yml", "- run: npm --prefix web audit --audit-level", "- continue-on-error: true\n        run: npm --prefix web audit --audit-level", "Nothing scans npm"),
    ("DEL-2", ".github/workflows/security.yml", "pip-audit", "echo", "Nothing scans Python dependencies"),
    ("DEL-2", ".github/workflows/security.yml", "gitleaks", "echo", "Nothing scans secrets"),
    ("DEL-2", ".github/workflows/security.yml", "--exit-code 1", "--exit-code 0", "Nothing scans the image"),
    ("DEL-2", ".github/workflows/security.yml", "trivy", "echo", "Nothing scans the image"),
    ("DEL-2", ".github/workflows/release.yml", "@e8998f949152b193b063cb0ec769d69d929409be", "@v2", "not pinned"),
    ("DEL-3", ".github/dependabot.yml", None, None, "There is no .github/dependabot.yml"),
    ("DEL-3", ".github/dependabot.yml", "open-pull-requests-limit: 10", "open-pull-requests-limit: 0", "updates of npm"),
    ("DEL-3", ".github/dependabot.yml", "    directory: /web\n", "    directory: /web\n    ignore: [{ dependency-name: '*' }]\n", "updates of npm"),
    ("DEL-3", ".github/dependabot.yml", "ecosystem: npm", "ecosystem: bun", "updates of npm in /web"),
    ("DEL-4", "deploy/compose/compose.yaml", "  pgbouncer:\n    image", "  pooler:\n    image", "no pgbouncer"),
    ("DEL-4", "deploy/compose/compose.yaml", 'command: ["serve"]', 'command: ["server"]', "starts api with ['server']"),
    ("DEL-4", "deploy/compose/compose.yaml", "HAUBERK_METRICS_WORKER_PORT", "HAUBERK_WORKER_METRICS", "which is no setting"),
    ("DEL-4", "deploy/helm/hauberk/templates/settings.yaml", "HAUBERK_QUEUE_URL_FILE", "HAUBERK_QUEU_URL_FILE", "which is no setting"),
    ("DEL-4", "deploy/systemd/hauberk@.service", "HAUBERK_CACHE_URL_FILE", "HAUBERK_CACHE_FILE", "which is no setting"),
    ("DEL-4", "deploy/docker/Dockerfile", "USER 10001:10001", "USER root", "runs as root"),
    ("DEL-4", "deploy/helm/hauberk/Chart.yaml", None, None, "There is no deploy/helm/hauberk/Chart.yaml"),
    ("DEL-5", ".github/workflows/deploy.yml", "environment: staging", "environment: x", "deploys to staging"),
    ("DEL-5", "deploy/release.sh", "helm rollback", "true", "has no rollback"),
    ("DEL-5", "deploy/release.sh", "helm test", "true", "has no smoke test"),
    ("DEL-5", "deploy/release.sh", "if ! helm test", "# helm test\nif ! true", "has no smoke test"),
]  # fmt: skip


@pytest.mark.breaks("CFG-1", "DEL-1", "DEL-2", "DEL-3", "DEL-4", "DEL-5")
@pytest.mark.parametrize(("row", "file", "old", "new", "told"), DAMAGE)
async def test_what_is_wrong_in_the_checkout_fails(checkout, probe, monkeypatch, row, file, old, new, told):
    if old is None:
        (checkout / file).unlink()
    else:
        changed(checkout / file, old, new)
    answer = await answer_of(probe, row)
    assert told in answer.evidence
    if row.startswith("CFG"):
        assert answer.result is Result.FAIL


@pytest.mark.parametrize("row", sorted(LOOKS))
def test_this_checkout_is_as_it_must_be(row):
    assert LOOKS[row](ROOT).problems == []


@pytest.mark.long
async def test_the_deployment_is_rendered_and_linted_by_the_real_tools(checkout, probe):
    assert (await answer_of(probe, "DEL-4")).result is Result.SKIP  # the tool itself is not in this copy
    (checkout / "tools").mkdir()
    shutil.copy(ROOT / TOOL, checkout / TOOL)
    answer = await answer_of(probe, "DEL-4")
    assert answer.result is Result.PASS, answer.evidence
    assert "Helm rendered" in answer.evidence
    changed(checkout / "deploy/helm/hauberk/templates/scaling.yaml", "maxReplicas: {{", "maxReplica: {{")
    changed(checkout / "deploy/docker/Dockerfile", "RUN npm ci", "RUN cd x && npm ci")
    changed(checkout / "deploy/compose/compose.yaml", "restart: unless-stopped", "restarts: often")
    changed(checkout / "deploy/systemd/hauberk-migrate.service", "CapabilityBoundingSet=", "User=root")
    answer = await answer_of(probe, "DEL-4")
    assert answer.result is Result.WARN
    for each in ("Image:", "Compose:", "Chart:"):
        assert each in answer.evidence


@pytest.mark.long
async def test_a_chart_that_starts_what_is_no_command_is_refused(checkout, probe):
    (checkout / "tools").mkdir()
    shutil.copy(ROOT / TOOL, checkout / TOOL)
    changed(checkout / "deploy/helm/hauberk/templates/roles.yaml", '(list "serve")', '(list "server")')
    answer = await answer_of(probe, "DEL-4")
    assert answer.result is Result.WARN
    assert "starts api with server, which is no command" in answer.evidence


@pytest.mark.parametrize("problems", [[], ["Nothing scans secrets."]])
async def test_an_installed_copy_answers_from_what_its_build_saw(probe, monkeypatch, problems):
    monkeypatch.setattr(checks, "checkout", lambda: None)
    assert (await answer_of(probe, "DEL-2")).result is Result.SKIP

    async def released(_probe):
        return ReleaseEvidence({"delivery": {"DEL-2": {"problems": problems, "evidence": "all is scanned"}}})

    monkeypatch.setattr(checks, "released", released)
    answer = await answer_of(probe, "DEL-2")
    assert answer.result is (Result.WARN if problems else Result.PASS)
    assert ("Nothing scans secrets." if problems else "All is scanned") in answer.evidence


@pytest.mark.breaks("DEL-7")
async def test_a_rollback_that_failed_fails_and_one_that_was_never_tried_proves_nothing(context, probe):
    answer = await answer_of(probe, "DEL-7")
    assert (answer.result, answer.advice) == (Result.SKIP, "Run 'hauberk drill rollback'.")
    for has_passed, wanted in ((True, Result.PASS), (False, Result.WARN)):
        outcome = Outcome(has_passed=has_passed, evidence="the release before ran", figures={})
        await records.keep(context, RecordKind.DRILL, "rollback", outcome, clock.now())
        assert (await answer_of(probe, "DEL-7")).result is wanted
