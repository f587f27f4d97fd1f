"""A transaction in which a test makes its rows, as the product would: in the app's role, in one organization."""

from contextlib import contextmanager

from hauberk.db.session import Pool, sync_engine, transaction


@contextmanager
def writing(database_url: str, organization_id: int):
    engine = sync_engine(database_url, pool=Pool(size=1))
    try:
        with transaction(engine, organization_id) as connection:
            yield connection
    finally:
        engine.dispose()
