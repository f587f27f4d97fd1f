"""Scans as they are shown: rows to schemas."""

from typing import Any

from hauberk.domain.severity import Severity
from hauberk.features.identity.serving import Ids, Named
from hauberk.features.scans.schemas import (
    Act,
    ChangeSchema,
    FindingName,
    Progress,
    ScanSchema,
    Undone,
)
from hauberk.ingest.changes import Change
from hauberk.ingest.scope import AUTOMATIC

_ACTS = {"scans.undo_scan": "undo", "scans.reprocess_scan": "reprocess"}
_PHASES = {"accepted": "waiting", "running": "reading"}


def scan_schema(row: Any, ids: Ids) -> ScanSchema:
    """A row of `ScanRepository.shown_to`."""
    return ScanSchema.model_validate(
        {
            "id": ids.encode("scn", row.id),
            "state": row.state,
            "dry_run": row.is_dry_run,
            "partial": row.is_partial,
            "format": row.format,
            "scanner": row.scanner,
            "tool_version": row.tool_version,
            "asset": _asset(row, ids),
            "asset_named": _asset_named(row),
            "ref": row.ref_name or row.requested.get("ref"),
            "scope": row.scope_key if row.scope_id is not None else row.requested.get("scope"),
            "file_name": row.file_name,
            "size_bytes": row.size_bytes,
            "scanned_at": row.scanned_at,
            "counts": row.counts,
            "problems": row.problems,
            "error": row.error,
            "held": row.held if row.superseded_by is None else None,
            "superseded_by": ids.encode_or_none("scn", row.superseded_by),
            "undone": None
            if row.undone_at is None
            else Undone(at=row.undone_at, by=Named.person(ids, row.undone_by, row.undoer)),
            "act": _act(row),
            "preview_of": ids.encode_or_none("scn", row.preview_of),
            "part_of": ids.encode_or_none("scn", row.part_of),
            "parts": row.parts,
            "report_kept": row.storage_key is not None,
            "uploaded_by": Named.person(ids, row.uploaded_by, row.uploader),
            "progress": progress(row),
            "accepted_at": row.accepted_at,
            "started_at": row.started_at,
            "finished_at": row.finished_at,
        }
    )


def _act(row: Any) -> Act | None:
    """The scan's newest job, unless that was its import."""
    kind = _ACTS.get(row.job_kind)
    if kind is None:
        return None
    # What a job that is tried again met before is no answer to the person who waits.
    error = {"position": None} | row.job_error if row.job_error and row.job_state == "failed" else None
    return Act.model_validate({"kind": kind, "state": row.job_state, "error": error})


def _asset(row: Any, ids: Ids) -> Named | None:
    if row.asset_id is None or row.asset_name is None:
        return None
    return Named(id=ids.encode("ast", row.asset_id), name=row.asset_name)


def _asset_named(row: Any) -> str | None:
    named = row.requested.get("asset")
    return None if named == AUTOMATIC else named


def progress(row: Any) -> Progress | None:
    """Where a scan that is not finished stands; what its job has not told yet is nothing so far."""
    phase = _PHASES.get(row.state)
    if phase is None:
        return None
    told = row.progress or {}
    return Progress(
        phase=told.get("phase", phase) if phase != "waiting" else "waiting",
        findings_read=told.get("findings_read", 0),
        bytes_read=told.get("bytes_read", 0),
        bytes_total=row.size_bytes,
        findings_per_second=told.get("findings_per_second"),
        eta_seconds=told.get("eta_seconds"),
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
