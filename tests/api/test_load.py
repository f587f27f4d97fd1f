"""Load: the model has the checklist's shares, its verdict can fail, and nothing scaled passes for measured."""

import os
import subprocess
import sys
from collections import Counter

import pytest

from fixtures.api import serving, unlimited
from fixtures.readiness import answer_of, site_of
from hauberk.api.load.measuring import Measured, Processor, holds
from hauberk.api.load.model import acts_of, report
from hauberk.api.load.running import sentence
from hauberk.api.load.sizing import doubts, sentences, size
from hauberk.features.readiness import probing, records
from hauberk.infra.readiness import Outcome, RecordKind, Result
from hauberk.kit import clock
from hauberk.kit.errors import Conflict

pytestmark = pytest.mark.anyio
FIGURES = {
    "users": 2000,
    "minutes": 10,
    "cores": 2,
    "requests_per_second": 134.0,
    "streams_open": 2000,
    "api_ms_per_request": 6.0,
    "behind_ms_per_request": 3.0,
}


def test_people_ask_every_fifteen_seconds_and_sign_in_once_in_half_an_hour():
    planned = [each for user in range(600) for each in acts_of(user, 600)]
    acts = Counter(each.act for each in planned)
    asked = sum(acts.values()) - acts["sign-in"]
    assert asked == pytest.approx(600 * 40, rel=0.03)
    assert acts["sign-in"] == pytest.approx(200, rel=0.2)
    shares = {act: count / asked for act, count in acts.items()}
    assert shares["list"] + shares["detail"] == pytest.approx(0.70, abs=0.02)
    assert shares["dashboard"] == pytest.approx(0.20, abs=0.02)
    assert shares["write"] == pytest.approx(0.09, abs=0.01)
    assert shares["upload"] == pytest.approx(0.01, abs=0.005)
    assert [each.at for each in acts_of(7, 600)] == sorted(each.at for each in acts_of(7, 600))
    assert acts_of(7, 600) == acts_of(7, 600) != acts_of(8, 600)
    assert report(3).count(b"ruleId") == 500


@pytest.mark.parametrize(
    ("seconds", "errors", "lost", "verdict"),
    [(0.1, 0, 0, True), (0.31, 0, 0, False), (0.1, 2, 0, False), (0.1, 0, 1, False)],
)
def test_slow_answers_errors_and_lost_streams_fail(seconds, errors, lost, verdict):
    measured = Measured(streams_open=10, streams_lost=lost)
    for _ in range(1000):
        measured.add("list", seconds, None)
    for _ in range(errors):
        measured.add("list", 0.1, "500")
    assert holds(measured.figures()) is verdict


@pytest.mark.long
def test_each_processor_second_is_counted_to_whoever_used_it():
    busy = [
        sys.executable,
        "-c",
        "import time\nend = time.process_time() + 1\nwhile time.process_time() < end: pass",
    ]
    idle = [sys.executable, "-c", "import time; time.sleep(30)"]
    with subprocess.Popen(idle) as serving, subprocess.Popen(idle) as behind:

        def used_by(mine: list[int]) -> dict[str, float]:
            before = Processor.now([serving.pid], mine)
            subprocess.run(busy, check=True)  # a child of this process
            return Processor.now([serving.pid], mine).since(before, requests=10, seconds=1)

        of_it, of_another = used_by([behind.pid, os.getpid()]), used_by([behind.pid])
        serving.kill()
        behind.kill()
    assert of_it["behind_ms_per_request"] > 90
    assert of_it["api_ms_per_request"] < 10
    assert of_another["behind_ms_per_request"] < 10


def test_a_hundred_thousand_users_need_what_was_measured_times_their_number(settings):
    found = size(100_000, FIGURES, settings)
    assert found.requests_per_second == pytest.approx(6722, abs=1)
    assert found.api_cores == 68
    assert found.processes >= 68
    assert found.needs_pooler
    assert found.replicas >= 1
    assert size(10, FIGURES, settings).instances == 2


def test_a_size_names_what_was_counted_behind_the_api_and_what_was_not(settings):
    def said(**figures):
        return "; ".join(sentences(size(100_000, {**FIGURES, **figures}, settings)))

    whole = "workers, scheduler, PostgreSQL, queue, cache"
    assert f"Behind it ({whole}): 34 cores" in said(behind=whole)
    assert "Not measured, for none of it ran beside the test: workers" in said(
        behind="scheduler, PostgreSQL, queue, cache"
    )
    alone = said(behind="", behind_ms_per_request=0.0)
    assert "Not measured, for none of it ran beside the test: workers, PostgreSQL, queue, cache" in alone
    assert " 0 cores" not in alone


def test_where_the_api_did_not_run_beside_the_test_there_is_nothing_to_multiply(settings):
    with pytest.raises(Conflict, match="on a machine that serves"):
        size(100_000, {**FIGURES, "api_ms_per_request": 0.0}, settings)


def test_what_a_size_was_computed_from_is_doubted_where_it_was_small_or_failed():
    assert doubts(FIGURES, has_passed=True) == ""
    assert "It was a small one" in doubts({**FIGURES, "users": 20}, has_passed=True)
    assert "That test failed" in doubts(FIGURES, has_passed=False)


def test_the_commonest_error_is_said_with_the_verdict():
    figures = {**FIGURES, "requests": 10, "error_share": 0.2, "p95_ms": 9, "p99_ms": 9, "streams_lost": 0}
    figures |= {"generator_cores": 0.1, "commonest_error": "sign-in: 429 (2 times)"}
    assert sentence(figures).endswith("Most of the errors: sign-in: 429 (2 times).")


async def test_a_small_load_test_is_not_enough_to_extrapolate_from(fresh_settings):
    async with serving(unlimited(fresh_settings)) as app:
        site = site_of(app)
        outcome = Outcome(True, "Measured.", {**FIGURES, "users": 20, "minutes": 1})
        await records.keep(app.state.context, RecordKind.BENCH, "load", outcome, clock.now())
        async with probing.of(app.state.context, site) as probe:
            answer = await answer_of(probe, "CAP-2")
        await site.http.aclose()
    assert answer.result is Result.SKIP
    assert "Wanted: 1,000 users for 10 minutes" in answer.evidence


@pytest.mark.breaks("TST-4", "CAP-0", "CAP-1", "CAP-2")
@pytest.mark.parametrize("row", ["TST-4", "CAP-0", "CAP-1", "CAP-2"])
async def test_what_failed_under_load_fails_and_what_was_smaller_proves_nothing(fresh_settings, row):
    async with serving(unlimited(fresh_settings)) as app:
        site, context = site_of(app), app.state.context

        async def measured(name="load", *, has_passed, **figures):
            outcome = Outcome(has_passed, "Measured.", {**FIGURES, **figures})
            await records.keep(context, RecordKind.BENCH, name, outcome, clock.now())

        async with probing.of(context, site) as probe:
            assert (await answer_of(probe, row)).result is Result.SKIP
            await measured(has_passed=True)
            answer = await answer_of(probe, row)
            wanted = {"CAP-1": Result.SKIP, "CAP-2": Result.WARN}
            assert answer.result is wanted.get(row, Result.PASS), answer.evidence
            await measured("load-streams", has_passed=True, streams_open=10_000)
            if row == "CAP-1":
                scaled = await answer_of(probe, row)
                assert scaled.result is Result.WARN
                assert "20% of the model's rate" in scaled.evidence
            failing = "load-streams" if row == "CAP-1" else "load"
            await measured(failing, has_passed=False, streams_open=10_000)
            assert "(required in production)" in (await answer_of(probe, row)).evidence
        await site.http.aclose()


@pytest.mark.parametrize("row", ["TST-4", "CAP-0"])
@pytest.mark.parametrize("smaller", [{"users": 10}, {"minutes": 1}])
async def test_a_smaller_test_proves_nothing_and_does_not_take_the_place_of_a_whole_one(
    fresh_settings, row, smaller
):
    async with serving(unlimited(fresh_settings)) as app:
        site, context = site_of(app), app.state.context

        async def measured(*, has_passed, **figures):
            outcome = Outcome(has_passed, "Measured.", {**FIGURES, **figures})
            await records.keep(context, RecordKind.BENCH, "load", outcome, clock.now())

        async with probing.of(context, site) as probe:
            await measured(has_passed=True, **smaller)
            alone = await answer_of(probe, row)
            await measured(has_passed=True)
            assert (await answer_of(probe, row)).evidence.endswith(": Measured.")
            await measured(has_passed=False, **smaller)
            beside = await answer_of(probe, row)
            await measured(has_passed=False)
            await measured(has_passed=True, **smaller)
            after = await answer_of(probe, row)
        await site.http.aclose()
    few = 20 if row == "TST-4" else 1000
    assert alone.result is Result.SKIP
    assert f"{few:,} users for 10 minutes" in alone.evidence
    assert beside.result is Result.PASS
    assert "failed and does not count" in beside.evidence
    assert "(required in production)" in after.evidence or after.result is Result.FAIL, "the whole one failed"
