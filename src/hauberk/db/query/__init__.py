"""The query language in SQL: dictionary look-ups first, then conditions over `finding` that its indexes can serve."""

from hauberk.db.query.asker import Asker
from hauberk.db.query.compiler import By, FindingQuery, Ids, is_far, is_lasting, parameters_of, shapes_of
from hauberk.db.query.places import FIRST_PLACES, MANY_PLACES, MAX_PLACES
from hauberk.db.query.tree import compile_tree

__all__ = [
    "FIRST_PLACES",
    "MANY_PLACES",
    "MAX_PLACES",
    "Asker",
    "By",
    "FindingQuery",
    "Ids",
    "compile_tree",
    "is_far",
    "is_lasting",
    "parameters_of",
    "shapes_of",
]
