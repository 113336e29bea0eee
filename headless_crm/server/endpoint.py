"""POST /graphql: a request's way from its key to its answer."""

from __future__ import annotations

import asyncio
import inspect
import json
import time
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLSchema, execute
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from headless_crm.server.answers import (
    JSON,
    RequestError,
    accepted,
    answer,
    internal,
    not_executed,
    refusal,
    shown,
)
from headless_crm.server.documents import Document, Documents
from headless_crm.server.keys import ROLES, Keys
from headless_crm.server.limits import LimitError, check_variables
from headless_crm.server.loaders import Loads
from headless_crm.server.metrics import Metrics
from headless_crm.server.processing import Events
from headless_crm.server.reads import Reads
from headless_crm.server.types import Context

MOST_BYTES = 2_097_152
"""Of a body: 250 events with the longest ids, each character escaped, and a document."""

_NULL_OR = {"variables": dict, "extensions": dict, "operationName": str}


@dataclass(frozen=True)
class _Asked:
    query: str
    variables: dict[str, Any]
    operation_name: str | None


class Endpoint:
    """Without `keys` everyone may do everything."""

    def __init__(
        self,
        schema: GraphQLSchema,
        reads: Reads,
        events: Events,
        metrics: Metrics,
        keys: Keys | None,
        *,
        deadline_seconds: float,
        development: bool,
    ) -> None:
        self._schema = schema
        self._documents = Documents(schema, development=development)
        self._reads = reads
        self._events = events
        self._metrics = metrics
        self._keys = keys
        self._deadline_seconds = deadline_seconds
        self._hide_suggestions = not development

    async def __call__(self, request: Request) -> Response:
        started = time.monotonic()
        media = accepted(request.headers.get("accept"))
        request.state.kind = "invalid"
        try:
            response = await self._answer(request, media, started + self._deadline_seconds)
        except RequestError as error:
            response = refusal(media or JSON, error)
        except Exception as error:
            failed = RequestError(500, "INTERNAL", internal(error))
            response = refusal(media or JSON, failed)
        seconds = time.monotonic() - started
        self._metrics.request(request.state.kind, response.status_code, seconds)
        return response

    async def _answer(self, request: Request, media: str | None, deadline: float) -> Response:
        roles = self._roles(request)
        if media is None:
            raise RequestError(406, "NOT_ACCEPTABLE", f"Accept {JSON}: there is nothing else.")
        asked = await self._asked(request, deadline)
        try:
            check_variables(asked.variables)
            document = self._documents.get(asked.query)
            if not isinstance(document, Document):
                return not_executed(media, [shown(error) for error in document])
            operation = document.operation(asked.operation_name)
        except LimitError as refused:
            return not_executed(
                media, [{"message": str(refused), "extensions": {"code": refused.code}}]
            )
        request.state.kind = operation.kind.value
        if missing := operation.roles - roles:
            needed = " and ".join(sorted(missing))
            raise RequestError(403, "FORBIDDEN", f"The key lacks the role {needed} for this.")
        return await self._executed(media, document, asked, deadline)

    async def _executed(
        self, media: str, document: Document, asked: _Asked, deadline: float
    ) -> Response:
        result = execute(
            self._schema,
            document.ast,
            context_value=Context(Loads(self._reads, deadline), self._events),
            variable_values=asked.variables,
            operation_name=asked.operation_name,
            hide_suggestions=self._hide_suggestions,
        )
        if inspect.isawaitable(result):
            result = await result
        if not result.errors:
            return answer(media, {"data": result.data})
        errors = [shown(error) for error in result.errors]
        if result.data is None and all(error.path is None for error in result.errors):
            return not_executed(media, errors)
        return answer(media, {"data": result.data, "errors": errors})

    def _roles(self, request: Request) -> frozenset[str]:
        if self._keys is None:
            return frozenset(ROLES)
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        roles = self._keys.roles_of(key.strip()) if scheme.lower() == "bearer" else None
        if not roles:
            message = "The request has no valid key. Send the header Authorization: Bearer KEY."
            raise RequestError(401, "UNAUTHENTICATED", message, WWW_Authenticate="Bearer")
        return roles

    async def _asked(self, request: Request, deadline: float) -> _Asked:
        media, *parameters = request.headers.get("content-type", "").lower().split(";")
        charset = [one.split("=")[1].strip(' "') for one in parameters if "charset=" in one]
        if media.strip() != JSON or any(name not in ("utf-8", "utf8") for name in charset):
            raise RequestError(415, "BAD_REQUEST", f"Send the body as {JSON}, in UTF-8.")
        if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
            message = "Send the body as it is, without a Content-Encoding."
            raise RequestError(415, "BAD_REQUEST", message, Accept_Encoding="identity")
        body = await _body(request, deadline)
        try:
            asked = json.loads(body)
        except (ValueError, RecursionError):
            raise RequestError(400, "BAD_REQUEST", "The body is not JSON in UTF-8.") from None
        if not isinstance(asked, dict) or not isinstance(asked.get("query"), str):
            message = "The body is not one object with a text as its query; there are no batches."
            raise RequestError(400, "BAD_REQUEST", message)
        for name, type_ in _NULL_OR.items():
            if not isinstance(asked.get(name), type_ | None):
                what = "an object" if type_ is dict else "text"
                raise RequestError(400, "BAD_REQUEST", f"{name} is neither {what} nor null.")
        return _Asked(asked["query"], asked.get("variables") or {}, asked.get("operationName"))


async def _body(request: Request, deadline: float) -> bytes:
    too_large = RequestError(413, "TOO_LARGE", f"The body has more than {MOST_BYTES:,} bytes.")
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length) > MOST_BYTES:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(deadline - time.monotonic()):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise too_large
    except TimeoutError:
        raise RequestError(408, "DEADLINE_EXCEEDED", "The body took too long.") from None
    except ClientDisconnect:
        raise RequestError(400, "BAD_REQUEST", "The body did not arrive.") from None
    return bytes(body)
