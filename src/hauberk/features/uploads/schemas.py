"""Uploads under way, in answers."""

from hauberk.features.identity.serving import Instant, Schema


class UploadSchema(Schema):
    """A file that arrives in several requests; `received` is where to continue."""

    id: str
    file_name: str | None
    length: int
    received: int
    scan: str | None
    created_at: Instant
    expires_at: Instant
