"""The sections of the settings: one class per concern; a field `url` of section `database` is `HAUBERK_DATABASE_URL`."""

from hauberk.infra.settings.sections.alerting import Alert, Mail
from hauberk.infra.settings.sections.feeding import Feeds
from hauberk.infra.settings.sections.observing import Log, Metrics, Otlp, Sentry
from hauberk.infra.settings.sections.outgoing import Clamav, Egress
from hauberk.infra.settings.sections.proving import Readiness
from hauberk.infra.settings.sections.servers import Cache, Database, Queue, Storage
from hauberk.infra.settings.sections.serving import Admin, Cors, Http, RateLimit, Session, Tls
from hauberk.infra.settings.sections.values import Environment, Secrets, Section, Strings
from hauberk.infra.settings.sections.work import Backup, Parser, Release, Retention, Upload, Worker

__all__ = [
    "Admin",
    "Alert",
    "Backup",
    "Cache",
    "Clamav",
    "Cors",
    "Database",
    "Egress",
    "Environment",
    "Feeds",
    "Http",
    "Log",
    "Mail",
    "Metrics",
    "Otlp",
    "Parser",
    "Queue",
    "RateLimit",
    "Readiness",
    "Release",
    "Retention",
    "Secrets",
    "Section",
    "Sentry",
    "Session",
    "Storage",
    "Strings",
    "Tls",
    "Upload",
    "Worker",
]
