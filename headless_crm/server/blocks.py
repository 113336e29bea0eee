"""The C library's small blocks of memory, of which DuckDB makes thousands for each statement."""

from __future__ import annotations

import os
import sys

_SETTING = "GLIBC_TUNABLES"
_KEEP_AT_HAND = "glibc.malloc.tcache_count=60000"


def keep_blocks_at_hand() -> None:
    """Start this process anew, as it was called, with blocks of memory kept at hand when freed.

    For each size glibc keeps 7 of a thread's; the others it merges into larger ones, and splits
    these for the next statement, which takes a fifth of an event's time. It is told otherwise when
    a process starts, by the environment alone. Nothing is done with another C library, or where the
    environment says anything of that itself, as it does the second time.
    """
    if _SETTING in os.environ or not _is_glibc():
        return
    environment = os.environ | {_SETTING: _KEEP_AT_HAND}
    os.execve(sys.executable, sys.orig_argv, environment)  # noqa: S606


def _is_glibc() -> bool:
    try:
        return (os.confstr("CS_GNU_LIBC_VERSION") or "").startswith("glibc")
    except (AttributeError, ValueError, OSError):
        return False
