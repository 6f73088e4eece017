"""The web application: builds the FastAPI app from the routers of every feature, with its lifespan."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from app import health, worker
from app.access import routes as access
from app.access.authentication import Authenticator
from app.access.request_context import AppState
from app.applications import routes as applications
from app.applications.facts import check_routes as checks
from app.applications.facts import routes as facts
from app.applications.flags import routes as flags
from app.applications.keep_warm import routes as keep_warm
from app.applications.worklist import routes as worklist
from app.candidates import routes as candidates
from app.connectors.catalog import routes as catalog
from app.connectors.connections import routes as connections
from app.connectors.inbox import routes as inbox
from app.connectors.inbox import webhook_routes
from app.connectors.sync import routes as sync
from app.connectors.write_back import routes as write_back
from app.console import routes as console
from app.erasure import routes as erasure
from app.jobs import routes as jobs
from app.kit import clock as clocks
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.http_server import serve_beside
from app.kit.pagination import Cursors
from app.kit.request_middleware import RequestMiddleware, add_error_handlers
from app.kit.resealing import SealCheck
from app.kit.sealing import Seal, load_secrets
from app.kit.settings import Settings
from app.organisations import routes as organisations
from app.policies import routes as policies
from app.spreadsheets import routes as spreadsheets
from app.thank_you import routes as thank_you
from app.webhooks.endpoints import routes as endpoints
from app.webhooks.feed import routes as feed

ROUTERS: tuple[APIRouter, ...] = (
    worklist.router,
    flags.router,
    facts.router,
    keep_warm.router,
    thank_you.router,
    checks.router,
    applications.router,
    jobs.router,
    organisations.router,
    candidates.router,
    erasure.router,
    policies.router,
    spreadsheets.router,
    access.router,
    catalog.router,
    connections.router,
    inbox.router,
    sync.router,
    write_back.router,
    webhook_routes.router,
    endpoints.router,
    feed.router,
    health.router,
)


def create_app(settings: Settings, clock: Clock = clocks.system_now) -> FastAPI:
    """Build the ASGI app for these settings. The database is opened when the app starts and closed when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = Database(settings.database_url, settings.database_pool)
        operator_key = settings.operator_key.get_secret_value() if settings.operator_key else None
        authenticator = Authenticator(
            database, clock, operator_key, settings.rate_limit_per_minute, settings.wrong_keys_per_minute
        )
        keys = load_secrets(settings)
        cursors, seal = Cursors(*(keys or [secrets.token_bytes(32)])), Seal(*keys)
        app.state.shared = AppState(database, clock, authenticator, cursors, seal, settings)
        app.state.settings = settings
        app.state.monitored = monitored = health.Monitored(database, settings, clock, seal, SealCheck(seal))
        loops = (
            [asyncio.create_task(worker.run_loops(database, settings, clock, seal))] if settings.embedded_worker else []
        )
        try:
            if settings.metrics_port is None:
                yield
            else:
                async with serve_beside(health.monitoring_app(monitored), settings.host, settings.metrics_port):
                    yield
        finally:
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)
            await database.close()

    app = FastAPI(
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(RequestMiddleware, larger=spreadsheets.LARGE_BODY_PATHS)
    add_error_handlers(app)
    # The routes themselves: `include_router` would build each of them again for every app. It would also make every
    # request find its route through two levels.
    for router in (*ROUTERS, *([health.monitoring] if settings.metrics_port is None else ())):
        app.router.routes.extend(router.routes)
    console.install(app)
    return app
