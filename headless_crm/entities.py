"""The kinds of entity that identifiers resolve to, and what one of them is called."""

from __future__ import annotations

_NAMES = {
    "person": ("name", "email", "phone"),
    "group": ("name", "domain", "myshopify_domain", "shop_id"),
}
ENTITIES = tuple(_NAMES)


def name_of(entity: str, relation: str) -> str:
    """SQL for what a person or group is called, of a row of `persons` or `groups`."""
    return f"coalesce({', '.join(f'{relation}.{column}' for column in _NAMES[entity])})"
