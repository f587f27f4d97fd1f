"""What the endpoints of policies take and answer."""

from typing import Annotated

from pydantic import Field, StringConstraints

from hauberk.domain.policy import MAX_DAYS, Policy
from hauberk.domain.severity import Severity
from hauberk.features.identity.serving import Instant, Named, Payload, Schema, Tag

Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Days = Annotated[int, Field(ge=1, le=MAX_DAYS)] | None


class DaysBySeverity(Payload):
    """Days from first sight, or from the day on which it was there again; null where there is no due date."""

    critical: Days = None
    high: Days = None
    medium: Days = None
    low: Days = None
    info: Days = None


class Terms(Payload):
    """What a policy says, and of which assets."""

    asset_tags: list[Tag] = Field(
        default_factory=list,
        max_length=100,
        description="For assets that have one of these tags; without any, for all",
        examples=[["internet-facing"]],
    )
    days: DaysBySeverity = Field(
        default_factory=DaysBySeverity, examples=[{"critical": 7, "high": 30, "medium": 90, "low": 180}]
    )
    known_exploited_days: Days = Field(
        default=None,
        description="Whatever is known to be exploited is due within so many days, if that is sooner",
        examples=[3],
    )

    def policy(self) -> Policy:
        tags = list(dict.fromkeys(self.asset_tags))
        days = {Severity(name): value for name, value in self.days.model_dump().items()}
        return Policy(tags, days, self.known_exploited_days)


class PolicyPayload(Terms):
    name: Name = Field(examples=["Internet-facing"])


class PolicyChange(PolicyPayload):
    version: int | None = Field(
        default=None,
        ge=1,
        description="The version that was read: refused with 409 when it is another by now",
    )


class PolicyOrder(Payload):
    """All policies, in the order in which they are asked."""

    ids: list[str] = Field(min_length=1, max_length=100, examples=[["pol_2", "pol_1"]])


class PolicySchema(Schema):
    """A policy. Of an asset the first one holds that has one of its tags, or no tags."""

    id: str
    name: str
    position: int = Field(description="1 is asked first")
    asset_tags: list[str]
    days: DaysBySeverity
    known_exploited_days: int | None
    asset_count: int = Field(description="Assets for which it is this one that holds")
    version: int
    updated_at: Instant
    updated_by: Named | None


class PolicyPreview(Schema):
    """What a policy would do if it were the first."""

    assets: int
    findings: int = Field(description="Open findings of these assets")
    due: int = Field(description="Those that would have a due date")
    overdue: int = Field(description="Those whose due date would be past already")
