"""What checks rely on: found by file name, drills and their signed records, the word of people, a tenant of their own."""

from dataclasses import replace
from datetime import timedelta

import anyio
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from fixtures.api import BASE_URL, browser
from fixtures.readiness import site_of
from hauberk.db.url import driver_url
from hauberk.domain.permissions import Actor
from hauberk.features.identity import installation as people
from hauberk.features.identity.context import opened
from hauberk.features.readiness import drilling, probing, records, saying, tenant
from hauberk.features.readiness.operator import speaking
from hauberk.infra.crypto import KeyRing, SecretKey
from hauberk.infra.readiness import (
    Outcome,
    RecordKind,
    Result,
    attested,
    build,
    drill,
    drilled,
    recorded,
)
from hauberk.infra.readiness.drill import _drills
from hauberk.infra.settings.sections import Environment
from hauberk.kit import clock, discover
from hauberk.kit.errors import Conflict, NotFound

pytestmark = pytest.mark.anyio
SOUND = Outcome(has_passed=True, evidence="0 of 20,000 requests failed", figures={"failed": 0})


@pytest.fixture
def drills():
    """Drills that are declared in a test are forgotten after it."""
    before = dict(_drills)
    yield _drills
    _drills.clear()
    _drills.update(before)


@pytest.fixture
def declared(drills):
    def declare(name, outcome, **options):
        @drill(name, breaks="breaks nothing", **options)
        async def run(probe):
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

    return declare


@pytest.fixture
def days_later(monkeypatch):
    now = clock.now

    def move(days):
        monkeypatch.setattr(clock, "now", lambda: now() + timedelta(days=days))

    return move


async def _run(context, name, **options):
    return await drilling.run(context, name, is_meant=options.get("is_meant", False))


def test_checks_are_found_in_every_layer(tmp_path, monkeypatch):
    for folder in ("", "low", "high/sub", "high/sub/checks"):
        (tmp_path / "layered" / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / "layered" / folder / "__init__.py").touch()
    for file in ("low/checks.py", "high/checks.py", "high/sub/checks/one.py"):
        (tmp_path / "layered" / file).touch()
    (tmp_path / "layered" / "high" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    assert [each.__name__ for each in discover.everywhere("layered", "checks")] == [
        "layered.high.checks",
        "layered.high.sub.checks",
        "layered.high.sub.checks.one",
        "layered.low.checks",
    ]


async def test_a_drill_that_never_ran_proves_nothing(probe):
    answer = await drilled(probe, "never-run")
    assert answer.result is Result.SKIP
    assert answer.advice == "Run 'hauberk drill never-run'."


async def test_a_drill_leaves_a_record_that_a_check_reads(context, probe, declared):
    declared("sound", SOUND)
    record = await _run(context, "sound")
    assert (record.source, record.figures) == (build.source_hash(), {"failed": 0})
    answer = await drilled(probe, "sound")
    assert (answer.result, answer.kind) == (Result.PASS, "record")
    assert "0 of 20,000 requests failed" in answer.evidence


@pytest.mark.parametrize(
    "outcome",
    [Outcome(has_passed=False, evidence="3 requests failed"), ValueError("the server did not come back")],
)
async def test_a_drill_that_failed_fails_its_row(context, probe, declared, outcome):
    declared("unsound", outcome)
    assert not (await _run(context, "unsound")).has_passed
    assert (await drilled(probe, "unsound")).result is Result.FAIL


async def test_a_drill_has_to_end_in_time(context, drills):
    @drill("waiting", breaks="breaks nothing", timeout=0.05)
    async def wait(probe):
        await anyio.sleep_forever()

    record = await _run(context, "waiting")
    assert not record.has_passed
    assert "not over after 0.05 seconds" in record.evidence


async def test_a_record_proves_nothing_once_it_is_old(context, probe, declared, days_later):
    declared("aging", SOUND, max_age=timedelta(days=8))
    await _run(context, "aging")
    days_later(9)
    answer = await drilled(probe, "aging")
    assert answer.result is Result.SKIP
    assert "9 days old, 8 are allowed" in answer.evidence


async def test_a_record_of_another_build_proves_nothing(context, probe, declared, monkeypatch):
    declared("other", SOUND)
    await _run(context, "other")
    monkeypatch.setattr(build, "source_hash", lambda: "0" * 64)
    answer = await drilled(probe, "other")
    assert answer.result is Result.SKIP
    assert "another build" in answer.evidence


@pytest.fixture
def by_hand(owner_url):
    """What somebody does to the records who may write in the database."""

    def write(statement):
        with create_engine(driver_url(owner_url), poolclass=NullPool).begin() as connection:
            connection.execute(text(statement))

    return write


_COPY = """insert into readiness_record (kind, name, has_passed, evidence, started_at, finished_at, build, source, figures, signature)
select kind, {name}, true, evidence, started_at, {finished}, build, source, figures, signature from readiness_record where name = {of}"""


@pytest.mark.long
@pytest.mark.parametrize(
    "change",
    [
        "update readiness_record set has_passed = true where name = 'forged' and not has_passed",
        # a day back, so that an older one would be the newest
        "update readiness_record set finished_at = finished_at - interval '9 days' where name = 'forged' and not has_passed",
    ],
)
async def test_a_failed_record_that_was_changed_fails_and_does_not_let_an_older_one_speak(
    context, probe, declared, by_hand, change
):
    declared("forged", SOUND)
    await _run(context, "forged")
    declared_anew = Outcome(has_passed=False, evidence="it failed")
    await records.keep(context, RecordKind.DRILL, "forged", declared_anew, clock.now())
    by_hand(change)
    answer = await drilled(probe, "forged")
    assert answer.result is Result.FAIL
    assert "of readiness_record is not as it was signed" in answer.evidence
    listed = {each.drill.name: each.newest for each in await drilling.known(context)}
    assert not listed["forged"].has_passed
    await _run(context, "forged")
    assert (await drilled(probe, "forged")).result is Result.PASS, "it was proved again"


async def test_a_record_that_was_written_by_hand_fails(context, probe, declared, by_hand):
    declared("sound", SOUND)
    declared("made-up", SOUND)
    await _run(context, "sound")
    by_hand(_COPY.format(name="'made-up'", finished="finished_at", of="'sound'"))
    assert (await drilled(probe, "made-up")).result is Result.FAIL
    assert (await drilled(probe, "sound")).result is Result.PASS


async def test_a_signed_record_that_is_written_down_again_is_no_newer(context, probe, declared, by_hand):
    declared("again", SOUND)
    await _run(context, "again")
    failed_since = Outcome(has_passed=False, evidence="it failed")
    await records.keep(context, RecordKind.DRILL, "again", failed_since, clock.now())
    again = _COPY.format(name="name", finished="finished_at", of="'again' and has_passed")
    for _ in range(6):
        by_hand(again)
    answer = await drilled(probe, "again")
    assert (answer.result, "it failed" in answer.evidence) == (Result.FAIL, True)


async def test_a_record_of_a_key_that_is_gone_says_so(context, probe, declared):
    declared("old", SOUND)
    await _run(context, "old")
    other = replace(context, key_ring=KeyRing([SecretKey("other", b"another key" * 4)]))
    async with probing.of(other, probe.site) as later:
        answer = await drilled(later, "old")
    assert answer.result is Result.FAIL
    assert "or the key that signed it is gone" in answer.evidence


async def test_tests_and_benchmarks_are_kept_the_same_way(context, probe):
    how = "Run 'hauberk bench load'."
    assert (await recorded(probe, RecordKind.BENCH, "load", how=how)).advice == how
    await records.keep(context, RecordKind.BENCH, "load", SOUND, clock.now())
    assert (await recorded(probe, RecordKind.BENCH, "load", how=how)).result is Result.PASS


async def test_in_production_a_drill_has_to_be_meant(context, declared):
    declared("dangerous", SOUND)
    settings = context.settings.model_copy(update={"environment": Environment.PRODUCTION})
    with pytest.raises(Conflict, match="--i-mean-it"):
        await drilling.run(replace(context, settings=settings), "dangerous", is_meant=False)
    with pytest.raises(NotFound, match="no-such-drill"):
        await _run(context, "no-such-drill")


async def test_a_word_holds_until_it_expires(context, probe, organization, days_later):
    assert (await attested(probe, "ALR-7", what="who answered the test page")).result is Result.SKIP
    until = (clock.now() + timedelta(days=90)).date()
    actor = Actor.system(organization.organization_id)
    async with context.sessions.transaction(actor.organization_id) as db:
        said = {"person": "Ada", "statement": "all four answered", "until": until}
        await saying.attest(db, actor, context.key_ring, "ALR-7", **said)
    answer = await attested(probe, "ALR-7", what="who answered the test page")
    assert (answer.result, answer.kind) == (Result.PASS, "attested")
    assert "Ada" in answer.evidence
    days_later(91)
    assert (await attested(probe, "ALR-7", what="x")).result is Result.SKIP


@pytest.mark.long
async def test_the_probe_tenant_acts_over_http_and_no_customer_sees_it(context, probe, api):
    tenant = await probe.tenant()
    assert await probe.tenant() is tenant
    me = (await probe.site.http.get("/api/v1/auth/me", headers=tenant.headers)).json()
    assert me["user"]["email"] == "probe@hauberk.invalid"
    assert tenant.organization_id not in {each.id for each, _ in await people.everybody(context)}
    assert "probe@hauberk.invalid" not in (await api.get("/api/v1/users")).text


async def test_what_opened_the_probe_tenant_opens_nothing_afterwards(app, context):
    site = site_of(app)
    async with probing.of(context, site) as probe:
        headers = (await probe.tenant()).headers
        assert (await site.http.get("/api/v1/auth/me", headers=headers)).status_code == 200
    assert (await site.http.get("/api/v1/auth/me", headers=headers)).status_code == 401
    await site.http.aclose()


@pytest.mark.long
async def test_a_check_that_signs_in_ends_nothing_of_a_load_test_that_is_going_on(app, context):
    site = site_of(app)

    async def session(email, password):
        http = browser(app, Origin=BASE_URL)
        answer = await http.post("/api/v1/auth/login", json={"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        return http

    async with probing.of(context, site) as probe, probe.open_account("load") as loading:
        before = await session(*loading)
        async with probe.open_account("core") as checking:
            during = await session(*checking)
            afterwards = await session(*loading)
        codes = [(await each.get("/api/v1/auth/me")).status_code for each in (before, during, afterwards)]
        assert codes == [200, 401, 200]
        for each in (before, during, afterwards):
            await each.aclose()
    await site.http.aclose()


async def test_a_probe_does_not_keep_the_first_administrator_from_being_made(fresh_settings):
    async with opened(fresh_settings) as context:
        async with tenant.offered(context) as open_tenant:
            await open_tenant()
        assert await people.ensure_first_administrator(context)
        assert not await people.ensure_first_administrator(context)
        ((organization, _),) = await people.everybody(context)
        async with speaking(context) as (_, actor):
            assert actor.organization_id == organization.id
