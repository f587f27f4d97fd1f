"""The schema, one file per table family. Importing this package registers every table on `Model.metadata`."""

from hauberk.db.models import (
    alert,
    asset,
    count,
    event,
    finding,
    identity,
    invariant,
    job,
    mapping,
    notification,
    organization,
    readiness,
    regrouping,
    scan,
    upload,
    vulnerability,
)

__all__ = [
    "alert",
    "asset",
    "count",
    "event",
    "finding",
    "identity",
    "invariant",
    "job",
    "mapping",
    "notification",
    "organization",
    "readiness",
    "regrouping",
    "scan",
    "upload",
    "vulnerability",
]
