"""The picture as XML that draw.io opens: boxes and lines that can be moved, searched and hidden."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from headless_crm.diagram.colours import EDGE, FRAME, INK, Paint, paint_of
from headless_crm.diagram.heights import HEAD, ROW, STRIP
from headless_crm.diagram.layout import BAND_HEAD, MARK, Band, Layout, Line, Placed, Rect

_TABLES = "1"
_KEYS = "references"
_FLOWS = "data's way"


def drawio(pages: dict[str, Layout]) -> str:
    """A page for each layout, by its title."""
    file = Xml.Element("mxfile", host="crm diagram")
    for title, layout in pages.items():
        page = Xml.SubElement(file, "diagram", id=title, name=title)
        model = Xml.SubElement(
            page,
            "mxGraphModel",
            grid="0",
            page="0",
            background="#ffffff",
            dx="0",
            dy="0",
            pageWidth=str(layout.width),
            pageHeight=str(layout.height),
        )
        _page(Xml.SubElement(model, "root"), layout)
    Xml.indent(file, " ")
    return Xml.tostring(file, encoding="unicode") + "\n"


def _page(root: Xml.Element, layout: Layout) -> None:
    Xml.SubElement(root, "mxCell", id="0")
    # Layers of draw.io, which its users can hide.
    for layer, title in ((_TABLES, "tables"), (_FLOWS, _FLOWS), (_KEYS, _KEYS)):
        _cell(root, layer, "0", value=title)
    paint = paint_of(layout)
    placed = {item.table.name: item for item in layout.tables}
    for band in layout.bands:
        _band(root, band, paint, placed)
    for line in layout.lines:
        _line(root, line, paint.line(line), placed)


def _band(root: Xml.Element, band: Band, paint: Paint, placed: dict[str, Placed]) -> None:
    ground, head = paint.bands[band.title]
    title = f"layer {band.title}"
    _box(
        root,
        title,
        band.title,
        _TABLES,
        band.rect,
        Rect(0, 0, 0, 0),
        f"swimlane;startSize={BAND_HEAD};fontSize=15;fontStyle=1;align=left;spacingLeft=12;"
        f"fillColor={ground};swimlaneFillColor={ground};swimlaneLine=0;strokeColor={FRAME};"
        f"fontColor={INK};collapsible=0;connectable=0;",
    )
    for name in band.tables:
        _table(root, placed[name], title, band.rect, head, paint)
    for group in band.groups:
        own = f"{title}, {group.title}"
        _box(
            root,
            own,
            group.title,
            title,
            group.rect,
            band.rect,
            f"swimlane;startSize={STRIP};fontSize=11;fontStyle=1;align=left;spacingLeft=4;"
            f"fillColor=#ffffff;swimlaneFillColor=#ffffff;swimlaneLine=0;strokeColor={FRAME};"
            f"fontColor={INK};collapsible=0;connectable=0;",
        )
        for name in group.tables:
            _table(root, placed[name], own, group.rect, head, paint)


def _table(
    root: Xml.Element, placed: Placed, parent: str, around: Rect, head: str, paint: Paint
) -> None:
    table, rect = placed.table, placed.rect
    _box(
        root,
        table.name,
        table.name,
        parent,
        rect,
        around,
        f"swimlane;childLayout=stackLayout;horizontal=1;horizontalStack=0;startSize={HEAD};"
        f"resizeParent=1;resizeParentMax=0;collapsible=0;fontSize=11;fontStyle=1;align=left;"
        f"spacingLeft=4;fillColor={head};swimlaneFillColor=#ffffff;strokeColor={EDGE};"
        f"fontColor={INK};",
    )
    for n, column in enumerate(table.columns):
        own = f"{table.name}.{column.name}"
        row = Rect(0, HEAD + n * ROW, rect.width, ROW)
        text = f"{column.name}: {column.type}" if column.type else column.name
        _box(
            root,
            own,
            text,
            table.name,
            row,
            Rect(0, 0, 0, 0),
            f"text;align=left;verticalAlign=middle;spacingLeft={MARK - 4};fontSize=11;"
            f"fontColor={INK};overflow=hidden;portConstraint=eastwest;",
        )
        mark = placed.mark(column)
        if mark:
            colour = paint.marks.get((table.name, column.name), INK)
            _box(
                root,
                f"{own} {mark}",
                mark,
                own,
                Rect(0, 0, MARK, ROW),
                Rect(0, 0, 0, 0),
                f"text;align=left;verticalAlign=middle;spacingLeft=4;fontSize=9;fontStyle=1;"
                f"fontColor={colour};connectable=0;movable=0;",
            )


def _box(
    root: Xml.Element, name: str, text: str, parent: str, rect: Rect, around: Rect, style: str
) -> None:
    """A box, whose place is said by that of its parent, `around` it."""
    cell = _cell(root, name, parent, value=text, style=style, vertex="1")
    Xml.SubElement(
        cell,
        "mxGeometry",
        {"x": str(rect.x - around.x), "y": str(rect.y - around.y)},
        width=str(rect.width),
        height=str(rect.height),
        **{"as": "geometry"},
    )


def _line(root: Xml.Element, line: Line, colour: str, placed: dict[str, Placed]) -> None:
    link = line.link
    ends = ((link.start, link.start_column), (link.end, link.end_column))
    names = [f"{table}.{column}" if column else table for table, column in ends]
    ports = ""
    for (table, _), point, end in zip(
        ends, (line.points[0], line.points[-1]), ("exit", "entry"), strict=True
    ):
        rect = placed[table].rect
        middle = HEAD / 2 / rect.height if link.is_flow else 0.5
        ports += f"{end}X={int(point[0] > rect.x)};{end}Y={middle:.6g};{end}Perimeter=0;"
    arrows = (
        "endArrow=block;endSize=5;"
        if link.is_flow
        else "startArrow=ERmany;startFill=0;startSize=8;endArrow=ERone;endFill=0;endSize=8;"
    )
    cell = _cell(
        root,
        " → ".join(names),
        _FLOWS if link.is_flow else _KEYS,
        style=f"edgeStyle=orthogonalEdgeStyle;rounded=0;strokeColor={colour};{arrows}{ports}",
        edge="1",
        source=names[0],
        target=names[1],
    )
    geometry = Xml.SubElement(cell, "mxGeometry", {"relative": "1", "as": "geometry"})
    points = Xml.SubElement(geometry, "Array", {"as": "points"})
    for x, y in line.points[1:-1]:
        Xml.SubElement(points, "mxPoint", x=str(x), y=str(y))


def _cell(root: Xml.Element, name: str, parent: str, **attributes: str) -> Xml.Element:
    return Xml.SubElement(root, "mxCell", {"id": name, "parent": parent, **attributes})
