"""Why a finding is one finding, in answers."""

from typing import Any

from pydantic import Field

from hauberk.features.findings.grouping_schemas import RegroupingSchema
from hauberk.features.findings.schemas import Component, Location
from hauberk.features.identity.serving import Instant, Schema


class KeySchema(Schema):
    """A way to recognise the finding, and what it is made of."""

    fingerprint: str = Field(description="128 bits, in hexadecimal")
    made_from: str | None = Field(
        description="package, code, web, host, resource, resource-at, secret, manual or split;"
        " null where nothing that is kept tells any more"
    )
    inputs: dict[str, str | int | None] = Field(
        description="By name, as in `package` and `identifier`, or `rule`, `path` and `code`; `act` of a split"
    )


class MatchSchema(Schema):
    """A result that was taken for this occurrence although its key or place was another."""

    at: Instant
    scan_id: str
    pass_name: str = Field(
        description="How it was matched: `moved` within the same key, else the drift pass, as in `code_edited`"
    )
    reason: str
    was: dict[str, Any] = Field(description="The place that was known")
    now: dict[str, Any] = Field(description="The place that was reported")
    similarity: float | None = Field(description="Of code, 0.8 to 1; null where nothing was estimated")
    rejected: list[dict[str, Any]] = Field(description="Other results that were alike, but less")
    keys_added: list[str]


class ExplainedOccurrence(Schema):
    id: str
    scanner: str
    ref: str
    is_tracked: bool
    scope: str = Field(description="What told this series of scans apart; empty where nothing did")
    rule: str = Field(description="What was checked, as keys name it")
    location: Location | None
    component: Component | None
    first_seen_at: Instant
    keys: list[KeySchema] = Field(
        description="That this result gives, the strongest first, which it is kept under"
    )
    regrouping: str | None = Field(
        description="The join or split by which it is here; null: its key alone led here"
    )
    matches: list[MatchSchema] = Field(
        description="Newest first; empty: always known by its exact key and place"
    )


class LeadingKey(KeySchema):
    """A key of the finding, from whomever it came."""

    occurrences: list[str] = Field(
        description="Open ones that give it; none: it is kept for when it comes back"
    )
    added_by: str | None = Field(
        description="The drift pass that added it; null: the results gave it themselves"
    )


class Explanation(Schema):
    """Each open occurrence with its keys, and all keys that lead here; at most 200 of each."""

    id: str
    identity_version: int
    occurrences: list[ExplainedOccurrence]
    keys: list[LeadingKey]
    regroupings: list[RegroupingSchema] = Field(
        description="Newest first, also those that were undone; at most 200"
    )
