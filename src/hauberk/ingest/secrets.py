"""Leaked secrets, on the writer's side: their keys need the tenant's identity key, which no parser process ever sees.

Only a hash of the value came out of the child; here it is hashed again under the tenant's key, compared like any other
result, and forgotten.
"""

import hmac
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from hauberk.domain import fingerprint
from hauberk.infra import identity_key
from hauberk.infra.crypto import Undecipherable
from hauberk.infra.envelope import Sealed
from hauberk.ingest.compare import Comparison
from hauberk.ingest.large import Unmatched
from hauberk.ingest.reading import SecretResult
from hauberk.jobs.job import JobError
from hauberk.jobs.run import JobRun

_unpack = msgspec.msgpack.Decoder(SecretResult)


def identity_key_of(run: JobRun, sealed: Sealed) -> bytes:
    """The key of the job's organization; without it what leaked would be taken for something new each time."""
    try:
        return identity_key.unseal(run.settings.key_ring, run.organization_id, sealed)
    except Undecipherable as error:
        raise JobError(
            "secret_key_missing", f"The organization's identity key does not open. {error}"
        ) from error


def compare_secrets(spool: BinaryIO, comparison: Comparison | Unmatched, identity_key: bytes) -> None:
    """Adds every spooled secret to the comparison, under the key that its value and rule give it."""
    for secret in _records(spool):
        value_hash = hmac.digest(identity_key, secret.digest, "blake2b")[:16]
        secret.result.keys = (fingerprint.secret_key(secret.rule, value_hash),)
        comparison.add(secret.result, secret.text)


def _records(spool: BinaryIO) -> Iterator[SecretResult]:
    spool.seek(0)
    while head := spool.read(4):
        yield _unpack.decode(spool.read(int.from_bytes(head, "big")))
