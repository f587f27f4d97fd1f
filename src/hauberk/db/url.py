"""Database URLs as people write them, turned into what SQLAlchemy and psycopg want."""

from sqlalchemy import URL, make_url

from hauberk.kit.errors import Unavailable


def driver_url(url: str) -> URL:
    """`postgres://`, `postgresql://` and `postgresql+psycopg://` all mean psycopg 3; raises `Unavailable` without one."""
    if not url:
        raise Unavailable("There is no database: start 'hauberk up', or set HAUBERK_DATABASE_URL.")
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    parsed = make_url(url)
    return parsed.set(drivername="postgresql+psycopg")


def libpq_url(url: str) -> str:
    """For tools and bare psycopg: no SQLAlchemy driver name."""
    return driver_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
