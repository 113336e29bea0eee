"""Documents as they are executed: parsed, within the limits and valid; the small ones kept."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from graphql import DocumentNode, GraphQLError, GraphQLSchema, parse, validate

from headless_crm.server.limits import LimitError, Operation, measured

MOST_CHARACTERS = 65_536
MOST_TOKENS = 5_000
_MOST_ERRORS = 10
_KEPT = 256
_KEPT_CHARACTERS = 4_096
"""Of a longer document, which is not kept: what is kept takes some megabytes."""


@dataclass(frozen=True)
class Document:
    """A document and its operations."""

    ast: DocumentNode
    operations: list[Operation]

    def operation(self, name: str | None) -> Operation:
        """The one that is asked for; LimitError where that is none, or not clear."""
        named = [one for one in self.operations if name is None or one.name == name]
        if len(named) != 1:
            why = "several operations: say which" if named else "no such operation: check"
            raise LimitError(f"The document has {why} by operationName.", "INVALID")
        return named[0]


class Documents:
    """Texts to documents, those of the last requests without parsing them again."""

    def __init__(self, schema: GraphQLSchema, *, development: bool) -> None:
        self._schema = schema
        self._development = development
        self._kept: OrderedDict[str, Document] = OrderedDict()

    def get(self, text: str) -> Document | list[GraphQLError]:
        """The document, or the errors of one that is not valid; LimitError beyond a limit."""
        if text in self._kept:
            self._kept.move_to_end(text)
            return self._kept[text]
        found = self._read(text)
        if isinstance(found, Document) and len(text) <= _KEPT_CHARACTERS:
            self._kept[text] = found
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found

    def _read(self, text: str) -> Document | list[GraphQLError]:
        if len(text) > MOST_CHARACTERS:
            raise LimitError(f"The document has more than {MOST_CHARACTERS:,} characters.")
        try:
            ast = parse(text, max_tokens=MOST_TOKENS)
            operations = measured(self._schema, ast, introspection=self._development)
            errors = validate(
                self._schema,
                ast,
                max_errors=_MOST_ERRORS,
                hide_suggestions=not self._development,
            )
        except GraphQLError as error:
            return [error]
        except RecursionError:
            raise LimitError("The document nests too deeply.") from None
        return errors or Document(ast, operations)
