"""The quarantine, in answers. Its bytes are in none of them."""

from hauberk.features.identity.serving import Instant, Schema


class QuarantinedFileSchema(Schema):
    """A file that was refused, and why; `deleted_at` is when it goes on its own."""

    id: str
    file_name: str | None
    size_bytes: int
    sha256: str
    code: str
    detail: str
    uploaded_by: str | None
    scan: str | None
    quarantined_at: Instant
    deleted_at: Instant
