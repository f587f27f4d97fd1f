"""The HTTP entry point: every `endpoints.py` under `features/` and `api/` is mounted, and nothing else has to be said."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from typing import Final

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute

import hauberk
from hauberk.api import (
    csp_reports,
    health,
    metrics,
    middleware,
    openapi,
    presence,
    problems,
    stopping,
    watchdog,
)
from hauberk.api.events.watching import Watchers
from hauberk.api.middleware.operations import Operations
from hauberk.api.middleware.overload import Admission
from hauberk.api.pages import Pages
from hauberk.api.subject import Subject
from hauberk.features.identity.context import opened
from hauberk.infra import telemetry
from hauberk.infra.settings import Settings, load_settings
from hauberk.infra.web_assets import web_root
from hauberk.jobs.broker import close_hints, open_hints
from hauberk.jobs.discovery import load
from hauberk.kit.discover import modules

COLLECTED_AFTER: Final = (10_000, 20, 50)
"""New objects until cycles are looked for, and how often that is among older ones. After 700, as Python has it, looking
was about a sixteenth of what a serving process did under load."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application of one process; servers are made when it starts, not here."""
    settings = settings or load_settings()
    telemetry.configure_logging(settings)
    return assembled(settings)


def assembled(settings: Settings) -> FastAPI:
    """Its routes and middleware, for who wants to know of them without running it."""
    operations, admission = Operations(), Admission(settings.http.concurrency)
    app = FastAPI(
        title="Hauberk",
        version=hauberk.__version__,
        routes=[*mounted()],
        lifespan=_lifespan(settings, operations, admission),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.router.default = Pages(web_root(), settings.asset_url)
    problems.install(app)
    middleware.install(app, settings, operations, admission)
    return app


@cache
def mounted() -> tuple[BaseRoute, ...]:
    """Every route. None of them knows a setting, and to work out what each depends on takes half a second: once in a process."""
    load()
    router = APIRouter(redirect_slashes=False)
    for module in (*modules("hauberk.features", "endpoints"), *modules("hauberk.api", "endpoints")):
        router.include_router(Subject(module.router))
    for further in (health, metrics, csp_reports, openapi):
        router.include_router(further.router)
    return tuple(router.routes)


def __getattr__(name: str) -> FastAPI:
    """`hauberk.api.app:app`, for servers that want a name instead of a factory; made when somebody asks for it."""
    if name != "app":
        raise AttributeError(name)
    return create_app()


def _lifespan(
    settings: Settings, operations: Operations, admission: Admission
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened(settings, is_server=True) as context:
            app.state.context = context
            app.state.looks = health.Looks(context)
            app.state.watchers = Watchers(context)
            operations.read(app.routes)
            open_hints(settings)
            gc.set_threshold(*COLLECTED_AFTER)

            def look(lag: float) -> None:
                admission.look(max(lag, context.sessions.standing.taken()))

            try:
                async with (
                    stopping.heard(context),
                    watchdog.watching(look) as loop,
                    presence.told(context, loop),
                    metrics.exposed(app, context),
                ):
                    yield
            finally:
                close_hints()
                await asyncio.to_thread(telemetry.close)

    return lifespan
