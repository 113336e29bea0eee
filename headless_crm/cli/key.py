"""crm key: an API key for the server."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Role(StrEnum):
    READ = "read"
    PROCESS = "process"


def key(
    role: Annotated[
        list[Role], typer.Option(help="What the key may do; give it twice for both roles.")
    ],
    name: Annotated[str, typer.Option(help="Whose it is, for whoever reads the file.")] = "",
) -> None:
    """Make an API key, and show it once with the line to store.

    The line goes into the file that crm serve reads with --keys. It has the key's
    digest, from which the key can't be found; who loses the key makes another
    one. To take a key back, remove its line and start the server again.

    \b
      read     queries
      process  the mutations processEvent and processEvents; to ask of their
               results for persons, groups or memberships, read as well

    Exit codes: 0 shown; 2 wrong use.
    """
    from headless_crm.server.keys import line_of, new_key

    made = new_key()
    typer.echo("The key, for whoever sends requests:", err=True)
    typer.echo(made, err=True)
    typer.echo("The line, for the keys file:", err=True)
    typer.echo(line_of(made, dict.fromkeys(role), " ".join(name.split())))
