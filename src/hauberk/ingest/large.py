"""Comparisons that would not fit into the child's memory: it spools every result, and PostgreSQL compares.

    child    Unmatched.add: everything goes into the spools, nothing is held
    writer   match: in the writing transaction, over the copied spools, what `compare` does in memory

The outcome is the same but for drift: a result under the same key at another line is one that is gone and a new one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from hauberk.domain import fingerprint
from hauberk.ingest import encode
from hauberk.ingest.compare import Spools, Tally
from hauberk.ingest.encode import Action
from hauberk.ingest.known import BYTES_A_KNOWN
from hauberk.ingest.normalise import Result, RuleText

BYTES_A_NEW_KEY: Final = 120
MAX_RULES_HELD: Final = 10_000
NO_DRIFT: Final = "The report and what was known before are too large to find out what only moved to another line, file or name."
Run = Callable[..., Any]
_json = msgspec.json.Encoder()


def max_new_keys(known: int, budget: int) -> int | None:
    """How many keys that are not among these many open occurrences fit into `budget` bytes; None: not even those."""
    left = budget - known * BYTES_A_KNOWN
    return left // BYTES_A_NEW_KEY if left > 0 else None


@dataclass
class Unmatched:
    """Stands where a `Comparison` would: spools each result as it comes."""

    spools: Spools
    tally: Tally = field(default_factory=Tally)
    next_seq: int = 0
    _rules: set[bytes] = field(default_factory=set)

    def confirms(self, element: int) -> bool:  # noqa: ARG002 — nothing is known here
        return False

    def add(self, result: Result, text: RuleText) -> None:
        self.tally.reported += 1
        if result.rule not in self._rules:
            if len(self._rules) >= MAX_RULES_HELD:
                self._rules.clear()
            self._rules.add(result.rule)
            self.spools.rules.write(encode.rule_row(result.rule, _json.encode(text)))
        group = result.keys[0] if len(result.keys) == 1 else fingerprint.text_hash(b"".join(result.keys))
        for ordinal, key in enumerate(result.keys):
            self.spools.keys.write(encode.key_row(group, ordinal, key))
        self.spools.add_result(
            encode.result_row(result, seq=self.next_seq, action=Action.NEW, occurrence_id=0, group=group)
        )
        self.next_seq += 1

    def finish(self) -> None:
        self.spools.flush()


# Groups that share a key become the lesser one; as often as that makes others share one.
_SHARED: Final = """
create temporary table shared_group on commit drop as
select distinct on (k.group_key) k.group_key as old, l.least as new
from imported_key k
join (select fingerprint, (array_agg(group_key order by group_key))[1] as least from imported_key
      group by fingerprint having count(distinct group_key) > 1) l using (fingerprint)
where k.group_key <> l.least
order by k.group_key, l.least
"""
_JOINED: Final = (
    "update imported i set group_key = s.new from shared_group s where s.old = i.group_key",
    "update imported_key k set group_key = s.new from shared_group s where s.old = k.group_key",
    "drop table shared_group",
)
_KEYS_ONCE: Final = """
delete from imported_key k using (
    select ctid as at, row_number() over (partition by group_key, fingerprint order by ordinal, ctid) as n
    from imported_key) d
where k.ctid = d.at and d.n > 1
"""
_IS_SUPPRESSED: Final = (
    "(i.suppression is not null and coalesce((i.suppression ->> 'is_accepted')::bool, true))"
)
# Of several that its keys lead to a result confirms one: that says the same, else that of its strongest key. Groups are not joined yet: keys of others,
# which it only shares one with, lead it nowhere. Of several results that lead to one the one counts that is not suppressed, and
# says what was said before.
_REACHED: Final = f"""
create temporary table reached on commit drop as
select r.*, row_number() over (partition by r.id order by r.is_suppressed, not r.is_same, r.seq) as place
from (
    select distinct on (i.seq) i.seq, o.id, o.fingerprint, o.content_hash = i.content_hash as is_same,
        {_IS_SUPPRESSED} as is_suppressed
    from imported i
    join imported_key k using (group_key)
    join occurrence o on o.organization_id = :organization and o.scope_id = :scope and o.fingerprint = k.fingerprint
        and o.place_hash = i.place_hash and o.closed_at is null
    order by i.seq, o.content_hash <> i.content_hash, k.fingerprint <> i.fingerprint, k.ordinal, o.id) r
"""  # noqa: S608 — a constant of ours, here and below
_REACHED_TWICE: Final = "delete from imported i using reached r where r.seq = i.seq and r.place > 1"
# At one place that nothing is known at.
_PLACES_ONCE: Final = f"""
delete from imported i using (
    select i.seq, row_number() over (partition by i.fingerprint, i.place_hash order by {_IS_SUPPRESSED}, i.seq) as n
    from imported i where not exists (select from reached r where r.seq = i.seq)) d
where i.seq = d.seq and d.n > 1
"""  # noqa: S608
_NOT_REPORTED: Final = """
insert into closing
select o.id, 'gone' from occurrence o
where o.organization_id = :organization and o.scope_id = :scope and o.closed_at is null
    and not exists (select from reached r where r.id = o.id)
"""
_SUPPRESSED: Final = (
    "insert into closing select id, 'suppressed' from reached where place = 1 and is_suppressed"
)
_NOT_KEPT: Final = f"delete from imported i where {_IS_SUPPRESSED}"  # noqa: S608
_UNCHANGED: Final = "delete from imported i using reached r where r.seq = i.seq and r.place = 1 and r.is_same"
_CHANGED: Final = """
update imported i set action = :changed, occurrence_id = r.id, fingerprint = r.fingerprint
from reached r where r.seq = i.seq and r.place = 1
"""
_RENUMBERED: Final = """
update imported i set seq = r.n
from (select seq, row_number() over (order by seq) - 1 as n from imported) r where r.seq = i.seq and r.n <> i.seq
"""
_VOIDS: Final = "delete from imported where action = :void"
_WITHOUT_RESULTS: Final = """
delete from imported_key k where not exists (select from imported i where i.group_key = k.group_key)
"""
NOTE_SEEN: Final = "create temporary table seen on commit drop as select id from reached where place = 1 and not is_suppressed"
_ANALYZE: Final = ("analyze imported", "analyze imported_key")


def join_groups(run: Run) -> None:
    """Results that share a key are one finding, also where that was seen only after they were spooled."""
    while run(_SHARED).rowcount:
        for statement in _JOINED:
            run(statement)
        run(_KEYS_ONCE)


def drop_voids(run: Run) -> None:
    """What the child spooled and found to be needless later."""
    run(_VOIDS, void=Action.VOID.value)
    run(_RENUMBERED)


def match(run: Run, reported: int) -> Tally:
    """After the spools were copied, under the asset's lock. What closes is in `closing`, what is unchanged is gone."""
    for statement in _ANALYZE:
        run(statement)
    run(_KEYS_ONCE)
    run(_REACHED)
    join_groups(run)
    folded = run(_REACHED_TWICE).rowcount + run(_PLACES_ONCE).rowcount
    run(_NOT_REPORTED)
    run(_SUPPRESSED)
    suppressed = run(_NOT_KEPT).rowcount
    unchanged = run(_UNCHANGED).rowcount
    changed = run(_CHANGED, changed=Action.CHANGED.value).rowcount
    run(_RENUMBERED)
    run(_WITHOUT_RESULTS)
    for statement in _ANALYZE:
        run(statement)
    return Tally(
        reported=reported,
        new=reported - folded - suppressed - unchanged - changed,
        unchanged=unchanged,
        changed=changed,
        suppressed=suppressed,
        folded=folded,
    )
