"""Readiness of the schema: behind, ahead and unlinted is told apart; another environment's database or secret fails."""

from dataclasses import replace

import pytest

from fixtures.readiness import answer_of
from hauberk.db import checks
from hauberk.infra.readiness import Installation, Result
from hauberk.infra.readiness.evidence import ReleaseEvidence
from hauberk.infra.settings.sections import Environment

pytestmark = pytest.mark.anyio


def suites(**migrations):
    return ReleaseEvidence(
        {"suites-all": {"migrations": {"tests": 9, "failed": 0, "skipped": 0, **migrations}}}
    )


@pytest.fixture
def built(monkeypatch):
    """A build whose checks ended so."""

    def with_evidence(evidence):
        async def released(_probe):
            return evidence

        monkeypatch.setattr(checks, "released", released)

    return with_evidence


def changed(probe, **changes):
    inside = probe.inside
    settings = inside.settings.model_copy(update=changes)
    installation = Installation(settings, inside.engine, cache=inside.cache, queue=inside.queue)
    return replace(probe, installation=installation)


async def test_a_linted_schema_at_head_passes(probe, built):
    built(suites())
    answer = await answer_of(probe, "DEL-6")
    assert (answer.result, answer.kind) == (Result.PASS, "record"), answer.evidence


@pytest.mark.breaks("DEL-6")
async def test_migrations_whose_tests_failed_fail(probe, built):
    built(suites(failed=1))
    answer = await answer_of(changed(probe, environment=Environment.PRODUCTION), "DEL-6")
    assert answer.result is Result.FAIL
    assert "1 failed" in answer.evidence


@pytest.mark.parametrize("evidence", [ReleaseEvidence({}, "Evidence of another build"), suites(tests=0)])
async def test_without_the_lint_of_this_build_nothing_passes(probe, built, evidence):
    built(evidence)
    assert (await answer_of(probe, "DEL-6")).result is Result.WARN


async def test_a_schema_of_a_later_release_is_a_rollback(probe, monkeypatch):
    monkeypatch.setattr(checks.migrate, "is_ahead", lambda revision: True)
    answer = await answer_of(probe, "DEL-6")
    assert (answer.result, "later release" in answer.evidence) == (Result.WARN, True)


@pytest.mark.breaks("INF-4")
@pytest.mark.parametrize("wrong", ["the stamp", "a shared secret"])
async def test_what_two_environments_share_fails(probe, wrong):
    ours = tuple(probe.inside.settings.key_ring.fingerprints().values())
    broken = (
        changed(probe, environment=Environment.PRODUCTION)
        if wrong == "the stamp"
        else changed(probe, sibling_fingerprints=ours)
    )
    answer = await answer_of(broken, "INF-4")
    assert answer.result in (Result.FAIL, Result.WARN)
    assert (
        "Another environment has" if wrong == "a shared secret" else "The database is test's"
    ) in answer.evidence


async def test_secrets_that_no_other_environment_has_pass(probe):
    answer = await answer_of(changed(probe, sibling_fingerprints=("0123456789abcdef",)), "INF-4")
    assert answer.result is Result.PASS, answer.evidence
