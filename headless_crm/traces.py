"""Errors as a log may have them: what they say may be data, or SQL; where they arose is not."""

from __future__ import annotations

import traceback


def trace_of(error: BaseException) -> str:
    """Its type and the places that it passed through, the innermost first."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames[-8:]))
    return f"{type(error).__name__} at {places}"
