"""Scans over the wire."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from hauberk.features.assets.schemas import Kind
from hauberk.features.identity.serving import Instant, Named, Payload, Schema

ScanState = Literal["accepted", "running", "held", "done", "failed", "cancelled"]
ChangeKind = Literal["new", "changed", "moved", "reopened", "closed", "suppressed", "unchanged", "decided"]

PLAUSIBLE_YEARS = range(1990, 9999)


def _none_if_empty(value: object) -> object:
    return None if value == "" else value


def _plausible(value: datetime | None) -> datetime | None:
    """Without a zone it is UTC; the far past is a wrong clock, the future is clamped when the report is read."""
    if value is None:
        return None
    value = value if value.tzinfo else value.replace(tzinfo=UTC)
    if value.year not in PLAUSIBLE_YEARS:
        raise PydanticCustomError("date", "No scan is from then")
    return value.astimezone(UTC)


class UploadFields(BaseModel):
    """The text fields of an upload's form; whatever is absent is taken from the report."""

    model_config = ConfigDict(extra="forbid")

    asset: Annotated[str | None, Field(max_length=300, examples=["shop"])] = None
    asset_kind: Annotated[Kind | None, BeforeValidator(_none_if_empty)] = None
    ref: Annotated[str | None, Field(max_length=300)] = None
    format: Annotated[str | None, Field(max_length=100), BeforeValidator(_none_if_empty)] = None
    scope: Annotated[str | None, Field(max_length=300)] = None
    scanned_at: Annotated[datetime | None, BeforeValidator(_none_if_empty), AfterValidator(_plausible)] = None
    partial: bool = False
    dry_run: bool = False


class UploadForm(UploadFields):
    """For the documentation: the form with its file."""

    file: Annotated[str, Field(json_schema_extra={"format": "binary"})]


class UploadOrder(UploadFields):
    """A scan of a file that was sent as a resumable upload."""

    upload: Annotated[str, Field(max_length=100, examples=["upl_0000000000000"])]


class FindingCounts(Schema):
    """How many findings (not occurrences) appeared, came back and went."""

    new: int
    reopened: int
    closed: int


class StatementCounts(Schema):
    """What the report states itself (VEX), and of how many findings statements decided the triage in this import."""

    reported: int
    new: int
    withdrawn: int
    decided: int


class Counts(Schema):
    """Results by what became of them: `reported` is the sum of all but `closed` and `findings`."""

    reported: int
    new: int
    unchanged: int
    moved: int
    changed: int
    reopened: int
    suppressed: int
    folded: int
    closed: int
    findings: FindingCounts
    statements: StatementCounts | None = Field(
        default=None,
        exclude_if=lambda counts: counts is None,
        description="Only of scans that have to do with statements",
    )


class ItemProblem(Schema):
    """One result that could not be read; the others count. Or a remark on the whole report, for which nothing was left out."""

    position: str = Field(description="Where in the report; empty for a remark on all of it")
    reason: str


class ScanError(Schema):
    """Why the report could not be read at all, and where."""

    code: str
    message: str
    position: str | None


class Held(Schema):
    """What waits for a person: release it, discard it, or send the next complete scan."""

    reason: str
    would_close: int
    by_severity: dict[str, int]


class Undone(Schema):
    """The scan is as if it had never been; only its row, and what people said, is left."""

    at: Instant
    by: Named | None


class Act(Schema):
    """What is being done to the scan, or was last: taken back, or read again by the present parser."""

    kind: Literal["undo", "reprocess"]
    state: Literal["accepted", "running", "done", "failed", "cancelled"]
    error: ScanError | None


class Parts(Schema):
    """The scans that a report was divided into, one for each asset it covers; see `GET /scans?part_of=`."""

    total: int
    going_on: int
    held: int
    failed: int


class Progress(Schema):
    phase: Literal["waiting", "reading", "comparing", "writing", "done"]
    findings_read: int
    bytes_read: int
    bytes_total: int
    findings_per_second: float | None
    eta_seconds: float | None


class ScanSchema(Schema):
    """One report taken in."""

    id: str
    state: ScanState
    dry_run: bool
    partial: bool
    format: str | None
    scanner: str | None
    tool_version: str | None
    asset: Named | None
    asset_named: str | None
    """As the upload calls it, or the report of which this is a part: a dry run's may not exist, nor one before it is read."""
    ref: str | None
    scope: str | None
    file_name: str | None
    size_bytes: int
    scanned_at: Instant | None
    counts: Counts | None
    problems: list[ItemProblem]
    error: ScanError | None
    held: Held | None
    superseded_by: str | None
    undone: Undone | None
    act: Act | None
    preview_of: str | None
    """Of a preview of undoing or reprocessing: the scan that it is about."""
    part_of: str | None
    """Of a report that covers several assets: the scan of the whole."""
    parts: Parts | None
    report_kept: bool
    uploaded_by: Named | None
    progress: Progress | None
    accepted_at: Instant
    started_at: Instant | None
    finished_at: Instant | None


class UndoOrder(Payload):
    """Whether to do it, or only to show what it would change, as a scan of its own with `dry_run` and `changes`."""

    dry_run: bool = Field(default=False, examples=[True])


class ReprocessOrder(Payload):
    """Shows the difference first; with `dry_run: false` it is done."""

    dry_run: bool = Field(default=True, examples=[False])


class FindingName(Schema):
    id: str
    title: str
    severity: str


class ChangeSchema(Schema):
    """One occurrence that the scan opened, changed, moved, reopened or closed, and why."""

    change: ChangeKind
    reason: str
    finding: FindingName | None
    title: str
    severity: str
    location: dict[str, Any] | None
    component: dict[str, Any] | None
    asset: str | None
    """Of a report that covers several assets: the one that this is about."""


class FormatSchema(Schema):
    """A report format that can be uploaded."""

    id: str
    scanner: str
    title: str
    kinds: list[str]
    docs: str = Field(description="An address; of Hauberk's own formats a page of its documentation")
    export: str
    """How to get this report out of the scanner."""
    versions: str
    is_mapped: bool
    """It is one of the organization's own mappings."""
