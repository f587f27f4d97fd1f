"""What must always be true and was found not to be: kept until a later look finds it true again."""

from datetime import datetime

from sqlalchemy import BigInteger, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from hauberk.db.base import Model, instant_now


class InvariantViolation(Model):
    """One subject (an asset, a job, a link of the audit trail …) at which an invariant does not hold, `n` times."""

    __tablename__ = "invariant_violation"

    organization_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    invariant: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    n: Mapped[int]
    detail: Mapped[str]
    found_at: Mapped[datetime] = instant_now()


class InvariantLook(Model):
    """How often an organization was looked at, when last, and how far the round through its assets has come."""

    __tablename__ = "invariant_look"

    organization_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int]
    reached_asset_id: Mapped[int] = mapped_column(server_default=text("0"))
    looked_at: Mapped[datetime] = instant_now()
