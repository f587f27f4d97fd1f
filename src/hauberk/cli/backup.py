"""`hauberk backup`: makes, lists, verifies and restores encrypted backups."""

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from hauberk.infra.settings import Settings

app = typer.Typer(help="Backups: database and storage, encrypted.", no_args_is_help=True)
LATEST = "latest"


@app.command("create")
def create(
    base: Annotated[
        bool, typer.Option("--base", help="A base for recovery to any moment, by the archive of changes.")
    ] = False,
) -> None:
    """Make a backup now; the scheduler makes one a day by itself.

    It can only be opened with the secret keys of this installation: keep a copy of HAUBERK_SECRET_KEYS, or of
    secrets.json in the home, somewhere else.

    \b
    Example:
      hauberk backup create
    """
    from hauberk.infra.backup import create_backup, create_base
    from hauberk.infra.settings import load_settings

    settings = load_settings()
    made = create_base(settings) if base else create_backup(settings)
    print(f"{made.name}  {made.size_bytes:,} bytes, {made.files} stored files, SHA-256 {made.sha256}")
    print("Keep the secret keys of this installation somewhere else: without them nobody can open it.")


@app.command("list")
def list_() -> None:
    """Show the backups that there are, newest first."""
    from hauberk.infra.backup import list_backups
    from hauberk.infra.settings import load_settings

    found = list_backups(load_settings(servers=False))
    if not found:
        print("There is no backup yet: 'hauberk backup create' makes one.", file=sys.stderr)
    for each in found:
        print(
            f"{each.created_at:%Y-%m-%d %H:%M}Z  {each.kind:<4}  {each.size_bytes:>15,} bytes"
            f"  build {each.build}  {each.name}"
        )


@app.command("verify")
def verify(file: Annotated[str, typer.Argument(help="The backup: a name of the list, or a file.")]) -> None:
    """Decrypt a whole backup and compare every checksum in it; changes nothing.

    \b
    Example:
      hauberk backup verify hauberk-20270101T020000Z.backup
    """
    from hauberk.infra.backup import verify_backup
    from hauberk.infra.settings import load_settings

    manifest = verify_backup(load_settings(servers=False), file)
    print(f"{file} is whole: {len(manifest['members'])} members of build {manifest['build']}.")


@app.command("restore")
def restore(
    file: Annotated[str, typer.Argument(help="The backup: a name of the list, or a file.")] = "",
    until: Annotated[
        str, typer.Option("--until", help="A moment such as 2027-01-31T09:30:00Z, or 'latest'.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Restore a backup, or any moment of the archive, into an empty database and storage; then start as usual.

    Needs the secret keys that it was made with: set HAUBERK_SECRET_KEYS, or put the old secrets.json into the new home.
    Without HAUBERK_DATABASE_URL the embedded database of HAUBERK_HOME is restored; Hauberk must not run there.

    \b
    Examples:
      HAUBERK_HOME=/srv/hauberk hauberk backup restore hauberk-20270101T020000Z.backup
      HAUBERK_BACKUP_URL=s3://bucket/backups hauberk backup restore --until 2027-01-31T09:30:00Z
    """
    from hauberk.infra.settings import load_settings
    from hauberk.kit.errors import Invalid

    if bool(file) == bool(until):
        raise Invalid(message="Name a backup, or a moment with --until.")
    moment = None if until == LATEST else _moment(until) if until else None
    settings = load_settings(servers=False)
    if not yes:
        typer.confirm(f"Restore {file or until} into {settings.home}?", abort=True)
    print(_restore(settings, file) if file else _restore_until(settings, moment))


def _restore(settings: "Settings", file: str) -> str:
    from hauberk.infra.backup import restore_backup
    from hauberk.infra.embedded.lock import locked
    from hauberk.infra.embedded.servers import running

    if settings.database.url:
        manifest = restore_backup(settings, file)
    else:
        with locked(settings.home), running(settings) as servers:
            database = settings.database.model_copy(update=servers.addresses["database"])
            manifest = restore_backup(settings.model_copy(update={"database": database}), file)
    return f"Restored: {len(manifest['members']) - 1} stored files, schema {manifest['schema_revision']}."


def _restore_until(settings: "Settings", moment: datetime | None) -> str:
    from hauberk.infra.backup import restore_until
    from hauberk.infra.embedded.lock import locked

    with locked(settings.home):
        made = restore_until(settings, moment)
    last = f"; the last change is of {made.last_commit_at:%Y-%m-%d %H:%M:%S}Z" if made.last_commit_at else ""
    return f"Restored {made.base} and {made.segments} segments of changes, {made.files} stored files{last}."


def _moment(text: str) -> datetime:
    """With its offset: a moment without one would be another for whoever reads it elsewhere."""
    from hauberk.kit.errors import Invalid

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Invalid(message=f"--until {text}: write a moment such as 2027-01-31T09:30:00Z, or 'latest'.")
    return moment
