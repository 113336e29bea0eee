"""Colours that can be told apart on a white ground."""

from __future__ import annotations

from dataclasses import dataclass

from headless_crm.diagram.layout import Layout

INK = "#1f2328"
MUTED = "#6e7781"
FLOW = "#a8b0b8"
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


@dataclass(frozen=True)
class Paint:
    """The colours of a picture.

    `lines` has that of each concept, `bands` those of a layer's ground and of its tables' titles,
    by the layer's title, `marks` that of a table's column that lines begin or end at.
    """

    lines: dict[str, str]
    bands: dict[str, tuple[str, str]]
    marks: dict[tuple[str, str], str]


def paint_of(layout: Layout) -> Paint:
    """Give out the colours; they are used again where they don't suffice."""
    concepts = sorted({line.concept for line in layout.lines if line.concept})
    lines = {"": FLOW} | {name: _LINES[n % len(_LINES)] for n, name in enumerate(concepts)}
    bands = {band.title: _BANDS[n % len(_BANDS)] for n, band in enumerate(layout.bands)}
    marks: dict[tuple[str, str], str] = {}
    for line in sorted(layout.lines, key=lambda line: line.link):
        if not line.link.is_flow:
            # Of several lines of a column the one that ends there, and else the first, tells.
            colour = lines[line.concept]
            marks.setdefault((line.link.start, line.link.start_column), colour)
            marks[line.link.end, line.link.end_column] = colour
    return Paint(lines, bands, marks)
