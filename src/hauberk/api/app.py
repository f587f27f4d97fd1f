"""The HTTP entry point: every `endpoints.py` under `features/` and `api/` is mounted, and nothing else has to be said."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI

import hauberk
from hauberk.api import health, middleware, openapi, problems
from hauberk.api.middleware.transfers import Transfers
from hauberk.api.pages import Pages, web_root
from hauberk.db import installation
from hauberk.db.session import Pool, Sessions, async_engine
from hauberk.features.identity.context import Context
from hauberk.features.identity.passwords import Passwords
from hauberk.infra import redis, telemetry
from hauberk.infra.settings import Settings, load_settings
from hauberk.infra.storage import open_storage
from hauberk.kit.discover import modules

MAX_BODY_BYTES = 1024 * 1024


class WrongEnvironmentError(Exception):
    """The database belongs to another environment than this process."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application of one process; servers are made when it starts, not here."""
    settings = settings or load_settings()
    telemetry.configure_logging(settings)
    app = FastAPI(
        title="Hauberk",
        version=hauberk.__version__,
        lifespan=_lifespan(settings),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        max_body_size=MAX_BODY_BYTES,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    transfers = Transfers()
    for module in (*modules("hauberk.features", "endpoints"), *modules("hauberk.api", "endpoints")):
        app.include_router(module.router, prefix=openapi.PREFIX)
        transfers.add(openapi.PREFIX, module.router.routes)
    app.include_router(health.router)
    app.include_router(openapi.router)
    app.router.default = Pages(web_root())
    problems.install(app)
    middleware.install(app, settings, transfers)
    return app


def _lifespan(settings: Settings) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        context = await open_context(settings)
        app.state.context = context
        try:
            yield
        finally:
            app.state.is_draining = True
            await close_context(context)

    return lifespan


async def open_context(settings: Settings) -> Context:
    """Connects, and refuses a database that was never migrated or is another environment's."""
    database = settings.database
    pool = Pool(database.pool_size, database.max_overflow, database.pool_timeout, database.pool_pre_ping)
    engine = async_engine(database.url, pool=pool)
    async with engine.connect() as connection:
        found = await connection.run_sync(installation.read)
    if found.environment != settings.environment.value:
        await engine.dispose()
        raise WrongEnvironmentError(
            f"This database belongs to environment '{found.environment}', HAUBERK_ENVIRONMENT says"
            f" '{settings.environment.value}'. Point HAUBERK_DATABASE_URL at the right database."
        )
    return Context(
        settings=settings,
        sessions=Sessions(engine),
        cache=redis.cache_client(settings),
        queue=redis.queue_client(settings),
        storage=open_storage(settings),
        public_ids=found.public_ids,
        key_ring=settings.key_ring,
        passwords=Passwords(),
    )


async def close_context(context: Context) -> None:
    await context.cache.aclose()
    await context.queue.aclose()
    await context.sessions.engine.dispose()
