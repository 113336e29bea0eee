"""The picture as SVG."""

from __future__ import annotations

from xml.sax.saxutils import escape

from headless_crm.diagram.colours import EDGE, FRAME, INK, MUTED, Paint, paint_of
from headless_crm.diagram.heights import HEAD, ROW, STRIP
from headless_crm.diagram.layout import MARK, Band, Layout, Line, Placed, Rect

_STYLE = f"""
text {{ font: 11px Helvetica, Arial, sans-serif; fill: {INK}; }}
.band {{ font-size: 15px; font-weight: bold; }}
.title {{ font-weight: bold; }}
.other, .type {{ fill: {MUTED}; }}
.type {{ text-anchor: end; }}
.mark {{ font-size: 9px; font-weight: bold; }}
polyline {{ fill: none; stroke-width: 1.2; stroke-linejoin: round; }}
"""


def svg(layout: Layout) -> str:
    """The picture, on a white ground."""
    paint = paint_of(layout)
    heads = {
        name: paint.bands[band.title][1]
        for band in layout.bands
        for part in (band, *band.groups)
        for name in part.tables
    }
    size = f'width="{layout.width}" height="{layout.height}"'
    lines = sorted(layout.lines, key=lambda line: not line.link.is_flow)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} '
        f'viewBox="0 0 {layout.width} {layout.height}" role="img">',
        f"<title>{escape(', '.join(band.title for band in layout.bands))}: tables and keys</title>",
        f"<style>{_STYLE}</style>",
        _rect(Rect(0, 0, layout.width, layout.height), "white"),
        *(text for band in layout.bands for text in _band(band, paint.bands[band.title][0])),
        *(text for line in lines for text in _line(line, paint.line(line))),
        *(
            text
            for placed in layout.tables
            for text in _table(placed, heads[placed.table.name], paint)
        ),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _rect(rect: Rect, fill: str, stroke: str = "none", radius: int = 0) -> str:
    return (
        f'<rect x="{rect.x}" y="{rect.y}" width="{rect.width}" height="{rect.height}" '
        f'rx="{radius}" fill="{fill}" stroke="{stroke}"/>'
    )


def _text(x: int, y: int, text: str, kind: str, colour: str = "") -> str:
    kind = f' class="{kind}"' if kind else ""
    style = f' style="fill: {colour}"' if colour else ""
    return f'<text x="{x}" y="{y}"{kind}{style}>{escape(text)}</text>'


def _band(band: Band, ground: str) -> list[str]:
    parts = [
        _rect(band.rect, ground, FRAME, 6),
        _text(band.rect.x + 16, band.rect.y + 26, band.title, "band"),
    ]
    for group in band.groups:
        parts.append(_rect(group.rect, "white", FRAME, 4))
        parts.append(_text(group.rect.x + 8, group.rect.y + STRIP - 8, group.title, "title"))
    return parts


def _line(line: Line, colour: str) -> list[str]:
    points = " ".join(f"{x},{y}" for x, y in line.points)
    (x1, y1), (x2, y2) = line.points[0], line.points[-1]
    parts = [f'<polyline points="{points}" stroke="{colour}"/>']
    if line.link.is_flow:
        back = -7 if line.points[-2][0] < x2 else 7
        parts.append(f'<path d="M{x2},{y2} l{back},-4 v8 z" fill="{colour}"/>')
        return parts
    out = 8 if line.points[1][0] > x1 else -8
    parts.append(f'<path d="M{x1},{y1 - 4} l{out},4 l{-out},4" fill="none" stroke="{colour}"/>')
    side = 6 if line.points[-2][0] > x2 else -6
    parts.append(f'<path d="M{x2 + side},{y2 - 4} v8" stroke="{colour}"/>')
    return parts


def _table(placed: Placed, head: str, paint: Paint) -> list[str]:
    rect, table = placed.rect, placed.table
    parts = [
        _rect(rect, "white", "none", 3),
        _rect(Rect(rect.x, rect.y, rect.width, HEAD), head, "none", 3),
        _text(rect.x + 8, rect.y + 16, table.name, "title"),
    ]
    for n, column in enumerate(table.columns):
        y = rect.y + HEAD + ROW * n + 12
        mark = placed.mark(column)
        if mark:
            colour = paint.marks.get((table.name, column.name), INK)
            parts.append(_text(rect.x + 8, y, mark, "mark", colour))
        parts.append(_text(rect.x + MARK, y, column.name, "" if mark else "other"))
        if column.type:
            parts.append(_text(rect.x + rect.width - 6, y, column.type, "type"))
    parts.append(_rect(rect, "none", EDGE, 3))
    return parts
