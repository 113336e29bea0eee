"""Running the server: its socket, its log, and its end by a signal."""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from headless_crm.errors import UsageError
from headless_crm.server.protocol import BoundedHeads

_GRACE_SECONDS = 30


def run(app: ASGIApp, host: str, port: int, started: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; then finish what is in flight. `started` is given the URL."""
    with _listening(host, port) as listening:
        # Importing dbt, as a server that builds does, has given the root a handler without times.
        logging.basicConfig(
            format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING, force=True
        )
        server = uvicorn.Server(configured(app))

        def end(*_: object) -> None:
            server.should_exit = True

        # Until the server has handlers of its own. After its end it sends itself the signal again,
        # when there is nothing more to do.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        name = f"[{host}]" if ":" in host else host
        started(f"http://{name}:{listening.getsockname()[1]}/graphql")
        server.run(sockets=[listening])


def configured(app: ASGIApp) -> uvicorn.Config:
    """How the server is run. There is no access log: a path may have what is nobody's business."""
    return uvicorn.Config(
        app,
        http=BoundedHeads,
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        ws="none",
    )


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"Can't listen on {host}, port {port}: {why}. Choose others with --host and --port."
        ) from error
