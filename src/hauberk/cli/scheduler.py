"""`hauberk scheduler`: starts what is due: sweeps, folds, daily backups."""


def scheduler() -> None:
    """Run the schedules until SIGTERM. Several may run; one leads, another takes over when it ends.

    Example: hauberk scheduler
    """
    from importlib import import_module

    from hauberk.infra.metrics import folder
    from hauberk.infra.settings import load_settings

    folder.share(load_settings().home, "scheduler")
    import_module("hauberk.worker.scheduler").run()
