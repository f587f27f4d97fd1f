"""What a query asks of the dictionaries (rules, assets, vulnerabilities) before it asks the findings.

The dictionaries are small; findings are many. Their ids are looked up in one statement and go into the main one as
lists, so that the planner knows how many there are: left inside, one rare word under `order by … limit` once made it
walk the whole list (measured: 9.6 s instead of 0.4 ms). Of more than `MAX_IDS` each finding is asked instead: then a
match is near (measured: 11 ms instead of 1.4 s).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    exists,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT, array

from hauberk.db.models.asset import Asset
from hauberk.db.models.component import AssetComponent
from hauberk.db.models.finding import Finding, RuleText
from hauberk.db.models.vulnerability import FindingVulnerability, Vulnerability
from hauberk.db.query.asker import Asker
from hauberk.db.query.matching import contains_lower, is_one_of, matches_any, matches_any_case
from hauberk.domain.identifiers import spell
from hauberk.domain.query import Term, Word

MAX_IDS = 5_000
INDEXED_FROM = 3
"""Characters of a word from which on an index finds it."""

finding = Finding.__table__.c
rule_text = RuleText.__table__.c
asset = Asset.__table__.c
vulnerability = Vulnerability.__table__.c
held = AssetComponent.__table__.c
further = FindingVulnerability.__table__.c


@dataclass(frozen=True, slots=True)
class Source:
    """Findings whose `column` is one of these dictionary `ids`."""

    column: ColumnElement[int]
    ids: Select[Any]
    every: ColumnElement[bool] | None = None
    """What to ask each finding where there are too many ids; None: whether `ids` has its own."""

    def condition(self, found: Sequence[int], name: str) -> ColumnElement[bool]:
        """By a parameter of that name, so that one statement serves whatever was looked up (`parameter_of`)."""
        if not found:
            return false()
        if len(found) > MAX_IDS:
            if self.every is not None:
                return self.every
            # `offset 0` keeps the planner from joining from the dictionary's side, of which it expects two rows.
            same = next(iter(self.ids.selected_columns)) == self.column
            return self.ids.where(same).correlate(Finding.__table__).offset(0).exists()
        if len(found) == 1:
            return self.column == bindparam(name, found[0], BIGINT)
        return is_one_of(self.column, found, name=name)


def parameter_of(found: Sequence[int]) -> int | list[int] | None:
    """What a source's condition compares with: one id, several; nothing where it compares with none of them."""
    if len(found) == 1:
        return found[0]
    return list(found) if len(found) <= MAX_IDS else None


def shape_of(found: Sequence[int]) -> range:
    """As many ids as make the same condition."""
    return range(min(len(found), 2) if len(found) <= MAX_IDS else MAX_IDS + 1)


def sources_of(leaf: Word | Term, asker: Asker) -> tuple[Source, ...]:
    """Whose ids this leaf stands for, any of them; nothing when it only compares columns of the finding."""
    if isinstance(leaf, Word):
        return (rules_with([leaf.text], asker),)
    build = _SOURCES.get(leaf.key)
    return build(leaf, asker) if build is not None else ()


def _answer(function: Any) -> ColumnElement[Any]:
    found: ColumnElement[Any] = function.column_valued().label("id")
    return found


def texts(leaf: Term) -> list[str]:
    return [str(value) for value in leaf.values]


def text_array(words: list[str]) -> ColumnElement[Any]:
    return cast(array(words), ARRAY(Text))


def _rules(asker: Asker, condition: ColumnElement[bool]) -> Source:
    ids = select(rule_text.id).where(rule_text.organization_id == asker.organization_id, condition)
    return Source(finding.rule_text_id, ids)


def _assets(asker: Asker, condition: ColumnElement[bool]) -> Source:
    ids = select(asset.id).where(asset.organization_id == asker.organization_id, condition)
    return Source(finding.asset_id, ids)


def rules_with(words: Sequence[str], asker: Asker) -> Source:
    """Whose words are all of these, looked up at once. A line break keeps a match inside one field."""
    each = _rules(asker, and_(*(contains_lower(rule_text.words, word) for word in words)))
    if max(map(len, words)) < INDEXED_FROM:
        return each
    ids = select(_answer(func.rules_containing_all(text_array(list(words)), MAX_IDS + 1)))
    return Source(each.column, ids, every=_one_of(each))


def _one_of(rules: Source) -> ColumnElement[bool]:
    """Whether a finding's rule is one of them, asked of each finding."""
    its = rules.ids.where(rule_text.id == finding.rule_text_id)
    return its.correlate(Finding.__table__).offset(0).exists()


def _named_vulnerabilities(asker: Asker, condition: ColumnElement[bool]) -> Select[Any]:
    return select(vulnerability.id).where(vulnerability.organization_id == asker.organization_id, condition)


def _further(asker: Asker, vulnerabilities: Select[Any]) -> Source:
    ids = select(further.finding_id).where(
        further.organization_id == asker.organization_id, further.vulnerability_id.in_(vulnerabilities)
    )
    return Source(finding.id, ids)


def _identifiers(leaf: Term, asker: Asker) -> tuple[Source, ...]:
    words = texts(leaf)
    if leaf.key == "id":
        words = [word for word in words if not word.startswith("fnd_")]
    if not words:
        return ()
    spelled = list({*words, *map(spell, words)})
    aliases = select(vulnerability.name).where(
        vulnerability.organization_id == asker.organization_id,
        vulnerability.group_id.in_(_flaws(asker, spelled)),
    )
    names = text_array(spelled).op("||")(func.array(aliases.scalar_subquery()))
    of_rules = _answer(func.rules_identified(names, MAX_IDS + 1))
    every = _one_of(_rules(asker, rule_text.identifiers.op("&&")(names)))
    return (
        Source(finding.rule_text_id, select(of_rules), every=every),
        _further(asker, _named_vulnerabilities(asker, vulnerability.name.in_(spelled))),
    )


def _flaws(asker: Asker, names: list[str], ids: list[int] | None = None) -> Select[Any]:
    """The groups of these names: what is asked for by one name of a flaw is found under all."""
    member = Vulnerability.__table__.alias("member").c
    return select(member.group_id).where(
        member.organization_id == asker.organization_id,
        member.group_id.is_not(None),
        or_(member.name.in_(names), member.id.in_(ids or [])),
    )


def _vulnerabilities(leaf: Term, asker: Asker) -> tuple[Source, ...]:
    names, ids = [], []
    for word in texts(leaf):
        if word.startswith("vul_"):
            ids.append(asker.row_id("vul", word, leaf))
        else:
            names += [word, spell(word)]
    flaws = vulnerability.group_id.in_(_flaws(asker, names, ids))
    wanted = _named_vulnerabilities(
        asker, or_(vulnerability.name.in_(names), vulnerability.id.in_(ids), flaws)
    )
    return Source(finding.vulnerability_id, wanted), _further(asker, wanted)


def _named_assets(leaf: Term, asker: Asker) -> tuple[Source, ...]:
    names, ids = [], []
    for word in texts(leaf):
        if word.startswith("ast_"):
            ids.append(asker.row_id("ast", word, leaf))
        else:
            names.append(word.casefold())
    return (_assets(asker, or_(asset.id.in_(ids), matches_any(asset.name_key, names))),)


def _of_components(leaf: Term, asker: Asker) -> tuple[Source, ...]:
    """`component:cmp_…`: the findings on that version of a package, however reports spell it."""
    ids = [asker.row_id("cmp", word, leaf) for word in texts(leaf) if is_component_id(word)]
    if not ids:
        return ()
    those = (held.organization_id == asker.organization_id, held.component_id.in_(ids))
    of_asset = exists().where(*those, held.asset_id == finding.asset_id, finding.id == any_(held.finding_ids))
    return (Source(finding.id, select(func.unnest(held.finding_ids)).where(*those), every=of_asset),)


def is_component_id(word: str) -> bool:
    return word.startswith("cmp_")


def _weaknesses(leaf: Term, asker: Asker) -> tuple[Source, ...]:
    numbers = cast(array([int(word) for word in texts(leaf)]), ARRAY(Integer))
    return (_rules(asker, rule_text.cwes.op("&&")(numbers)),)


_SOURCES: dict[str, Callable[[Term, Asker], tuple[Source, ...]]] = {
    "cve": _identifiers,
    "id": _identifiers,
    "vulnerability": _vulnerabilities,
    "rule": lambda leaf, asker: (_rules(asker, matches_any(rule_text.rule_id, texts(leaf))),),
    "cwe": _weaknesses,
    "component": _of_components,
    "package": _of_components,
    "asset": _named_assets,
    "asset.tag": lambda leaf, asker: (_assets(asker, asset.tags.op("&&")(text_array(texts(leaf)))),),
    "asset.kind": lambda leaf, asker: (_assets(asker, matches_any_case(asset.kind, texts(leaf))),),
}
