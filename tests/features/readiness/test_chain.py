"""What is on record is chained: what was changed, taken away or written by hand is said, and whatever rests on it fails."""

from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from fixtures.api import new_organization, serving, unlimited
from fixtures.readiness import answer_of, site_of
from hauberk.db.url import driver_url
from hauberk.features.readiness import book, probing, records, reporting, saying
from hauberk.features.readiness.checks import release
from hauberk.features.readiness.operator import speaking
from hauberk.infra.crypto import KeyRing, SecretKey
from hauberk.infra.readiness import Outcome, RecordKind, Result, attested, drilled
from hauberk.infra.readiness.evidence import ReleaseEvidence
from hauberk.kit import clock

pytestmark = pytest.mark.anyio
UNTIL = (clock.now() + timedelta(days=30)).date()
NEWEST = "(select max(position) from readiness_link)"


@pytest.fixture
async def context(fresh_settings):
    """Of an installation of its own, with an operator, whose audit trail tells of every link."""
    async with serving(unlimited(fresh_settings)) as app:
        member = await new_organization(app.state.context)
        _write(
            fresh_settings,
            f"update organization set purpose = 'operator' where id = {member.organization_id}",
        )
        yield app.state.context


@pytest.fixture
async def probe(context):
    site = site_of(FastAPI())
    async with probing.of(context, site) as made:
        yield made
    await site.http.aclose()


@pytest.fixture
def by_hand(fresh_settings):
    """What somebody does who may write in the database and has not the keys."""
    return lambda *statements: [_write(fresh_settings, each) for each in statements]


def _write(settings, statement):
    with create_engine(driver_url(settings.database.owner_url), poolclass=NullPool).begin() as connection:
        connection.execute(text(statement))


@pytest.fixture
def drill(context):
    async def keep(name, *, has_passed=True):
        outcome = Outcome(has_passed, "it held" if has_passed else "it broke")
        await records.keep(context, RecordKind.DRILL, name, outcome, clock.now())

    return keep


@pytest.fixture
def attest(context):
    async def say(row, person="Ada"):
        async with speaking(context) as (db, actor):
            said = {"person": person, "statement": "it works", "until": UNTIL}
            await saying.attest(db, actor, context.key_ring, row, **said)

    return say


@pytest.fixture
def waive(context):
    async def say(row):
        async with speaking(context) as (db, actor):
            said = {"reason": "not yet", "owner": "Ada", "until": UNTIL}
            await saying.waive(db, actor, context.key_ring, row, **said)

    return say


async def flaws(context):
    return [each.what for each in (await records.chain_of(context)).flaws]


async def result(probe, name):
    return (await drilled(probe, name)).result


async def waived(context, probe, row):
    (report,) = await reporting.look(context, probe, [row])
    return report.answer


async def test_what_nobody_touched_is_whole(context, probe, drill, attest, waive):
    await drill("rollback")
    await attest("WEB-4")
    await waive("SEC-3")
    await waive("SEC-3")
    chain = await records.chain_of(context)
    assert (chain.length, chain.earlier, chain.flaws) == (5, 0, ())
    assert await result(probe, "rollback") is Result.PASS


TAKEN = [
    # the record alone, and its link too
    ("delete from readiness_record where id = (select max(id) from readiness_record)",),
    (
        "delete from readiness_record where id = (select max(id) from readiness_record)",
        f"delete from readiness_link where position = {NEWEST}",
    ),
]


@pytest.mark.parametrize("statements", TAKEN)
async def test_a_failed_drill_that_was_taken_away_is_named_and_does_not_let_an_older_one_speak(
    context, probe, drill, by_hand, statements
):
    await drill("rollback")
    await drill("rollback", has_passed=False)
    by_hand(*statements)
    answer = await drilled(probe, "rollback")
    assert answer.result is Result.FAIL
    assert "The drill rollback of" in answer.evidence
    assert "was taken away" in answer.evidence
    await drill("redis-down")
    assert await result(probe, "redis-down") is Result.PASS, "it was never about that one"
    await drill("rollback")
    assert await result(probe, "rollback") is Result.PASS, "it was proved again"
    (told,) = await flaws(context)
    assert "The drill rollback of" in told


async def test_what_was_taken_away_with_all_that_told_of_it_speaks_against_all_before_it(
    context, probe, drill, by_hand
):
    await drill("rollback")
    await drill("rollback", has_passed=False)
    await drill("redis-down")
    by_hand(
        "delete from readiness_record where not has_passed",
        "delete from readiness_link where position = 2",
        "delete from event where detail->'link'->>'position' = '2'",
    )
    answer = await drilled(probe, "rollback")
    assert answer.result is Result.FAIL
    assert "1 entry between the links 1 and 3 was taken away" in answer.evidence
    assert await result(probe, "redis-down") is Result.PASS


async def test_a_chain_that_is_gone_altogether_is_not_taken_for_an_installation_from_before(
    context, probe, drill, attest, by_hand
):
    await drill("rollback")
    await attest("WEB-4")
    by_hand("delete from readiness_link")
    assert len(await flaws(context)) == 3
    assert await result(probe, "rollback") is Result.FAIL
    assert (await attested(probe, "WEB-4", what="a phone")).result is Result.FAIL
    await attest("WEB-4")
    assert (await attested(probe, "WEB-4", what="a phone")).result is Result.PASS


@pytest.mark.parametrize(
    "change",
    [
        "update readiness_link set name = 'drill other' where position = 2",
        "update readiness_link set is_adopted = true where position = 2",
        "update readiness_link set mac = 'made up' where position = 2",
        "update readiness_link set digest = 'made up' where position = 2",
    ],
)
async def test_a_link_that_was_changed_is_found_by_what_the_audit_trail_tells(
    context, probe, drill, by_hand, change
):
    await drill("rollback")
    await drill("rollback", has_passed=False)
    await drill("redis-down")
    by_hand("delete from readiness_record where not has_passed", change)
    assert "The drill rollback of" in (await drilled(probe, "rollback")).evidence
    assert await result(probe, "rollback") is Result.FAIL
    assert await result(probe, "redis-down") is Result.PASS


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "update attestation set expires_at = expires_at + interval '9 years' where person = 'Bob'",
            "was changed",
        ),
        ("update attestation set statement = 'it is broken' where person = 'Bob'", "was changed"),
        ("delete from attestation where person = 'Bob'", "was taken away"),
    ],
)
async def test_a_word_that_was_changed_or_taken_away_counts_no_more_and_no_older_one_does(
    context, probe, attest, by_hand, change, said
):
    await attest("WEB-4")
    await attest("WEB-4", "Bob")
    by_hand(change)
    answer = await attested(probe, "WEB-4", what="a phone")
    assert answer.result is Result.FAIL
    assert "The attestation of WEB-4 of" in answer.evidence
    assert said in answer.evidence
    await attest("WEB-4")
    assert (await attested(probe, "WEB-4", what="a phone")).result is Result.PASS


async def test_a_word_that_was_written_by_hand_does_not_count(context, probe, drill, by_hand):
    await drill("rollback")
    by_hand(
        "insert into attestation (row_name, person, statement, expires_at)"
        " values ('WEB-4', 'Ada', 'it works', now() + interval '30 days')"
    )
    answer = await attested(probe, "WEB-4", what="a phone")
    assert answer.result is Result.FAIL
    assert "was written by hand" in answer.evidence


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("update waiver set expires_at = expires_at + interval '9 years'", "was changed"),
        ("update waiver set withdrawn_at = null", "The end of the waiver of SEC-3"),
        (
            "insert into waiver (row_name, reason, owner, expires_at) values ('SEC-3', 'x', 'y', now() + interval '9 days')",
            "written by hand",
        ),
    ],
)
async def test_a_waiver_that_was_prolonged_revived_or_made_by_hand_does_not_count(
    context, probe, waive, by_hand, change, said
):
    await waive("SEC-3")
    assert (await waived(context, probe, "SEC-3")).result is Result.WAIVED
    if "expires_at +" not in change:
        async with speaking(context) as (db, actor):
            await saying.withdraw(db, actor, context.key_ring, "SEC-3")
        assert (await waived(context, probe, "SEC-3")).result is not Result.WAIVED
    by_hand(change)
    answer = await waived(context, probe, "SEC-3")
    assert answer.result is not Result.WAIVED
    assert said in answer.evidence


async def test_a_waiver_that_was_taken_away_is_said(context, probe, waive, by_hand):
    await waive("SEC-3")
    by_hand("delete from waiver")
    answer = await waived(context, probe, "SEC-3")
    assert answer.result is not Result.WAIVED
    assert "The waiver of SEC-3 of" in answer.evidence


@pytest.mark.long
async def test_what_was_there_before_the_chain_counts_is_told_and_is_chained_from_then_on(
    context, probe, drill, attest, waive, by_hand
):
    await drill("rollback")
    await attest("WEB-4")
    await waive("SEC-3")
    by_hand("delete from readiness_link", "delete from event where detail ? 'link'")
    chain = await records.chain_of(context)
    assert (chain.length, chain.earlier, chain.flaws) == (0, 3, ())
    assert await result(probe, "rollback") is Result.PASS
    assert (await attested(probe, "WEB-4", what="a phone")).result is Result.PASS
    assert (await waived(context, probe, "SEC-3")).result is Result.WAIVED
    await drill("redis-down")
    chain = await records.chain_of(context)
    assert (chain.length, chain.earlier, chain.flaws) == (4, 3, ())
    assert (await attested(probe, "WEB-4", what="a phone")).result is Result.PASS
    assert (await waived(context, probe, "SEC-3")).result is Result.WAIVED
    by_hand("delete from attestation")
    assert (await attested(probe, "WEB-4", what="a phone")).result is Result.FAIL


async def test_a_signed_record_of_a_release_without_a_chain_counts_and_becomes_part_of_it(
    context, probe, drill, by_hand
):
    await drill("rollback")
    await drill("redis-down")
    by_hand(
        f"delete from readiness_link where position = {NEWEST}",
        "delete from event where detail->'link'->>'position' = '2'",
    )
    assert await result(probe, "redis-down") is Result.PASS
    assert (await records.chain_of(context)).earlier == 1
    async with context.sessions.transaction() as db:
        await book.opened(db, context.key_ring)
    chain = await records.chain_of(context)
    assert (chain.length, chain.earlier, chain.flaws) == (2, 1, ())


async def test_what_a_key_signed_that_is_gone_says_which(context, probe, attest):
    await attest("WEB-4")
    other = replace(context, key_ring=KeyRing([SecretKey("other", b"another key" * 4)]))
    async with probing.of(other, probe.site) as later:
        answer = await attested(later, "WEB-4", what="a phone")
    assert answer.result is Result.FAIL
    assert (
        f"the key {context.key_ring.kids[0]}, which is not in HAUBERK_SECRET_KEYS any more" in answer.evidence
    )


async def test_the_product_may_add_links_and_change_and_delete_none(context, drill):
    await drill("rollback")
    engine = create_engine(driver_url(context.settings.database.url), poolclass=NullPool)
    for statement in ("delete from readiness_link", "update readiness_link set name = 'x'"):
        with engine.connect() as connection, pytest.raises(Exception, match="permission denied"):
            connection.execute(text(statement))


@pytest.mark.breaks("DEL-7")
async def test_a_row_says_that_the_record_it_rests_on_was_taken_away(context, probe, drill, by_hand):
    await drill("rollback")
    by_hand("delete from readiness_record")
    answer = await answer_of(probe, "DEL-7")
    assert "The drill rollback of" in answer.evidence
    assert "was taken away" in answer.evidence


@pytest.mark.breaks("WEB-4")
async def test_a_journey_that_failed_is_not_made_good_by_somebodys_word(probe, attest, monkeypatch, by_hand):
    await attest("WEB-4")
    answer = await answer_of(probe, "WEB-4")
    assert (answer.result, answer.kind) == (Result.PASS, "attested"), answer.evidence

    async def released(_probe):
        return ReleaseEvidence({"browser": {"has_passed": False, "at": "2026-11-28", "steps": []}})

    with monkeypatch.context() as patched:
        patched.setattr(release, "released", released)
        assert (await answer_of(probe, "WEB-4")).result is Result.FAIL
    by_hand("delete from attestation")
    assert "was taken away" in (await answer_of(probe, "WEB-4")).evidence
