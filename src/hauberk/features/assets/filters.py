"""What of the query language filters assets: words of the name, and the keys that are about assets."""

from sqlalchemy import ColumnElement, exists, or_

from hauberk.db.models.asset import Asset, Scope
from hauberk.db.query.asker import Asker
from hauberk.db.query.matching import contains, matches_any, matches_any_case
from hauberk.db.query.sources import text_array, texts
from hauberk.db.query.tree import compile_tree
from hauberk.domain.query import Term, Word, parse, wrong

asset = Asset.__table__.c
scope = Scope.__table__.c


def asset_condition(query: str, asker: Asker) -> ColumnElement[bool]:
    def leaf(of: Word | Term) -> ColumnElement[bool]:
        return contains(asset.name, of.text) if isinstance(of, Word) else _term(of, asker)

    return compile_tree(parse(query), leaf)


def _term(term: Term, asker: Asker) -> ColumnElement[bool]:
    words = texts(term)
    match term.key:
        case "asset":
            ids = [asker.row_id("ast", word, term) for word in words if word.startswith("ast_")]
            names = [word.casefold() for word in words if not word.startswith("ast_")]
            return or_(asset.id.in_(ids), matches_any(asset.name_key, names))
        case "asset.kind":
            return matches_any_case(asset.kind, words)
        case "asset.tag" | "tag":
            return asset.tags.op("&&")(text_array(words))
        case "scanner":
            return exists().where(
                scope.organization_id == asset.organization_id,
                scope.asset_id == asset.id,
                matches_any_case(scope.scanner, words),
            )
        case _:
            raise wrong(
                f"Assets are not filtered by '{term.key}', but by words, asset, asset.kind, asset.tag and scanner",
                term.position,
            )
