"""Readiness of delivery: what is missing or wrong is seen to fail."""

import pytest

from fixtures.readiness import answer_of
from hauberk.features.readiness import records
from hauberk.infra.readiness import Outcome, RecordKind, Result
from hauberk.kit import clock

pytestmark = pytest.mark.anyio


@pytest.mark.breaks("DEL-7")
async def test_a_rollback_that_failed_fails_and_one_that_was_never_tried_proves_nothing(context, probe):
    answer = await answer_of(probe, "DEL-7")
    assert (answer.result, answer.advice) == (Result.SKIP, "Run 'hauberk drill rollback'.")
    for has_passed, wanted in ((True, Result.PASS), (False, Result.WARN)):
        outcome = Outcome(has_passed=has_passed, evidence="the release before ran", figures={})
        await records.keep(context, RecordKind.DRILL, "rollback", outcome, clock.now())
        assert (await answer_of(probe, "DEL-7")).result is wanted
