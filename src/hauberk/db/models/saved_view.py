"""Filters of the list of findings that people keep under a name."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from hauberk.db.base import TenantModel, instant_now


class SavedView(TenantModel):
    """A query and an order. It is a member's own; shared, everybody in the organization sees it.

    It has no columns: those follow the room that a screen has, and how high rows are is each person's own choice.
    """

    __tablename__ = "saved_view"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "user_id"],
            ["membership.organization_id", "membership.user_id"],
            ondelete="CASCADE",
        ),
        Index("saved_view_name_key", "organization_id", "user_id", "name_key", unique=True),
        Index("saved_view_order_idx", "organization_id", "name_key", "id"),
    )

    user_id: Mapped[int]
    name: Mapped[str]
    name_key: Mapped[str]
    query: Mapped[str]
    sort: Mapped[str]
    is_shared: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime] = instant_now()
    updated_at: Mapped[datetime] = instant_now()
