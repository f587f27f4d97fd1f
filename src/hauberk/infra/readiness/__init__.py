"""Readiness: the checks beside the things they look at, the drills that break them, and what is on record of both."""

from hauberk.infra.readiness.answer import Answer, Kind, Result, failed, passed, skipped, warned
from hauberk.infra.readiness.check import RegisteredCheck, readiness, registered
from hauberk.infra.readiness.drill import Drill, Outcome, drill, drills
from hauberk.infra.readiness.probe import DOCUMENT, Installation, NoDocumentError, Probe, ProbeTenant, Site
from hauberk.infra.readiness.proved import attested, drilled, recorded
from hauberk.infra.readiness.record import (
    Attestation,
    NoRecords,
    Record,
    RecordKind,
    Records,
    answer_from,
    flaw,
)

__all__ = [
    "DOCUMENT",
    "Answer",
    "Attestation",
    "Drill",
    "Installation",
    "Kind",
    "NoDocumentError",
    "NoRecords",
    "Outcome",
    "Probe",
    "ProbeTenant",
    "Record",
    "RecordKind",
    "Records",
    "RegisteredCheck",
    "Result",
    "Site",
    "answer_from",
    "attested",
    "drill",
    "drilled",
    "drills",
    "failed",
    "flaw",
    "passed",
    "readiness",
    "recorded",
    "registered",
    "skipped",
    "warned",
]
