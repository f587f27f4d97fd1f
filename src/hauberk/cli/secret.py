"""`hauberk secret`: makes secrets, names the ones in use without showing them, and rotates them."""

from typing import Annotated

import typer

app = typer.Typer(help="Secrets: make one, name the ones in use, rotate.", no_args_is_help=True)


@app.command("new")
def new() -> None:
    """Print a new secret for HAUBERK_SECRET_KEYS.

    To rotate, put it before the old one (newest first, comma-separated), start again, and run 'hauberk secret rotate':
    what the old one signed stays valid.

    Example: HAUBERK_SECRET_KEYS="$(hauberk secret new),$HAUBERK_SECRET_KEYS"
    """
    from hauberk.infra.settings.secret_keys import new_secret

    print(new_secret())


@app.command("fingerprint")
def fingerprint() -> None:
    """Print a fingerprint of each secret key in use, for HAUBERK_SIBLING_FINGERPRINTS of the other environments."""
    from hauberk.infra.settings import load_settings

    settings = load_settings(servers=False)
    for kid, print_ in settings.key_ring.fingerprints().items():
        print(f"{kid}  {print_}")


@app.command("rotate")
def rotate(
    check: Annotated[
        bool,
        typer.Option("--check", help="Change nothing; exit status 1 while anything needs an older key."),
    ] = False,
) -> None:
    """Put everything that is kept under the newest of HAUBERK_SECRET_KEYS, and say what still needs an older one.

    It may be stopped and started again at any time, and nothing else need stand still.

    \b
    Examples:
      hauberk secret rotate
      hauberk secret rotate --check
    """
    from hauberk.db.session import Pool, sync_engine
    from hauberk.features.readiness import secret_keys
    from hauberk.infra.settings import load_settings

    settings = load_settings()
    engine = sync_engine(
        settings.database.url, pool=Pool(size=1, max_overflow=0), application_name="hauberk-cli"
    )
    if not check:
        for said in secret_keys.rotate(engine, settings):
            print(said, flush=True)
    found = secret_keys.needs(engine, settings)
    for each in found:
        print(secret_keys.advice(each, settings.key_ring))
    is_missing = any(each.kid not in settings.key_ring.kids for each in found)
    if is_missing or (check and any(each.is_needed for each in found[1:])):
        raise typer.Exit(1)
