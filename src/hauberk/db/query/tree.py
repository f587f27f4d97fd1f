"""The connectives of a query in SQL, whatever its words and terms are about."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, and_, or_, true

from hauberk.domain.query import AllOf, AnyOf, Node, Not, Term, Word


def compile_tree(
    node: Node | None, leaf: Callable[[Word | Term], ColumnElement[bool]]
) -> ColumnElement[bool]:
    match node:
        case None:
            return true()
        case AllOf(parts):
            return and_(*(compile_tree(part, leaf) for part in parts))
        case AnyOf(parts):
            return or_(*(compile_tree(part, leaf) for part in parts))
        case Not(inner):
            # Not `not`: what is unknown (no EPSS) is in the rest.
            return compile_tree(inner, leaf).is_not(true())
        case Word() | Term():
            return leaf(node)
