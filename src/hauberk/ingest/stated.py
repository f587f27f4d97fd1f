"""VEX statements on their way from the child to the writer: what of a reported finding is the supplier's word.

The child says which package and versions a statement is about; what it cannot say is refused, and told as a problem.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from typing import BinaryIO, Final
from uuid import UUID

import msgspec

from hauberk.domain import fingerprint
from hauberk.domain.purl import qualifiers_of
from hauberk.domain.reported import Component, ReportedFinding, ReportHeader, VexStatement
from hauberk.domain.vex import WHOLE_PRODUCTS, plain_version, versions_of
from hauberk.ingest.normalise import cleaned

MAX_TEXT_CHARS: Final = 8_000
MAX_NAME_CHARS: Final = 500
MAX_NAMES: Final = 50
MAX_VERSIONS: Final = 1_000
_LENGTH: Final = 4
_pack = msgspec.msgpack.Encoder()


class Stated(msgspec.Struct, array_like=True, kw_only=True):
    """One statement about one product. `package` None: the product as a whole; no `versions`: all."""

    names: list[str]
    vex_status: int
    product: str
    component: str | None
    package: str | None
    versions: list[str]
    qualifiers: dict[str, str]
    justification: str | None
    impact: str | None
    action: str | None
    author: str | None
    stated_at: datetime | None


class RefusedStatementError(Exception):
    """It cannot be applied as it is meant; the message says why."""


_unpack = msgspec.msgpack.Decoder(Stated)


def stated(finding: ReportedFinding, statement: VexStatement) -> Stated:
    """Raises RefusedStatementError."""
    finding = cleaned(finding)
    statement = finding.vex or statement
    component = finding.components[0] if finding.components else None
    if component is None and not statement.is_of_product:
        raise RefusedStatementError("The statement names a component that the document does not contain.")
    named = None if component is None else component.purl or component.name
    is_whole = statement.is_of_product or (named or "").startswith(WHOLE_PRODUCTS)
    return Stated(
        names=[name[:MAX_NAME_CHARS] for name in finding.identifiers or (finding.rule_id or "",)][:MAX_NAMES],
        vex_status=statement.vex_status.code,
        product=(finding.target or named or "")[:MAX_NAME_CHARS],
        component=None if is_whole else (named or "")[:MAX_NAME_CHARS],
        package=None if is_whole or component is None else fingerprint.package_name(component),
        versions=[] if is_whole else _versions(component, statement),
        qualifiers={} if is_whole or component is None else _qualifiers(component),
        justification=_cut(statement.justification),
        impact=_cut(statement.impact),
        action=_cut(statement.action),
        author=_cut(statement.author),
        stated_at=statement.stated_at,
    )


def _versions(component: Component | None, statement: VexStatement) -> list[str]:
    own = None if component is None else component.version
    try:
        found = [plain_version(own)] if own is not None else list(versions_of(statement.versions))
    except ValueError as error:
        raise RefusedStatementError(
            f"The statement is about the versions “{error!s:.100}”, and ranges of versions are not compared:"
            " name the versions one by one, or none for all."
        ) from error
    if len(found) > MAX_VERSIONS:
        raise RefusedStatementError(f"The statement names more than {MAX_VERSIONS:,} versions.")
    return found


def _qualifiers(component: Component) -> dict[str, str]:
    return {name: value[:100] for name, value in qualifiers_of(component.purl).items()}


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= MAX_TEXT_CHARS else text[: MAX_TEXT_CHARS - 1] + "…"


def write(spool: BinaryIO, statement: Stated) -> None:
    packed = _pack.encode(statement)
    spool.write(len(packed).to_bytes(_LENGTH, "big") + packed)


def read(
    spool: BinaryIO, header: ReportHeader, at: datetime, latest: datetime
) -> Iterator[tuple[UUID, Stated]]:
    """Each statement once, under a hash of all that it says; what it leaves open its document says: who, and when (`at`).

    Nobody states anything after `latest`, when the document came in: a date of the future would outdo all that follow.
    """
    spool.seek(0)
    seen: set[bytes] = set()
    while head := spool.read(_LENGTH):
        statement = _unpack.decode(spool.read(int.from_bytes(head, "big")))
        statement.author = statement.author or _cut(header.author)
        said_at = statement.stated_at or at
        statement.stated_at = min(said_at if said_at.tzinfo else said_at.replace(tzinfo=UTC), latest)
        said = (statement, header.document_id)
        digest = blake2b(_pack.encode(said), digest_size=16, person=b"hauberk-vex-v1").digest()
        if digest not in seen:
            seen.add(digest)
            yield UUID(bytes=digest), statement
