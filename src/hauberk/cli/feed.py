"""`hauberk feed`: what others publish about vulnerabilities, EPSS scores and known exploited ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from hauberk.features.feeds.standing import Standing
    from hauberk.infra.settings import Settings

app = typer.Typer(help="Feeds about vulnerabilities: EPSS, known exploited.", no_args_is_help=True)


@app.command("list")
def list_() -> None:
    """Show every feed: where it comes from, how much of it is loaded, how old that is, and what went wrong."""
    from sqlalchemy import select

    from hauberk.db.models.feed import Feed
    from hauberk.db.session import transaction
    from hauberk.features.feeds import standing
    from hauberk.kit import clock

    with _database() as (engine, settings):
        with transaction(engine) as connection:
            rows = {row.name: row for row in connection.execute(select(Feed.__table__))}
        for each in standing.of_rows(rows, settings, clock.now()):
            print(_line(each))
            if each.of("failure"):
                print(f"      {each.of('failure')}")


@app.command("sync")
def sync(
    name: Annotated[str, typer.Argument(help="Which one: epss, kev.")],
    file: Annotated[
        Path | None, typer.Option(help="Read this file, as its publisher gives it, instead of fetching one.")
    ] = None,
    accept_shrunk: Annotated[
        bool, typer.Option("--accept-shrunk", help="Believe it even if it is much shorter than before.")
    ] = False,
) -> None:
    """Renew a feed now. What it says new is put on findings by the workers.

    Exit status 1 when it is not taken; what was loaded before stays.

    \b
    Examples:
      hauberk feed sync kev
      hauberk feed sync epss --file epss_scores-current.csv.gz
    """
    from hauberk.features.feeds import syncing
    from hauberk.features.feeds.jobs import sync_now

    feed = syncing.find(name)
    with _database() as (engine, settings):
        synced = sync_now(
            engine, settings, feed, file=file.absolute() if file else None, accept_shrunk=accept_shrunk
        )
    if synced.failure is not None:
        print(f"{name} was not taken: {synced.failure}")
        raise typer.Exit(1)
    changed = "nothing new" if not synced.changed else f"{synced.changed:,} entries are different"
    print(f"{name} is up to date: {changed}.")


@contextmanager
def _database() -> "Iterator[tuple[Engine, Settings]]":
    from hauberk.cli.user import log_to_stderr
    from hauberk.db.session import Pool, sync_engine
    from hauberk.infra.settings import load_settings

    log_to_stderr()
    settings = load_settings()
    engine = sync_engine(
        settings.database.url, pool=Pool(size=1, max_overflow=0), application_name="hauberk-cli"
    )
    try:
        yield engine, settings
    finally:
        engine.dispose()


def _line(each: "Standing") -> str:
    if each.source.kind == "off":
        return f"{each.feed.name:<5} off"
    synced_at = each.of("synced_at")
    heard = f"renewed {synced_at:%Y-%m-%d %H:%M}Z" if synced_at else "not loaded yet"
    place = each.source.place or "by hand"
    return (
        f"{each.feed.name:<5} {each.loss or 'current' if synced_at else 'not loaded'}"
        f"  {each.of('row_count') or 0:>9,} entries  {heard}  {place}"
    )
