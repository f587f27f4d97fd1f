"""A worker process that knows the tests' jobs, with a short lease: python launch.py NUMBER DESCRIPTOR LEASE."""

import signal
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from factories import example_jobs  # noqa: F401 — declares them
from hauberk.infra.settings import load_settings
from hauberk.worker.process import WorkerProcess

stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
WorkerProcess(load_settings(), int(sys.argv[1]), lease=float(sys.argv[3]), beat=float(sys.argv[3]) / 4).run(
    stop, int(sys.argv[2])
)
