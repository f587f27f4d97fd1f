"""`hauberk secret rotate` as it is typed: two keys, a key taken away too early, and a rotation that is killed."""

import json
import subprocess
import time
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select, text, update

from factories.identity import make_organization
from fixtures.api import PASSWORD, browser, new_organization, serving
from fixtures.nodes import environment_on
from fixtures.typed import typed
from hauberk.db.models.notification import NotificationChannel
from hauberk.db.models.organization import Organization
from hauberk.db.session import Pool, sync_engine, transaction
from hauberk.features.notifications import links, sealing
from hauberk.features.readiness import records
from hauberk.infra import identity_key
from hauberk.infra.backup.sealing import read_header
from hauberk.infra.backup.target import open_target
from hauberk.infra.backup.wal import seal, unseal
from hauberk.infra.crypto import Undecipherable
from hauberk.infra.readiness import Outcome, RecordKind
from hauberk.infra.settings.secret_keys import new_secret
from hauberk.kit import clock

SECRET = {"url": "https://hooks.example.org/T0/B0/secret-part"}
ORGANIZATIONS = 6


def under(settings, *keys):
    """The same installation with these secret keys, newest first."""
    return settings.model_copy(update={"secret_keys": tuple(map(SecretStr, keys))})


def kid(key):
    return key.partition(":")[0]


@pytest.fixture
def old(fresh_settings):
    return fresh_settings.secret_keys[0].get_secret_value()


@pytest.fixture
def new():
    return new_secret()


@pytest.fixture
def engine(fresh_settings):
    engine = sync_engine(fresh_settings.database.url, pool=Pool(size=2))
    yield engine
    engine.dispose()


@pytest.fixture
def organizations(fresh_settings, engine):
    """Each with its identity key and a channel, under the key that the installation has."""
    ring, made = fresh_settings.key_ring, []
    for _ in range(ORGANIZATIONS):
        organization_id = make_organization(fresh_settings.database.owner_url)
        with transaction(engine, organization_id) as connection:
            key = identity_key.make(ring, organization_id)
            connection.execute(
                update(Organization).where(Organization.id == organization_id).values(identity_key=key)
            )
            row = {"name": "Room", "kind": "slack", "least_severity": "info", "configuration": {}}
            channel_id = connection.execute(
                NotificationChannel.__table__.insert()
                .values(organization_id=organization_id, **row)
                .returning(NotificationChannel.id)
            ).scalar_one()
            sealed = sealing.seal_secret(ring, organization_id, channel_id, SECRET)
            connection.execute(
                update(NotificationChannel)
                .where(
                    NotificationChannel.organization_id == organization_id,
                    NotificationChannel.id == channel_id,
                )
                .values(secret=sealed)
            )
        made.append(organization_id)
    return made


@pytest.fixture
def command(fresh_settings):
    environment = environment_on(fresh_settings)

    def start(*arguments, keys):
        return subprocess.Popen(
            typed("secret", "rotate", *arguments),
            env={**environment, "HAUBERK_SECRET_KEYS": ",".join(keys)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return start


@pytest.fixture
def rotate(command):
    """Runs it to its end: the exit status, and what it said."""

    def run(*arguments, keys):
        process = command(*arguments, keys=keys)
        said, _ = process.communicate(timeout=120)
        return process.returncode, said

    return run


def channels(engine, organizations):
    found = []
    for organization_id in organizations:
        with transaction(engine, organization_id) as connection:
            found += connection.execute(select(NotificationChannel.__table__)).all()
    return found


@pytest.mark.long
def test_after_a_rotation_nothing_takes_the_older_key_and_everything_still_opens(
    rotate, engine, organizations, fresh_settings, old, new
):
    status, said = rotate("--check", keys=[new, old])
    assert status == 1
    assert (
        f"{kid(old)} is needed by {2 * ORGANIZATIONS} encrypted values: run 'hauberk secret rotate'" in said
    )
    status, said = rotate(keys=[new, old])
    assert status == 0, said
    assert f"{2 * ORGANIZATIONS} values of {ORGANIZATIONS} organizations wrapped again" in said
    assert f"{kid(old)} is needed by nothing that is kept. Take it out of HAUBERK_SECRET_KEYS" in said
    assert rotate("--check", keys=[new])[0] == 0
    after = under(fresh_settings, new).key_ring
    for channel in channels(engine, organizations):
        assert sealing.open_secret(after, channel) == SECRET
    for organization_id in organizations:
        with transaction(engine, organization_id) as connection:
            sealed = connection.scalars(select(Organization.identity_key)).one()
        assert len(identity_key.unseal(after, organization_id, sealed)) == 32


@pytest.mark.long
def test_a_key_that_was_taken_out_too_early_is_named_with_what_to_do(
    rotate, engine, organizations, fresh_settings, old, new
):
    status, said = rotate(keys=[new])
    assert status == 1
    assert said.count("stays as it is") == 2 * ORGANIZATIONS
    assert f"{kid(old)} is not in HAUBERK_SECRET_KEYS and is needed by" in said
    assert "Put it back" in said
    with pytest.raises(Undecipherable, match=rf"{kid(old)}.*Put it back behind the newest one"):
        sealing.open_secret(under(fresh_settings, new).key_ring, channels(engine, organizations)[0])
    assert rotate(keys=[new, old])[0] == 0


@pytest.mark.long
def test_a_rotation_that_is_killed_goes_on_where_it_was(command, rotate, engine, organizations, old, new):
    held = organizations[3]
    with engine.connect() as other, other.begin():
        other.execute(text("select set_config('role', 'hauberk_app', true)"))
        other.execute(
            text("select set_config('hauberk.organization_id', :organization, true)"),
            {"organization": str(held)},
        )
        other.execute(text("select from organization for update"))
        process = command(keys=[new, old])
        ended = time.monotonic() + 60
        while {each.secret.kid for each in channels(engine, organizations[:3])} != {kid(new)}:
            assert time.monotonic() < ended
            time.sleep(0.1)
        process.kill()
        process.communicate(timeout=30)
    assert {each.secret.kid for each in channels(engine, organizations[3:])} == {kid(old)}
    status, said = rotate(keys=[new, old])
    assert status == 0
    assert f"{2 * (ORGANIZATIONS - 3)} values of {ORGANIZATIONS - 3} organizations wrapped again" in said
    assert {each.secret.kid for each in channels(engine, organizations)} == {kid(new)}


@pytest.mark.long
def test_stored_files_of_the_archive_are_sealed_again_and_backups_are_left_to_retention(
    rotate, fresh_settings, old, new, tmp_path
):
    report = tmp_path / "report.json"
    report.write_bytes(b'{"a": "report"}' * 1000)
    target = open_target(fresh_settings)
    for name in ("files/2026/11/20/report", "wal/7000/000000010000000000000001.sealed"):
        target.take(seal(report, tmp_path / "sealed", fresh_settings.key_ring), name)
    note = {"name": "hauberk-1.backup", "kind": "dump", "created_at": clock.now().isoformat(), "size_bytes": 1,
            "sha256": "", "build": "", "environment": "test", "schema_revision": None, "files": 0}  # fmt: skip
    target.take(seal(report, tmp_path / "sealed", fresh_settings.key_ring), "hauberk-1.backup")
    target.write("hauberk-1.backup.json", json.dumps(note).encode())
    status, said = rotate(keys=[new, old])
    assert "1 file in the archive sealed again" in said.replace(
        "1 file of the archive", "1 file in the archive"
    )
    goes = clock.now() + timedelta(days=fresh_settings.backup.keep_days)
    assert f"needed by 1 backup, 1 archived change, which go by retention, not before {goes:%Y-%m-%d}" in said
    assert status == 0
    assert rotate("--check", keys=[new, old])[0] == 1
    with target.open_local("files/2026/11/20/report") as path:
        with path.open("rb") as file:
            assert read_header(file)[0]["kid"] == kid(new)
        unseal(path, tmp_path / "opened", under(fresh_settings, new).key_ring)
    assert (tmp_path / "opened").read_bytes() == report.read_bytes()


@pytest.mark.long
@pytest.mark.anyio
async def test_sessions_links_and_records_from_before_outlive_a_rotation(rotate, fresh_settings, old, new):
    async with serving(fresh_settings) as app:
        context = app.state.context
        member = await new_organization(context)
        async with browser(app) as page:
            signed_in = await page.post(
                "/api/v1/auth/login", json={"email": member.email, "password": PASSWORD}
            )
            assert signed_in.status_code == 200
            cookies = dict(page.cookies)
        await records.keep(context, RecordKind.DRILL, "page", Outcome(True, "it rang"), clock.now())
        link = links.write(context.key_ring, organization_id=1, user_id=1, dedup_key="x")
    assert rotate(keys=[new, old])[0] == 0
    async with serving(under(fresh_settings, new, old)) as app, browser(app) as page:
        page.cookies.update(cookies)
        assert (await page.get("/api/v1/auth/me")).status_code == 200
        assert links.read(app.state.context.key_ring, link).dedup_key == "x"
    async with serving(under(fresh_settings, new)) as app:
        kept = await records.StoredRecords(app.state.context).newest(RecordKind.DRILL, "page")
        assert kept is not None
        assert kept.evidence == "it rang"
        chain = await records.chain_of(app.state.context)
        assert (chain.length, chain.flaws) == (1, ())


@pytest.mark.long
@pytest.mark.anyio
async def test_a_link_that_was_changed_by_hand_is_not_made_sound_and_keeps_no_key(
    rotate, fresh_settings, old, new
):
    async with serving(fresh_settings) as app:
        for name in ("page", "restart"):
            await records.keep(
                app.state.context, RecordKind.DRILL, name, Outcome(True, "it held"), clock.now()
            )
    owner = sync_engine(fresh_settings.database.owner_url, pool=Pool(size=1))
    with owner.begin() as connection:
        connection.execute(text("update readiness_link set name = 'drill other' where name = 'drill page'"))
    owner.dispose()
    assert rotate(keys=[new, old])[0] == 0
    assert rotate("--check", keys=[new, old])[0] == 0
    async with serving(under(fresh_settings, new)) as app:
        chain = await records.chain_of(app.state.context)
    assert [each.position for each in chain.flaws] == [1]
