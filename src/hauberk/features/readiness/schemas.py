"""What the readiness page and `hauberk readiness --json` show of a row."""

from typing import Literal

from hauberk.features.identity.serving import Instant, Schema
from hauberk.features.readiness.rows import Level
from hauberk.features.readiness.service import Report, summary
from hauberk.infra.readiness import Kind, Result


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
        )


class ReadinessSchema(Schema):
    items: list[ReadinessItemSchema]
    summary: dict[Literal["PASS", "WARN", "FAIL", "SKIP", "WAIVED"], int]

    @classmethod
    def of(cls, reports: list[Report]) -> "ReadinessSchema":
        return cls.model_validate(
            {"items": [ReadinessItemSchema.of(each) for each in reports], "summary": summary(reports)}
        )
