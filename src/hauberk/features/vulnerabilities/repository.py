"""Reads of vulnerabilities: the list from counts that are kept, what is shown of a page from its open findings.

A finding's first vulnerability is on the finding; further ones are in `finding_vulnerability`, which is small. Names of
one flaw are one row, that of the preferred name.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    Row,
    Select,
    Subquery,
    Text,
    and_,
    cast,
    exists,
    func,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from hauberk.db import vulnerability_counts
from hauberk.db.models.asset import Asset
from hauberk.db.models.finding import Finding, RuleText
from hauberk.db.models.identity import User
from hauberk.db.models.vulnerability import AliasAssertion, FindingVulnerability, Vulnerability
from hauberk.db.query.asker import Asker
from hauberk.db.query.matching import is_one_of
from hauberk.db.query.terms import IS_OPEN
from hauberk.db.repository import DbSession, Order, PageRequest, fetch_page
from hauberk.domain.permissions import Actor
from hauberk.features.vulnerabilities.filters import is_of_severity_alone, vulnerability_condition
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
    (RuleText.known_exploited | RuleText.feed_known_exploited).label("known_exploited"),
    RuleText.has_fix,
)
_FACTS = ("severity", "asset_id", "first_seen_at", "epss")

_NAME = text("""
insert into vulnerability (organization_id, name, is_rule) values (:organization, :name, false)
on conflict (organization_id, name) do update set name = excluded.name returning id
""")
# One word of a person on a pair, in whatever order it is named: the newest stands.
_RETRACT = text("""
delete from alias_assertion where organization_id = :organization and asserter_kind = 'person'
    and (vulnerability_id = :one and alias_id = :other or vulnerability_id = :other and alias_id = :one)
""")
_SAY = text("""
insert into alias_assertion (organization_id, vulnerability_id, alias_id, asserter_kind, asserter, is_same, reason)
values (:organization, :one, :other, 'person', :person, :is_same, :reason)
""")


class VulnerabilityRepository:
    def __init__(self, session: DbSession) -> None:
        self.session = session

    async def page(self, actor: Actor, query: str, asker: Asker, request: PageRequest) -> Page[Row[Any]]:
        """Those with open findings, the worst first; rows have `worst` and `open_findings`."""
        waiting = (await self.session.scalars(vulnerability_counts.waiting(actor.organization_id))).all()
        flaws = vulnerability_counts.open_flaws(actor.organization_id, waiting)
        wanted = select(flaws)
        if not is_of_severity_alone(query):
            wanted = _named(actor, wanted.join(Vulnerability, Vulnerability.id == flaws.c.vulnerability_id))
        wanted = wanted.where(vulnerability_condition(query, asker, worst=flaws.c.worst))
        order = Order.by(flaws.c.worst, flaws.c.open_findings, flaws.c.vulnerability_id, descending=True)
        found = await fetch_page(self.session, wanted, order, request)
        shown = await self._shown(actor, found.items)
        return replace(found, items=shown)

    async def _shown(self, actor: Actor, flaws: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
        """A page's rows with what is shown of each."""
        columns = (
            cast([getattr(row, name) for row in flaws], ARRAY(type_))
            for name, type_ in (
                ("vulnerability_id", BigInteger),
                ("worst", Integer),
                ("open_findings", BigInteger),
            )
        )
        page = (
            func.unnest(*columns)
            .table_valued("id", "worst", "open_findings", with_ordinality="place")
            .render_derived()
        )
        wanted = (
            _with_texts(actor)
            .add_columns(page.c.worst, page.c.open_findings)
            .join(page, page.c.id == Vulnerability.id)
            .order_by(page.c.place)
        )
        found: Sequence[Row[Any]] = (await self.session.execute(wanted)).all()
        return found

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

    async def flaw_of(self, actor: Actor, number: int) -> int:
        """The number of the preferred name; its own where it stands alone, or is none."""
        found = await self.session.scalar(
            select(func.coalesce(Vulnerability.group_id, Vulnerability.id)).where(
                Vulnerability.organization_id == actor.organization_id, Vulnerability.id == number
            )
        )
        return number if found is None else int(found)

    async def names(self, actor: Actor, numbers: Sequence[int]) -> Sequence[Any]:
        """(flaw, id, name) of all names of these flaws, also of those that stand alone."""
        flaw = func.coalesce(Vulnerability.group_id, Vulnerability.id)
        wanted = (
            select(flaw.label("flaw"), Vulnerability.id, Vulnerability.name)
            .where(
                Vulnerability.organization_id == actor.organization_id,
                or_(is_one_of(Vulnerability.id, numbers), is_one_of(Vulnerability.group_id, numbers)),
            )
            .order_by(Vulnerability.id != flaw, Vulnerability.name)
        )
        found: Sequence[Any] = (await self.session.execute(wanted)).all()
        return found

    async def statements(self, actor: Actor, numbers: Sequence[int]) -> Sequence[Any]:
        """What anybody said about these names."""
        one, other = aliased(Vulnerability), aliased(Vulnerability)
        said = AliasAssertion
        wanted = (
            select(
                one.name.label("name"),
                other.name.label("alias"),
                said.is_same,
                said.asserter_kind,
                func.coalesce(User.name, said.asserter).label("asserter"),
                said.reason,
                said.asserted_at,
            )
            .select_from(said)
            .join(one, and_(one.organization_id == said.organization_id, one.id == said.vulnerability_id))
            .join(other, and_(other.organization_id == said.organization_id, other.id == said.alias_id))
            .outerjoin(User, and_(said.asserter_kind == "person", cast(User.id, Text) == said.asserter))
            .where(
                said.organization_id == actor.organization_id,
                or_(is_one_of(said.vulnerability_id, numbers), is_one_of(said.alias_id, numbers)),
            )
            .order_by(said.asserted_at.desc(), said.id.desc())
            .limit(200)
        )
        found: Sequence[Any] = (await self.session.execute(wanted)).mappings().all()
        return found

    async def say(self, actor: Actor, number: int, name: str, *, is_same: bool, reason: str | None) -> None:
        """A person's word on two names, instead of an earlier one; the other name is made where it is new."""
        parameters = {
            "organization": actor.organization_id,
            "one": number,
            "name": name,
            "person": str(actor.user_id),
            "is_same": is_same,
            "reason": reason,
        }
        other = await self.session.scalar(_NAME, parameters)
        for statement in (_RETRACT, _SAY):
            await self.session.execute(statement, parameters | {"other": other})

    async def facts(self, actor: Actor, names: Sequence[Any], *, is_open: bool = True) -> dict[int, Row[Any]]:
        """What the (open) findings under these names say together, by flaw."""
        claims = _of_flaws(actor, IS_OPEN if is_open else None, _FACTS, names)
        wanted = select(
            claims.c.vulnerability_id,
            func.max(claims.c.severity).label("worst"),
            func.count().label("findings"),
            func.count(claims.c.asset_id.distinct()).label("assets"),
            func.min(claims.c.first_seen_at).label("first_seen_at"),
            func.max(claims.c.epss).label("epss"),
        ).group_by(claims.c.vulnerability_id)
        return {row.vulnerability_id: row for row in await self.session.execute(wanted)}

    async def summaries(self, actor: Actor, names: Sequence[Any], *, assets: int) -> dict[int, Row[Any]]:
        """The same of open findings with their number of assets, and `most`: the ids of those with the most of them."""
        claims = _of_flaws(actor, IS_OPEN, _FACTS, names)
        n = func.count().label("n")
        by_asset = (
            select(
                claims.c.vulnerability_id,
                claims.c.asset_id,
                n,
                func.max(claims.c.severity).label("worst"),
                func.min(claims.c.first_seen_at).label("first_seen_at"),
                func.max(claims.c.epss).label("epss"),
            )
            .group_by(claims.c.vulnerability_id, claims.c.asset_id)
            .subquery("by_asset")
        )
        there = by_asset.c
        most = func.array_agg(
            aggregate_order_by(there.asset_id, there.n.desc(), there.asset_id), type_=ARRAY(BigInteger)
        )
        wanted = select(
            there.vulnerability_id,
            func.max(there.worst).label("worst"),
            func.count().label("assets"),
            func.min(there.first_seen_at).label("first_seen_at"),
            func.max(there.epss).label("epss"),
            most[1:assets].label("most"),
        ).group_by(there.vulnerability_id)
        return {row.vulnerability_id: row for row in await self.session.execute(wanted)}

    async def asset_names(self, actor: Actor, numbers: Iterable[int]) -> dict[int, str]:
        wanted = select(Asset.id, Asset.name).where(
            Asset.organization_id == actor.organization_id, is_one_of(Asset.id, numbers)
        )
        return {row.id: row.name for row in await self.session.execute(wanted)}

    async def assets(self, actor: Actor, names: Sequence[Any], *, at_most: int) -> Sequence[Row[Any]]:
        """(vulnerability_id, asset_id, name, open_findings): of each vulnerability the assets with the most."""
        claims = _of_flaws(actor, IS_OPEN, ("asset_id",), names)
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


def _of_flaws(
    actor: Actor, condition: ColumnElement[bool] | None, columns: Sequence[str], names: Sequence[Any]
) -> Subquery:
    """The claims under these names; `vulnerability_id` is the flaw's."""
    claims = claims_of(actor, condition, columns, of=[row.id for row in names])
    if all(row.id == row.flaw for row in names):
        return claims
    numbers = (cast([getattr(row, of) for row in names], ARRAY(BigInteger)) for of in ("id", "flaw"))
    name = func.unnest(*numbers).table_valued("id", "flaw").render_derived("name").c
    shown = (claims.c[column] for column in columns)
    of_flaws = select(name.flaw.label("vulnerability_id"), *shown).where(name.id == claims.c.vulnerability_id)
    return of_flaws.subquery("flaw_claims")


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
        .where(further.organization_id == actor.organization_id, here, _is_another_flaw(actor))
    )
    if condition is not None:
        first, others = first.where(condition), others.where(condition)
    if of is not None:
        first = first.where(is_one_of(finding.vulnerability_id, of))
        others = others.where(is_one_of(further.vulnerability_id, of))
    return union_all(first, others).subquery("claims")


def _is_another_flaw(actor: Actor) -> ColumnElement[bool]:
    """Than the finding's first: of two names of one flaw a finding counts once."""
    first, second = aliased(Vulnerability), aliased(Vulnerability)
    return ~exists().where(
        first.organization_id == actor.organization_id,
        first.id == finding.vulnerability_id,
        second.organization_id == actor.organization_id,
        second.id == further.vulnerability_id,
        first.group_id == second.group_id,
    )


def _with_texts(actor: Actor) -> Select[Any]:
    return _named(actor, select(*_SHOWN).select_from(Vulnerability))


def _named(actor: Actor, rows: Select[Any]) -> Select[Any]:
    """Of the actor's vulnerabilities, with what a report said of each."""
    return rows.outerjoin(
        RuleText,
        and_(
            RuleText.organization_id == Vulnerability.organization_id,
            RuleText.id == Vulnerability.rule_text_id,
        ),
    ).where(Vulnerability.organization_id == actor.organization_id)
