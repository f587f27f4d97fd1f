"""What of the query language filters vulnerabilities: words of name and title, and the keys that are about them."""

from sqlalchemy import ColumnElement, Select, func, or_, select

from hauberk.db.models.finding import RuleText
from hauberk.db.models.vulnerability import Vulnerability
from hauberk.db.query.asker import Asker
from hauberk.db.query.matching import contains
from hauberk.db.query.sources import text_array, texts
from hauberk.db.query.terms import compared
from hauberk.db.query.tree import compile_tree
from hauberk.domain.identifiers import spell
from hauberk.domain.query import Term, Word, leaves, parse, ranks_of, wrong

vulnerability = Vulnerability.__table__.c
member = Vulnerability.__table__.alias("member").c
rule_text = RuleText.__table__.c


def vulnerability_condition(query: str, asker: Asker, *, worst: ColumnElement[int]) -> ColumnElement[bool]:
    """Over the vulnerability, its rule text and the `worst` severity of its open findings."""

    def leaf(of: Word | Term) -> ColumnElement[bool]:
        if isinstance(of, Word):
            return or_(
                contains(func.concat_ws("\n", vulnerability.name, rule_text.title), of.text),
                vulnerability.id.in_(_flaws(asker, contains(member.name, of.text))),
            )
        return _term(of, asker, worst)

    return compile_tree(parse(query), leaf)


def is_of_severity_alone(query: str) -> bool:
    """Whether the counts tell what is asked for, without names and texts."""
    return all(isinstance(leaf, Term) and leaf.key == "severity" for leaf in leaves(parse(query)))


def _flaws(asker: Asker, condition: ColumnElement[bool]) -> Select[tuple[int]]:
    """By any of their names, where they have several."""
    return select(member.group_id).where(
        member.organization_id == asker.organization_id, member.group_id.is_not(None), condition
    )


def _term(term: Term, asker: Asker, worst: ColumnElement[int]) -> ColumnElement[bool]:
    match term.key:
        case "severity":
            return worst.in_(ranks_of(term))
        case "cvss":
            return compared(rule_text.cvss_score, term)
        case "known_exploited":
            said = or_(rule_text.known_exploited, rule_text.feed_known_exploited)
            return func.coalesce(said, False).in_(term.values)
        case "fix":
            return func.coalesce(rule_text.has_fix, False).in_(term.values)
        case "cve" | "vulnerability" | "id":
            words = texts(term)
            ids = [asker.row_id("vul", word, term) for word in words if word.startswith("vul_")]
            names = [*words, *map(spell, words)]
            return or_(
                vulnerability.id.in_(ids),
                vulnerability.name.in_(names),
                vulnerability.id.in_(_flaws(asker, or_(member.id.in_(ids), member.name.in_(names)))),
                rule_text.identifiers.op("&&")(text_array(names)),
            )
        case _:
            raise wrong(
                f"Vulnerabilities are not filtered by '{term.key}', but by words, severity, cvss, known_exploited,"
                " fix, cve and vulnerability",
                term.position,
            )
