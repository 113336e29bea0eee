"""The command line: one file a command; here they are put together."""

from __future__ import annotations

import errno
import os
import signal
import sys
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from headless_crm import __version__
from headless_crm.cli.audit import audit
from headless_crm.cli.build import build
from headless_crm.cli.compile import compile_events
from headless_crm.cli.demo import demo
from headless_crm.cli.diagram import diagram
from headless_crm.cli.erase import erase
from headless_crm.cli.explain import explain
from headless_crm.cli.generate import generate
from headless_crm.cli.key import key
from headless_crm.cli.load import load
from headless_crm.cli.new_source import new_source
from headless_crm.cli.preview import preview
from headless_crm.cli.process import process
from headless_crm.cli.rules import rules
from headless_crm.cli.serve import serve
from headless_crm.cli.status import status
from headless_crm.errors import CrmError

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What a file says that the output goes to; others are told by the commands that write them."""

app = typer.Typer(
    name="crm",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Raw data to persons, groups and memberships, in your own warehouse.",
    epilog="Exit codes: 0 done; 1 the work failed; 2 wrong use.",
)
app.command()(audit)
app.command()(build)
app.command("compile")(compile_events)
app.command()(demo)
app.command()(diagram)
app.command()(erase)
app.command()(explain)
app.command()(generate)
app.command()(key)
app.command()(load)
app.command("new-source")(new_source)
app.command()(preview)
app.command()(process)
app.command()(rules)
app.command()(serve)
app.command()(status)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"crm {__version__}")
        raise typer.Exit


@app.callback()
def crm(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version, and end."
        ),
    ] = False,
) -> None:
    """Raw data to persons, groups and memberships, in your own warehouse."""


def main() -> None:
    """Run a command; turn the errors that a user can meet into one line and an exit code."""
    # Stopped by another program, it tidies up as it does when stopped from the keyboard.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except CrmError as error:
        _end(str(error), error.exit_code)
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        # Nobody is to try again what is left of it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _end(f"The output can't be written: {error.strerror}.", 1)


def _end(why: str, code: int) -> NoReturn:
    message = f"[red]Error:[/] {escape(why)}"
    Console(stderr=True).print(message, highlight=False, soft_wrap=True)
    sys.exit(code)
