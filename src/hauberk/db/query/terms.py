"""What each key means over the columns of `finding`, its occurrences and its comments."""

import operator
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
)

from hauberk.db.last_seen import seen_at
from hauberk.db.models.asset import AssetRef, Scope
from hauberk.db.models.finding import Comment, Finding, Occurrence, RuleText
from hauberk.db.models.identity import User
from hauberk.db.query.asker import Asker
from hauberk.db.query.history import changed, introduced, scanned
from hauberk.db.query.matching import below_or_matches, matches_any, matches_any_case
from hauberk.db.query.places import scopes_of_refs
from hauberk.db.query.sources import is_component_id, text_array, texts
from hauberk.domain.finding import Presence
from hauberk.domain.priority import least_of
from hauberk.domain.query import Comparison, Span, Term, Word, ranks_of
from hauberk.domain.query.keys import NEW_FOR
from hauberk.kit.errors import NotFound

finding = Finding.__table__.c
rule_text = RuleText.__table__.c
occurrence = Occurrence.__table__.c
scope = Scope.__table__.c
asset_ref = AssetRef.__table__.c
comment = Comment.__table__.c
user = User.__table__.c

Condition = ColumnElement[bool]

# Written as the partial indexes have it, with literals, so that the planner can prove that they serve.
IS_OPEN = and_(finding.is_active, finding.triage <= literal_column("2"))
_SEEN_AT: ColumnElement[Any] = literal_column(seen_at("occurrence", "scope"))
_CONTINUED_OR_UNDONE = ("changed", "moved", "undone")
IS_TAGGED = finding.tags != literal_column("'{}'")

_COMPARE: dict[Comparison, Callable[[Any, Any], Any]] = {
    Comparison.LESS: operator.lt,
    Comparison.AT_MOST: operator.le,
    Comparison.MORE: operator.gt,
    Comparison.AT_LEAST: operator.ge,
}


def severity(term: Term, asker: Asker) -> Condition:
    """Priority leads with severity, so its range lets the list index start and stop in the right place."""
    ranks = ranks_of(term)
    if not ranks:
        return false()
    if asker.is_unordered:
        return finding.severity.in_(ranks)
    return and_(
        finding.severity.in_(ranks),
        finding.priority >= least_of(ranks[0]),
        finding.priority < least_of(ranks[-1] + 1),
    )


def coded(column: ColumnElement[int]) -> Callable[[Term, Asker], Condition]:
    return lambda term, _asker: column.in_([value.code for value in term.values])  # type: ignore[union-attr]


def presence(term: Term, _asker: Asker) -> Condition:
    return or_(
        *(finding.is_active if value is Presence.ACTIVE else not_(finding.is_active) for value in term.values)
    )


def is_in_state(term: Term, asker: Asker) -> Condition:
    states = {
        "open": IS_OPEN,
        "active": finding.is_active,
        "inactive": not_(finding.is_active),
        "reopened": and_(finding.is_active, finding.reopened_at.is_not(None)),
        "new": finding.first_seen_at >= asker.now - NEW_FOR,
        "overdue": and_(IS_OPEN, finding.due_at < asker.now),
        "assigned": finding.assignee_id.is_not(None),
    }
    return or_(*(states[word] for word in texts(term)))


def has(term: Term, asker: Asker) -> Condition:
    commented = exists().where(
        comment.organization_id == finding.organization_id, comment.finding_id == finding.id
    )
    possessions = {
        "assignee": finding.assignee_id.is_not(None),
        "fix": _of_rule(asker, rule_text.has_fix),
        "comment": commented,
    }
    return or_(*(possessions[word] for word in texts(term)))


def scanner(term: Term, asker: Asker) -> Condition:
    spelled = func.array(_spelled(term, asker).scalar_subquery())
    # Of none of that name no finding is asked.
    return and_(func.cardinality(spelled) > 0, finding.scanners.op("&&")(spelled))


def _spelled(term: Term, asker: Asker) -> Select[Any]:
    """As they spell themselves. There are thousands of scopes of a handful of scanners: each is looked for behind the one before."""
    first = select(func.min(scope.scanner).label("word")).where(
        scope.organization_id == asker.organization_id
    )
    words = first.cte("scanner_word", recursive=True, nesting=True)
    following = first.where(scope.scanner > words.c.word).correlate(words).scalar_subquery()
    words = words.union_all(select(following).where(words.c.word.is_not(None)))
    return select(words.c.word).where(matches_any_case(words.c.word, texts(term)))


def ref(term: Term, asker: Asker) -> Condition:
    return _claimed(occurrence.scope_id.in_(scopes_of_refs(asker.organization_id, texts(term))), asker)


def own_id(term: Term, asker: Asker) -> Condition:
    """`id:fnd_…`; any other value is an identifier and was looked up."""
    return finding.id.in_(
        [asker.row_id("fnd", word, term) for word in texts(term) if word.startswith("fnd_")]
    )


def own_id_as_word(word: Word, asker: Asker) -> list[Condition]:
    """A pasted `fnd_…` finds its finding; a word that only looks so stays a word."""
    try:
        return [finding.id == asker.public_ids.decode("fnd", word.text)]
    except NotFound:
        return []


def path(term: Term, asker: Asker) -> Condition:
    addresses = [func.occurrence_address(occurrence.location, occurrence.component, nth) for nth in (1, 2)]
    return _claimed(
        or_(*(below_or_matches(address, word) for word in texts(term) for address in addresses)), asker
    )


def component(term: Term, asker: Asker) -> Condition:
    def one(word: str) -> Condition:
        name, _, version = word.rpartition("@")
        if not name:
            return matches_any_case(occurrence.component["name"].astext, [word])
        return and_(
            matches_any_case(occurrence.component["name"].astext, [name]),
            matches_any(occurrence.component["version"].astext, [version]),
        )

    words = [word for word in texts(term) if not is_component_id(word)]
    return _claimed(or_(*(one(word) for word in words)), asker) if words else false()


def purl(term: Term, asker: Asker) -> Condition:
    return _claimed(matches_any(occurrence.component["purl"].astext, texts(term)), asker)


def tag(term: Term, _asker: Asker) -> Condition:
    return and_(IS_TAGGED, finding.tags.op("&&")(text_array(texts(term))))


def assignee(term: Term, asker: Asker) -> Condition:
    def one(word: str) -> Condition:
        if word == "none":
            return finding.assignee_id.is_(None)
        if word == "me":
            return finding.assignee_id == asker.user_id if asker.user_id is not None else false()
        return finding.assignee_id.in_(select(user.id).where(user.email == word))

    return or_(*(one(word) for word in texts(term)))


def number(column: ColumnElement[Any]) -> Callable[[Term, Asker], Condition]:
    return lambda term, _asker: compared(column, term)


def cvss(term: Term, asker: Asker) -> Condition:
    return _of_rule(asker, compared(rule_text.cvss_score, term))


def known_exploited(term: Term, asker: Asker) -> Condition:
    """By scanners or by feeds; each has an index of its own."""
    said = or_(rule_text.known_exploited, rule_text.feed_known_exploited)
    return _yes_or_no(_of_rule(asker, said), term)


def fix(term: Term, asker: Asker) -> Condition:
    return _yes_or_no(_of_rule(asker, rule_text.has_fix), term)


def age(term: Term, asker: Asker) -> Condition:
    """Older than 30 days is first seen before 30 days ago."""
    (length,) = term.values
    assert isinstance(length, timedelta)
    turned = {
        Comparison.MORE: operator.lt,
        Comparison.AT_LEAST: operator.le,
        Comparison.LESS: operator.gt,
        Comparison.AT_MOST: operator.ge,
    }
    return turned[term.comparison](finding.first_seen_at, asker.now - length)  # type: ignore[no-any-return]


def due(term: Term, asker: Asker) -> Condition:
    """Due in less than 7 days is due before 7 days from now, or long ago."""
    (length,) = term.values
    assert isinstance(length, timedelta)
    return _COMPARE[term.comparison](finding.due_at, asker.now + length)  # type: ignore[no-any-return]


def first_seen(term: Term, _asker: Asker) -> Condition:
    return _at(finding.first_seen_at, term)


def last_seen(term: Term, _asker: Asker) -> Condition:
    """An active finding was last seen by the newest complete scan of the tracked scopes that claim it, or did."""
    newest = (
        select(func.max(_SEEN_AT))
        .join_from(
            Occurrence.__table__,
            Scope.__table__,
            and_(scope.organization_id == occurrence.organization_id, scope.id == occurrence.scope_id),
        )
        .join(
            AssetRef.__table__,
            and_(asset_ref.organization_id == scope.organization_id, asset_ref.id == scope.ref_id),
        )
        .where(
            occurrence.organization_id == finding.organization_id,
            occurrence.finding_id == finding.id,
            func.coalesce(occurrence.close_reason, "").not_in(_CONTINUED_OR_UNDONE),
            asset_ref.is_tracked,
        )
        .correlate(Finding.__table__)
        .scalar_subquery()
    )
    return _at(case((finding.is_active, newest), else_=finding.last_seen_at), term)


def _claimed(condition: Condition, asker: Asker) -> Condition:
    """Some standing claim fulfils it; of an inactive finding, which has none, any past one."""
    claims: Select[Any] = select(literal_column("1")).where(
        occurrence.organization_id == finding.organization_id,
        occurrence.finding_id == finding.id,
        or_(occurrence.closed_at.is_(None), not_(finding.is_active)),
        condition,
    )
    # Without the offset the planner reads all claims of all findings first, to join them.
    return (claims.offset(0) if asker.is_one_by_one else claims).correlate(Finding.__table__).exists()


def _of_rule(asker: Asker, condition: Condition) -> Condition:
    ids: Select[Any] = select(rule_text.id).where(
        rule_text.organization_id == asker.organization_id, condition
    )
    return finding.rule_text_id.in_(ids)


def _yes_or_no(condition: Condition, term: Term) -> Condition:
    return or_(*(condition if value else not_(condition) for value in term.values))


def compared(column: ColumnElement[Any], term: Term) -> Condition:
    if term.comparison is Comparison.IS:
        return column.in_(term.values)
    return _COMPARE[term.comparison](column, term.values[0])  # type: ignore[no-any-return]


def _at(column: ColumnElement[Any], term: Term) -> Condition:
    def one(span: Span) -> Condition:
        match term.comparison:
            case Comparison.LESS:
                return column < span.start
            case Comparison.AT_MOST:
                return column < span.end
            case Comparison.MORE:
                return column >= span.end
            case Comparison.AT_LEAST:
                return column >= span.start
            case Comparison.IS:
                return and_(column >= span.start, column < span.end)

    return or_(*(one(value) for value in term.values if isinstance(value, Span)))


TERMS: dict[str, Callable[[Term, Asker], Condition]] = {
    "severity": severity,
    "triage": coded(finding.triage),
    "vex": coded(finding.vex_status),
    "kind": coded(finding.kind),
    "presence": presence,
    "is": is_in_state,
    "has": has,
    "scanner": scanner,
    "ref": ref,
    "scan": scanned,
    "introduced": introduced,
    "change": changed,
    "id": own_id,
    "path": path,
    "component": component,
    "package": component,
    "purl": purl,
    "tag": tag,
    "assignee": assignee,
    "epss": number(finding.epss),
    "priority": number(finding.priority),
    "cvss": cvss,
    "known_exploited": known_exploited,
    "fix": fix,
    "age": age,
    "due": due,
    "first_seen": first_seen,
    "last_seen": last_seen,
}
"""Keys that are wholly looked up in a dictionary (`sources`) are not here."""
