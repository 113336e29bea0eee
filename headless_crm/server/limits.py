"""How much a document may ask for, found in time linear in its size.

A fragment is measured once; it is compared wherever it is spread, which has a limit of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from graphql import (
    SKIP,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    Visitor,
    VisitorAction,
    get_named_type,
    get_nullable_type,
    is_list_type,
    visit,
)

from headless_crm.server.processing import MOST_EVENTS
from headless_crm.server.types import MOST, first_of

MOST_SELECTIONS = 500
MOST_ALIASES = 50
MOST_DEPTH = 10
MOST_COST = 20_000
MOST_SPREAD = 5_000
"""Fields and fragments, each fragment wherever it is spread."""
MOST_COMPARED = 2_000
"""Validation compares in pairs what has one name in the answer: some 60 of a name are enough."""
MOST_IN_OBJECT = 20
"""Values in one object that a document has. Each error of an object shows it whole."""
MOST_VALUES = 1_000
"""In the variables: some more than 250 events are."""
_ARGUMENT_CHARACTERS = 40
"""So much of a field's arguments takes as long to compare as the field."""
_OF_READS = frozenset({"Query", "Person", "Group", "Membership"})
"""Types whose fields are rows of the warehouse, or lead to them."""


class LimitError(Exception):
    """A document asks for too much, or for what is not answered. `code` is for programs."""

    def __init__(self, message: str, code: str = "TOO_COMPLEX") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Operation:
    """What an operation is and needs. Its cost is the number of fields it can make, lists full."""

    name: str | None
    kind: OperationType
    roles: frozenset[str]
    cost: int
    depth: int


@dataclass(frozen=True)
class _Weight:
    cost: int = 0
    depth: int = 0
    reads: bool = False


def measured(
    schema: GraphQLSchema, document: DocumentNode, *, introspection: bool
) -> list[Operation]:
    """The operations of a document; LimitError where one of them passes a limit."""
    fields = [node for node in _selections(document) if isinstance(node, FieldNode)]
    aliases = sum(field.alias is not None for field in fields)
    if aliases > MOST_ALIASES:
        raise LimitError(f"The document has {aliases} aliases: use at most {MOST_ALIASES}.")
    if not introspection and any(field.name.value in ("__schema", "__type") for field in fields):
        raise LimitError("Introspection is off.", "INTROSPECTION_DISABLED")
    visit(document, _Objects())
    measure = _Measure(schema, document)
    operations = [
        measure.operation(node)
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
    ]
    for found in operations:
        if found.depth > MOST_DEPTH:
            raise LimitError(f"The operation is {found.depth} deep: nest at most {MOST_DEPTH}.")
        if found.cost > MOST_COST:
            raise LimitError(
                f"The operation can have {_number(found.cost)} fields: ask for at most "
                f"{MOST_COST:,}, by fewer of them or a smaller first."
            )
    _Overlaps(document).check()
    return operations


def check_variables(variables: dict[str, Any]) -> None:
    """LimitError where they have more values than any document takes."""
    number = 0
    inner: list[Any] = [variables]
    while inner:
        value = inner.pop()
        if isinstance(value, dict | list):
            number += len(value)
            if number > MOST_VALUES:
                raise LimitError(
                    f"The variables have more than {MOST_VALUES:,} values: send at most "
                    f"{MOST_EVENTS} events at once."
                )
            inner.extend(value.values() if isinstance(value, dict) else value)


def _selections(document: DocumentNode) -> Iterator[object]:
    """Every selection as it stands in the text, and no further than the limit."""
    number = 0
    sets = [node.selection_set for node in document.definitions if hasattr(node, "selection_set")]
    while sets:
        for node in sets.pop().selections:
            number += 1
            if number > MOST_SELECTIONS:
                raise LimitError(
                    f"The document has more than {MOST_SELECTIONS} fields and fragments."
                )
            yield node
            inner = getattr(node, "selection_set", None)
            if inner:
                sets.append(inner)


class _Objects(Visitor):
    """Raises LimitError at an object too large, in arguments and wherever else values stand."""

    def enter_object_value(self, node: ObjectValueNode, *_: object) -> VisitorAction:
        if _values(node) > MOST_IN_OBJECT:
            raise LimitError(f"An object of the document has more than {MOST_IN_OBJECT} values.")
        return SKIP


def _values(node: ValueNode) -> int:
    """How many there are within a value."""
    inner: list[ValueNode] = []
    if isinstance(node, ObjectValueNode):
        inner = [field.value for field in node.fields]
    elif isinstance(node, ListValueNode):
        inner = list(node.values)
    return len(inner) + sum(map(_values, inner))


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }


def _number(cost: int) -> str:
    return f"{cost:,}" if cost < 10**9 else "billions of"


@dataclass
class _Named:
    """What stands under one name at one place of the answer: how much it is, and what is in it."""

    weight: int = 0
    inner: dict[str, _Named] = field(default_factory=dict)


class _Overlaps:
    """What validation compares, field by field of one name, which is the square of their number."""

    def __init__(self, document: DocumentNode) -> None:
        self._definitions = document.definitions
        self._fragments = _fragments(document)
        self._unread = set(self._fragments)
        self._selections = 0
        self._compared = 0

    def check(self) -> None:
        """Raises LimitError where it is too much."""
        for node in self._definitions:
            if isinstance(node, OperationDefinitionNode):
                self._read(node.selection_set)
        while self._unread:
            self._read(self._fragments[self._unread.pop()].selection_set)

    def _read(self, selected: SelectionSetNode) -> None:
        root: dict[str, _Named] = {}
        sets = [(selected, root)]
        while sets:
            selected, names = sets.pop()
            for node in selected.selections:
                inner = self._inner(node, names)
                if isinstance(node, FragmentSpreadNode):
                    fragment = self._fragments.get(node.name.value)
                    self._unread.discard(node.name.value)
                    if fragment:
                        sets.append((fragment.selection_set, inner))
                elif isinstance(node, FieldNode | InlineFragmentNode) and node.selection_set:
                    sets.append((node.selection_set, inner))

    def _inner(self, node: SelectionNode, names: dict[str, _Named]) -> dict[str, _Named]:
        """Count a selection; the names among which stands what is in it."""
        self._selections += 1
        if self._selections > MOST_SPREAD:
            raise LimitError(
                f"The document has more than {MOST_SPREAD:,} fields, with each fragment "
                "wherever it is spread."
            )
        if isinstance(node, InlineFragmentNode):
            return names
        name, weight = "...", 1  # Fragments of one place are compared with each other, too.
        if isinstance(node, FieldNode):
            name = node.alias.value if node.alias else node.name.value
            weight += _characters(node) // _ARGUMENT_CHARACTERS
        named = names.setdefault(name, _Named())
        self._compared += named.weight * weight
        if self._compared > MOST_COMPARED:
            raise LimitError(
                "The document has a field, or fragments, too often in one place: ask for each once."
            )
        named.weight += weight
        return named.inner if isinstance(node, FieldNode) else names


def _characters(node: FieldNode) -> int:
    """Of its arguments."""
    locations = [argument.loc for argument in node.arguments or () if argument.loc]
    return locations[-1].end - locations[0].start if locations else 0


class _Measure:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = _fragments(document)
        self._known: dict[str, _Weight | None] = {}
        """The weight of each fragment; none while it is being found."""

    def operation(self, node: OperationDefinitionNode) -> Operation:
        root = self._schema.get_root_type(node.operation)
        weight = self._set(node.selection_set, root.name if root else None)
        roles = {"read"} if weight.reads else set()
        if node.operation is not OperationType.QUERY:
            roles.add("process")
        name = node.name.value if node.name else None
        return Operation(name, node.operation, frozenset(roles), weight.cost, weight.depth)

    def _set(self, selected: SelectionSetNode, parent: str | None) -> _Weight:
        weights = [self._selection(node, parent) for node in selected.selections]
        return _Weight(
            sum(weight.cost for weight in weights),
            max((weight.depth for weight in weights), default=0),
            parent in _OF_READS or any(weight.reads for weight in weights),
        )

    def _selection(self, node: object, parent: str | None) -> _Weight:
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value)
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            return self._set(node.selection_set, condition.name.value if condition else parent)
        return self._field(cast(FieldNode, node), parent)

    def _field(self, node: FieldNode, parent: str | None) -> _Weight:
        if node.name.value.startswith("__"):
            return _Weight(1, 1)  # Introspection, where it is on, is for developers.
        field = self._definition(node, parent)
        inner = _Weight(int(field is not None and _is_list(field)))
        if node.selection_set:
            type_ = get_named_type(field.type).name if field else None
            inner = self._set(node.selection_set, type_)
        times = _times(node, field) if field else 1
        return _Weight(1 + times * inner.cost, 1 + inner.depth, inner.reads)

    def _fragment(self, name: str) -> _Weight:
        if name not in self._fragments:
            return _Weight()
        if name not in self._known:
            self._known[name] = None
            node = self._fragments[name]
            self._known[name] = self._set(node.selection_set, node.type_condition.name.value)
        weight = self._known[name]
        if weight is None:
            raise LimitError(f"Fragment {name} contains itself.", "INVALID")
        return weight

    def _definition(self, node: FieldNode, parent: str | None) -> GraphQLField | None:
        type_ = self._schema.get_type(parent) if parent else None
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            field: GraphQLField | None = type_.fields.get(node.name.value)
            return field
        return None


def _times(node: FieldNode, field: GraphQLField) -> int:
    """How many rows a list can have: as its arguments say, or at most, where a variable says it."""
    if not _is_list(field):
        return 1
    given = {argument.name.value: argument.value for argument in node.arguments or ()}
    if "events" in field.args:
        events = given.get("events")
        return len(events.values) if isinstance(events, ListValueNode) else MOST_EVENTS
    if "first" not in field.args:
        return 1  # A few errors, of an event of which there is no more to tell.
    if "first" not in given:
        return int(field.args["first"].default_value)
    first = given["first"]
    if not isinstance(first, IntValueNode):
        return MOST
    try:
        return first_of(int(first.value[:20]))  # With more digits it is too much as well.
    except GraphQLError as refused:
        raise LimitError(refused.message, "INVALID") from refused


def _is_list(field: GraphQLField) -> bool:
    return is_list_type(get_nullable_type(field.type))
