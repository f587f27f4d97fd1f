"""Findings (ours, narrow and hot), the keys that lead to them, and occurrences (what each scanner claims, versioned)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Computed, Index, Integer, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from hauberk.db.base import Model, TenantModel, instant_now, small, tenant_reference

OPEN = "is_active and triage <= 2"
SHOWN = "joined_into_id is null"
ADDRESS = "occurrence_address(location, component, {})"


class RuleText(TenantModel):
    """What scanners say in the same words again and again, stored once: the dictionary that text search reads first."""

    __tablename__ = "rule_text"
    __table_args__ = (
        Index("rule_text_content_key", "organization_id", "content_hash", unique=True),
        Index("rule_text_identifiers_idx", "identifiers", postgresql_using="gin"),
        Index("rule_text_rule_idx", "organization_id", "rule_id"),
        Index(
            "rule_text_flags_idx",
            "organization_id",
            "id",
            postgresql_include=["known_exploited", "has_fix", "cvss_score"],
        ),
        Index(
            "rule_text_exploited_idx",
            "organization_id",
            "id",
            postgresql_where=text("known_exploited or feed_known_exploited"),
        ),
        Index("rule_text_words_idx", text("word_trigrams(organization_id, words)"), postgresql_using="gin"),
        Index(
            "rule_text_feed_known_exploited_idx",
            "organization_id",
            "id",
            postgresql_where=text("feed_known_exploited"),
        ),
        Index(
            "rule_text_is_feed_pending_idx", "organization_id", "id", postgresql_where=text("is_feed_pending")
        ),
    )

    content_hash: Mapped[UUID]
    scanner: Mapped[str]
    rule_id: Mapped[str | None]
    rule_name: Mapped[str | None]
    title: Mapped[str]
    description: Mapped[str | None]
    remediation: Mapped[str | None]
    references: Mapped[list[str]] = mapped_column(server_default="{}")
    identifiers: Mapped[list[str]] = mapped_column(server_default="{}")
    cwes: Mapped[list[int]] = mapped_column(server_default="{}")
    cvss_score: Mapped[float | None]
    cvss: Mapped[list[Any]] = mapped_column(server_default="[]")
    known_exploited: Mapped[bool | None]
    has_fix: Mapped[bool | None]
    feed_epss: Mapped[float | None]
    """What feeds say of its vulnerabilities, by any of their names: the highest score, and whether one is exploited."""
    feed_known_exploited: Mapped[bool] = mapped_column(server_default="false")
    is_feed_pending: Mapped[bool] = mapped_column(server_default="false")
    """Feeds say something else than before, and its findings do not show it yet."""
    words: Mapped[str] = mapped_column(
        Computed("rule_words(title, rule_id, rule_name, identifiers)", persisted=True)
    )
    """What text search looks through, in lower case."""


class Finding(TenantModel):
    """This asset has this problem. Machine-owned: presence, severities, times. Human-owned: triage, override, assignee."""

    __tablename__ = "finding"
    __table_args__ = (
        tenant_reference("asset_id", "asset", on_delete="CASCADE"),
        tenant_reference("rule_text_id", "rule_text"),
        # What the commonest filters compare lies in the index, so that a page and its count read no row of the table.
        Index(
            "finding_list_idx",
            "organization_id",
            text("priority desc"),
            text("id desc"),
            postgresql_include=["asset_id", "rule_text_id", "kind", "severity", "triage", "is_active"],
            postgresql_where=text(SHOWN),
        ),
        Index(
            "finding_open_list_idx",
            "organization_id",
            text("priority desc"),
            text("id desc"),
            postgresql_include=["asset_id", "rule_text_id", "kind", "severity", "epss", "scanners"],
            postgresql_where=text(f"{OPEN} and {SHOWN}"),
        ),
        Index(
            "finding_due_idx",
            "organization_id",
            "due_at",
            postgresql_include=["id", "priority", "asset_id"],
            postgresql_where=text(f"{OPEN} and {SHOWN} and due_at is not null"),
        ),
        # An import assigns, decides and tags nothing, so these cost it nothing.
        Index(
            "finding_assignee_idx",
            "organization_id",
            "assignee_id",
            text("priority desc"),
            text("id desc"),
            postgresql_include=["asset_id", "triage", "is_active"],
            postgresql_where=text(f"assignee_id is not null and {SHOWN}"),
        ),
        Index(
            "finding_decided_idx",
            "organization_id",
            text("priority desc"),
            text("id desc"),
            postgresql_include=["asset_id", "kind", "severity", "triage", "is_active"],
            postgresql_where=text(f"triage > 2 and {SHOWN}"),
        ),
        Index(
            "finding_tagged_idx",
            "organization_id",
            text("priority desc"),
            text("id desc"),
            postgresql_include=["asset_id", "tags", "triage", "is_active"],
            postgresql_where=text(f"tags <> '{{}}' and {SHOWN}"),
        ),
        Index(
            "finding_vex_idx",
            "organization_id",
            text("priority desc"),
            text("id desc"),
            postgresql_include=["asset_id", "vex_status"],
            postgresql_where=text("vex_status is not null"),
        ),
        Index("finding_severity_idx", "organization_id", text("severity desc"), text("id desc")),
        Index(
            "finding_first_seen_idx",
            "organization_id",
            text("first_seen_at desc"),
            text("id desc"),
            postgresql_include=["priority", "asset_id", "severity", "triage", "is_active"],
            postgresql_where=text(SHOWN),
        ),
        Index("finding_asset_idx", "organization_id", "asset_id", text("priority desc"), text("id desc")),
        Index(
            "finding_rule_text_idx",
            "organization_id",
            "rule_text_id",
            text("priority desc"),
            text("id desc"),
            postgresql_include=["asset_id", "severity", "triage", "is_active"],
            postgresql_where=text(SHOWN),
        ),
        Index(
            "finding_vulnerability_idx",
            "organization_id",
            "vulnerability_id",
            postgresql_include=["severity", "asset_id", "first_seen_at", "epss"],
            postgresql_where=text(OPEN),
        ),
        Index(
            "finding_duplicate_idx",
            "organization_id",
            "duplicate_of_id",
            postgresql_where=text("duplicate_of_id is not null"),
        ),
    )

    asset_id: Mapped[int]
    rule_text_id: Mapped[int]
    vulnerability_id: Mapped[int | None]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]
    """Only while inactive: an active finding was last seen by the newest scan of its scopes."""
    changed_at: Mapped[datetime] = instant_now()
    due_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
    assignee_id: Mapped[int | None]
    decision_id: Mapped[int | None]
    duplicate_of_id: Mapped[int | None]
    joined_into_id: Mapped[int | None]
    """It is no finding of its own any more; the row keeps what people said of it, and an undo makes it one again."""
    vex_statement_id: Mapped[int | None]
    """The supplier's statement that speaks for it, whether or not that decided its triage."""
    epss: Mapped[float | None]
    """A feed's word where there is one, else the scanner's."""
    epss_reported: Mapped[float | None]
    """The scanner's; of a finding that no feed speaks of it may stand in `epss` alone."""
    is_epss_of_feed: Mapped[bool] = mapped_column(server_default="false")
    priority: Mapped[int] = mapped_column(Integer)
    open_occurrences: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    kind: Mapped[int] = small()
    severity: Mapped[int] = small()
    severity_reported: Mapped[int] = small()
    severity_override: Mapped[int | None] = mapped_column(SmallInteger)
    triage: Mapped[int] = small(default=0)
    vex_status: Mapped[int | None] = mapped_column(SmallInteger)
    is_active: Mapped[bool] = mapped_column(Computed("open_occurrences > 0", persisted=True))
    scanners: Mapped[list[str]]
    tags: Mapped[list[str]] = mapped_column(server_default="{}")


class FindingKey(Model):
    """A way to recognise a finding again: asset, identity version and fingerprint lead to exactly one finding."""

    __tablename__ = "finding_key"
    __table_args__ = (
        tenant_reference("finding_id", "finding", on_delete="CASCADE"),
        Index(None, "organization_id", "finding_id"),
    )

    organization_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    asset_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    identity_version: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    fingerprint: Mapped[UUID] = mapped_column(primary_key=True)
    finding_id: Mapped[int]
    added_scan_id: Mapped[int | None]
    """The scan that brought it, and takes it along when it is undone; null where a person or a rule led it here."""


class Occurrence(TenantModel):
    """One scanner's standing claim of a finding at one place on one ref, from one scan until another.

    A row is one version: changed content closes it and opens the next (`previous_id`), so a view as of a past instant
    reads the rows whose interval holds it. `close_reason` is gone, changed, moved, superseded, ref_expired, undone.
    """

    __tablename__ = "occurrence"
    __table_args__ = (
        tenant_reference("scope_id", "scope", on_delete="CASCADE"),
        tenant_reference("finding_id", "finding", on_delete="CASCADE"),
        Index(
            "occurrence_open_key",
            "organization_id",
            "scope_id",
            "fingerprint",
            "place_hash",
            unique=True,
            postgresql_include=["content_hash", "element_hash", "id", "line"],
            postgresql_where=text("closed_at is null"),
        ),
        Index("occurrence_history_idx", "organization_id", "scope_id", "fingerprint", "place_hash"),
        Index("occurrence_finding_idx", "organization_id", "finding_id"),
        Index("occurrence_opened_idx", "organization_id", "opened_scan_id", "id"),
        Index("occurrence_address_idx", "organization_id", text(ADDRESS.format(1))),
        Index(
            "occurrence_second_address_idx",
            "organization_id",
            text(ADDRESS.format(2)),
            postgresql_where=text(f"{ADDRESS.format(2)} is not null"),
        ),
        Index("occurrence_ending_idx", "organization_id", text(f"reverse({ADDRESS.format(1)})")),
        Index(
            "occurrence_second_ending_idx",
            "organization_id",
            text(f"reverse({ADDRESS.format(2)})"),
            postgresql_where=text(f"{ADDRESS.format(2)} is not null"),
        ),
        Index(
            "occurrence_purl_idx",
            "organization_id",
            text("component_purl(component)"),
            postgresql_where=text("component_purl(component) is not null"),
        ),
        Index(
            "occurrence_component_idx",
            "organization_id",
            text("component_name(component)"),
            postgresql_where=text("component is not null"),
        ),
        Index(
            "occurrence_closed_idx",
            "organization_id",
            "closed_scan_id",
            "id",
            postgresql_where=text("closed_scan_id is not null"),
        ),
    )

    scope_id: Mapped[int]
    finding_id: Mapped[int]
    rule_text_id: Mapped[int]
    place_hash: Mapped[int]
    content_hash: Mapped[int]
    element_hash: Mapped[int] = mapped_column(server_default=text("0"))
    """The report's element that it was read from, and how many results that had; 0: always read it again."""
    opened_scan_id: Mapped[int]
    closed_scan_id: Mapped[int | None]
    previous_id: Mapped[int | None]
    first_seen_at: Mapped[datetime]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    fingerprint: Mapped[UUID]
    line: Mapped[int | None] = mapped_column(Integer)
    severity: Mapped[int] = small()
    severity_word: Mapped[str | None]
    target: Mapped[str | None]
    close_reason: Mapped[str | None]
    location: Mapped[dict[str, Any] | None]
    component: Mapped[dict[str, Any] | None]
    suppression: Mapped[dict[str, Any] | None]
    stable_ids: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    """Hashes of the scanner's own identities of this result, where it gives any."""


class MatchLog(TenantModel):
    """Why a result was taken for a known occurrence although its key was another: the occurrence that was known, and how.

    A place that drifted under the same key needs no row: the version that follows says `moved`.
    """

    __tablename__ = "match_log"
    __table_args__ = (
        tenant_reference("scan_id", "scan", on_delete="CASCADE"),
        Index(None, "organization_id", "finding_id"),
    )

    scan_id: Mapped[int]
    finding_id: Mapped[int]
    occurrence_id: Mapped[int]
    pass_name: Mapped[str]
    detail: Mapped[dict[str, Any]]


class Decision(TenantModel):
    """What was stated about a finding: triage or severity, why, and for which places.

    By a person, whose word stands whatever imports bring, or by a supplier's statement (`vex_statement_id`), which decides only
    what no person has decided. `scan_id` is the scan with which it did, or, back to open, no longer does.
    """

    __tablename__ = "decision"
    __table_args__ = (
        tenant_reference("finding_id", "finding", on_delete="CASCADE"),
        Index(None, "organization_id", "finding_id"),
        Index(
            "decision_scan_idx",
            "organization_id",
            "scan_id",
            "id",
            postgresql_where=text("scan_id is not null"),
        ),
    )

    finding_id: Mapped[int]
    vex_statement_id: Mapped[int | None]
    scan_id: Mapped[int | None]
    triage: Mapped[int | None] = mapped_column(SmallInteger)
    severity: Mapped[int | None] = mapped_column(SmallInteger)
    reason: Mapped[str | None]
    covers_all_places: Mapped[bool] = mapped_column(server_default="false")
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime] = instant_now()
    expires_at: Mapped[datetime | None]


class Comment(TenantModel):
    """What a person wrote beside a finding."""

    __tablename__ = "comment"
    __table_args__ = (
        tenant_reference("finding_id", "finding", on_delete="CASCADE"),
        Index(None, "organization_id", "finding_id"),
    )

    finding_id: Mapped[int]
    author_id: Mapped[int]
    body: Mapped[str]
    created_at: Mapped[datetime] = instant_now()
