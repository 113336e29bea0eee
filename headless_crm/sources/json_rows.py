"""JSON: an object a line, or one document that holds objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain

from headless_crm.errors import CrmError
from headless_crm.sources.files import SourceFile
from headless_crm.sources.row import Row, row_from_json

_SPACE = " \t\r\n"


def read_json(file: SourceFile) -> Iterator[Row]:
    """Rows in the file's order. `.json` may be a list or an object over several lines too."""
    lines = file.lines()
    if file.path.name.lower().removesuffix(".gz").endswith(".json"):
        first = next((line for line in lines if line.strip()), "")
        # A whole document starts with a list, or with an object that goes on in the next line.
        start = first.strip(_SPACE)
        if start.startswith("[") or (start.startswith("{") and start[-1] in "{[,:"):
            blank_lines = "\n" * (file.line - 1)
            yield from _document(file, blank_lines + first + "".join(lines))
            return
        lines = chain([first], lines)
    for line in lines:
        if not line.isspace() and line:
            yield row_from_json(line)


def _document(file: SourceFile, text: str) -> Iterator[Row]:
    """The objects of a list, or one after the other. Whole in memory, since it has no lines."""
    decoder = json.JSONDecoder(parse_int=str)
    is_list = text.lstrip(_SPACE).startswith("[")
    separators = _SPACE + "," if is_list else _SPACE
    at = text.index("[") + 1 if is_list else 0
    file.line = 0
    while True:
        while at < len(text) and text[at] in separators:
            at += 1
        if at == len(text) or text[at] == "]":
            break
        try:
            end = decoder.raw_decode(text, at)[1]
        except (ValueError, RecursionError) as error:
            line = text.count("\n", 0, at) + 1
            raise CrmError(
                f"{file.path} is no whole JSON document: see line {line}. Nothing of it was loaded."
            ) from error
        file.line += 1
        yield row_from_json(text[at:end])
        at = end
    if is_list and text[at:].strip(_SPACE) != "]":
        raise CrmError(
            f"{file.path} is no whole JSON document: its list does not end. "
            "Nothing of it was loaded."
        )
