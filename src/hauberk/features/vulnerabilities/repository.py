"""Reads of vulnerabilities: open findings grouped live, by an index that holds all that the grouping needs.

A finding's first vulnerability is on the finding; further ones are in `finding_vulnerability`, which is small.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, func, select, union_all

from hauberk.db.models.asset import Asset
from hauberk.db.models.finding import Finding, RuleText
from hauberk.db.models.vulnerability import FindingVulnerability, Vulnerability
from hauberk.db.query.asker import Asker
from hauberk.db.query.terms import IS_OPEN
from hauberk.db.repository import DbSession, Order, PageRequest, fetch_page
from hauberk.domain.permissions import Actor
from hauberk.features.vulnerabilities.filters import vulnerability_condition
from hauberk.kit.errors import NotFound
from hauberk.kit.page import Page

finding = Finding.__table__.c
further = FindingVulnerability.__table__.c

_SHOWN = (
    Vulnerability.id,
    Vulnerability.name,
    RuleText.title,
    RuleText.identifiers,
    RuleText.cwes,
    RuleText.cvss,
    RuleText.known_exploited,
    RuleText.has_fix,
)
_FACTS = ("severity", "asset_id", "first_seen_at", "epss")


class VulnerabilityRepository:
    def __init__(self, session: DbSession) -> None:
        self.session = session

    async def page(self, actor: Actor, query: str, asker: Asker, request: PageRequest) -> Page[Row[Any]]:
        """Those with open findings, the worst first; rows have `worst` and `open_findings`."""
        claims = claims_of(actor, IS_OPEN, ("severity",))
        grouped = (
            select(
                claims.c.vulnerability_id,
                func.max(claims.c.severity).label("worst"),
                func.count().label("open_findings"),
            )
            .group_by(claims.c.vulnerability_id)
            .subquery("grouped")
        )
        wanted = (
            _with_texts(actor)
            .add_columns(grouped.c.worst, grouped.c.open_findings)
            .join(grouped, grouped.c.vulnerability_id == Vulnerability.id)
            .where(vulnerability_condition(query, asker, worst=grouped.c.worst))
        )
        order = Order.by(grouped.c.worst, grouped.c.open_findings, Vulnerability.id, descending=True)
        return await fetch_page(self.session, wanted, order, request)

    async def get(self, actor: Actor, number: int) -> Row[Any]:
        wanted = (
            _with_texts(actor)
            .add_columns(Vulnerability.created_at, RuleText.description, RuleText.references)
            .where(Vulnerability.id == number)
        )
        found: Row[Any] | None = (await self.session.execute(wanted)).one_or_none()
        if found is None:
            raise NotFound("vulnerability")
        return found

    async def facts(
        self, actor: Actor, numbers: Iterable[int], *, is_open: bool = True
    ) -> dict[int, Row[Any]]:
        """What the (open) findings of these say together, by vulnerability."""
        claims = claims_of(actor, IS_OPEN if is_open else None, _FACTS, of=list(numbers))
        wanted = select(
            claims.c.vulnerability_id,
            func.max(claims.c.severity).label("worst"),
            func.count().label("findings"),
            func.count(claims.c.asset_id.distinct()).label("assets"),
            func.min(claims.c.first_seen_at).label("first_seen_at"),
            func.max(claims.c.epss).label("epss"),
        ).group_by(claims.c.vulnerability_id)
        return {row.vulnerability_id: row for row in await self.session.execute(wanted)}

    async def assets(self, actor: Actor, numbers: Iterable[int], *, at_most: int) -> Sequence[Row[Any]]:
        """(vulnerability_id, asset_id, name, open_findings): of each vulnerability the assets with the most."""
        claims = claims_of(actor, IS_OPEN, ("asset_id",), of=list(numbers))
        count = func.count()
        rank = func.row_number().over(
            partition_by=claims.c.vulnerability_id, order_by=(count.desc(), claims.c.asset_id)
        )
        counted = (
            select(
                claims.c.vulnerability_id,
                claims.c.asset_id,
                count.label("open_findings"),
                rank.label("rank"),
            )
            .group_by(claims.c.vulnerability_id, claims.c.asset_id)
            .subquery()
        )
        wanted = (
            select(counted.c.vulnerability_id, counted.c.asset_id, counted.c.open_findings, Asset.name)
            .join(
                Asset,
                and_(Asset.organization_id == actor.organization_id, Asset.id == counted.c.asset_id),
            )
            .where(counted.c.rank <= at_most)
            .order_by(counted.c.vulnerability_id, counted.c.rank)
        )
        found: Sequence[Row[Any]] = (await self.session.execute(wanted)).all()
        return found


def claims_of(
    actor: Actor,
    condition: ColumnElement[bool] | None,
    columns: Sequence[str],
    *,
    of: Sequence[int] | None = None,
) -> Subquery:
    """One row for each vulnerability of each visible finding that fulfils the condition."""
    deleted = select(Asset.id).where(
        Asset.organization_id == actor.organization_id, Asset.deleted_at.is_not(None)
    )
    here = finding.asset_id != func.all(func.array(deleted.scalar_subquery()))
    shown = [finding[name] for name in columns]
    first = select(finding.vulnerability_id, *shown).where(
        finding.organization_id == actor.organization_id, finding.vulnerability_id.is_not(None), here
    )
    others = (
        select(further.vulnerability_id, *shown)
        .join_from(
            FindingVulnerability.__table__,
            Finding.__table__,
            and_(finding.organization_id == further.organization_id, finding.id == further.finding_id),
        )
        .where(further.organization_id == actor.organization_id, here)
    )
    if condition is not None:
        first, others = first.where(condition), others.where(condition)
    if of is not None:
        first = first.where(finding.vulnerability_id.in_(of))
        others = others.where(further.vulnerability_id.in_(of))
    return union_all(first, others).subquery("claims")


def _with_texts(actor: Actor) -> Select[Any]:
    return (
        select(*_SHOWN)
        .select_from(Vulnerability)
        .outerjoin(
            RuleText,
            and_(
                RuleText.organization_id == Vulnerability.organization_id,
                RuleText.id == Vulnerability.rule_text_id,
            ),
        )
        .where(Vulnerability.organization_id == actor.organization_id)
    )
