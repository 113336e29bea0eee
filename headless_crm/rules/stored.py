"""The rules that stand in the warehouse: read, and replaced as a whole."""

from __future__ import annotations

from typing import Any

from headless_crm.errors import CrmError
from headless_crm.queries import queries, quoted
from headless_crm.rules.tables import Rule, RuleTable
from headless_crm.warehouse import Warehouse


def stored_rules(
    warehouse: Warehouse, table: RuleTable, variables: dict[str, Any]
) -> list[dict[str, Any]]:
    """The rows of a table of rules; raises CrmError before the first build has made it."""
    rows = warehouse.query(placed("rules", table, _relation(warehouse, table, variables)))
    return [dict(zip(table.columns, row, strict=True)) for row in rows]


def store_rules(
    warehouse: Warehouse, table: RuleTable, variables: dict[str, Any], rules: list[Rule]
) -> None:
    """Put these rules in the place of those that are there, within the caller's transaction.

    Raises as `stored_rules` does.
    """
    relation = _relation(warehouse, table, variables)
    warehouse.query(placed("forget", table, relation))
    say = placed("say", table, relation, ", ".join("?" for _ in table.columns))
    for rule in rules:
        warehouse.query(say, rule)


def _relation(warehouse: Warehouse, table: RuleTable, variables: dict[str, Any]) -> str:
    schema, name = table.relation(variables)
    if not warehouse.query(queries("rules")["table_exists"], [schema, name]):
        raise CrmError(f"There is no table {schema}.{name} yet. Run crm build first.")
    return quoted(schema, name)


def placed(name: str, table: RuleTable, relation: str, marks: str = "") -> str:
    """A query about a table of rules, with its names and the marks of its values."""
    sql = queries("rules")[name].replace(":relation", relation).replace(":marks", marks)
    return sql.replace(":columns", ", ".join(table.columns))
