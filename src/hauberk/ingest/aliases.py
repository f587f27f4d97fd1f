"""Aliases in an import: what new rule texts say about names of one flaw, and results led to findings by such names.

Set-based, and nothing for what is unchanged: both look only at the rule texts of results that differ. Names learned now
lead this import's results as soon as they are grouped (`AliasesLearned`); findings that are there already are joined then.
"""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from hauberk.domain import fingerprint
from hauberk.domain.aliases import names_of_one_flaw
from hauberk.domain.events import AliasesLearned
from hauberk.domain.finding import FindingKind
from hauberk.domain.fingerprint import IDENTITY_VERSION
from hauberk.domain.reported import Component
from hauberk.jobs.events import emit

_PACKAGES: Final = f"{FindingKind.SCA.code}, {FindingKind.CONTAINER.code}"
Run = Callable[..., Any]

_SAID: Final = """
select t.id, t.scanner, t.identifiers from imported_rule r
join rule_text t on t.organization_id = :organization and t.content_hash = r.content_hash
where cardinality(t.identifiers) between 2 and 50
"""
_NAMES: Final = """
insert into vulnerability (organization_id, name, is_rule, rule_text_id)
select :organization, n.name, false, n.rule_text_id
from unnest(cast(:names as text[]), cast(:texts as int8[])) as n(name, rule_text_id)
where not exists (select from vulnerability v where v.organization_id = :organization and v.name = n.name)
order by n.name
on conflict do nothing
"""
_ASSERT: Final = """
insert into alias_assertion (organization_id, vulnerability_id, alias_id, asserter_kind, asserter, scan_id)
select :organization, v.id, a.id, 'scanner', x.scanner, :scan
from unnest(cast(:ones as text[]), cast(:others as text[]), cast(:scanners as text[])) as x(one, other, scanner)
join vulnerability v on v.organization_id = :organization and v.name = x.one
join vulnerability a on a.organization_id = :organization and a.name = x.other
where not exists (
    select from alias_assertion k where k.organization_id = :organization and k.vulnerability_id = v.id
    and k.alias_id = a.id and k.asserter_kind = 'scanner' and k.asserter = x.scanner)
order by v.id, a.id, x.scanner
on conflict do nothing
"""
_LACKING: Final = """
with lacking as (
    select r.content_hash, v.name as own, a.name as alias
    from imported_rule r
    join rule_text t on t.organization_id = :organization and t.content_hash = r.content_hash
    cross join lateral unnest(t.identifiers) as n(name)
    join vulnerability v on v.organization_id = :organization and v.name = n.name and v.group_id is not null
    join vulnerability a on a.organization_id = :organization and a.group_id = v.group_id
        and a.name <> all(t.identifiers))
"""
# Rules are few and results are many: these are only looked at where a rule's flaw has a name that the rule lacks.
_ANY_LACKING: Final = _LACKING + " select exists (select from lacking)"  # noqa: S608
# Of findings that no key leads to yet: by which further names their flaw is known.
_FURTHER_NAMES: Final = f"""{_LACKING}
select distinct f.group_key, l.own, l.alias, i.component
from grouped f
join imported i on i.seq = f.first_seq and i.kind in ({_PACKAGES})
join lacking l on l.content_hash = i.rule_hash
where f.finding_id is null
"""  # noqa: S608 — constants of ours, here and below
_STAGE: Final = (
    "create temporary table alias_key (group_key uuid, fingerprint uuid, own text, alias text) on commit drop"
)
_STAGED: Final = """
insert into alias_key select * from unnest(cast(:groups as uuid[]), cast(:keys as uuid[]), cast(:owns as text[]),
    cast(:aliases as text[]))
"""
# A finding that is there, else one that this report makes: of two that name each other the first goes on.
_LED: Final = f"""
create temporary table alias_led on commit drop as
select distinct on (a.group_key) a.group_key, coalesce(o.group_key, a.group_key) as into_key, k.finding_id, a.own, a.alias,
    (select array_agg(i.fingerprint) from imported_key i where i.group_key = a.group_key) as keys
from alias_key a
join grouped f on f.group_key = a.group_key
left join finding_key k on k.organization_id = :organization and k.asset_id = :asset
    and k.identity_version = {IDENTITY_VERSION} and k.fingerprint = a.fingerprint
left join imported_key i on i.fingerprint = a.fingerprint
left join grouped o on o.group_key = i.group_key and o.finding_id is null and o.first_seq < f.first_seq
where k.finding_id is not null or o.group_key is not null
order by a.group_key, k.finding_id, o.first_seq
"""  # noqa: S608
# Whoever goes together with another is nobody's goal: the rest is joined later, by what was learned.
_NO_CHAINS: Final = """
delete from alias_led l using alias_led m
where l.finding_id is null and m.finding_id is null and m.group_key = l.into_key
"""
_TO_FINDINGS: Final = (
    "update grouped f set finding_id = l.finding_id from alias_led l"
    " where l.group_key = f.group_key and l.finding_id is not null"
)
_TOGETHER: Final = (
    """update imported i set group_key = l.into_key from alias_led l
    where l.finding_id is null and l.group_key = i.group_key""",
    """update imported_key i set group_key = l.into_key from alias_led l
    where l.finding_id is null and l.group_key = i.group_key""",
    """update grouped f set results = f.results + s.results, severity = greatest(f.severity, s.severity),
        epss = greatest(f.epss, s.epss)
    from (select l.into_key, sum(g.results) as results, max(g.severity) as severity, max(g.epss) as epss
          from alias_led l join grouped g on g.group_key = l.group_key
          where l.finding_id is null group by l.into_key) s
    where f.group_key = s.into_key""",
    "delete from grouped f using alias_led l where l.finding_id is null and l.group_key = f.group_key",
)
_LOG: Final = """
insert into regrouping (organization_id, asset_id, finding_id, other_id, act, cause, keys, detail)
select :organization, :asset, f.finding_id, null, 'join', 'alias', l.keys,
    jsonb_build_object('identifiers', jsonb_build_array(l.own, l.alias), 'scan_id', cast(:scan as int8))
from alias_led l join found f on f.group_key = coalesce(case when l.finding_id is null then l.into_key end, l.group_key)
order by l.group_key
"""


def learn(run: Run, connection: Connection, organization_id: int) -> None:
    """After the rule texts are there. Repeated, it writes nothing."""
    pairs: set[tuple[str, str, str]] = set()
    texts: dict[str, int] = {}
    for row in run(_SAID):
        names = names_of_one_flaw(row.identifiers)
        texts |= {name: row.id for name in names if name not in texts}
        pairs.update((names[0], other, row.scanner) for other in names[1:])
    if not pairs:
        return
    run(_NAMES, names=list(texts), texts=list(texts.values()))
    ones, others, scanners = (list(column) for column in zip(*sorted(pairs), strict=True))
    if run(_ASSERT, ones=ones, others=others, scanners=scanners).rowcount:
        emit(connection, AliasesLearned(organization_id))


def lead(run: Run) -> bool:
    """Before new findings get their ids: whether any result was led to a finding by an alias of its identifiers."""
    rows = run(_FURTHER_NAMES).all() if run(_ANY_LACKING).scalar() else ()
    if not rows:
        return False
    run(_STAGE)
    run(
        _STAGED,
        groups=[row.group_key for row in rows],
        keys=[package_key(row.component, row.alias) for row in rows],
        owns=[row.own for row in rows],
        aliases=[row.alias for row in rows],
    )
    for statement in (_LED, _NO_CHAINS, _TO_FINDINGS, *_TOGETHER):
        run(statement)
    return True


def log(run: Run) -> None:
    """Once the findings are there: a key that leads to one by an alias can be taken away again."""
    run(_LOG)


def package_key(component: dict[str, Any] | None, name: str) -> UUID:
    """The key of this package and this name of a flaw."""
    part = msgspec.convert(component or {"name": ""}, Component)
    return UUID(bytes=fingerprint.key_of(("package", fingerprint.package_name(part), name)))
