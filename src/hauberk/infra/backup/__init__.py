"""Backups: encrypted dumps, and a base with an archive of every change; kept by a rule, and restored for real."""

from hauberk.infra.backup.catalog import Backup, Kind, list_backups
from hauberk.infra.backup.creating import create_backup, create_base
from hauberk.infra.backup.point_in_time import restore_until
from hauberk.infra.backup.rehearsal import Rehearsal, rehearse
from hauberk.infra.backup.restoring import restore_backup, verify_backup
from hauberk.infra.backup.retention import delete_needless, delete_needless_files

__all__ = [
    "Backup",
    "Kind",
    "Rehearsal",
    "create_backup",
    "create_base",
    "delete_needless",
    "delete_needless_files",
    "list_backups",
    "rehearse",
    "restore_backup",
    "restore_until",
    "verify_backup",
]
