"""What a parser yields: the scanner's own words, in our shape. Nothing here is decided, merged or shortened."""

from datetime import datetime

from msgspec import Struct

from hauberk.domain.finding import FindingKind
from hauberk.domain.severity import Severity
from hauberk.domain.vex import VexStatus


class Location(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Where a problem is: in a file, at a URL, on a host, or at a cloud resource. Lines and columns count from 1."""

    path: str | None = None
    line: int | None = None
    end_line: int | None = None
    column: int | None = None
    symbol: str | None = None
    """The enclosing function, method or class."""
    snippet: str | None = None
    """The source text at the place, as the scanner quoted it."""
    commit: str | None = None
    url: str | None = None
    method: str | None = None
    parameter: str | None = None
    host: str | None = None
    host_ids: tuple[str, ...] = ()
    """What else tells the machine, whatever it is called: `ip:…`, `mac:…`, `uuid:…`, `cloud:…`, and of one that is called by
    its address `name:…`. Never part of a key."""
    port: int | None = None
    protocol: str | None = None
    resource: str | None = None
    """The address of a cloud or infrastructure-as-code resource (ARN, `aws_s3_bucket.logs`)."""
    message: str | None = None
    """What the scanner says of this very place, where that is more than what it says of the rule."""
    evidence: str | None = None
    """What proves it at this place: a response excerpt, a banner, a matched value (never a secret's value)."""


class Component(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A package that carries the problem."""

    name: str
    version: str | None = None
    purl: str | None = None
    fixed_versions: tuple[str, ...] = ()
    path: str | None = None
    """The manifest, lock file, archive or path through the dependency tree where it was found."""
    layer: str | None = None


class Cvss(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One CVSS assessment; `version` is 2.0, 3.0, 3.1 or 4.0 and `source` who assessed."""

    score: float | None = None
    vector: str | None = None
    version: str | None = None
    source: str | None = None


class Suppression(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The scanner was told to ignore this result: where (`inline`, `external`), why, and whether that stands."""

    where: str = "external"
    justification: str | None = None
    is_accepted: bool = True


class VexStatement(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a supplier states about the result's vulnerability in its component: it decides findings, whoever reports them."""

    vex_status: VexStatus
    justification: str | None = None
    impact: str | None = None
    action: str | None = None
    author: str | None = None
    """Where it is another than the document's."""
    stated_at: datetime | None = None
    is_of_product: bool = False
    """It is about the product as a whole, whatever part of it carries the vulnerability."""
    versions: tuple[str, ...] = ()
    """Where the document names several, or a range, beside the component."""
    is_result: bool = False
    """The report also found the problem itself: a bill of materials that somebody judged."""


class ReportedFinding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One problem as one scanner reported it.

    Several `locations` (dast, infrastructure) or `components` (sca, container) are several places of it. For other
    kinds the first location is the place, the rest is context (a data flow, related code).
    """

    kind: FindingKind
    title: str
    severity: Severity
    severity_reported: str | None = None
    """The scanner's own word or number, unmapped."""
    rule_id: str | None = None
    rule_name: str | None = None
    description: str | None = None
    remediation: str | None = None
    identifiers: tuple[str, ...] = ()
    """CVE, GHSA, OSV, RUSTSEC, … ids of the vulnerability, upper-cased where the scheme is."""
    cwes: tuple[int, ...] = ()
    cvss: tuple[Cvss, ...] = ()
    epss: float | None = None
    known_exploited: bool | None = None
    locations: tuple[Location, ...] = ()
    components: tuple[Component, ...] = ()
    references: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    confidence: str | None = None
    stable_id: str | None = None
    """The scanner's own identity of this result across scans, where it has one."""
    partial_fingerprints: dict[str, str] | None = None
    """SARIF `partialFingerprints`, by key."""
    is_said_new: bool = False
    """The scanner compared with an earlier run of its own and did not know the result: a hint, where several would fit."""
    suppression: Suppression | None = None
    vex: VexStatement | None = None
    target: str | None = None
    """What of the report's targets this belongs to (image, host, manifest): the unit of a partial scan."""
    found_at: datetime | None = None
    secret: str | None = None
    """The secret's value, when the scanner leaked it: only ever hashed, never stored, logged or printed."""


class ReportHeader(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a report says about itself. A parser may yield several; later non-empty fields win, `targets` add up."""

    scanner: str | None = None
    tool_version: str | None = None
    scanned_at: datetime | None = None
    """Zone-less times are UTC."""
    asset: str | None = None
    asset_kind: str | None = None
    ref: str | None = None
    scope: str | None = None
    """SARIF `automationDetails.id` or what a scanner has alike."""
    identifiers: tuple[str, ...] = ()
    """What else tells the asset: as `Location.host_ids`, and `repository:…`, `image:…`, `digest:…` (`domain.known_by`)."""
    targets: tuple[str, ...] = ()
    """Covered targets, including those without results."""
    is_partial: bool = False
    """The report itself says that it saw only its `targets`."""
    author: str | None = None
    """Who makes the statements of a VEX document."""
    document_id: str | None = None
    document_version: str | None = None


class ItemProblem(Struct, frozen=True, kw_only=True):
    """One item that could not be read; the rest of the report still counts."""

    position: str
    reason: str
