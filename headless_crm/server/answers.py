"""Answers over HTTP: their media type and status, and errors that tell only what is wrong."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Sequence
from typing import Any

from graphql import GraphQLError
from starlette.responses import Response

from headless_crm.errors import CrmError, UnreachableError, UsageError
from headless_crm.server.reads import DeadlineError
from headless_crm.traces import trace_of

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"

_logger = logging.getLogger(__name__)


class RequestError(Exception):
    """A request that is not executed, and the HTTP status that says so in either media type."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def accepted(accept: str | None) -> str | None:
    """The media type that a client likes best of the two that there are; none if neither."""
    best, found = 0.0, None
    for part in (accept or JSON).split(","):
        media, *parameters = [piece.strip().lower() for piece in part.split(";")]
        quality = _quality(parameters)
        type_ = {"*/*": JSON, "application/*": JSON}.get(media, media)
        if type_ in (JSON, GRAPHQL_JSON) and quality > best:
            best, found = quality, type_
    return found


def _quality(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


def answer(media: str, content: dict[str, Any], status: int = 200, **headers: str) -> Response:
    # In ASCII: half of a surrogate pair that a request held has no UTF-8.
    body = json.dumps(content, separators=(",", ":")).encode()
    return Response(body, status, headers, media_type=f"{media}; charset=utf-8")


def refusal(media: str, error: RequestError) -> Response:
    shown = {"message": str(error), "extensions": {"code": error.code}}
    return answer(media, {"errors": [shown]}, error.status, **error.headers)


def not_executed(media: str, errors: Sequence[dict[str, Any]]) -> Response:
    """For a document that was understood as a request: the older media type says 200."""
    return answer(media, {"errors": list(errors)}, 400 if media == GRAPHQL_JSON else 200)


def shown(error: GraphQLError) -> dict[str, Any]:
    """What the caller sees of an error; one that nobody foresaw is a number in the log."""
    cause = error.original_error
    if isinstance(cause, DeadlineError):
        return _formatted(error, "The answer took too long. Ask for less.", "DEADLINE_EXCEEDED")
    if cause is None or isinstance(cause, GraphQLError):
        code = (error.extensions or {}).get("code", "INVALID")
        return _formatted(error, error.message, code)
    if isinstance(cause, CrmError) and not isinstance(cause, UsageError):
        # What the warehouse says of a statement may be data.
        why = cause if isinstance(cause, UnreachableError) else trace_of(cause)
        _logger.error("The warehouse gave no answer: %s", why)
        return _formatted(error, "The warehouse gave no answer. Try again.", "UNAVAILABLE")
    return _formatted(error, internal(cause), "INTERNAL")


def internal(cause: BaseException) -> str:
    """Log an error that nobody foresaw, under a number that the caller is told."""
    number = uuid.uuid4().hex[:12]
    _logger.error("%s: %s", number, trace_of(cause))
    return f"Something failed. The server's log tells more under {number}."


def _formatted(error: GraphQLError, message: str, code: object) -> dict[str, Any]:
    formatted: dict[str, Any] = {"message": message}
    if error.locations:
        formatted["locations"] = [place.formatted for place in error.locations]
    if error.path is not None:
        formatted["path"] = list(error.path)
    return formatted | {"extensions": {"code": code}}
