"""What has expired does not stay in the tables."""

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from hauberk.db.session import Pool, sync_engine
from hauberk.db.url import driver_url
from hauberk.features.identity.jobs import remove_expired


class _Run:
    """A job's run, of which this job uses only the engine."""

    def __init__(self, engine):
        self.engine = engine


def test_expired_sign_in_links_are_deleted_and_others_stay(owner_url, database_url):
    system = create_engine(driver_url(owner_url), poolclass=NullPool)
    with system.begin() as connection:
        connection.execute(text("set local role hauberk_system"))
        user = connection.scalar(
            text("insert into user_account (email, name) values ('upkeep@example.org', 'U') returning id")
        )
        for token, age in (("old", "2 days"), ("new", "-15 minutes")):
            connection.execute(
                text(
                    "insert into sign_in_link (token_hash, user_id, expires_at)"
                    " values (:token, :user, now() - cast(:age as interval))"
                ),
                {"token": token.encode(), "user": user, "age": age},
            )
    engine = sync_engine(database_url, pool=Pool(size=1))
    remove_expired(_Run(engine))
    engine.dispose()
    with system.begin() as connection:
        connection.execute(text("set local role hauberk_system"))
        left = connection.scalars(
            text("select token_hash from sign_in_link where user_id = :user"), {"user": user}
        )
        assert [bytes(each) for each in left] == [b"new"]
        connection.execute(text("delete from user_account where id = :user"), {"user": user})
    system.dispose()
