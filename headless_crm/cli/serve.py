"""crm serve: the HTTP server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from headless_crm.cli.options import (
    COMPILED,
    WAREHOUSE,
    Compiled,
    Variables,
    Warehouse,
    parsed_variables,
)
from headless_crm.errors import UsageError

_MOST_MINUTES = 365 * 24 * 60


def serve(
    warehouse: Warehouse = WAREHOUSE,
    compiled: Compiled = COMPILED,
    host: Annotated[
        str, typer.Option(help="The address to listen on; 0.0.0.0 for all.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on; 0 for a free one.")] = 8000,
    keys: Annotated[
        Path | None,
        typer.Option(
            envvar="CRM_API_KEYS_FILE",
            metavar="FILE",
            help="The file of API keys: a line of crm key for each.",
        ),
    ] = None,
    allow_anonymous: Annotated[
        bool,
        typer.Option("--allow-anonymous", help="Serve without keys: anyone who connects may ask."),
    ] = False,
    development: Annotated[
        bool,
        typer.Option(
            "--development", help="Open introspection, suggestions, and GraphiQL at /graphiql."
        ),
    ] = False,
    build_every: Annotated[
        float | None,
        typer.Option(metavar="MINUTES", help="Run what crm build does, at this interval."),
    ] = None,
    variables: Variables = "",
) -> None:
    """Serve persons, groups and memberships over GraphQL, and process events one by one.

    \b
      POST /graphql   queries, with a key that has the role read; the mutations
                      processEvent and processEvents, with the role process
      GET  /healthz   the server lives
      GET  /readyz    the warehouse answers and events can be processed, or 503
      GET  /metrics   for Prometheus; no key, no data of anyone, as the two above

    Events are processed by the artefact of crm compile. Builds of --build-every
    take --vars; give the same to crm compile.

    A request carries its key in the header Authorization: Bearer KEY. There is no
    TLS: put a proxy that has it in front of what others can reach.

    SIGTERM ends it: no new requests, those in flight are finished.

    Exit codes: 0 ended by a signal; 1 the warehouse failed, or is not built; 2
    wrong use.
    """
    if keys is None and not allow_anonymous:
        raise UsageError(
            "There are no keys. Make one with crm key and name its file with --keys, or open the "
            "server to everyone with --allow-anonymous."
        )
    if keys is not None and allow_anonymous:
        raise UsageError("--allow-anonymous would ignore the keys file. Leave one of them out.")
    if build_every is not None and not 0 < build_every <= _MOST_MINUTES:
        raise UsageError(
            f"--build-every {build_every:g} is no interval. Give minutes above 0, and at most "
            f"{_MOST_MINUTES:,}, which are a year."
        )
    if warehouse.startswith("duckdb:"):
        from headless_crm.server.blocks import keep_blocks_at_hand

        keep_blocks_at_hand()
    # Imported here, since `crm --help` needs none of them.
    from headless_crm.realtime.compiled import read_compiled
    from headless_crm.server.app import create_app
    from headless_crm.server.assembly import Options, server_of
    from headless_crm.server.keys import read_keys
    from headless_crm.server.run import run

    options = Options(
        keys=read_keys(keys) if keys else None,
        development=development,
        build_every_seconds=build_every * 60 if build_every else None,
        variables=parsed_variables(variables),
    )
    with server_of(warehouse, read_compiled(compiled), options) as server:
        run(create_app(server), host, port, lambda url: typer.echo(f"Serving {url}", err=True))
    if server.builds and server.builds.are_running():
        os._exit(0)  # An interpreter that ends while an engine works in a thread of it is aborted.
