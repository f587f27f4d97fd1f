"""What is told of a feed."""

from typing import Literal

from pydantic import Field

from hauberk.features.feeds.source import SourceKind
from hauberk.features.feeds.standing import Standing
from hauberk.features.identity.serving import Instant, Schema

FeedState = Literal["current", "lost", "not_loaded", "off"]


class FeedSchema(Schema):
    name: str = Field(examples=["epss"])
    title: str
    says: str = Field(description="What it says of a vulnerability")
    state: FeedState = Field(description="`lost`: what findings show of it is out of date")
    source: SourceKind
    place: str | None = Field(description="The address or file that it comes from")
    entry_count: int
    published_at: Instant | None = Field(description="As its content says itself")
    synced_at: Instant | None = Field(description="When its publisher was last heard")
    changed_at: Instant | None
    loss: str | None = Field(description="Why it is lost")
    failure: str | None = Field(description="Why the last attempt failed; what was loaded before stays")

    @classmethod
    def of(cls, standing: Standing) -> "FeedSchema":
        return cls.model_validate(
            {
                "name": standing.feed.name,
                "title": standing.feed.title,
                "says": standing.feed.says,
                "state": state_of(standing),
                "source": standing.source.kind,
                "place": standing.source.place or None,
                "entry_count": standing.of("row_count") or 0,
                "loss": standing.loss,
                **{
                    name: standing.of(name) for name in ("published_at", "synced_at", "changed_at", "failure")
                },
            }
        )


class FeedsSchema(Schema):
    """By name."""

    feeds: list[FeedSchema]


def state_of(standing: Standing) -> FeedState:
    if standing.source.kind is SourceKind.OFF:
        return "off"
    if standing.loss is not None:
        return "lost"
    return "not_loaded" if standing.of("synced_at") is None else "current"
