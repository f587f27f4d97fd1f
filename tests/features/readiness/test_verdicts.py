"""What becomes of an answer: on a laptop, in production, from outside, when it cannot look; and the verdict over all."""

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from hauberk.features.readiness import service, unseen
from hauberk.features.readiness.rows import ROWS
from hauberk.infra.readiness import (
    Answer,
    Kind,
    Probe,
    RegisteredCheck,
    Result,
    Site,
    failed,
    passed,
    skipped,
    warned,
)
from hauberk.infra.settings.sections import Environment

pytestmark = pytest.mark.anyio
NEEDED = next(row.id for row in ROWS.values() if row.needed_in_production)
USUAL = next(row.id for row in ROWS.values() if not row.needed_in_production)
PATIENT = "PERF-2"


@dataclass
class Looking:
    """A probe as far as verdicts look at it."""

    installation: Any
    _looks: dict = field(default_factory=dict)

    def forget_failures(self) -> None:
        pass


def inside(environment=Environment.PRODUCTION):
    return Looking(SimpleNamespace(settings=SimpleNamespace(environment=environment)))


@pytest.fixture
def told(monkeypatch):
    """`await told("SEC-1", answer)`: what is said of a row whose check answers so."""

    async def run(row, answer, *, probe=None, patient=True, from_outside=False, seconds=5.0):
        async def look(_probe):
            if isinstance(answer, Exception):
                raise answer
            if answer is None:
                await asyncio.sleep(60)
            return answer

        check = RegisteredCheck(row, seconds, from_outside, look)
        monkeypatch.setattr(service, "registered", lambda: {row: check})
        (report,) = await service.run(probe or inside(), [row], patient=patient)
        assert report.row.id == row
        return report.answer

    return run


def test_each_answer_says_what_it_is_how_it_is_known_and_what_to_do():
    assert passed("seen") == Answer(Result.PASS, Kind.LIVE, "seen", None)
    assert passed("seen", kind=Kind.RECORD).kind is Kind.RECORD
    assert failed("not so", "do this") == Answer(Result.FAIL, Kind.LIVE, "not so", "do this")
    assert warned("nearly", "do this") == Answer(Result.WARN, Kind.LIVE, "nearly", "do this")
    assert skipped("unseen", "look") == Answer(Result.SKIP, Kind.LIVE, "unseen", "look")


def test_what_was_extrapolated_never_passes():
    answer = passed("50 nodes", kind=Kind.EXTRAPOLATED)
    assert (answer.result, answer.kind) == (Result.WARN, Kind.EXTRAPOLATED)
    assert answer.advice


async def test_in_production_an_answer_stands_as_it_is(told):
    for answer in (passed("a"), warned("a", "b"), failed("a", "b"), skipped("a", "b")):
        for row in (NEEDED, USUAL):
            assert await told(row, answer) == answer


async def test_on_a_laptop_what_only_production_needs_is_a_warning(told):
    laptop = inside(Environment.DEVELOPMENT)
    answer = await told(NEEDED, failed("not so", "do this", kind=Kind.CONFIG), probe=laptop)
    expected = Answer(Result.WARN, Kind.CONFIG, "not so (required in production)", "do this")
    assert answer == expected
    assert await told(USUAL, failed("a", "b"), probe=laptop) == failed("a", "b")
    assert await told(NEEDED, passed("a"), probe=laptop) == passed("a")


async def test_from_outside_only_what_can_be_seen_there_is_said_and_in_part(told):
    outside = Looking(None)
    assert (await told(NEEDED, passed("a"), probe=outside)).evidence == "not seen from outside"
    seen = await told(NEEDED, passed("a"), probe=outside, from_outside=True)
    assert (seen.result, seen.evidence) == (Result.PASS, "a (partial: from outside)")
    said = await told(NEEDED, passed("a (partial)"), probe=outside, from_outside=True)
    assert said.evidence == "a (partial)"
    assert await told(NEEDED, skipped("a", "b"), probe=outside, from_outside=True) == skipped("a", "b")
    failure = await told(NEEDED, failed("a", "b"), probe=outside, from_outside=True)
    assert (failure.result, failure.advice) == (Result.FAIL, "b")


async def test_a_check_that_could_not_look_has_not_seen(told):
    broken = await told(USUAL, OSError("secret address"))
    assert (broken.result, broken.evidence) == (Result.SKIP, "could not look (OSError)")
    assert broken.advice
    slow = await told(USUAL, None, seconds=0.05)
    assert (slow.result, slow.evidence) == (Result.SKIP, "no answer in 0.05 seconds")


async def test_what_takes_long_is_left_out_of_a_page(told):
    assert await told(PATIENT, passed("a")) == passed("a")
    skipped_row = await told(PATIENT, passed("a"), patient=False)
    assert (skipped_row.result, PATIENT in skipped_row.advice) == (Result.SKIP, True)
    assert await told(USUAL, passed("a"), patient=False) == passed("a")


async def test_a_row_without_a_check_is_not_built(monkeypatch):
    monkeypatch.setattr(service, "registered", dict)
    reports = await service.run(inside())
    assert [each.row.id for each in reports] == list(ROWS)
    assert {(each.answer.result, each.answer.evidence) for each in reports} == {(Result.SKIP, "not built")}


def of(*results, kind=Kind.LIVE):
    rows = list(ROWS.values())
    return [
        SimpleNamespace(row=rows[number], answer=Answer(result, kind, "", None))
        for number, result in enumerate(results)
    ]


@pytest.mark.parametrize(
    ("results", "usually", "strictly"),
    [
        ((), True, True),
        ((Result.PASS, Result.PASS), True, True),
        ((Result.PASS, Result.WARN), True, False),
        ((Result.PASS, Result.SKIP), True, False),
        ((Result.PASS, Result.WAIVED), True, False),
        ((Result.PASS, Result.FAIL), False, False),
    ],
)
def test_the_verdict_is_that_nothing_fails_and_strictly_that_all_passes(results, usually, strictly):
    assert service.verdict(of(*results), strict=False) is usually
    assert service.verdict(of(*results), strict=True) is strictly


def test_what_is_counted_is_what_was_answered():
    reports = of(Result.PASS, Result.FAIL, Result.PASS)
    assert service.summary(reports) == {"PASS": 2, "WARN": 0, "FAIL": 1, "SKIP": 0, "WAIVED": 0}
    assert service.attested(reports) == 0
    assert service.attested(of(Result.PASS, Result.FAIL, kind=Kind.ATTESTED)) == 1
    levels = service.by_level(reports)
    assert sum(whole for _, whole in levels.values()) == 3
    assert sum(good for good, _ in levels.values()) == 2
    first = reports[0].row.level
    same = [each for each in reports if each.row.level is first]
    assert levels[first] == (sum(each.answer.result is Result.PASS for each in same), len(same))


def test_a_setting_that_is_refused_fails_its_row_and_leaves_the_others_unseen():
    problems = ["HAUBERK_SECRET_KEYS: secret 1 is a placeholder.", "HAUBERK_CORS_ORIGINS must be exact."]
    told = {
        each.row.id: each.answer
        for each in unseen.reports("The settings are refused", problems, ROWS, is_exposed=True)
    }
    assert {row for row, answer in told.items() if answer.result is Result.FAIL} == {"SEC-1", "SEC-4"}
    assert told["SEC-1"].evidence == problems[0]
    assert {answer.result for answer in told.values()} == {Result.FAIL, Result.SKIP}
    at_home = unseen.reports("The settings are refused", problems, ["SEC-1"], is_exposed=False)
    assert at_home[0].answer.result is Result.WARN


@pytest.mark.parametrize(
    ("problem", "row"),
    [
        ("HAUBERK_LOG_LEVEL=debug is for development.", "WEB-7"),
        ("HAUBERK_LOG_FORMAT is wrong.", "OBS-12"),
        ("HAUBERK_WORKERS is not a number.", "CFG-4"),
        ("Something is wrong.", "CFG-4"),
    ],
)
def test_whatever_is_refused_fails_somewhere(problem, row):
    told = unseen.reports("The settings are refused", [problem], ROWS, is_exposed=True)
    assert [each.row.id for each in told if each.answer.result is Result.FAIL] == [row]


async def test_what_a_busy_machine_kept_from_looking_looks_once_more_alone(monkeypatch):
    asked = []

    async def look(_probe):
        asked.append(1)
        if len(asked) == 1:
            raise OSError("no answer just now")
        return passed("seen")

    check = RegisteredCheck(USUAL, 5.0, False, look)
    monkeypatch.setattr(service, "registered", lambda: {USUAL: check})
    (report,) = await service.run(inside(), [USUAL])
    assert (report.answer, len(asked)) == (passed("seen"), 2)
    (report,) = await service.run(inside(), [USUAL], patient=False)
    assert len(asked) == 3, "a page has no time for that"


async def test_what_was_seen_at_once_and_failed_may_be_looked_at_again():
    probe = Probe(Site("http://x", None), None)

    async def fail():
        raise OSError("gone")

    async def see():
        return "seen"

    with pytest.raises(OSError, match="gone"):
        await probe.once("a", fail)
    with pytest.raises(OSError, match="gone"):
        await probe.once("a", see)
    probe.forget_failures()
    assert await probe.once("a", see) == "seen"
