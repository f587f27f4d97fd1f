"""`hauberk backup`: makes, lists, verifies and restores encrypted backups."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Backups: database and storage in one encrypted file.", no_args_is_help=True)


@app.command("create")
def create() -> None:
    """Make a backup now; the scheduler makes one a day by itself.

    It can only be opened with the secret keys of this installation: keep a copy of HAUBERK_SECRET_KEYS, or of
    secrets.json in the home, somewhere else.

    \b
    Example:
      hauberk backup create
    """
    from hauberk.infra.backup import create_backup
    from hauberk.infra.settings import load_settings

    made = create_backup(load_settings())
    print(f"{made.path}  {made.size_bytes:,} bytes, {made.files} stored files, SHA-256 {made.sha256}")
    print("Keep the secret keys of this installation somewhere else: without them nobody can open it.")


@app.command("list")
def list_() -> None:
    """Show the backups that there are, newest first."""
    from hauberk.infra.backup import list_backups
    from hauberk.infra.settings import load_settings

    for each in list_backups(load_settings(servers=False)):
        print(
            f"{each.created_at:%Y-%m-%d %H:%M}Z  {each.size_bytes:>15,} bytes  build {each.build}  {each.path}"
        )


@app.command("verify")
def verify(file: Annotated[Path, typer.Argument(help="The backup.")]) -> None:
    """Decrypt a whole backup and compare every checksum in it; changes nothing.

    \b
    Example:
      hauberk backup verify .hauberk/backups/hauberk-20270101T020000Z.backup
    """
    from hauberk.infra.backup import verify_backup
    from hauberk.infra.settings import load_settings

    manifest = verify_backup(load_settings(), file)
    print(f"{file} is whole: {len(manifest['members'])} members of build {manifest['build']}.")


@app.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(help="The backup.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Restore a backup into an empty database and storage, then start as usual.

    Needs the secret keys that it was made with: set HAUBERK_SECRET_KEYS, or put the old secrets.json into the new home.
    Without HAUBERK_DATABASE_URL the embedded database of HAUBERK_HOME is started for it; Hauberk must not run there.

    \b
    Example:
      HAUBERK_HOME=/srv/hauberk hauberk backup restore hauberk-20270101T020000Z.backup
    """
    from hauberk.infra.backup import restore_backup
    from hauberk.infra.embedded.lock import locked
    from hauberk.infra.embedded.servers import running
    from hauberk.infra.settings import load_settings

    settings = load_settings(servers=False)
    if not yes:
        typer.confirm(f"Restore {file} into {settings.home}?", abort=True)
    if settings.database.url:
        manifest = restore_backup(settings, file)
    else:
        with locked(settings.home), running(settings) as servers:
            database = settings.database.model_copy(update=servers.addresses["database"])
            manifest = restore_backup(settings.model_copy(update={"database": database}), file)
    print(f"Restored: {len(manifest['members']) - 1} stored files, schema {manifest['schema_revision']}.")
