"""What every request passes through, outermost first: `install` is the order."""

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette_compress import CompressMiddleware

from hauberk.api.middleware.body import BodyMiddleware
from hauberk.api.middleware.deadline import DeadlineMiddleware
from hauberk.api.middleware.draining import DrainingMiddleware
from hauberk.api.middleware.hosts import HostMiddleware
from hauberk.api.middleware.origin import OriginMiddleware
from hauberk.api.middleware.rate_limit import RateLimitMiddleware
from hauberk.api.middleware.request import RequestMiddleware
from hauberk.api.middleware.statements import StatementsMiddleware
from hauberk.api.middleware.transfers import Transfers
from hauberk.infra.settings import Settings

EXPOSED = (
    "X-Request-ID",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "ETag",
    "Location",
    "Tus-Resumable",
    "Tus-Version",
    "Upload-Offset",
    "Upload-Length",
    "Upload-Expires",
)


def install(app: FastAPI, settings: Settings, transfers: Transfers) -> None:
    """The last one added is the outermost."""
    app.add_middleware(StatementsMiddleware, settings=settings)
    app.add_middleware(BodyMiddleware, transfers=transfers)
    app.add_middleware(DeadlineMiddleware, transfers=transfers)
    app.add_middleware(RateLimitMiddleware, settings=settings, transfers=transfers)
    app.add_middleware(OriginMiddleware, settings=settings)
    app.add_middleware(CompressMiddleware, minimum_size=1024)
    if settings.cors.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors.origins,
            allow_credentials=True,
            allow_methods=("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"),
            allow_headers=(
                "Authorization",
                "Content-Type",
                "X-CSRF-Token",
                "Idempotency-Key",
                "X-Request-ID",
                "Tus-Resumable",
                "Upload-Length",
                "Upload-Offset",
                "Upload-Metadata",
                "Upload-Concat",
                "Upload-Checksum",
            ),
            expose_headers=EXPOSED,
            max_age=600,
        )
    app.add_middleware(HostMiddleware, settings=settings)
    app.add_middleware(DrainingMiddleware)
    app.add_middleware(RequestMiddleware, settings=settings)
