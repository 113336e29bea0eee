"""Colours that can be told apart on a white ground."""

from __future__ import annotations

from dataclasses import dataclass

from headless_crm.diagram.layout import Layout, Line

INK = "#1f2328"
MUTED = "#6e7781"
EDGE = "#a8b0b8"
FRAME = "#d0d7de"

_LINES = (
    "#0b62b8",
    "#b45309",
    "#6b21a8",
    "#15803d",
    "#be185d",
    "#0e7490",
    "#854d0e",
    "#b91c1c",
)
_BANDS = (
    ("#f6f8fa", "#e1e5ea"),
    ("#eef4fb", "#cfe0f5"),
    ("#f1f8f1", "#cfe8d3"),
    ("#fbf6ec", "#f3e2bf"),
    ("#f8f1fa", "#e8d5ee"),
    ("#f4f4f0", "#e0e0d8"),
)


_FLOWS = (
    "#8c959f",
    "#a58fb8",
    "#7fa6a0",
    "#c09a6b",
    "#8fa7c9",
    "#b98a8a",
    "#9aa86b",
    "#6f8fa3",
)


@dataclass(frozen=True)
class Paint:
    """The colours of a picture.

    `lines` has that of what references are to, `flows` the paler one of each table whose lines of
    data's way run together, `bands` those of a layer's ground and of its tables' titles, by the
    layer's title, `marks` that of a table's column that refers or is referred to.
    """

    lines: dict[str, str]
    flows: dict[str, str]
    bands: dict[str, tuple[str, str]]
    marks: dict[tuple[str, str], str]

    def line(self, line: Line) -> str:
        """The colour of a line."""
        return self.flows[line.hub] if line.link.is_flow else self.lines[line.concept]


def paint_of(layout: Layout) -> Paint:
    """Give out the colours; they are used again where they don't suffice."""
    references = [line for line in layout.lines if not line.link.is_flow]
    concepts = sorted({line.concept for line in references})
    lines = {name: _LINES[n % len(_LINES)] for n, name in enumerate(concepts)}
    # In the order of the picture, so that neighbours differ.
    hubs = {line.hub for line in layout.lines if line.link.is_flow}
    placed = sorted(layout.tables, key=lambda placed: (placed.rect.x, placed.rect.y))
    flowing = [item.table.name for item in placed if item.table.name in hubs]
    marks: dict[tuple[str, str], str] = {}
    for line in sorted(references, key=lambda line: line.link):
        # Of several lines of a column the one that ends there, and else the first, tells.
        marks.setdefault((line.link.start, line.link.start_column), lines[line.concept])
        marks[line.link.end, line.link.end_column] = lines[line.concept]
    return Paint(
        lines=lines,
        flows={name: _FLOWS[n % len(_FLOWS)] for n, name in enumerate(flowing)},
        bands={band.title: _BANDS[n % len(_BANDS)] for n, band in enumerate(layout.bands)},
        marks=marks,
    )
