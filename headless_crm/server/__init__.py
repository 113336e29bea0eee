"""The HTTP server: events in, and persons, groups and memberships out, over GraphQL."""

from headless_crm.errors import UsageError

try:
    import prometheus_client  # noqa: F401
    import starlette  # noqa: F401
    import strawberry  # noqa: F401
    import uvicorn  # noqa: F401
except ImportError as missing:
    raise UsageError(
        "The server needs packages that are not installed. "
        "Install them with pip install 'headless-crm[server]'."
    ) from missing
