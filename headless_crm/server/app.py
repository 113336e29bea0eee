"""The application: what is served where, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from headless_crm.server.builds import Builds
from headless_crm.server.counts import Counts
from headless_crm.server.endpoint import Endpoint
from headless_crm.server.headers import SecurityHeaders
from headless_crm.server.health import Health
from headless_crm.server.keys import Keys
from headless_crm.server.metrics import Metrics
from headless_crm.server.processing import Events, Processor
from headless_crm.server.reads import Reads
from headless_crm.server.schema import graphql_schema
from headless_crm.sources import Variables
from headless_crm.warehouse import Query

_GRAPHIQL = Path(__file__).parent / "graphiql"


@dataclass(frozen=True)
class Server:
    """What a server is made of. It closes the processor and the reads at its end.

    `raws` has the raw model of each source that the processor knows, and `variables` say where rows
    land. `ready` asks the warehouse, and raises CrmError where no event can be processed. `watch`
    is what health and metrics are read by, whatever `reads` is busy with. `development` opens
    introspection, suggestions and GraphiQL.
    """

    processor: Processor
    raws: Mapping[str, str]
    reads: Reads
    watch: Reads
    metrics: Metrics
    ready: Callable[[Query], None]
    keys: Keys | None = None
    builds: Builds | None = None
    variables: Variables = field(default_factory=dict)
    development: bool = False
    deadline_seconds: float = 10.0


def create_app(server: Server) -> Starlette:
    """The ASGI application."""
    health = Health(server.watch, server.ready, server.raws, server.metrics)
    counts = Counts(server.watch, server.raws, server.variables, server.metrics)
    endpoint = Endpoint(
        graphql_schema(),
        server.reads,
        Events(server.processor),
        server.metrics,
        server.keys,
        deadline_seconds=server.deadline_seconds,
        development=server.development,
    )

    async def graphql(request: Request) -> Response:
        return await endpoint(request)

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_: Request) -> Response:
        checks = await health.checks()
        lag = await health.lag()
        content = {"ready": all(checks.values()), "checks": checks, "lag_seconds": lag}
        return JSONResponse(content, 200 if content["ready"] else 503)

    async def metrics(_: Request) -> Response:
        await health.lag()
        return Response(server.metrics.text(), media_type=server.metrics.content_type)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        if server.builds:
            server.builds.start()
        counting = asyncio.create_task(counts.keep())
        yield
        counting.cancel()
        await asyncio.wait({counting})
        # Requests have ended: what they queued is finished, then nobody reads any more.
        if server.builds:
            await asyncio.to_thread(server.builds.stop)
        await asyncio.to_thread(server.processor.close)
        await asyncio.to_thread(server.reads.close)
        await asyncio.to_thread(server.watch.close)

    routes: list[BaseRoute] = [
        Route("/graphql", graphql, methods=["POST"]),
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
    ]
    if server.development:
        routes += _graphiql()
    app = Starlette(routes=routes, middleware=[Middleware(SecurityHeaders)], lifespan=lifespan)
    # A redirect would lead where the header Host says, which anyone may write.
    app.router.redirect_slashes = False
    return app


def _graphiql() -> list[BaseRoute]:
    async def page(_: Request) -> Response:
        return FileResponse(_GRAPHIQL / "index.html")

    return [
        Route("/graphiql", page),
        Mount("/graphiql/assets", StaticFiles(directory=_GRAPHIQL / "assets")),
    ]
