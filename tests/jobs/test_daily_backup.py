"""The daily backup runs as a job and leaves one that can be verified."""

from dataclasses import replace

import pytest

from hauberk.features.readiness.jobs import back_up, rehearse_restore
from hauberk.infra.backup import create_backup, list_backups, verify_backup
from hauberk.jobs.job import scheduled


def test_the_backup_is_scheduled_once_a_day_for_the_whole_installation():
    assert [job.for_installation for job in scheduled() if job.kind == back_up.kind] == [True]


def test_the_job_makes_a_backup_that_is_whole(bench, organization, fresh_settings):
    job_id = bench.enqueue(back_up, organization)
    bench.work_off()
    assert bench.job(organization, job_id).state == "done"
    made = list_backups(fresh_settings)
    assert len(made) == 1
    assert verify_backup(fresh_settings, made[0].name)["schema_revision"] == made[0].schema_revision


def test_a_database_that_cannot_be_dumped_is_a_failed_job_with_its_reason(
    bench, organization, fresh_settings
):
    database = fresh_settings.database.model_copy(update={"backup_url": "", "owner_url": ""})
    settings = fresh_settings.model_copy(update={"database": database})
    bench.workplace = replace(bench.workplace, settings=settings)
    job_id = bench.enqueue(back_up, organization)
    bench.work_off()
    row = bench.job(organization, job_id)
    assert row.state != "done"
    assert "pg_dump" in str(row.error)
    assert list_backups(fresh_settings) == []


@pytest.mark.long
def test_the_restore_drill_is_run_every_week_by_itself_and_compares_every_table(
    bench, organization, fresh_settings
):
    assert rehearse_restore.every == "40 3 * * 0"
    assert rehearse_restore.for_installation
    create_backup(fresh_settings)
    job_id = bench.enqueue(rehearse_restore, organization)
    bench.work_off()
    row = bench.job(organization, job_id)
    assert row.state == "done", row.error
    assert row.result["differences"] == 0
    assert row.result["rows"] > 0
    assert row.result["tables"] > 30
