"""Within how many days the findings of which assets have to be settled."""

from datetime import datetime

from sqlalchemy import Index, Integer, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from hauberk.db.base import TenantModel, instant_now


class DuePolicy(TenantModel):
    """Of an asset the first one holds, by `position`, that has one of its tags or none at all (`domain.policy`)."""

    __tablename__ = "due_policy"
    __table_args__ = (Index("due_policy_name_key", "organization_id", "name_key", unique=True),)

    name: Mapped[str]
    name_key: Mapped[str]
    position: Mapped[int] = mapped_column(Integer)
    asset_tags: Mapped[list[str]] = mapped_column(server_default="{}")
    critical_days: Mapped[int | None] = mapped_column(SmallInteger)
    high_days: Mapped[int | None] = mapped_column(SmallInteger)
    medium_days: Mapped[int | None] = mapped_column(SmallInteger)
    low_days: Mapped[int | None] = mapped_column(SmallInteger)
    info_days: Mapped[int | None] = mapped_column(SmallInteger)
    known_exploited_days: Mapped[int | None] = mapped_column(SmallInteger)
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime] = instant_now()
    updated_at: Mapped[datetime] = instant_now()
    updated_by: Mapped[int | None]
