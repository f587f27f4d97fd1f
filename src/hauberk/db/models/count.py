"""Counts: appended as deltas by whoever changes findings, folded by a job, never updated in place by an import."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, Index, Integer, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from hauberk.db.base import Model, TenantModel, instant_now


class CountDelta(TenantModel):
    """A change of how many active findings there are, not yet folded. `opened` and `closed` feed the trend of day `on`."""

    __tablename__ = "count_delta"

    asset_id: Mapped[int]
    on: Mapped[date] = mapped_column("on_day", Date)
    kind: Mapped[int] = mapped_column(SmallInteger)
    severity: Mapped[int] = mapped_column(SmallInteger)
    triage: Mapped[int] = mapped_column(SmallInteger)
    n: Mapped[int] = mapped_column(Integer)
    opened: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    closed: Mapped[int] = mapped_column(Integer, server_default=text("0"))


class FindingCount(Model):
    """Folded: active findings by asset, kind, severity and triage."""

    __tablename__ = "finding_count"

    organization_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    asset_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    severity: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    triage: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    n: Mapped[int]


class DailyTrend(Model):
    """Folded: what was opened and closed on a day, and the net change of the open findings, by severity."""

    __tablename__ = "daily_trend"

    organization_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    on: Mapped[date] = mapped_column("on_day", Date, primary_key=True)
    severity: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    opened: Mapped[int]
    closed: Mapped[int]
    net: Mapped[int]


class CountFold(Model):
    """How often an organization's deltas have been folded: with what is not yet folded, the version of its counts."""

    __tablename__ = "count_fold"

    organization_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    folds: Mapped[int]
    folded_at: Mapped[datetime] = instant_now()


class FacetDelta(TenantModel):
    """A change of how many findings there are, active or not, as a trigger on `finding` saw it; not yet folded."""

    __tablename__ = "facet_delta"

    asset_id: Mapped[int]
    is_active: Mapped[bool]
    kind: Mapped[int] = mapped_column(SmallInteger)
    severity: Mapped[int] = mapped_column(SmallInteger)
    triage: Mapped[int] = mapped_column(SmallInteger)
    scanners: Mapped[list[str]]
    n: Mapped[int] = mapped_column(Integer)


class FacetCount(Model):
    """Folded: findings by all that facets are of, for each asset, and for all together (asset 0)."""

    __tablename__ = "facet_count"

    organization_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    asset_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    is_active: Mapped[bool] = mapped_column(primary_key=True)
    kind: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    severity: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    triage: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    scanners: Mapped[list[str]] = mapped_column(primary_key=True)
    n: Mapped[int]


class VulnerabilityDelta(TenantModel):
    """A change of how many open findings a vulnerability has, as triggers saw it; not yet folded."""

    __tablename__ = "vulnerability_delta"

    vulnerability_id: Mapped[int]
    beside_id: Mapped[int]
    """The first vulnerability of findings that have this one as a further one; 0 where it is their first."""
    severity: Mapped[int] = mapped_column(SmallInteger)
    n: Mapped[int] = mapped_column(Integer)


class VulnerabilityCount(Model):
    """Folded: open findings by vulnerability, by name."""

    __tablename__ = "vulnerability_count"
    __table_args__ = (
        Index(
            "vulnerability_count_beside_idx",
            "organization_id",
            "beside_id",
            postgresql_where=text("beside_id <> 0"),
        ),
    )

    organization_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    vulnerability_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    beside_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    severity: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    n: Mapped[int]


class FlawCount(Model):
    """Folded: what all names of one flaw have together, under the preferred one; only of those with open findings."""

    __tablename__ = "flaw_count"
    __table_args__ = (
        Index(
            "flaw_count_list_idx",
            "organization_id",
            text("worst desc"),
            text("open_findings desc"),
            text("vulnerability_id desc"),
        ),
    )

    organization_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    vulnerability_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    worst: Mapped[int] = mapped_column(SmallInteger)
    open_findings: Mapped[int]
