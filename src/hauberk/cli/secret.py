"""`hauberk secret`: makes secrets, and names the ones in use without showing them."""

import typer

app = typer.Typer(help="Secrets: make one, name the ones in use.", no_args_is_help=True)


@app.command("new")
def new() -> None:
    """Print a new secret for HAUBERK_SECRET_KEYS.

    To rotate, put it before the old one (newest first, comma-separated) and start again: what the old one signed
    stays valid. Remove the old one when its last session has ended.

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
