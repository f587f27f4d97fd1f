"""Readiness of backups: none, an old, a cut or a changed one fails, and so does one that was never restored."""

import json
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from pydantic import SecretStr

import hauberk
from fixtures.readiness import answer_of
from hauberk.features.readiness import records
from hauberk.infra.backup import create_backup, database, drills
from hauberk.infra.backup.archiver import SLOT
from hauberk.infra.backup.catalog import Kind, Origin, note
from hauberk.infra.backup.contents import differences
from hauberk.infra.backup.target import open_target
from hauberk.infra.backup.wal import Archive, seal
from hauberk.infra.readiness import Installation, Outcome, RecordKind, Result
from hauberk.infra.settings.secret_keys import new_secret
from hauberk.infra.settings.sections import Environment
from hauberk.kit import clock

pytestmark = pytest.mark.anyio
SYSTEM = "7300000000000000007"
SEGMENTS = tuple(f"0000000100000000000000{number:02X}" for number in (0xFD, 0xFE, 0xFF))
RESTORED = Outcome(has_passed=True, evidence="restored in 9 s", figures={})


@pytest.fixture
def production(probe, fresh_settings):
    """The probe in production, on backups of its own."""

    def of(**changes):
        settings = fresh_settings.model_copy(update={"environment": Environment.PRODUCTION, **changes})
        inside = probe.inside
        return replace(
            probe, installation=Installation(settings, inside.engine, cache=inside.cache, queue=inside.queue)
        )

    return of


@pytest.fixture
def made(fresh_settings):
    return create_backup(fresh_settings.model_copy(update={"environment": Environment.PRODUCTION}))


def note_of(settings, backup):
    return settings.backup_folder / f"{backup.name}.json"


def grow_older(settings, backup, hours):
    note = note_of(settings, backup)
    content = json.loads(note.read_text())
    content["created_at"] = (clock.now() - timedelta(hours=hours)).isoformat()
    note.write_text(json.dumps(content))


@pytest.mark.breaks("INF-3", "LCH-1")
@pytest.mark.parametrize("row", ["INF-3", "LCH-1"])
@pytest.mark.parametrize(
    "damage", ["none", "old", "of tomorrow", "noted as new", "cut", "changed", "not encrypted"]
)
async def test_what_is_no_recent_whole_backup_fails(production, fresh_settings, made, row, damage):
    path = fresh_settings.backup_folder / made.name
    if damage == "none":
        path.unlink()
    elif damage == "old":
        grow_older(fresh_settings, made, 27)
    elif damage == "of tomorrow":
        grow_older(fresh_settings, made, -20)
    elif damage == "noted as new":
        grow_older(fresh_settings, made, 1)
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-1])
    elif damage == "changed":
        path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])
    else:
        path.write_bytes(b"x" * made.size_bytes)
    answer = await answer_of(production(), row)
    assert answer.result is Result.FAIL, answer.evidence
    assert answer.advice


@pytest.mark.breaks("INF-3")
@pytest.mark.parametrize("flaw", ["another environment's", "of a key that is gone"])
async def test_a_backup_that_is_of_no_use_here_fails(production, fresh_settings, flaw):
    create_backup(
        fresh_settings
        if flaw == "another environment's"
        else fresh_settings.model_copy(
            update={"environment": Environment.PRODUCTION, "secret_keys": (SecretStr(new_secret()),)}
        )
    )
    answer = await answer_of(production(), "INF-3")
    assert ("only of others" if flaw == "another environment's" else "does not open") in answer.evidence


@pytest.mark.long
async def test_one_that_was_never_restored_fails_and_a_restored_one_passes(context, production, made):
    answer = await answer_of(production(), "INF-3")
    assert (answer.result, "No restore" in answer.evidence) == (Result.FAIL, True)
    await records.keep(context, RecordKind.DRILL, "restore", RESTORED, clock.now())
    answer = await answer_of(production(), "INF-3")
    assert answer.result is Result.PASS, answer.evidence
    assert made.sha256[:16] in answer.evidence
    assert f"{made.size_bytes:,} bytes" in answer.evidence
    failed = replace(RESTORED, has_passed=False, evidence="Table finding is missing.")
    await records.keep(context, RecordKind.DRILL, "restore", failed, clock.now())
    answer = await answer_of(production(), "INF-3")
    assert (answer.result, "Table finding is missing." in answer.evidence) == (Result.FAIL, True)


async def test_an_archive_of_changes_that_nobody_delivers_fails(fresh_settings, production, made):
    backup = fresh_settings.backup.model_copy(update={"point_in_time": True})
    answer = await answer_of(production(backup=backup), "INF-3")
    assert (answer.result, "Nothing of the changes" in answer.evidence) == (Result.FAIL, True)


@pytest.fixture
def archived(fresh_settings, production, made, tmp_path):
    """The backup as a base, and an archive of three segments that leads on from it."""
    origin = Origin(SYSTEM, "18", "postgres", "hauberk", is_embedded=True, first_segment=SEGMENTS[0])
    target = open_target(fresh_settings)
    note(target, replace(made, kind=Kind.BASE, origin=origin))
    archive = Archive(target, SYSTEM, fresh_settings.key_ring)
    for name in SEGMENTS:
        plain = tmp_path / name
        plain.write_bytes(b"changes " * 1000)
        archive.deliver(seal(plain, tmp_path / f"{name}.sealed", fresh_settings.key_ring), name)
    archive.say_reached("1/0")
    return production(backup=fresh_settings.backup.model_copy(update={"point_in_time": True}))


@pytest.mark.breaks("INF-3")
@pytest.mark.parametrize("segment", SEGMENTS)
@pytest.mark.parametrize(
    ("damage", "told"),
    [("gone", "has a gap"), ("cut", "cut off"), ("empty", "cut off"), ("other", "cut off")],
)
async def test_an_archive_that_does_not_lead_to_its_end_fails(
    archived, fresh_settings, segment, damage, told
):
    path = fresh_settings.backup_folder / "wal" / SYSTEM / f"{segment}.sealed"
    if damage == "gone":
        path.unlink()
    else:
        kept = path.read_bytes()
        path.write_bytes({"cut": kept[:-1], "empty": b"", "other": bytes(len(kept))}[damage])
    answer = await answer_of(archived, "INF-3")
    assert (answer.result, told in answer.evidence) == (Result.FAIL, True), answer.evidence
    assert "--base" in answer.advice


async def test_a_whole_archive_passes_also_after_a_change_of_the_timeline(context, archived, fresh_settings):
    await records.keep(context, RecordKind.DRILL, "restore", RESTORED, clock.now())
    assert (await answer_of(archived, "INF-3")).result is Result.PASS
    folder = fresh_settings.backup_folder / "wal" / SYSTEM
    last = folder / f"{SEGMENTS[-1]}.sealed"
    last.rename(folder / f"00000002{SEGMENTS[-1][8:]}.partial.sealed")
    answer = await answer_of(archived, "INF-3")
    assert answer.result is Result.PASS, answer.evidence


@pytest.mark.breaks("INF-3")
async def test_an_archiver_that_was_killed_is_not_waited_for(context, archived, servers):
    """What it delivered a minute ago is fresh for five more; its place at the server is empty at once."""
    await records.keep(context, RecordKind.DRILL, "restore", RESTORED, clock.now())
    with psycopg.connect(servers.superuser_url, autocommit=True) as connection:
        connection.execute("select pg_create_physical_replication_slot(%s)", [SLOT])
        try:
            answer = await answer_of(archived, "INF-3")
        finally:
            connection.execute("select pg_drop_replication_slot(%s)", [SLOT])
    assert "Nobody receives" in answer.evidence
    assert "hauberk archiver" in answer.advice
    assert (await answer_of(archived, "INF-3")).result is Result.PASS


async def test_a_launch_needs_a_release_to_go_back_to(fresh_settings, production, made):
    assert (await answer_of(production(), "LCH-1")).result is Result.WARN
    release = fresh_settings.release.model_copy(update={"previous": "0.0.9"})
    answer = await answer_of(production(release=release), "LCH-1")
    assert (answer.result, "0.0.9" in answer.evidence) == (Result.PASS, True)


@pytest.mark.breaks("LCH-1")
@pytest.mark.parametrize("named", [hauberk.__version__, f"registry.example/hauberk:{hauberk.__version__}"])
async def test_this_release_is_none_to_go_back_to(fresh_settings, production, made, named):
    release = fresh_settings.release.model_copy(update={"previous": named})
    answer = await answer_of(production(release=release), "LCH-1")
    assert (answer.result, "which is this release" in answer.evidence) == (Result.FAIL, True)


@pytest.mark.long
async def test_a_restore_that_differs_fails_the_drill(fresh_settings, production, monkeypatch):
    """As if two rows had been lost on the way from the database into the dump."""
    dump = database.dump
    monkeypatch.setattr(database, "dump", lambda url, path: {**dump(url, path), "finding": (2, "0")})
    create_backup(fresh_settings)
    outcome = await drills.restore(production())
    assert not outcome.has_passed
    assert "Table finding has 0 rows instead of 2." in outcome.evidence


def test_lost_rows_changed_rows_and_lost_tables_are_told():
    wanted = {"asset": (1, "7"), "finding": (3, "9"), "scan": (2, "4")}
    assert differences(wanted, wanted) == []
    assert differences(wanted, {"asset": (1, "8"), "finding": (2, "9")}) == [
        "Table asset has the same number of rows and another checksum.",
        "Table finding has 2 rows instead of 3.",
        "Table scan is missing.",
    ]
