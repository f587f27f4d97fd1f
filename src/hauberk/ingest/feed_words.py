"""What feeds say of findings, in SQL: of a rule by all names of its flaws, and the priority that follows.

A feed's word is kept once, on the rule text, not on its thousands of findings; a finding shows its text's.
"""

from typing import Final

from hauberk.domain.priority import EXPLOITED, MAX_CVSS, MAX_PER_CENT, PER_CENT, PER_SEVERITY

_NAMES: Final = """
    select i.name from unnest({identifiers}) as i(name)
    union
    select a.name from unnest({identifiers}) as i(name)
    join vulnerability v on v.organization_id = :organization and v.name = i.name and v.group_id is not null
    join vulnerability a on a.organization_id = v.organization_id and a.group_id = v.group_id"""


def words(identifiers: str) -> str:
    """A lateral table of one row: the highest `epss`, whether one `is_exploited`, and as which `names`."""
    return f"""lateral (
    select max(e.epss) as epss, coalesce(bool_or(e.is_exploited), false) as is_exploited,
        array_agg(distinct e.name) filter (where e.is_exploited) as names
    from ({_NAMES.format(identifiers=identifiers)}) n join feed_entry e on e.name = n.name)"""  # noqa: S608 — of ours


# Of finding `f` whose text is `x`. The scanner's word stays beside the feed's, and comes back when that is gone.
REPORTED: Final = "case when f.is_epss_of_feed then f.epss_reported else f.epss end"
EPSS: Final = f"coalesce(x.feed_epss, {REPORTED})"
SET_EPSS: Final = f"epss = {EPSS}, epss_reported = {REPORTED}, is_epss_of_feed = x.feed_epss is not null"


def _priority(severity: str, epss: str) -> str:
    return f"""({severity}) * {PER_SEVERITY}
        + case when x.known_exploited or x.feed_known_exploited then {EXPLOITED} else 0 end
        + least(floor(coalesce({epss}, 0) * 100), {MAX_PER_CENT}) * {PER_CENT}
        + least(round(coalesce(x.cvss_score, 0) * 10), {MAX_CVSS})"""


def priority(severity: str) -> str:
    """As `domain.priority` has it."""
    return _priority(severity, EPSS)


# Of a new finding `f` whose first result's text is `x`: what will be computed of it whenever something touches it.
NEW_PRIORITY: Final = f"({_priority('f.severity', 'coalesce(x.feed_epss, f.epss)')})::int"
