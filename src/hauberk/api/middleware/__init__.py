"""What every request passes through, outermost first: `install` is the order."""

from fastapi import FastAPI

from hauberk.api.middleware.body import BodyMiddleware
from hauberk.api.middleware.closing import ClosingMiddleware
from hauberk.api.middleware.compression import CompressionMiddleware
from hauberk.api.middleware.cors import CorsMiddleware
from hauberk.api.middleware.deadline import DeadlineMiddleware
from hauberk.api.middleware.hosts import HostMiddleware
from hauberk.api.middleware.negotiation import NegotiationMiddleware
from hauberk.api.middleware.operations import Operations
from hauberk.api.middleware.origin import OriginMiddleware
from hauberk.api.middleware.overload import Admission, OverloadMiddleware
from hauberk.api.middleware.rate_limit import RateLimitMiddleware
from hauberk.api.middleware.request import RequestMiddleware
from hauberk.api.middleware.statements import StatementsMiddleware
from hauberk.infra.settings import Settings


def install(app: FastAPI, settings: Settings, operations: Operations, admission: Admission) -> None:
    """The last one added is the outermost."""
    app.add_middleware(StatementsMiddleware, settings=settings)
    app.add_middleware(BodyMiddleware, operations=operations)
    app.add_middleware(NegotiationMiddleware, operations=operations)
    app.add_middleware(DeadlineMiddleware, operations=operations, limits=settings.http)
    app.add_middleware(RateLimitMiddleware, settings=settings, operations=operations)
    app.add_middleware(OriginMiddleware, settings=settings)
    app.add_middleware(CompressionMiddleware)
    app.add_middleware(OverloadMiddleware, admission=admission, operations=operations, limits=settings.http)
    app.add_middleware(CorsMiddleware, settings=settings)
    app.add_middleware(HostMiddleware, settings=settings)
    app.add_middleware(ClosingMiddleware)
    app.add_middleware(RequestMiddleware, settings=settings)
