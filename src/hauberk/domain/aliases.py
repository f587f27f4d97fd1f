"""Which names of vulnerabilities are one flaw: what a result says of it, and what many statements say together.

Ambiguity fails closed. A name that a distribution gives to an advisory covers several flaws and is nobody's alias. What
scanners say makes groups with at most one name of each scheme; more in one group needs a person's word.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

_FLAWS: Final = re.compile(
    r"^(CVE|GHSA|GO|PYSEC|MAL|OSV|RSEC|HSEC|PSF|BIT|CURL|DRUPAL|EEF|JLSEC|ASB-A|PUB-A|RUSTSEC|GMS|GSD|SNYK|XRAY"
    r"|SONATYPE|NSWG-ECO|BDSA|VULNDB|EUVD)-"
)
_SCHEMES: Final = ("CVE", "GHSA")
MAX_NAMES: Final = 8
"""Of one result: more is a list, not names of one flaw."""


class Statement(NamedTuple):
    """Somebody says that two names are one flaw, or (only people) that they are not."""

    one: int
    other: int
    is_same: bool
    is_by_person: bool


def scheme_of(name: str) -> str | None:
    """`CVE`, `GHSA` …; None for names of advisories, rules and whatever may cover several flaws."""
    found = _FLAWS.match(name)
    return found[1] if found else None


def names_of_one_flaw(identifiers: Iterable[str]) -> tuple[str, ...]:
    """The names under which one result knows its flaw, the preferred first; none where they may be several flaws."""
    names = list(dict.fromkeys(name for name in identifiers if scheme_of(name) is not None))
    schemes = {scheme_of(name) for name in names}
    if not 1 < len(names) <= MAX_NAMES or len(schemes) < len(names):
        return ()
    return tuple(sorted(names, key=preference))


def preference(name: str) -> tuple[int, str]:
    """What a group is called by: its CVE, else its GHSA, else the first of the others."""
    scheme = scheme_of(name) or ""
    return (_SCHEMES.index(scheme) if scheme in _SCHEMES else len(_SCHEMES), name)


def groups(names: Mapping[int, str], statements: Sequence[Statement]) -> list[list[int]]:
    """The names that are one flaw, each group by preference; who stands alone is in none.

    People are heard first and may say anything; a scanner's word (in the order given) counts where it brings neither two
    names of one scheme together nor two names that a person held apart.
    """
    group = {number: [number] for number in names}
    apart = {
        frozenset((each.one, each.other)) for each in statements if each.is_by_person and not each.is_same
    }
    for each in sorted(statements, key=lambda each: not each.is_by_person):
        one, other = group[each.one], group[each.other]
        if not each.is_same or one is other or _held_apart(one, other, apart):
            continue
        if not each.is_by_person and _share_a_scheme(one, other, names):
            continue
        one += other
        for number in other:
            group[number] = one
    distinct = {id(members): members for members in group.values() if len(members) > 1}
    return [sorted(members, key=lambda number: preference(names[number])) for members in distinct.values()]


def _held_apart(one: Sequence[int], other: Sequence[int], apart: set[frozenset[int]]) -> bool:
    return bool(apart) and any(frozenset((left, right)) in apart for left in one for right in other)


def _share_a_scheme(one: Sequence[int], other: Sequence[int], names: Mapping[int, str]) -> bool:
    return not {scheme_of(names[number]) for number in one}.isdisjoint(
        scheme_of(names[number]) for number in other
    )
