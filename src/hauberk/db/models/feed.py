"""What others publish about vulnerabilities of the world: of the installation, because it is the same for every tenant."""

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from hauberk.db.base import Model, instant_now


class Feed(Model):
    """How a feed stands: what is loaded, when its publisher was last heard, and what went wrong since."""

    __tablename__ = "feed"

    name: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    """Where the loaded content came from: an address or a file."""
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    content_hash: Mapped[str | None]
    row_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    version: Mapped[int] = mapped_column(server_default=text("0"))
    """Raised whenever a row changes."""
    published_at: Mapped[datetime | None]
    """As the content says itself."""
    first_tried_at: Mapped[datetime] = instant_now()
    tried_at: Mapped[datetime] = instant_now()
    synced_at: Mapped[datetime | None]
    """When the publisher last gave it, or said that what is loaded is the newest."""
    changed_at: Mapped[datetime | None]
    failure: Mapped[str | None]
    """Why the last attempt failed; what was loaded before stays."""
    failing_since: Mapped[datetime | None]


class FeedEntry(Model):
    """What one feed says of one vulnerability."""

    __tablename__ = "feed_entry"

    name: Mapped[str] = mapped_column(primary_key=True)
    feed: Mapped[str] = mapped_column(primary_key=True)
    epss: Mapped[float | None]
    epss_percentile: Mapped[float | None]
    is_exploited: Mapped[bool] = mapped_column(server_default="false")
    detail: Mapped[dict[str, Any] | None]
