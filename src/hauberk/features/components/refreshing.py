"""Derives an asset's components anew from the open occurrences of its active findings, and writes what differs.

It runs soon after the commit that changed findings, so no import waits for it and no statement of an import counts
components. Whoever changes findings leaves a mark with the change itself; an asset without one shows what is there.
"""

from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import Connection, text

from hauberk.db.locks import lock_components
from hauberk.db.models.component import SEVERITIES
from hauberk.domain import fingerprint, versions
from hauberk.domain.purl import package_of
from hauberk.domain.reported import Component
from hauberk.features.components import statements

MAX_NAME_CHARS: Final = 300
MAX_VERSION_CHARS: Final = 200
MAX_PACKAGE_CHARS: Final = 500
AT_ONCE: Final = 1_000
MAX_CHANGED: Final = 5_000
"""From so many changed findings on, all of the asset is derived anew."""
Facts = tuple[bool, int, bool]
"""Of a finding: whether it is open, its severity, whether it is known to be exploited."""


class Here(msgspec.Struct):
    """The findings on a component in the asset, those that are open and the worst first."""

    finding_ids: list[int]
    fixed_in: list[str]
    fixed_version: str | None
    counts: dict[str, int]

    def columns(self) -> dict[str, Any]:
        return msgspec.structs.asdict(self) | self.counts


class Row(msgspec.Struct):
    """A component as it stands in the asset, as the statements take it."""

    key_hash: UUID
    package: str
    name: str
    version: str
    purl: str | None
    ecosystem: str | None
    name_key: str
    version_key: str
    words: str
    here: Here

    def columns(self) -> dict[str, Any]:
        return msgspec.structs.asdict(self) | self.here.columns() | {"here": None}


class _Standing:
    """The findings on one component, each once, however many places report it."""

    def __init__(self, component: Component, version: str) -> None:
        self.component = component
        self.version = version
        self.findings: dict[int, Facts] = {}
        self.fixed: dict[int, set[str]] = {}

    def add(self, row: Any) -> None:
        facts = zip(row.are_open, row.severities, row.are_exploited, strict=True)
        for finding, fact, fixed in zip(row.findings, facts, row.fixed, strict=True):
            self.findings[finding] = fact
            if fixed:
                self.fixed.setdefault(finding, set()).update(each[:MAX_VERSION_CHARS] for each in fixed)


def mark(
    connection: Connection, organization_id: int, asset_id: int, finding_ids: list[int] | None = None
) -> None:
    """`finding_ids`: of the asset only these findings changed."""
    parameters = {"organization": organization_id, "asset": asset_id, "findings": finding_ids}
    connection.execute(text(statements.MARK), parameters)


def next_marked(connection: Connection, organization_id: int) -> int | None:
    """The asset that waits longest."""
    found: int | None = connection.scalar(text(statements.NEXT), {"organization": organization_id})
    return found


def refresh_asset(connection: Connection, organization_id: int, asset_id: int) -> int:
    """How many components were derived. What is committed after its mark was taken away has left a mark of its own."""
    lock_components(connection, organization_id)
    parameters: dict[str, Any] = {"organization": organization_id, "asset": asset_id}
    marks = connection.scalars(text(statements.UNMARK), parameters).all()
    if marks and None not in marks:
        changed = {number for each in marks for number in each}
        if len(changed) <= MAX_CHANGED:
            return _refresh_some(connection, parameters, changed)
    rows = [_row(key, each) for key, each in _standing(connection, parameters).items()]
    _put(connection, statements.PUT, parameters, rows)
    return len(rows)


def _refresh_some(connection: Connection, parameters: dict[str, Any], changed: set[int]) -> int:
    """What these findings stood on, and what they stand on now, with all findings that stand on it."""
    now = _standing(connection, parameters, changed)
    hashes = [_key_hash(*key) for key in now]
    concerned = connection.execute(
        text(statements.CONCERNED), parameters | {"findings": list(changed), "keys": hashes}
    ).all()
    beside = {number for each in concerned for number in each.finding_ids}
    if not beside <= changed:
        now = _standing(connection, parameters, changed | beside)
    # What else those others stand on is as it was, and not all that stands on it is here.
    among = {*hashes, *(each.key_hash for each in concerned)}
    rows = [_row(key, each) for key, each in now.items() if _key_hash(*key) in among]
    _put(connection, statements.PUT_SOME, parameters | {"keys": list(among)}, rows)
    return len(rows)


def _put(connection: Connection, statement: str, parameters: dict[str, Any], rows: list[Row]) -> None:
    parameters = parameters | {"rows": msgspec.json.encode([row.columns() for row in rows]).decode()}
    if rows:
        connection.execute(text(statements.NAME), parameters)
    connection.execute(text(statement), parameters)


def differences(connection: Connection, organization_id: int) -> int:
    """How many components count something else than their assets together."""
    lock_components(connection, organization_id)
    return int(connection.scalar(text(statements.DIFFERENCES), {"organization": organization_id}) or 0)


def _standing(
    connection: Connection, parameters: dict[str, Any], finding_ids: set[int] | None = None
) -> dict[tuple[str, str], _Standing]:
    """By package and version, one for each however reports spell it, what stands on it: all, or of these findings."""
    if finding_ids is None:
        statement = statements.STANDING
    else:
        statement, parameters = statements.STANDING_OF, parameters | {"findings": list(finding_ids)}
    found: dict[tuple[str, str], _Standing] = {}
    for row in connection.execute(text(statement).execution_options(yield_per=AT_ONCE), parameters):
        component = Component(name=row.name or "", version=row.version, purl=row.purl)
        version = fingerprint.package_version(component)
        key = (fingerprint.package_name(component), version)
        found.setdefault(key, _Standing(component, version)).add(row)
    return found


def _key_hash(package: str, version: str) -> UUID:
    return UUID(bytes=fingerprint.component_key(package, version))


def _row(key: tuple[str, str], standing: _Standing) -> Row:
    package, version = key
    purl = (standing.component.purl or "").partition("#")[0].partition("?")[0]
    named = package_of(standing.component.purl)
    name = (named[0] if named else standing.component.name)[:MAX_NAME_CHARS]
    fixed_in = {
        number: versions.lowest_after(version, standing.fixed.get(number, ())) or ""
        for number in standing.findings
    }
    return Row(
        key_hash=_key_hash(package, version),
        package=package[:MAX_PACKAGE_CHARS],
        name=name,
        version=version[:MAX_VERSION_CHARS],
        purl=purl[:MAX_PACKAGE_CHARS] or None,
        ecosystem=purl.removeprefix("pkg:").partition("/")[0].lower()[:MAX_NAME_CHARS] or None,
        name_key=name.lower(),
        version_key=versions.sort_key(version),
        words=f"{name}\n{package}".lower()[: MAX_NAME_CHARS + MAX_PACKAGE_CHARS],
        here=_here(standing.findings, fixed_in),
    )


def _here(findings: dict[int, Facts], fixed_in: dict[int, str]) -> Here:
    worst_first = sorted(findings.items(), key=lambda each: (*each[1], each[0]), reverse=True)
    fixes = [fixed_in[number] for number, (is_open, *_) in worst_first if is_open and fixed_in[number]]
    counts = dict.fromkeys((*SEVERITIES, "settled", "exploited"), 0)
    for is_open, severity, is_exploited in findings.values():
        counts[SEVERITIES[severity] if is_open else "settled"] += 1
        counts["exploited"] += is_open and is_exploited
    return Here(
        finding_ids=[number for number, _ in worst_first],
        fixed_in=[fixed_in[number] for number, _ in worst_first],
        fixed_version=versions.highest(fixes),
        counts=counts | {"fixable": len(fixes)},
    )
