"""`hauberk worker`: works through the jobs: imports, exports, notifications."""


def worker() -> None:
    """Run the background jobs of this installation until SIGTERM; running jobs are finished or given back.

    Start as many as there is work for, on any machine that reaches database, queue and storage.

    Example: HAUBERK_WORKER_PROCESSES=4 hauberk worker
    """
    from importlib import import_module

    from hauberk.cli.serve import refuse_unready
    from hauberk.infra.metrics import folder
    from hauberk.infra.settings import load_settings

    settings = load_settings()
    folder.share(settings.home, "worker")
    refuse_unready(settings)
    import_module("hauberk.worker.main").run()
