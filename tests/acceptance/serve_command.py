"""crm serve as it is run: a process of its own, on a free port."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def serve(
    url: str, *options: object, program: tuple[str, ...] = ("-m", "headless_crm")
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process, and the URL that it tells when it listens; it is killed at the end."""
    command = [sys.executable, *program, "serve", "--port", "0", "--warehouse", url]
    with subprocess.Popen(
        [*command, *map(str, options)], stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr
            line = process.stderr.readline()
            served = re.fullmatch(r"Serving (http://\S+)/graphql\n", line)
            assert served, line + process.stderr.read()
            yield process, served[1]
        finally:
            process.kill()
