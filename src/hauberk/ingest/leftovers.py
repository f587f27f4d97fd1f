"""What a comparison left over on both sides, gathered by finding: known ones that were not reported, and new results.

The known side is read from the database by id, the new side from the child's spool, only after the child is done and
only where there is something on both; what no drift pass looks at is not kept.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from mmap import ACCESS_READ, mmap
from typing import Any, BinaryIO, Final, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import Connection, text

from hauberk.domain import fingerprint
from hauberk.domain.finding import FindingKind
from hauberk.domain.fingerprint import IDENTITY_VERSION
from hauberk.domain.known_by import of_machine
from hauberk.domain.reported import Component, Location
from hauberk.ingest.encode import (
    Action,
    Spooled,
    spooled_keys,
    spooled_result,
    spooled_results,
    spooled_rule,
    spooled_rules,
)
from hauberk.ingest.spool import SpoolFolder

AT_ONCE: Final = 5_000
MAX_CODE_CHARS: Final = 300
_NOWHERE: Final = Location()
NEW: Final = (Action.NEW, Action.SAID_NEW)
_Each = TypeVar("_Each")


class Rule(msgspec.Struct, kw_only=True, frozen=True):
    """What names a rule: of a rule's text as the spool and as the database have it."""

    rule_id: str | None = None
    rule_name: str | None = None
    title: str = ""
    identifiers: tuple[str, ...] = ()
    cwes: tuple[int, ...] = ()


class Spot(msgspec.Struct):
    """One place on one side. `at` is where to find it again: an occurrence's id, or an offset in the spool."""

    at: int
    place: int
    line: int
    location: Location
    component: Component | None

    def shown(self) -> dict[str, Any]:
        """For people: where it is, without its code."""
        said: dict[str, Any] = msgspec.to_builtins(self.location)
        if self.component is not None:
            said |= {"package": self.component.purl or self.component.name, "version": self.component.version}
        return said


class Leftover(msgspec.Struct, eq=False):
    """A finding on one side, with all of its places that are left. `where` is in the spelling that keys are made of.

    A known finding into which others were joined is several: one for each key that its places are kept under.
    """

    kind: FindingKind
    rule: str
    identifiers: tuple[str, ...]
    where: Location
    anchor: bytes
    is_secret_value: bool
    spots: list[Spot] = []
    stable_ids: set[int] = set()
    keys: list[bytes] = []
    """Of a new one: under what it is known from now on. Of a known one: what it is kept under."""
    finding_id: int = 0
    """Of a known one: which it is."""
    is_said_new: bool = False
    """Of a new one: the report itself calls it new."""
    is_whole: bool = True
    """Of a known one: no place under its key was reported."""


_KNOWN = text("""
select o.id, o.finding_id, o.fingerprint, o.place_hash, coalesce(o.line, -1) as line, o.location, o.component,
    o.stable_ids, f.kind, t.scanner, t.rule_id, t.rule_name, t.title, t.identifiers, t.cwes
from occurrence o
join finding f on f.organization_id = o.organization_id and f.id = o.finding_id
join rule_text t on t.organization_id = o.organization_id and t.id = o.rule_text_id
where o.organization_id = :organization and o.id = any(cast(:ids as int8[]))
    and (cast(:targets as text[]) is null or coalesce(o.target, '') = any(cast(:targets as text[])))
order by o.id
""")
_OPEN = text("""
select finding_id, fingerprint, count(*) as n from occurrence
where organization_id = :organization and scope_id = :scope and closed_at is null
    and finding_id = any(cast(:ids as int8[]))
group by finding_id, fingerprint
""")
_KEYS = text("""
select fingerprint, finding_id from finding_key
where organization_id = :organization and asset_id = :asset and identity_version = :version
    and fingerprint = any(cast(:keys as uuid[]))
""")


def load_known(
    connection: Connection, organization_id: int, scope_id: int, ids: Sequence[int], targets: list[str] | None
) -> list[Leftover]:
    """The findings of these occurrences; of a partial scan only what lies in its targets."""
    found: dict[tuple[int, UUID], Leftover] = {}
    for some in batches(ids):
        rows = connection.execute(
            _KNOWN, {"organization": organization_id, "ids": array_of(some), "targets": targets}
        )
        for row in rows:
            spot = Spot(row.id, row.place_hash, row.line, *_parts(row.location, row.component))
            leftover = found.get((row.finding_id, row.fingerprint))
            if leftover is None:
                rule = fingerprint.rule_of(row, row.scanner)
                kind = FindingKind.of_code(row.kind)
                leftover = _leftover(kind, rule, tuple(row.identifiers), spot, row.fingerprint.bytes)
                leftover.finding_id = row.finding_id
                leftover.keys = [row.fingerprint.bytes]
                found[row.finding_id, row.fingerprint] = leftover
            _add(leftover, spot, row.stable_ids or ())
    for some in batches(list({finding_id for finding_id, _ in found})):
        rows = connection.execute(
            _OPEN, {"organization": organization_id, "scope": scope_id, "ids": array_of(some)}
        )
        for row in rows:
            if leftover := found.get((row.finding_id, row.fingerprint)):
                leftover.is_whole = row.n == len(leftover.spots)
    return list(found.values())


def load_new(spool: SpoolFolder, scanner: str, offsets: Sequence[int] | None = None) -> list[Leftover]:
    """The findings of the results that are new so far; with `offsets`, of those that are there in the spool."""
    found: dict[bytes, Leftover] = {}
    with mapped(spool.results) as results, mapped(spool.rules) as rules, mapped(spool.keys) as keys:
        texts = dict.fromkeys(_rules_of_new(results, offsets), Rule())
        for content_hash, body in spooled_rules(rules):
            if content_hash in texts:
                texts[content_hash] = msgspec.json.decode(body, type=Rule)
        for row in _new(results, offsets):
            location, component = (
                None if json is None else msgspec.json.decode(json) for json in (row.location, row.component)
            )
            spot = Spot(row.offset, row.place, row.line, *_parts(location, component))
            leftover = found.get(row.group)
            if leftover is None:
                rule = texts[row.rule]
                name, kind = fingerprint.rule_of(rule, scanner), FindingKind.of_code(row.kind)
                leftover = found[row.group] = _leftover(kind, name, rule.identifiers, spot, row.fingerprint)
            leftover.is_said_new |= row.action == Action.SAID_NEW
            _add(leftover, spot, row.stable_ids)
        for group, _, key in spooled_keys(keys):
            if group in found:
                found[group].keys.append(key)
    return list(found.values())


def _new(results: mmap, offsets: Sequence[int] | None) -> Iterator[Spooled]:
    if offsets is None:
        return spooled_results(results, *NEW)
    return (spooled_result(results, offset) for offset in offsets)


def _rules_of_new(results: mmap, offsets: Sequence[int] | None) -> Iterator[bytes]:
    if offsets is None:
        return (row.rule for row in spooled_results(results, *NEW))
    return (spooled_rule(results, offset) for offset in offsets)


def findings_of_keys(
    connection: Connection, organization_id: int, asset_id: int, keys: list[bytes]
) -> dict[bytes, int]:
    """Which of these keys lead to a finding of the asset already, and to which."""
    found: dict[bytes, int] = {}
    for some in batches(keys):
        parameters = {
            "organization": organization_id,
            "asset": asset_id,
            "keys": array_of(key.hex() for key in some),
            "version": IDENTITY_VERSION,
        }
        for row in connection.execute(_KEYS, parameters):
            found[row.fingerprint.bytes] = row.finding_id
    return found


# Of a finding that people joined others into: which of its keys were another's before.
_JOINS = text("""
select id, keys from regrouping
where organization_id = :organization and finding_id = any(cast(:findings as int8[])) and act = 'join'
    and cause = 'person' and undone_at is null
order by id
""")


def joined_parts(
    connection: Connection, organization_id: int, findings: Collection[int]
) -> dict[bytes, tuple[int, ...]]:
    """By which joins each key came to its finding, where people joined some: keys of one part came by the same."""
    parts: dict[bytes, tuple[int, ...]] = {}
    for some in batches(list(findings)):
        for row in connection.execute(_JOINS, {"organization": organization_id, "findings": array_of(some)}):
            for key in row.keys:
                parts[key.bytes] = (*parts.get(key.bytes, ()), row.id)
    return parts


_HOSTS = text("""
select lower(rtrim(location ->> 'host', '.')) as host, count(*) as n from occurrence
where organization_id = :organization and scope_id = :scope and closed_at is null
    and lower(rtrim(location ->> 'host', '.')) = any(cast(:hosts as text[]))
group by 1
""")


def gone_hosts(
    connection: Connection, organization_id: int, scope_id: int, known: list[Leftover], new: list[Leftover]
) -> tuple[set[str], set[str]]:
    """Hosts of which nothing is reported any more, and those of which nothing was known; only of what has other ids."""
    sides = [{each.where.host for each in side if each.where.host_ids} - {None} for side in (known, new)]
    if not all(sides):
        return set(), set()
    names = list(sides[0] | sides[1])
    parameters = {"organization": organization_id, "scope": scope_id, "hosts": names}
    standing = {row.host: row.n for row in connection.execute(_HOSTS, parameters)}
    left: dict[str | None, int] = {}
    for each in known:
        left[each.where.host] = left.get(each.where.host, 0) + len(each.spots)
    gone = {host for host in sides[0] if host is not None and standing.get(host) == left[host]}
    return gone, {host for host in sides[1] if host is not None and host not in standing}


def _parts(location: Any, component: Any) -> tuple[Location, Component | None]:
    return (
        _NOWHERE if location is None else msgspec.convert(location, Location),
        None if component is None else msgspec.convert(component, Component),
    )


def _leftover(kind: FindingKind, rule: str, identifiers: tuple[str, ...], spot: Spot, key: bytes) -> Leftover:
    said = spot.location
    code = fingerprint.normal_snippet(said.snippet, said.line, said.end_line)
    where = Location(
        path=fingerprint.clean_path(said.path),
        symbol=said.symbol,
        snippet=code and code[:MAX_CODE_CHARS],
        method=(said.method or "").upper(),
        url=fingerprint.url_template(said.url),
        parameter=said.parameter,
        host=fingerprint.host_of(said),
        host_ids=of_machine(said.host, said.host_ids),
        port=said.port,
        protocol=(said.protocol or "").lower(),
    )
    anchor = fingerprint.anchor(said)
    is_secret_value = (
        kind == FindingKind.SECRET and fingerprint.key_of(fingerprint.code_parts(rule, said)) != key
    )
    return Leftover(
        kind, rule, identifiers, where, fingerprint.text_hash(anchor.encode()) if anchor else b"", is_secret_value
    )  # fmt: skip


def _add(leftover: Leftover, spot: Spot, stable_ids: Iterable[int]) -> None:
    """Evidence and code are not needed any more, and may be large."""
    spot.location = msgspec.structs.replace(spot.location, snippet=None, evidence=None, message=None)
    leftover.spots.append(spot)
    leftover.stable_ids.update(stable_ids)


def mapped(spool: BinaryIO) -> mmap:
    spool.flush()
    return mmap(spool.fileno(), 0, access=ACCESS_READ)


def array_of(values: Iterable[object]) -> str:
    """As PostgreSQL reads one: of a list the driver looks at every value."""
    return "{" + ",".join(map(str, values)) + "}"


def batches(values: Sequence[_Each]) -> Iterator[list[_Each]]:
    for start in range(0, len(values), AT_ONCE):
        yield list(values[start : start + AT_ONCE])
