"""Reports and what is done with them: uploads, parsers, workers, what is kept and for how long."""

from pathlib import Path

from pydantic import Field

from hauberk.infra.settings.sections.values import GIB, MIB, Section


class Upload(Section):
    """Limits of one uploaded report."""

    max_bytes: int = Field(default=2 * GIB, ge=1, description="Largest upload, as sent")
    max_expanded_bytes: int = Field(default=10 * GIB, ge=1, description="Largest report, unpacked")
    unfinished_hours: int = Field(
        default=24, ge=1, description="Hours after its last byte that an interrupted upload is kept"
    )
    unfinished_per_person: int = Field(
        default=20, ge=1, description="Resumable uploads that one person may have under way"
    )
    unfinished_bytes: int = Field(
        default=20 * GIB, ge=1, description="Bytes of all resumable uploads of one organization under way"
    )
    quarantine_days: int = Field(
        default=7, ge=1, description="Days that a file which was refused as dangerous is kept"
    )


class Parser(Section):
    """The sandboxed child that reads reports."""

    memory: int = Field(default=1536 * MIB, ge=64 * MIB, description="Bytes of memory that one may use")
    cpu_seconds: int = Field(default=1800, ge=1, description="Seconds of CPU that one may use")
    wall_seconds: int = Field(default=3600, ge=1, description="Seconds that one may run")
    comparison: int = Field(
        default=256 * MIB,
        ge=0,
        description="Bytes of memory for a comparison; a larger one is done by PostgreSQL",
    )


class Worker(Section):
    """Background work."""

    processes: int | None = Field(
        default=None, ge=1, description="Worker processes; unset: from cores and memory"
    )
    threads: int = Field(default=4, ge=1, description="Threads of one worker process")


class Retention(Section):
    """How long things are kept."""

    undo_days: int = Field(
        default=400, ge=1, description="Days that a report is kept and its scan can be undone"
    )
    dry_run_hours: int = Field(default=24, ge=1, description="Hours that a dry run is kept")
    ref_days: int = Field(
        default=14, ge=1, description="Days after its last scan that an untracked ref expires"
    )
    identifier_days: int = Field(
        default=30,
        ge=1,
        description="Days after it was last seen that an address or image digest tells an asset no more",
    )


class Backup(Section):
    """Daily encrypted backups, and the archive that leads to any moment between them."""

    folder: Path | None = Field(
        default=None, description="Where backups are kept; unset: backups/ in the home"
    )
    url: str = Field(
        default="",
        repr=False,
        description="Instead of the folder, an object store: s3://bucket/prefix, gs://, az://",
    )
    keep: int = Field(default=14, ge=1, description="Backups that are always kept")
    keep_days: int = Field(default=30, ge=1, description="Days after which one beyond those is deleted")
    point_in_time: bool | None = Field(
        default=None,
        description="Archive every change too; unset: where the embedded database serves staging or production",
    )
    archive_seconds: int = Field(
        default=30, ge=1, le=3600, description="Seconds between two deliveries to that archive"
    )


class Release(Section):
    """What a rollback goes back to."""

    previous: str = Field(
        default="",
        description="The release before this one: its version, image or wheel; the deployment sets it",
    )
