"""What must be true of the audit trail: it is sealed in time, and its links fit; so many of them at a look."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, text

from hauberk.features.audit import chain
from hauberk.jobs.invariant import Look, Violation, Violations, invariant, statement

LINKS_AT_ONCE: Final = 2_000
"""The newest ones at every look, and as many more of an unending round."""

UNBROKEN: Final = "audit_chain_is_unbroken"

_NEWEST = text("select coalesce(max(chain_position), 0) from event where organization_id = :organization")

# Sealed every five minutes.
invariant("audit_trail_is_sealed")(
    statement("""
select 0 as subject, count(*) as n, 'events have waited for their seal since ' || min(at) as detail
from (select at from event where organization_id = :organization and chain_position is null order by id limit 1000) e
where at < clock_timestamp() - interval '30 minutes' having count(*) > 0
""")
)


@invariant(UNBROKEN, by_part=True)
def unbroken(connection: Connection, look: Look) -> Violations:
    """A subject is the first link of a stretch."""
    length = connection.scalar(_NEWEST, {"organization": look.organization_id})
    for after in _stretches(length, look.number):
        found = chain.verify(connection, look.organization_id, after=after, at_most=LINKS_AT_ONCE)
        broken = found.broken_at is not None
        yield Violation(after + 1, int(broken), f"the audit trail is broken at link {found.broken_at}")


def _stretches(length: int, number: int) -> Iterator[int]:
    """After which link each begins."""
    stretches = -(-length // LINKS_AT_ONCE)
    if stretches:
        yield from sorted({(stretches - 1) * LINKS_AT_ONCE, number % stretches * LINKS_AT_ONCE})
