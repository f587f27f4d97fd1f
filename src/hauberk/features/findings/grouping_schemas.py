"""Joins and splits of findings, in requests and answers."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from hauberk.domain.finding import FindingKind, Triage
from hauberk.domain.severity import Severity
from hauberk.features.findings.schemas import MAX_REASON, Location
from hauberk.features.identity.serving import Ids, Instant, Named, Payload, Schema
from hauberk.kit.errors import Invalid, NotFound

MAX_AT_ONCE = 100
PublicIdList = Annotated[list[str], Field(min_length=1, max_length=MAX_AT_ONCE)]


class JoinPayload(Payload):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"findings": ["fnd_0000000000000"], "reason": "One flaw, two rules."}]
        }
    )

    findings: PublicIdList = Field(description="Of the same asset and kind; they become part of this one")
    reason: str | None = Field(default=None, max_length=MAX_REASON)

    def numbers(self, ids: Ids) -> list[int]:
        return numbers(ids, "fnd", self.findings, "/findings")


class SplitPayload(Payload):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"occurrences": ["occ_0000000000000"], "reason": "Another call, another flaw."}]
        }
    )

    occurrences: PublicIdList = Field(
        description="Open ones, of which at least one must be left; those of the same key and place go along"
    )
    reason: str | None = Field(default=None, max_length=MAX_REASON)

    def numbers(self, ids: Ids) -> list[int]:
        return numbers(ids, "occ", self.occurrences, "/occurrences")


class RegroupingSchema(Schema):
    """A join or split in which the finding was one of the two."""

    id: str
    act: Literal["join", "split"]
    cause: Literal["person", "alias"] = Field(
        description="`alias`: both named one vulnerability, by identifiers that are known to be aliases"
    )
    is_kept: bool = Field(
        description="Whether this finding is the one that the other was joined into or split off"
    )
    other: str | None = Field(description="The other finding; null where it never was one of its own")
    reason: str | None
    identifiers: list[str] = Field(description="Of a join by aliases: the names that are one")
    by: Named | None
    at: Instant
    undone_by: Named | None
    undone_at: Instant | None


class CorrelationReason(Schema):
    rule: str = Field(examples=["same_vulnerability"])
    text: str


class RelatedFinding(Schema):
    """A finding of another kind that probably comes from the same cause; the two stay two."""

    id: str
    title: str
    kind: FindingKind
    severity: Severity
    triage: Triage
    location: Location | None
    reasons: list[CorrelationReason]
    dismissed_at: Instant | None = Field(description="When somebody said that the two have nothing in common")
    dismissed_by: Named | None


class RelatedFindings(Schema):
    items: list[RelatedFinding] = Field(description="The most urgent first, dismissed ones last; at most 50")


def numbers(ids: Ids, prefix: str, public_ids: list[str], pointer: str) -> list[int]:
    """Each once; a wrong one is named by its place in the list."""
    found: dict[int, None] = {}
    wrong = []
    for position, each in enumerate(public_ids):
        try:
            found[ids.decode(prefix, each)] = None
        except NotFound as error:
            wrong.append((f"{pointer}/{position}", error.message))
    if wrong:
        raise Invalid(wrong)
    return list(found)
