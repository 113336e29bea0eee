"""dbt's own macros, as far as models call them, for the linter."""


def type_string() -> str:
    return "varchar"


def split_part(text: str, delimiter: str, part: int) -> str:
    return f"split_part({text}, {delimiter}, {part})"


def listagg(text: str, delimiter: str, order_by: str) -> str:
    return f"string_agg({text}, {delimiter} {order_by})"
