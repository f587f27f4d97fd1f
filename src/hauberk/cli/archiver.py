"""`hauberk archiver`: archives every change of the database, so that it can be restored to any moment."""

from typing import Annotated

import typer


def archiver(
    end: Annotated[
        bool, typer.Option("--end", help="Archive no more: the database need keep nothing for it.")
    ] = False,
) -> None:
    """Receive what the database writes and deliver it, encrypted, until SIGTERM. One works; a second one waits.

    'hauberk up' runs it with HAUBERK_BACKUP_POINT_IN_TIME. With a database of your own, HAUBERK_DATABASE_BACKUP_URL
    must name a role that may replicate, past any pooler.

    Example: hauberk archiver
    """
    import signal
    from threading import Event

    from hauberk.infra import telemetry
    from hauberk.infra.backup.archiver import Archiver
    from hauberk.infra.settings import load_settings

    settings = load_settings()
    telemetry.configure_logging(settings)
    work = Archiver(settings)
    if end:
        work.end()
        return
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a terminal that closes must not end the archive
    work.run(stop)
