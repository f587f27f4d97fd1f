"""What of the query language filters components: words of name and package URL, and the keys that are about them."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, false, or_, select

from hauberk.db.models.asset import Asset
from hauberk.db.models.component import AssetComponent, Component
from hauberk.db.query.asker import Asker
from hauberk.db.query.matching import contains_lower, is_one_of, matches, matches_any, matches_any_case
from hauberk.db.query.sources import INDEXED_FROM, MAX_IDS, text_array, texts
from hauberk.db.query.tree import compile_tree
from hauberk.domain.query import Term, Word, leaves, parse, ranks_of, wrong

component = Component.__table__.c
held = AssetComponent.__table__.c
asset = Asset.__table__.c


def indexed_words(query: str) -> list[str]:
    """Those that an index finds, to be looked up first."""
    words = (leaf.text for leaf in leaves(parse(query)) if isinstance(leaf, Word))
    return list(dict.fromkeys(word for word in words if len(word) >= INDEXED_FROM))


def component_condition(query: str, asker: Asker, found: Mapping[str, Sequence[int]]) -> ColumnElement[bool]:
    """`found`: the ids that a look-up has found for a word; where there are too many, a match is near."""

    def leaf(of: Word | Term) -> ColumnElement[bool]:
        if isinstance(of, Term):
            return _term(of, asker)
        if of.text in found and len(found[of.text]) <= MAX_IDS:
            return is_one_of(component.id, found[of.text])
        return contains_lower(component.words, of.text)

    return compile_tree(parse(query), leaf)


_OWN: dict[str, Callable[[Term], ColumnElement[bool]]] = {
    "severity": lambda term: component.worst.in_(ranks_of(term)),
    "known_exploited": lambda term: (component.exploited > 0).in_(term.values),
    "fix": lambda term: (component.fixable > 0).in_(term.values),
    "purl": lambda term: matches_any(component.purl, texts(term)),
}


def _term(term: Term, asker: Asker) -> ColumnElement[bool]:
    words = texts(term)
    if term.key in _OWN:
        return _OWN[term.key](term)
    match term.key:
        case "is" if set(words) == {"open"}:
            return component.open_findings > 0
        case "component" | "package":
            return or_(false(), *(_named(word, term, asker) for word in words))
        case "asset":
            ids = [asker.row_id("ast", word, term) for word in words if word.startswith("ast_")]
            names = [word.casefold() for word in words if not word.startswith("ast_")]
            return _in_assets(asker, or_(asset.id.in_(ids), matches_any(asset.name_key, names)))
        case "asset.tag":
            return _in_assets(asker, asset.tags.op("&&")(text_array(words)))
        case _:
            raise wrong(
                f"Components are not filtered by '{term.key}', but by words, component, purl, severity, is:open,"
                " known_exploited, fix, asset and asset.tag",
                term.position,
            )


def _named(word: str, term: Term, asker: Asker) -> ColumnElement[bool]:
    """`log4j-core@2.14*`, `@babel/core`, an id; a name may be without its group."""
    if word.startswith("cmp_"):
        return component.id == asker.row_id("cmp", word, term)
    name, _, version = word.rpartition("@")
    named = (name or word).lower()
    is_it = or_(
        matches(component.name_key, named),
        matches(component.name_key, f"*:{named}"),
        matches(component.name_key, f"*/{named}"),
    )
    return and_(is_it, matches_any_case(component.version, [version])) if name else is_it


def _in_assets(asker: Asker, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    there = (
        select(held.component_id)
        .join_from(
            AssetComponent.__table__,
            Asset.__table__,
            and_(asset.organization_id == held.organization_id, asset.id == held.asset_id),
        )
        .where(held.organization_id == asker.organization_id, asset.deleted_at.is_(None), condition)
    )
    return component.id.in_(there)
