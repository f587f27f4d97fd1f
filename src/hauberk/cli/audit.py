"""`hauberk audit`: proves that nobody changed the audit trail."""

import typer

app = typer.Typer(help="The audit trail.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """The audit trail."""


@app.command("verify")
def verify() -> None:
    """Walk the hash chain of every organization; exit status 1 at the first link that does not fit.

    Compare the newest hash with one that the log noted earlier ('audit_sealed'): a chain that was cut off is whole.
    """
    from hauberk.db.session import Pool, sync_engine, transaction
    from hauberk.features.audit import chain
    from hauberk.features.identity.repository import organizations
    from hauberk.infra.settings import load_settings
    from hauberk.kit.errors import Conflict

    settings = load_settings()
    engine = sync_engine(
        settings.database.url, pool=Pool(size=1, max_overflow=0), application_name="hauberk-cli"
    )
    with transaction(engine) as connection:
        known = organizations(connection)
    for each in known:
        with transaction(engine, each.id) as connection:
            found = chain.verify(connection, each.id)
        if found.broken_at is not None:
            raise Conflict(f"{each.name}: the audit trail was changed at link {found.broken_at}.")
        print(f"{each.name}: {found.length} links, the newest is {found.head.hex() or 'none'}")
