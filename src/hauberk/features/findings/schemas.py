"""Findings in requests and answers. Lists are written without these models (`shape`); they document and check them."""

from typing import Any

from pydantic import ConfigDict, Field

from hauberk.domain.finding import FindingKind, Presence, Triage
from hauberk.domain.severity import Severity
from hauberk.domain.vex import VexStatus
from hauberk.features.findings.change import Change, checked
from hauberk.features.identity.serving import Ids, Instant, Named, Payload, Schema, Tag
from hauberk.kit.errors import Invalid, NotFound

MAX_REASON = 4_000
MAX_COMMENT = 20_000
MAX_TAGS_AT_ONCE = 20


class Location(Schema):
    """Where it is: in a file, at a URL, on a host, or at a cloud resource; only what the scanner said is there."""

    path: str | None = None
    line: int | None = None
    end_line: int | None = None
    column: int | None = None
    symbol: str | None = None
    snippet: str | None = None
    commit: str | None = None
    url: str | None = None
    method: str | None = None
    parameter: str | None = None
    host: str | None = None
    host_ids: tuple[str, ...] = ()
    port: int | None = None
    protocol: str | None = None
    resource: str | None = None
    message: str | None = None
    evidence: str | None = None


class Component(Schema):
    """A package that carries the problem."""

    name: str
    version: str | None = None
    purl: str | None = None
    fixed_versions: list[str] = Field(default_factory=list)
    path: str | None = None
    layer: str | None = None
    component_id: str | None = Field(
        default=None,
        examples=["cmp_0000000000000"],
        description="What is known of it in all assets; in the finding's own answer, some seconds after an import",
    )


class Cvss(Schema):
    """One assessment; `version` is 2.0, 3.0, 3.1 or 4.0."""

    score: float | None = None
    vector: str | None = None
    version: str | None = None
    source: str | None = None


class FindingSchema(Schema):
    """This asset has this problem."""

    id: str = Field(examples=["fnd_0000000000000"])
    asset: Named
    kind: FindingKind
    title: str
    severity: Severity = Field(
        description="Effective: a person's override, else the highest that scanners report"
    )
    severity_reported: Severity
    priority: int = Field(
        description="Our order: `S K EE CCC` (severity, known exploited, EPSS per cent, CVSS × 10)"
    )
    presence: Presence
    triage: Triage
    triage_reason: str | None
    vex_status: VexStatus | None = Field(
        description="What suppliers' statements say of it together, whoever decided its triage; null: nothing that covers all of it"
    )
    identifiers: list[str]
    cwes: list[int]
    cvss: list[Cvss] | None
    epss: float | None
    known_exploited: bool | None
    rule_id: str | None
    scanners: list[str]
    locations: list[Location] = Field(description="In lists only the main place")
    components: list[Component] = Field(description="In lists only the main one")
    first_seen_at: Instant
    last_seen_at: Instant
    due_at: Instant | None
    assignee: Named | None
    tags: list[str]
    is_reopened: bool
    vulnerability: Named | None
    occurrence_count: int = Field(description="Open ones")


class FindingPage(Schema):
    """One page of findings."""

    items: list[FindingSchema]
    next_cursor: str | None
    total: int
    total_is_exact: bool


class SeverityOverride(Schema):
    severity: Severity
    reason: str | None
    by: Named | None
    at: Instant


class OccurrenceSchema(Schema):
    """One scanner's standing claim of the finding at one place on one ref."""

    id: str
    scanner: str
    ref: str
    is_tracked: bool
    is_open: bool
    severity: Severity
    location: Location | None
    component: Component | None
    first_seen_at: Instant
    last_seen_at: Instant
    closed_at: Instant | None
    close_reason: str | None


class HistoryEntry(Schema):
    id: str
    at: Instant
    actor: Named | None
    action: str
    detail: dict[str, Any]


class CommentSchema(Schema):
    id: str
    author: Named | None
    body: str
    created_at: Instant


class VexDetail(Schema):
    """The supplier's statement that speaks for the finding, of all that stand the one that counts."""

    vex_status: VexStatus
    decides: bool = Field(
        description="The triage is its word; a person's decision goes before, and a claimed fix decides nothing"
    )
    vulnerability: str
    product: str
    component: str | None = Field(
        description="The part of the product that is meant; null: whatever carries it"
    )
    justification: str | None
    impact: str | None
    action: str | None
    author: str | None
    stated_at: Instant
    document_id: str | None
    document_version: str | None
    scan: Named = Field(description="That brought the statement; called after its file")


class FindingDetail(FindingSchema):
    """A finding with everything that is known of it."""

    description: str | None
    remediation: str | None
    references: list[str]
    evidence: str | None
    severity_override: SeverityOverride | None
    vex: VexDetail | None
    duplicate_of: str | None
    joined_into: str | None = Field(
        description="The finding that this one is part of since it was joined; then it has no occurrences of its own"
    )
    occurrences: list[OccurrenceSchema] = Field(description="Open ones first; at most 500")
    history: list[HistoryEntry] = Field(description="Newest first; at most 200 acts of people")
    comments: list[CommentSchema]


class FacetValue(Schema):
    value: str
    label: str
    count: int = Field(description="What choosing it would give; where not exact, at least that many")
    is_exact: bool


class FacetsSchema(Schema):
    severity: list[FacetValue]
    triage: list[FacetValue]
    presence: list[FacetValue]
    kind: list[FacetValue]
    scanner: list[FacetValue]
    asset: list[FacetValue] = Field(description="The 50 with the most")
    assets_ranked_among: int | None = Field(
        description="When set, only this many of the largest assets were looked at: smaller ones may have more of it"
    )


class FindingChange(Payload):
    """What is absent stays; null clears. `false_positive`, `risk_accepted` and `severity` need a reason."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"triage": "false_positive", "reason": "The input is a constant."}]}
    )

    triage: Triage | None = None
    reason: str | None = Field(default=None, max_length=MAX_REASON)
    covers_all_places: bool = Field(
        default=False, description="Also for places not seen yet; else a new place opens the finding again"
    )
    duplicate_of: str | None = None
    assignee: str | None = None
    severity: Severity | None = None
    severity_reason: str | None = Field(default=None, max_length=MAX_REASON)
    add_tags: list[Tag] = Field(
        default_factory=list,
        max_length=MAX_TAGS_AT_ONCE,
        description="Beside those that are there; a finding has at most a hundred",
    )
    remove_tags: list[Tag] = Field(default_factory=list, max_length=MAX_TAGS_AT_ONCE)

    def to_change(self, ids: Ids, *, pointer: str = "") -> Change:
        given = self.model_fields_set
        values: dict[str, Any] = {
            "reason": self.reason or None,
            "severity_reason": self.severity_reason or None,
            "covers_all_places": self.covers_all_places,
            "add_tags": tuple(dict.fromkeys(self.add_tags)),
            "remove_tags": tuple(dict.fromkeys(self.remove_tags)),
        }
        if "triage" in given:
            values["triage"] = self.triage or Triage.OPEN
        if "severity" in given:
            values["severity"] = self.severity
        if "duplicate_of" in given:
            values["duplicate_of_id"] = _row(ids, "fnd", self.duplicate_of, f"{pointer}/duplicate_of")
        if "assignee" in given:
            values["assignee_id"] = _row(ids, "usr", self.assignee, f"{pointer}/assignee")
        return checked(Change(**values), pointer=pointer)


class NewComment(Payload):
    model_config = ConfigDict(json_schema_extra={"examples": [{"body": "Mended in the next release."}]})

    body: str = Field(min_length=1, max_length=MAX_COMMENT)


def _row(ids: Ids, prefix: str, public_id: str | None, pointer: str) -> int | None:
    if public_id is None:
        return None
    try:
        return ids.decode(prefix, public_id)
    except NotFound as error:
        raise Invalid([(pointer, error.message)]) from error
