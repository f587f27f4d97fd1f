"""A worker in a process of its own that is killed, as by `kill -9`, at its so-many-th statement or commit.

`python -m faults.dying_worker SETTINGS N`: the pickled settings of a site, and the number; 0 lives to the end.
"""

import os
import pickle
import signal
import sys
from pathlib import Path

from sqlalchemy import event

from factories.working import working


def main() -> None:
    settings = pickle.loads(Path(sys.argv[1]).read_bytes())
    number, met = int(sys.argv[2]), 0

    def die(*_: object) -> None:
        nonlocal met
        met += 1
        if met == number:
            os.kill(os.getpid(), signal.SIGKILL)

    with working(settings) as worker:
        for engine in (worker.workplace.engine, worker.workplace.side_engine):
            event.listen(engine, "before_cursor_execute", die)
            event.listen(engine, "commit", die)
        worker()


if __name__ == "__main__":
    main()
