"""The schema, one file per table family. Importing this package registers every table on `Model.metadata`."""

from hauberk.db.models import (
    asset,
    count,
    event,
    finding,
    identity,
    invariant,
    job,
    mapping,
    organization,
    readiness,
    regrouping,
    scan,
    upload,
    vulnerability,
)

__all__ = [
    "asset",
    "count",
    "event",
    "finding",
    "identity",
    "invariant",
    "job",
    "mapping",
    "organization",
    "readiness",
    "regrouping",
    "scan",
    "upload",
    "vulnerability",
]
