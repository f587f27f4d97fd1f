"""What the endpoints of saved views take and answer."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from hauberk.features.identity.serving import Ids, Instant, Named, Payload, Schema

MAX_QUERY_CHARS = 2_000
Name = Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]
Query = Annotated[str, StringConstraints(max_length=MAX_QUERY_CHARS)]
Sort = Literal["-priority", "-severity", "-first_seen_at", "first_seen_at", "id"]


class _Given(Payload):
    def values(self) -> dict[str, Any]:
        """As the table names them; what was left out is not there."""
        given = self.model_dump(exclude_none=True)
        return {"query" if key == "q" else key: value for key, value in given.items()}


class ViewPayload(_Given):
    name: Name = Field(examples=["Late in payments"])
    q: Query = Field(
        description="The query language; empty: all findings", examples=["is:overdue asset.tag:payments"]
    )
    sort: Sort = "-priority"
    is_shared: bool = Field(default=False, description="Everybody in the organization sees it")


class ViewChange(_Given):
    """What is left out stays as it is."""

    name: Name | None = Field(default=None, examples=["Late in payments"])
    q: Query | None = None
    sort: Sort | None = None
    is_shared: bool | None = Field(default=None, examples=[True])


class ViewSchema(Schema):
    id: str
    name: str
    q: str
    sort: Sort
    is_shared: bool
    owner: Named | None
    is_own: bool = Field(description="It is the caller's, who alone changes it")
    updated_at: Instant

    @classmethod
    def of(cls, row: Any, user_id: int | None, ids: Ids) -> "ViewSchema":
        view = row.SavedView
        return cls(
            id=ids.encode("viw", view.id),
            name=view.name,
            q=view.query,
            sort=view.sort,
            is_shared=view.is_shared,
            owner=Named.person(ids, view.user_id, row.owner),
            is_own=view.user_id == user_id,
            updated_at=view.updated_at,
        )
