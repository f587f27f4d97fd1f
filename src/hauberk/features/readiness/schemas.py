"""What the readiness page and `hauberk readiness --json` show of a row, and what people say about it."""

from datetime import date
from typing import Any, Literal

from pydantic import Field

from hauberk.db.models.readiness import ReadinessReport, Waiver
from hauberk.features.identity.serving import Instant, Payload, Schema
from hauberk.features.readiness.reporting import Change, changes, reports_of
from hauberk.features.readiness.rows import ROWS, Level
from hauberk.features.readiness.service import Report, attested, by_level, summary
from hauberk.infra.readiness import Kind, Result

Summary = dict[Literal["PASS", "WARN", "FAIL", "SKIP", "WAIVED"], int]


class WaiverSchema(Schema):
    reason: str
    owner: str
    expires_at: Instant

    @classmethod
    def of(cls, waiver: Waiver | None) -> "WaiverSchema | None":
        return None if waiver is None else cls.model_validate(waiver)


class ReadinessItemSchema(Schema):
    id: str
    group: str
    title: str
    level: Level
    result: Result
    kind: Kind
    evidence: str
    advice: str | None
    observed_at: Instant
    build: str
    owner: str | None
    due_on: date | None
    waiver: WaiverSchema | None

    @classmethod
    def of(cls, report: Report) -> "ReadinessItemSchema":
        row, answer = report.row, report.answer
        return cls(
            id=row.id,
            group=row.group,
            title=row.title,
            level=row.level,
            result=answer.result,
            kind=answer.kind,
            evidence=answer.evidence,
            advice=answer.advice,
            observed_at=report.observed_at,
            build=report.build,
            owner=report.owner,
            due_on=report.due_on,
            waiver=WaiverSchema.of(report.waiver),
        )


class ReadinessSchema(Schema):
    items: list[ReadinessItemSchema]
    summary: Summary
    attested: int = Field(description="How many of those that pass do so by the word of a person")
    levels: dict[Level, tuple[int, int]] = Field(description="How many pass, of how many")

    @classmethod
    def of(cls, reports: list[Report]) -> "ReadinessSchema":
        return cls.model_validate(
            {
                "items": [ReadinessItemSchema.of(each) for each in reports],
                "summary": summary(reports),
                "attested": attested(reports),
                "levels": by_level(reports),
            }
        )


class ChangeSchema(Schema):
    id: str
    title: str
    before: Result | None
    after: Result | None
    evidence: str

    @classmethod
    def of(cls, change: Change) -> "ChangeSchema":
        return cls.model_validate(
            {
                "id": change.row,
                "title": ROWS[change.row].title,
                "before": change.before,
                "after": change.after,
                "evidence": change.evidence,
            }
        )


class PastReportSchema(Schema):
    observed_at: Instant
    build: str
    summary: Summary
    changes: list[ChangeSchema] = Field(description="Rows that answered otherwise in the report before")

    @classmethod
    def of(cls, report: ReadinessReport, before: dict[str, Any] | None) -> "PastReportSchema":
        differing = [] if before is None else changes(before, report.answers)
        return cls.model_validate(
            {
                "observed_at": report.finished_at,
                "build": report.build,
                "summary": summary(reports_of(report)),
                "changes": [ChangeSchema.of(each) for each in differing],
            }
        )


class WaiverPayload(Payload):
    reason: str = Field(min_length=3, max_length=1000, examples=["The proxy of the data centre ends TLS."])
    owner: str = Field(min_length=1, max_length=200, examples=["ada@example.org"])
    until: date = Field(description="The last day, within a year", examples=["2027-03-31"])


class AttestationPayload(Payload):
    person: str = Field(min_length=1, max_length=200, examples=["Ada Lovelace"])
    statement: str = Field(min_length=3, max_length=1000, examples=["All four answered the test page."])
    until: date = Field(description="The last day, within a year", examples=["2027-03-31"])


class AssignmentPayload(Payload):
    owner: str | None = Field(max_length=200, examples=["ada@example.org"])
    due_on: date | None = Field(examples=["2027-01-15"])
