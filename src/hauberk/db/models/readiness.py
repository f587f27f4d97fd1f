"""What the installation keeps of its readiness: records of drills, what people attested and waived, past reports."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from hauberk.db.base import Model, instant_now


class ReadinessRecord(Model):
    """A drill, test or benchmark that was run, as it ended; the signature is over all of it."""

    __tablename__ = "readiness_record"
    __table_args__ = (Index("readiness_record_newest_idx", "kind", "name", text("finished_at desc")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    has_passed: Mapped[bool]
    evidence: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
    build: Mapped[str]
    source: Mapped[str]
    figures: Mapped[dict[str, Any]]
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class Attestation(Model):
    """What a person says is so of a row of the checklist, until it expires; the newest one of a row counts."""

    __tablename__ = "attestation"
    __table_args__ = (Index("attestation_newest_idx", "row_name", text("attested_at desc")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    row_name: Mapped[str]
    person: Mapped[str]
    statement: Mapped[str]
    attested_at: Mapped[datetime] = instant_now()
    expires_at: Mapped[datetime]


class Waiver(Model):
    """A row that is not held for now: why, who answers for that, until when. Withdrawn ones stay, with their end."""

    __tablename__ = "waiver"
    __table_args__ = (
        Index("waiver_row_name_key", "row_name", unique=True, postgresql_where=text("withdrawn_at is null")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    row_name: Mapped[str]
    reason: Mapped[str]
    owner: Mapped[str]
    waived_at: Mapped[datetime] = instant_now()
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class ReadinessLink(Model):
    """One record, attestation, waiver or end of a waiver in the order they were kept; `mac` signs its hash.

    The hash is over all the other columns but the key's: `digest` of what was kept, and the hash of the link before it.
    """

    __tablename__ = "readiness_link"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    subject: Mapped[str]
    subject_id: Mapped[int]
    name: Mapped[str]
    """What it speaks for: `drill restart`, or a row of the checklist."""
    at: Mapped[datetime]
    is_adopted: Mapped[bool]
    """It was there before the chain was, which vouches for it only from then on."""
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    kid: Mapped[str]
    mac: Mapped[bytes] = mapped_column(LargeBinary)


class ReadinessAssignment(Model):
    """Who sees to a row, and by when."""

    __tablename__ = "readiness_assignment"

    row_name: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str | None]
    due_on: Mapped[date | None] = mapped_column(Date)


class ReadinessReport(Model):
    """One look at all rows; `answers` is by row."""

    __tablename__ = "readiness_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    build: Mapped[str]
    source: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
    answers: Mapped[dict[str, Any]]
