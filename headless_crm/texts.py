"""What text a warehouse can hold."""

from __future__ import annotations


def storable(text: str) -> bool:
    """Whether it is text to every warehouse: no NUL, and no half of a surrogate pair."""
    return not any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text)
