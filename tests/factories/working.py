"""A worker in the test: claims what waits and does it, one job after the other, as a worker process would."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine

from hauberk.db.session import Pool, sync_engine
from hauberk.infra.settings import Settings
from hauberk.jobs import lease
from hauberk.jobs.execute import execute
from hauberk.jobs.heart import Heart
from hauberk.jobs.progress import Progress
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import Workplace


@dataclass(frozen=True)
class Working:
    """Call it to do what waits; answers how many jobs it did."""

    workplace: Workplace
    heart: Heart

    @property
    def engine(self) -> Engine:
        return self.workplace.engine

    def __call__(self, *queues: Queue) -> int:
        done = 0
        while claimed := lease.claim(
            self.engine, worker="test", queues=queues or list(Queue), per_organization=4, lease=60
        ):
            execute(claimed, self.workplace, self.heart)
            done += 1
        return done


@contextmanager
def working(settings: Settings) -> Iterator[Working]:
    settings.home.mkdir(parents=True, exist_ok=True)
    engine = sync_engine(settings.database.url, pool=Pool(size=4))
    side = sync_engine(settings.database.url, pool=Pool(size=4))
    heart = Heart(side)
    yield Working(Workplace(settings, engine, side, Progress(settings, side)), heart)
    heart.stop()
    engine.dispose()
    side.dispose()
