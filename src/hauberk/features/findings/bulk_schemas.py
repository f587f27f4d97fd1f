"""Changes of many findings: what is asked for, and what is told of those that were made."""

from typing import Any, Literal

from msgspec import UNSET
from pydantic import ConfigDict, Field, model_validator

from hauberk.domain.finding import Triage
from hauberk.domain.severity import Severity
from hauberk.features.findings.bulk_repository import Made
from hauberk.features.findings.change import Change
from hauberk.features.findings.schemas import FindingChange
from hauberk.features.identity.serving import Ids, Instant, Named, Payload, Schema

MAX_BULK_IDS = 10_000


class BulkChange(Payload):
    """Either `ids`, or `q` with the `expected_total` that its caller saw (10,000 where that was not exact)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"q": "severity:low is:open", "expected_total": 42, "change": {"triage": "confirmed"}}
            ]
        }
    )

    ids: list[str] | None = Field(default=None, min_length=1, max_length=MAX_BULK_IDS)
    q: str | None = None
    expected_total: int | None = Field(default=None, ge=0)
    change: FindingChange

    @model_validator(mode="after")
    def _one_selection(self) -> "BulkChange":
        if (self.ids is None) == (self.q is None):
            raise ValueError("Give either `ids` or `q`.")
        if self.q is not None and self.expected_total is None:
            raise ValueError("A change by query needs `expected_total`.")
        return self


class AcceptedJob(Schema):
    id: str
    state: Literal["accepted"]


class BulkAccepted(Schema):
    job: AcceptedJob


class BulkChangeSays(Schema):
    """What it set; of the other fields nothing."""

    sets: list[Literal["triage", "duplicate_of", "assignee", "severity", "tags"]]
    triage: Triage | None
    reason: str | None
    duplicate_of: str | None
    assignee: Named | None = Field(description="null also for a person who has gone")
    severity: Severity | None = Field(description="null: as the scanner says")
    severity_reason: str | None
    add_tags: list[str]
    remove_tags: list[str]


class BulkChangeMade(Schema):
    """A change of many findings, or the taking back of one."""

    id: str = Field(description="Of its job")
    state: Literal["accepted", "running", "done", "failed", "cancelled"]
    created_at: Instant
    finished_at: Instant | None
    made_by: str | None
    change: BulkChangeSays | None = Field(description="null where it takes another one back")
    q: str | None = Field(description="null where the findings were named")
    selected: int | None
    changed: int | None
    kept: int | None = Field(
        description="Of one that takes back: what somebody had changed since, left as it was"
    )
    undoes: str | None = Field(description="The job that it takes back")
    undone_by: str | None = Field(description="The last job that took it back")
    can_undo: bool

    @classmethod
    def of(cls, made: Made, ids: Ids) -> "BulkChangeMade":
        result = made.result or {}
        return cls.model_validate(
            {
                "id": ids.encode("job", made.id),
                "state": made.state,
                "created_at": made.created_at,
                "finished_at": made.finished_at,
                "made_by": made.actor_name,
                "change": made.change and _says(made, made.change, ids),
                "q": made.query,
                "selected": result.get("selected"),
                "changed": result.get("changed"),
                "kept": result.get("kept"),
                "undoes": made.undoes and ids.encode("job", made.undoes),
                "undone_by": made.undone_by and ids.encode("job", made.undone_by),
                "can_undo": made.can_undo,
            }
        )


class BulkChangeStanding(Schema):
    would_undo: int = Field(description="Findings that are as it left them")
    changed_since: int = Field(
        description="Findings that somebody has changed since; they would stay as they are"
    )


def _says(made: Made, change: Change, ids: Ids) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "triage": change.triage,
        "duplicate_of": change.duplicate_of_id,
        "assignee": change.assignee_id,
        "severity": change.severity,
    }
    given = {name: value for name, value in fields.items() if value is not UNSET}
    original, assignee = given.get("duplicate_of"), given.get("assignee")
    return {
        "sets": [*given, *(["tags"] if change.add_tags or change.remove_tags else [])],
        "triage": given.get("triage"),
        "reason": change.reason,
        "duplicate_of": original and ids.encode("fnd", original),
        "assignee": assignee
        and made.assignee_name
        and {"id": ids.encode("usr", assignee), "name": made.assignee_name},
        "severity": given.get("severity"),
        "severity_reason": change.severity_reason,
        "add_tags": list(change.add_tags),
        "remove_tags": list(change.remove_tags),
    }
