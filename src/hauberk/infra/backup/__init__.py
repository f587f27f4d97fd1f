"""Backups: the database and the storage in one encrypted file, checked, kept by a rule, and restored for real."""

from hauberk.infra.backup.catalog import Backup, list_backups
from hauberk.infra.backup.creating import create_backup
from hauberk.infra.backup.restoring import restore_backup, verify_backup

__all__ = ["Backup", "create_backup", "list_backups", "restore_backup", "verify_backup"]
