"""Components: which packages in which version the active findings of which assets stand on.

Derived from open occurrences, asset by asset, soon after a commit that changed findings (`features/components/refreshing`).
"""

from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Computed, Index, Integer, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hauberk.db.base import Model, TenantModel

SEVERITIES = ("unknown", "info", "low", "medium", "high", "critical")
"""By rank: the columns that count open findings."""
HERE = "assets > 0"
_OPEN = " + ".join(SEVERITIES)
_WORST = (
    "case "
    + " ".join(f"when {name} > 0 then {rank}" for rank, name in reversed(list(enumerate(SEVERITIES))))
    + " else -1 end"
)


def _count() -> Mapped[int]:
    return mapped_column(BigInteger, server_default=text("0"))


def _few() -> Mapped[int]:
    return mapped_column(Integer, server_default=text("0"))


class Component(TenantModel):
    """One version of a package. It stays when no asset has it any more, so that links to it keep their meaning."""

    __tablename__ = "component"
    __table_args__ = (
        Index("component_key", "organization_id", "key_hash", unique=True),
        Index(
            "component_list_idx",
            "organization_id",
            text("worst desc"),
            text("open_findings desc"),
            text("id desc"),
            postgresql_where=text(HERE),
        ),
        Index(
            "component_open_idx",
            "organization_id",
            text("open_findings desc"),
            text("id desc"),
            postgresql_where=text(HERE),
        ),
        Index(
            "component_assets_idx",
            "organization_id",
            text("assets desc"),
            text("id desc"),
            postgresql_where=text(HERE),
        ),
        Index("component_name_idx", "organization_id", "name_key", "version_key", "id"),
        Index("component_words_idx", text("word_trigrams(organization_id, words)"), postgresql_using="gin"),
    )

    key_hash: Mapped[UUID]
    """Of package and version: either may be longer than an index takes."""
    package: Mapped[str]
    """As findings are recognised by it: the package URL without version, in lower case; without one the name."""
    name: Mapped[str]
    version: Mapped[str]
    """Empty where no report says it."""
    purl: Mapped[str | None]
    ecosystem: Mapped[str | None]
    name_key: Mapped[str] = mapped_column(Text(collation="C"))
    version_key: Mapped[str] = mapped_column(Text(collation="C"))
    words: Mapped[str]
    """What search looks through, in lower case."""
    critical: Mapped[int] = _count()
    high: Mapped[int] = _count()
    medium: Mapped[int] = _count()
    low: Mapped[int] = _count()
    info: Mapped[int] = _count()
    unknown: Mapped[int] = _count()
    settled: Mapped[int] = _count()
    """Active findings that somebody decided: false positive, accepted, duplicate."""
    exploited: Mapped[int] = _count()
    fixable: Mapped[int] = _count()
    assets: Mapped[int] = _count()
    open_findings: Mapped[int] = mapped_column(BigInteger, Computed(_OPEN, persisted=True))
    worst: Mapped[int] = mapped_column(SmallInteger, Computed(_WORST, persisted=True))
    """The highest severity of an open finding; -1 where none is open."""


class AssetComponent(Model):
    """A component in an asset, with the active findings that stand on it there, those that are open and the worst first."""

    __tablename__ = "asset_component"
    __table_args__ = (
        Index(
            "asset_component_list_idx",
            "organization_id",
            "component_id",
            text("open_findings desc"),
            "asset_id",
        ),
    )

    organization_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    asset_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    component_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    finding_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    fixed_in: Mapped[list[str]]
    """Beside each of the findings, the next version without it; empty where no report names one."""
    fixed_version: Mapped[str | None]
    """The lowest that is without all of the open ones that have a fix."""
    critical: Mapped[int] = _few()
    high: Mapped[int] = _few()
    medium: Mapped[int] = _few()
    low: Mapped[int] = _few()
    info: Mapped[int] = _few()
    unknown: Mapped[int] = _few()
    settled: Mapped[int] = _few()
    exploited: Mapped[int] = _few()
    fixable: Mapped[int] = _few()
    open_findings: Mapped[int] = mapped_column(Integer, Computed(_OPEN, persisted=True))


class ComponentMark(TenantModel):
    """An asset whose findings have changed since its components were derived; written with the change itself.

    With `finding_ids` only these did: what stood and stands on none of them is as it was.
    """

    __tablename__ = "component_mark"
    __table_args__ = (Index("component_mark_asset_idx", "organization_id", "asset_id"),)

    asset_id: Mapped[int]
    finding_ids: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
