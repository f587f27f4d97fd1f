"""Reads of components: the list from what is kept of them, what is shown of a page from the assets with the most."""

from collections.abc import Collection, Sequence
from typing import Any, ClassVar, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Row,
    Text,
    and_,
    cast,
    func,
    select,
    true,
)
from sqlalchemy.orm import aliased

from hauberk.db.models.asset import Asset
from hauberk.db.models.component import AssetComponent, Component
from hauberk.db.models.finding import Finding, RuleText
from hauberk.db.models.vulnerability import Vulnerability
from hauberk.db.query.asker import Asker
from hauberk.db.query.sources import MAX_IDS
from hauberk.db.query.terms import IS_OPEN
from hauberk.db.repository import Order, PageRequest, Repository, fetch_page
from hauberk.domain.permissions import Actor
from hauberk.features.components.filters import component_condition, indexed_words
from hauberk.kit.page import Page

held = AssetComponent.__table__.c
finding = Finding.__table__.c

FEW: Final = 3
MANY_ASSETS: Final = 200
MANY_VULNERABILITIES: Final = 200
MANY_VERSIONS: Final = 100
MOST_FINDINGS: Final = 20_000
"""That the vulnerabilities of one component are put together from."""

flaw = aliased(Vulnerability)
_FLAW: Final = func.coalesce(Vulnerability.group_id, Vulnerability.id)


class ComponentRepository(Repository[Component]):
    model = Component
    kind = "component"
    orders: ClassVar[dict[str, Order]] = {
        "-severity": Order.by(Component.worst, Component.open_findings, Component.id, descending=True),
        "-open_findings": Order.by(Component.open_findings, Component.id, descending=True),
        "-asset_count": Order.by(Component.assets, Component.id, descending=True),
        "name": Order.by(Component.name_key, Component.version_key, Component.id),
    }

    async def page(self, actor: Actor, query: str, asker: Asker, request: PageRequest) -> Page[Row[Any]]:
        """Those that an asset has."""
        found = {word: await self._containing(word) for word in indexed_words(query)}
        wanted = select(*Component.__table__.c).where(
            Component.organization_id == actor.organization_id,
            Component.assets > 0,
            component_condition(query, asker, found),
        )
        return await fetch_page(self.session, wanted, self.orders[request.sort], request)

    async def _containing(self, word: str) -> Sequence[int]:
        found = func.components_containing(word, MAX_IDS + 1).column_valued().label("id")
        return (await self.session.scalars(select(found))).all()

    async def first_assets(self, actor: Actor, numbers: Sequence[int]) -> Sequence[Any]:
        """Of each of these the assets with the most open findings, each with its worst findings."""
        wanted = func.unnest(cast(list(numbers), ARRAY(BigInteger))).table_valued("id").render_derived()
        most = (
            select(
                held.asset_id,
                held.fixed_version,
                held.open_findings,
                held.finding_ids[1:FEW].label("worst"),
            )
            .where(held.organization_id == actor.organization_id, held.component_id == wanted.c.id)
            .order_by(held.open_findings.desc(), held.asset_id)
            .limit(FEW)
            .lateral("most")
        )
        statement = (
            select(wanted.c.id, Asset.name, *most.c)
            .select_from(wanted)
            .join(most, true())
            .join(Asset, and_(_is_in(actor, Asset, most.c.asset_id), Asset.deleted_at.is_(None)))
            .order_by(wanted.c.id, most.c.open_findings.desc(), most.c.asset_id)
        )
        rows: Sequence[Any] = (await self.session.execute(statement)).all()
        return rows

    async def flaws_of(self, actor: Actor, findings: Collection[int]) -> dict[int, Row[Any]]:
        """By finding: (id, name) of what those that are open are about, under its preferred name."""
        statement = (
            select(finding.id.label("finding_id"), flaw.id, flaw.name)
            .select_from(Finding.__table__)
            .join(Vulnerability, _is_in(actor, Vulnerability, finding.vulnerability_id))
            .join(flaw, _is_in(actor, flaw, _FLAW))
            .where(finding.organization_id == actor.organization_id, finding.id.in_(findings), IS_OPEN)
        )
        return {row.finding_id: row for row in await self.session.execute(statement)}

    async def vulnerabilities(self, actor: Actor, number: int, assets: Sequence[int]) -> Sequence[Any]:
        """What its open findings in these assets are about, the worst first."""
        there = select(
            func.unnest(held.finding_ids).label("id"), func.unnest(held.fixed_in).label("fixed")
        ).where(
            held.organization_id == actor.organization_id,
            held.component_id == number,
            held.asset_id.in_(assets),
        )
        claimed = there.limit(MOST_FINDINGS).subquery("claimed")
        worst, n = func.max(finding.severity).label("worst"), func.count().label("open_findings")
        counted = (
            select(
                _FLAW.label("id"),
                worst,
                n,
                func.array_agg(claimed.c.fixed.distinct(), type_=ARRAY(Text)).label("fixed"),
            )
            .select_from(claimed)
            .join(
                Finding.__table__,
                and_(finding.organization_id == actor.organization_id, finding.id == claimed.c.id),
            )
            .join(Vulnerability, _is_in(actor, Vulnerability, finding.vulnerability_id))
            .where(IS_OPEN)
            .group_by(_FLAW)
            .order_by(worst.desc(), n.desc(), _FLAW)
            .limit(MANY_VULNERABILITIES)
            .subquery("counted")
        )
        statement = (
            select(
                *counted.c,
                flaw.name,
                RuleText.title,
                (RuleText.known_exploited | RuleText.feed_known_exploited).label("known_exploited"),
            )
            .join(flaw, _is_in(actor, flaw, counted.c.id))
            .outerjoin(RuleText, _is_in(actor, RuleText, flaw.rule_text_id))
            .order_by(counted.c.worst.desc(), counted.c.open_findings.desc(), counted.c.id)
        )
        rows: Sequence[Any] = (await self.session.execute(statement)).all()
        return rows

    async def assets(self, actor: Actor, number: int) -> Sequence[Any]:
        """Those with the most open findings."""
        statement = (
            select(*AssetComponent.__table__.c, Asset.name)
            .join(Asset, and_(_is_in(actor, Asset, held.asset_id), Asset.deleted_at.is_(None)))
            .where(held.organization_id == actor.organization_id, held.component_id == number)
            .order_by(held.open_findings.desc(), held.asset_id)
            .limit(MANY_ASSETS)
        )
        rows: Sequence[Any] = (await self.session.execute(statement)).all()
        return rows

    async def versions(self, actor: Actor, of: Component) -> Sequence[Component]:
        """Of the same package, the oldest first."""
        statement = (
            self.visible_to(actor)
            .where(Component.name_key == of.name_key, Component.package == of.package, Component.assets > 0)
            .order_by(Component.version_key, Component.id)
            .limit(MANY_VERSIONS)
        )
        return (await self.session.scalars(statement)).all()


def _is_in(actor: Actor, table: Any, number: Any) -> ColumnElement[bool]:
    return and_(table.organization_id == actor.organization_id, table.id == number)
