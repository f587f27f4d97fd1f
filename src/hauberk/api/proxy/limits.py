"""What a proxy in front has to know of the application: its limits of size and time, and the routes that have their own."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hauberk.api.middleware.body import MAX_BYTES
from hauberk.infra.settings import Settings

FORM_BYTES = 1024 * 1024
"""Around the file of an upload: boundaries and the other fields of its form."""
GRACE_SECONDS = 2
"""The application's own refusal, which says more, comes before the proxy's."""
STREAM_SECONDS = 60
HSTS = "max-age=63072000; includeSubDomains"


@dataclass(frozen=True)
class Limits:
    """One for all proxies, so that none of them can differ from the application."""

    body_bytes: int
    upload_bytes: int
    answer_seconds: int
    idle_seconds: int
    stream_seconds: int
    uploads: tuple[str, ...]
    streams: tuple[str, ...]
    """Regular expressions of paths, anchored at both ends."""

    @classmethod
    def of(cls, settings: Settings, document: dict[str, Any]) -> "Limits":
        """`document` is the application's OpenAPI."""
        return cls(
            body_bytes=MAX_BYTES,
            upload_bytes=settings.upload.max_bytes + FORM_BYTES,
            answer_seconds=round(settings.http.request_seconds) + GRACE_SECONDS,
            idle_seconds=round(settings.http.idle_seconds),
            stream_seconds=STREAM_SECONDS,
            uploads=tuple(_paths(document, "upload")),
            streams=tuple(_paths(document, "stream")),
        )


def _paths(document: dict[str, Any], kind: str) -> Iterable[str]:
    return sorted(
        f"^{re.sub(r'[{][^}]+[}]', '[^/]+', path)}$"
        for path, operations in document["paths"].items()
        if any(operation.get("x-transfer") == kind for operation in operations.values())
    )
