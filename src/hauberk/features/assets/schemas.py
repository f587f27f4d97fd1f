"""Assets in requests and answers."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from hauberk.domain.severity import Severity
from hauberk.features.identity.serving import Instant, Payload, Schema, Tag

Name = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
_KIND = re.compile(r"[a-z][a-z0-9_-]{0,49}")


def _is_kind(word: str) -> str:
    if not _KIND.fullmatch(word):
        raise PydanticCustomError(
            "asset_kind",
            "A kind is one word of at most 50 lower-case letters, digits, - and _, such as repository, image or host.",
        )
    return word


Kind = Annotated[
    str, AfterValidator(_is_kind), WithJsonSchema({"type": "string", "pattern": f"^{_KIND.pattern}$"})
]
Tags = Annotated[list[Tag], Field(max_length=100)]

DEFAULT_KIND = "repository"
DEFAULT_REF = "main"


class BySeverity(Schema):
    critical: int
    high: int
    medium: int
    low: int
    info: int
    unknown: int

    @classmethod
    def of(cls, counts: dict[int, int]) -> "BySeverity":
        return cls.model_validate({each.value: counts.get(each.rank, 0) for each in Severity})


class RefSchema(Schema):
    """A branch, tag or environment. Only what is seen on tracked refs is active."""

    name: str
    is_tracked: bool
    is_default: bool
    last_scan_at: Instant | None
    expires_at: Instant | None
    """Of an untracked ref: when what is seen on it closes, unless it is scanned again."""


class AssetSchema(Schema):
    """What is protected."""

    id: str = Field(examples=["ast_0000000000000"])
    name: str
    kind: str
    default_ref: str
    tags: list[str]
    refs: list[RefSchema] = Field(description="The default ref first; at most 200")
    open_findings: int
    by_severity: BySeverity = Field(description="Open findings")
    scanners: list[str]
    last_scan_at: Instant | None
    created_at: Instant


class AddedBySchema(Schema):
    id: str
    name: str


class IdentifierSchema(Schema):
    """What tells the asset in reports besides its name."""

    kind: str = Field(examples=["repository"])
    value: str = Field(examples=["git.example/shop"])
    scanner: str | None = Field(description="Whose report said it first; null when a person did")
    scan_id: str | None
    added_by: AddedBySchema | None
    first_seen_at: Instant
    last_seen_at: Instant
    tells_until: Instant | None = Field(
        description="Of addresses and digests, which pass from one to another: when it tells nothing any more"
    )
    is_shared: bool = Field(description="Another asset is known by it too, so it tells neither")


class AssetDetailSchema(AssetSchema):
    """One asset, with what else it is known by."""

    identifiers: list[IdentifierSchema] = Field(description="Last seen first; at most 200")


class NewIdentifier(Payload):
    """Spelled as you have it: `https://git.example/team/shop.git` is kept as `git.example/team/shop`."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "repository", "value": "https://git.example/shop"}]}
    )

    kind: Literal["repository", "image", "digest", "uuid", "cloud", "mac", "ip"]
    value: Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]


class NewAsset(Payload):
    """`name` is unique, whatever its case."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "shop", "kind": "repository", "tags": ["payments"]}]}
    )

    name: Name
    kind: Kind = DEFAULT_KIND
    default_ref: Name = DEFAULT_REF
    tags: Tags = Field(default_factory=list)


class RefTracking(Payload):
    model_config = ConfigDict(json_schema_extra={"examples": [{"is_tracked": True}]})

    is_tracked: bool


class NamedRefTracking(RefTracking):
    name: Name


class AssetChange(Payload):
    """What is absent stays. `refs` names those whose tracking changes; the others stay as they are."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"tags": ["payments", "pci"]}]})

    name: Name | None = None
    kind: Kind | None = None
    default_ref: Name | None = None
    tags: Tags | None = None
    refs: Annotated[list[NamedRefTracking], Field(max_length=100)] | None = None
