"""What the newest complete report of a scope was read as, so that the same file again need not be read.

Whoever compares it with the scope that it left finds every result where it was: for each format it is proved that the
same report twice changes nothing. It is the same only with the same code, mappings and wishes, and while nobody else has
changed the scope (its version); previews are always read, because they show each result.
"""

from hashlib import blake2b
from typing import Any, Final, Protocol

import msgspec
from sqlalchemy import Connection, text

from hauberk.ingest.compare import Tally
from hauberk.ingest.reading import Outcome
from hauberk.ingest.scope import Requested, Scope

MAX_BYTES: Final = 64 * 1024
"""Of an encoded outcome. Who tells more (of problems, mostly) is read again."""
_pack, _outcome = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(Outcome)
_RECALL: Final = text("""
select report_outcome from scope
where organization_id = :organization and id = :scope and report_digest = :digest
""")
_KEEP: Final = text("""
update scope set report_digest = :digest, report_outcome = :outcome
where organization_id = :organization and id = :scope
""")


class Accepted(Protocol):
    """An accepted report; `sha256` None where it is to be read in any case."""

    @property
    def organization_id(self) -> int: ...
    @property
    def sha256(self) -> str | None: ...
    @property
    def is_part(self) -> bool: ...
    @property
    def requested(self) -> Requested: ...


def recall(connection: Connection, report: Accepted, scope: Scope, readers: str) -> Outcome | None:
    """What reading the report would tell, all of it unchanged; None when it has to be read."""
    if report.sha256 is None or report.requested.is_partial:
        return None
    parameters = _parameters(report, scope, _digest(report, readers, scope.version))
    kept = connection.scalar(_RECALL, parameters)
    return None if kept is None else _outcome.decode(kept)


def keep(connection: Connection, report: Accepted, scope: Scope, readers: str, outcome: Outcome) -> None:
    """In the transaction that applied it whole to the scope; `outcome.tally` is what became of it in the end."""
    assert outcome.tally is not None
    header = msgspec.structs.replace(outcome.header, targets=())  # asked for where something closes
    told = _pack.encode(
        msgspec.structs.replace(
            outcome, header=header, tally=_again(outcome.tally), is_unmatched=False, secret_results=0
        )
    )
    if report.sha256 is not None and len(told) <= MAX_BYTES:
        digest = _digest(report, readers, scope.version + 1)
        connection.execute(_KEEP, _parameters(report, scope, digest) | {"outcome": told})


def _digest(report: Accepted, readers: str, version: int) -> bytes:
    how = (report.sha256, report.is_part, report.requested.format, readers, version)
    return blake2b(repr(how).encode(), digest_size=32).digest()


def _parameters(report: Accepted, scope: Scope, digest: bytes) -> dict[str, Any]:
    return {"organization": report.organization_id, "scope": scope.id, "digest": digest}


def _again(tally: Tally) -> Tally:
    return Tally(
        reported=tally.reported,
        unchanged=tally.new + tally.unchanged + tally.moved + tally.changed,
        suppressed=tally.suppressed,
        folded=tally.folded,
    )
