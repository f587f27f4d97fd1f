"""Scans as they are shown: rows to schemas."""

from typing import Any

from hauberk.db.models.scan import Scan
from hauberk.domain.severity import Severity
from hauberk.features.identity.serving import Ids
from hauberk.features.scans.schemas import (
    Act,
    ChangeSchema,
    FindingName,
    Named,
    Progress,
    ScanSchema,
    Undone,
)
from hauberk.ingest.changes import Change

_ACTS = {"scans.undo_scan": "undo", "scans.reprocess_scan": "reprocess"}
_PHASES = {"accepted": "waiting", "running": "reading"}


def scan_schema(row: Any, ids: Ids) -> ScanSchema:
    """A row of `ScanRepository.shown_to`."""
    scan: Scan = row.Scan
    return ScanSchema.model_validate(
        {
            "id": ids.encode("scn", scan.id),
            "state": scan.state,
            "dry_run": scan.is_dry_run,
            "partial": scan.is_partial,
            "format": scan.format,
            "scanner": scan.scanner,
            "tool_version": scan.tool_version,
            "asset": _asset(scan, row.asset_name, ids),
            "ref": row.ref_name or scan.requested.get("ref"),
            "scope": row.scope_key if scan.scope_id is not None else scan.requested.get("scope"),
            "file_name": scan.file_name,
            "size_bytes": scan.size_bytes,
            "scanned_at": scan.scanned_at,
            "counts": scan.counts,
            "problems": scan.problems,
            "error": scan.error,
            "held": scan.held if scan.superseded_by is None else None,
            "superseded_by": ids.encode_or_none("scn", scan.superseded_by),
            "undone": None
            if scan.undone_at is None
            else Undone(at=scan.undone_at, by=_person(scan.undone_by, row.undoer, ids)),
            "act": _act(row),
            "preview_of": ids.encode_or_none("scn", scan.preview_of),
            "part_of": ids.encode_or_none("scn", scan.part_of),
            "parts": row.parts,
            "report_kept": scan.storage_key is not None,
            "uploaded_by": _person(scan.uploaded_by, row.uploader, ids),
            "progress": progress(scan, row.progress),
            "accepted_at": scan.accepted_at,
            "started_at": scan.started_at,
            "finished_at": scan.finished_at,
        }
    )


def _person(number: int | None, name: str | None, ids: Ids) -> Named | None:
    return None if number is None else Named(id=ids.encode("usr", number), name=name or "?")


def _act(row: Any) -> Act | None:
    """The scan's newest job, unless that was its import."""
    kind = _ACTS.get(row.job_kind)
    if kind is None:
        return None
    # What a job that is tried again met before is no answer to the person who waits.
    error = {"position": None} | row.job_error if row.job_error and row.job_state == "failed" else None
    return Act.model_validate({"kind": kind, "state": row.job_state, "error": error})


def _asset(scan: Scan, name: str | None, ids: Ids) -> Named | None:
    if scan.asset_id is None or name is None:
        return None
    return Named(id=ids.encode("ast", scan.asset_id), name=name)


def progress(scan: Scan, told: dict[str, Any] | None) -> Progress | None:
    """Where a scan that is not finished stands; what its job has not told yet is nothing so far."""
    phase = _PHASES.get(scan.state)
    if phase is None:
        return None
    values = told or {}
    return Progress(
        phase=values.get("phase", phase) if phase != "waiting" else "waiting",
        findings_read=values.get("findings_read", 0),
        bytes_read=values.get("bytes_read", 0),
        bytes_total=scan.size_bytes,
        findings_per_second=values.get("findings_per_second"),
        eta_seconds=values.get("eta_seconds"),
    )


def change_schema(change: Change, ids: Ids, *, is_stored: bool) -> ChangeSchema:
    """`is_stored` false: a dry run's, whose new findings do not exist."""
    severity = Severity.of_rank(change.severity).value
    number = change.finding_id if is_stored or change.change != "new" else None
    return ChangeSchema.model_validate(
        {
            "change": change.change,
            "reason": change.reason,
            "finding": None
            if number is None
            else FindingName(id=ids.encode("fnd", number), title=change.title, severity=severity),
            "title": change.title,
            "severity": severity,
            "location": change.location,
            "component": change.component,
            "asset": change.asset,
        }
    )
