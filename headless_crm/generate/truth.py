"""What is true about the generated data: whose each identifier is, and what the rows connect."""

from __future__ import annotations

Identifier = tuple[str, str]
"""(type, normalised value), such as ("email", "ann@x.example")."""

PERSONS_HEADER = "person,identifier_type,identifier_value,shared,component\n"
GROUPS_HEADER = "group,identifier_type,identifier_value\n"


class Entity:
    """The identifiers of a true person or group, joined as the written rows join them.

    The parts are kept as a union-find forest while rows are written, so that the truth can't claim
    a connection that the data does not hold.
    """

    __slots__ = ("_parent", "_shared")

    def __init__(self) -> None:
        self._parent: dict[Identifier, Identifier] = {}
        self._shared: dict[Identifier, None] = {}

    def saw(self, *identifiers: Identifier) -> None:
        """Note a row that names these identifiers of the entity together."""
        parent = self._parent
        first = identifiers[0]
        if first not in parent:
            parent[first] = first
        for other in identifiers[1:]:
            if other not in parent:
                parent[other] = first
            else:
                parent[self._root(other)] = self._root(first)

    def saw_shared(self, identifier: Identifier) -> None:
        """Note a row that names an identifier that other true persons use as well."""
        self._shared[identifier] = None

    def _root(self, identifier: Identifier) -> Identifier:
        parent = self._parent
        while parent[identifier] != identifier:
            identifier = parent[identifier]
        return identifier

    def components(self) -> dict[Identifier, int]:
        """The part of each identifier, from 1 in the order of appearance; shared ones have none."""
        numbers: dict[Identifier, int] = {}
        return {
            identifier: numbers.setdefault(self._root(identifier), len(numbers) + 1)
            for identifier in self._parent
        }

    def person_lines(self, person: str) -> str:
        """The lines of truth/persons.csv."""
        own = (
            f"{person},{kind},{value},0,{component}\n"
            for (kind, value), component in self.components().items()
        )
        shared = (f"{person},{kind},{value},1,\n" for kind, value in self._shared)
        return "".join((*own, *shared))

    def group_lines(self, group: str) -> str:
        """The lines of truth/groups.csv."""
        return "".join(f"{group},{kind},{value}\n" for kind, value in self._parent)
