"""Data that was broken behind the product's back is reported, each kind by its own invariant, until it is mended."""

import psycopg
import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from factories import reports
from faults.reference import Sent
from faults.site import ORGANIZATION
from hauberk.db import counts
from hauberk.db.session import transaction
from hauberk.features.audit import chain
from hauberk.features.readiness.jobs import check_invariants
from hauberk.jobs import discovery, invariant
from hauberk.jobs.enqueue import enqueue

LATE = "interval '2 days'"
# What breaks it, and what mends it again.
BREAKS = {
    "running_job_has_a_lease": (
        "update job set state = 'running' where id = (select min(id) from job)",
        "update job set state = 'done' where id = (select min(id) from job)",
    ),
    "event_reaches_its_handlers": (
        "insert into outbox (organization_id, topic, payload, dead_at) values (1, 'ScanFinished', '{}', now())",
        "delete from outbox",
    ),
    "finding_counts_its_open_occurrences": (
        "update finding set open_occurrences = open_occurrences + 1 where id = (select min(id) from finding)",
        "update finding set open_occurrences = open_occurrences - 1 where id = (select min(id) from finding)",
    ),
    "finding_has_its_worst_severity": (
        "update occurrence set severity = severity + 1 where id = (select min(id) from occurrence)",
        "update occurrence set severity = severity - 1 where id = (select min(id) from occurrence)",
    ),
    "scope_counts_its_open_occurrences": (
        "update scope set open_occurrences = open_occurrences - 1",
        "update scope set open_occurrences = open_occurrences + 1",
    ),
    "finding_has_a_key": (
        (
            "create table kept as select * from finding_key; delete from finding_key where fingerprint = ("
            "select min(fingerprint::text)::uuid from finding_key)"
        ),
        "insert into finding_key select * from kept on conflict do nothing",
    ),
    "joined_finding_is_empty": (
        "update finding set joined_into_id = id",
        "update finding set joined_into_id = null",
    ),
    "occurrence_is_in_the_asset_of_its_finding": (
        (
            "insert into asset (organization_id, id, name, name_key, kind, default_ref)"
            " values (1, 99, 'b', 'b', 'repository', 'main');"
            " insert into asset_ref (organization_id, id, asset_id, name, is_tracked) values (1, 99, 99, 'main', false);"
            " update scope set asset_id = 99, ref_id = 99"
        ),
        "update scope set asset_id = (select min(id) from asset), ref_id = (select min(id) from asset_ref)",
    ),
    "accepted_scan_reaches_an_end": (
        "update scan set state = 'accepted'",
        "update scan set state = 'done'",
    ),
    "scan_ended_as_its_job_did": (
        "update scan set state = 'failed', error = '{}'",
        "update scan set state = 'done', error = null",
    ),
    "counts_are_those_of_the_findings": (
        (
            "insert into count_delta (organization_id, asset_id, on_day, kind, severity, triage, n)"
            " select 1, min(id), now(), 0, 4, 0, 1 from asset"
        ),
        (
            "insert into count_delta (organization_id, asset_id, on_day, kind, severity, triage, n)"
            " select 1, min(id), now(), 0, 4, 0, -1 from asset"
        ),
    ),
    "facets_count_the_findings_of_the_asset": (
        "update facet_delta set n = n + 1 where id = (select min(id) from facet_delta)",
        "update facet_delta set n = n - 1 where id = (select min(id) from facet_delta)",
    ),
    "facets_of_all_assets_are_the_sums_of_each": (
        "insert into facet_count values (1, 0, true, 0, 4, 0, '{x}', 1)",
        "delete from facet_count where asset_id = 0 and scanners = '{x}'",
    ),
    "components_hold_the_findings_of_the_asset": (
        (
            "with told as (delete from component_mark)"
            " insert into asset_component (organization_id, asset_id, component_id, finding_ids, fixed_in)"
            " select 1, min(id), 1, '{1}', '{\"\"}' from asset"
        ),
        "delete from asset_component where component_id = 1 and finding_ids = '{1}'",
    ),
    "deleted_asset_is_removed": (
        (
            "insert into asset (organization_id, id, name, name_key, kind, default_ref, deleted_at)"
            f" values (1, 98, 'gone', 'gone', 'repository', 'main', now() - {LATE})"
        ),
        "delete from asset where id = 98",
    ),
    "audit_trail_is_sealed": (
        (
            "insert into event (organization_id, at, actor_type, actor_name, action, subject_type)"
            f" values (1, now() - {LATE}, 'user', 'somebody', 'asset.deleted', 'asset')"
        ),
        "delete from event where chain_position is null",
    ),
    "audit_chain_is_unbroken": (
        "update event set actor_name = 'nobody' where chain_position = 2",
        "update event set actor_name = 'somebody' where chain_position = 2",
    ),
}


@pytest.fixture
def broken(site, servers):
    """`broken(statements)`: done by the database's superuser, whom nothing stops."""
    address = servers.superuser_url.replace("/postgres?", f"/{site.engine.url.database}?")
    with psycopg.connect(address, autocommit=True) as superuser:
        yield superuser.execute


@pytest.fixture
def imported(site):
    """One asset with findings, and a sealed audit trail of three events."""
    site.accept(Sent(reports.code(6)))
    site.work_off()
    with transaction(site.engine, ORGANIZATION) as connection:
        for _ in range(3):
            connection.execute(
                text(
                    "insert into event (organization_id, actor_type, actor_name, action, subject_type)"
                    " values (1, 'user', 'somebody', 'asset.created', 'asset')"
                )
            )
    with transaction(site.engine, ORGANIZATION) as connection:
        chain.seal(connection, ORGANIZATION)
    return site


def _look(site) -> dict[str, int]:
    """What the job finds and keeps."""
    with transaction(site.engine, ORGANIZATION) as connection:
        enqueue(connection, check_invariants, organization_id=ORGANIZATION)
    site.work()
    assert site.rows(
        "select state from job where kind = 'readiness.check_invariants' order by id desc limit 1"
    ) == [("done",)]
    return dict(
        site.rows("select invariant, sum(n)::int from invariant_violation group by invariant")  # type: ignore[arg-type]
    )


def test_there_is_a_broken_case_for_every_invariant():
    discovery.load()
    assert {each.name for each in invariant.registered()} == set(BREAKS)


@pytest.mark.long
@pytest.mark.parametrize("name", BREAKS)
def test_it_is_reported_and_forgotten_once_it_holds_again(imported, broken, name):
    assert _look(imported) == {}
    breaking, mending = BREAKS[name]
    broken(breaking)
    assert _look(imported)[name] > 0
    assert _look(imported)[name] > 0  # for as long as it is so
    broken(mending)
    assert _look(imported) == {}


@pytest.mark.long
def test_a_look_takes_so_many_findings_and_the_next_goes_on_from_there(imported, monkeypatch):
    for number in range(3):
        imported.accept(Sent(reports.code(6), asset=f"shop {number}"))
    imported.work_off()
    with transaction(imported.engine, ORGANIZATION) as connection:
        counts.fold(connection, ORGANIZATION)
    monkeypatch.setattr(invariant, "FINDINGS_AT_ONCE", 6)
    assets = [row.id for row in imported.rows("select id from asset order by id")]
    seen: list[int] = []
    imported.run("insert into invariant_look (organization_id, number) values (1, 0)")
    imported.run("update invariant_look set looked_at = now() + interval '1 hour'")  # nothing is fresh
    for _ in assets:
        with transaction(imported.engine, ORGANIZATION) as connection:
            look = invariant.begin(connection, ORGANIZATION)
            invariant.end(connection, look)
        imported.run("update invariant_look set looked_at = now() + interval '1 hour'")
        seen += look.assets
    assert sorted(seen) == assets
    assert len(set(seen)) == len(assets)


@pytest.mark.long
def test_what_was_just_imported_is_looked_at_first(imported, monkeypatch):
    imported.run(
        "insert into invariant_look (organization_id, number, reached_asset_id) values (1, 1, 1000000)"
    )
    imported.accept(Sent(reports.code(3), asset="fresh"))
    imported.work_off()
    with transaction(imported.engine, ORGANIZATION) as connection:
        look = invariant.begin(connection, ORGANIZATION)
    ((fresh,),) = imported.rows("select id from asset where name = 'fresh'")
    assert fresh in look.assets


@pytest.mark.long
def test_a_look_that_could_not_be_finished_does_not_count(imported, broken):
    assert _look(imported) == {}
    before = imported.rows("select number, looked_at from invariant_look")
    broken("alter table count_delta rename to hidden")
    with capture_logs():
        assert _look(imported) == {}
    broken("alter table hidden rename to count_delta")
    assert imported.rows("select number, looked_at from invariant_look") == before
