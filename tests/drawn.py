"""What a draw.io file shows: its boxes, its lines, and what is not tidy about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from xml.etree import ElementTree as Xml

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    text: str
    parent: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, left: float, top: float, right: float, bottom: float) -> bool:
        across = self.left < right and left < self.right
        return across and self.top < bottom and top < self.bottom

    def holds(self, other: Box) -> bool:
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom


@dataclass(frozen=True)
class Line:
    source: str
    target: str
    points: tuple[Point, ...]


class Page:
    """A page: boxes by id, in places of the page, and lines with all their points."""

    def __init__(self, diagram: Xml.Element) -> None:
        self.title = diagram.get("name")
        [model] = diagram.iter("mxGraphModel")
        self.width, self.height = (float(model.attrib[n]) for n in ("pageWidth", "pageHeight"))
        self.boxes: dict[str, Box] = {}
        self.lines: list[Line] = []
        cells = list(diagram.iter("mxCell"))
        ids = [cell.attrib["id"] for cell in cells]
        assert len(ids) == len(set(ids))
        assert {cell.attrib["parent"] for cell in cells[1:]} <= set(ids)
        for cell in cells:
            if cell.get("vertex"):
                self.boxes[cell.attrib["id"]] = self._box(cell)
        for cell in cells:
            if cell.get("edge"):
                self.lines.append(self._line(cell))

    def _box(self, cell: Xml.Element) -> Box:
        [geometry] = cell.iter("mxGeometry")
        x, y, width, height = (float(geometry.attrib[n]) for n in ("x", "y", "width", "height"))
        parent = self.boxes.get(cell.attrib["parent"])
        left, top = (x + parent.left, y + parent.top) if parent else (x, y)
        text, around = cell.attrib["value"], cell.attrib["parent"]
        return Box(text, around, left, top, left + width, top + height)

    def _line(self, cell: Xml.Element) -> Line:
        style = dict(item.split("=") for item in cell.attrib["style"].strip(";").split(";"))
        ends = []
        for end, side in (("source", "exit"), ("target", "entry")):
            box = self.boxes[cell.attrib[end]]
            x, y = float(style[f"{side}X"]), float(style[f"{side}Y"])
            assert x in (0, 1)
            place = (box.left + x * (box.right - box.left), box.top + y * (box.bottom - box.top))
            ends.append((place[0], round(place[1], 2)))
        corners = [(float(at.attrib["x"]), float(at.attrib["y"])) for at in cell.iter("mxPoint")]
        points = (ends[0], *corners, ends[1])
        return Line(cell.attrib["source"], cell.attrib["target"], points)

    @property
    def tables(self) -> dict[str, Box]:
        """The boxes of tables: those that have columns."""
        rows = self.boxes.items()
        names = {row.parent for name, row in rows if name.startswith(f"{row.parent}.")}
        return {name: self.boxes[name] for name in sorted(names)}

    @property
    def titles(self) -> dict[str, Box]:
        """Where the names of layers and of their groups are written."""
        found: dict[str, Box] = {}
        around = {table.parent for table in self.tables.values()}
        while around := {name for name in around if name in self.boxes}:
            for name in around:
                box = self.boxes[name]
                found[name] = replace(box, right=box.left + 9 * len(box.text), bottom=box.top + 24)
            around = {self.boxes[name].parent for name in around}
        return found

    def columns(self, table: str) -> dict[str, str]:
        """What a table's rows say, by column, with PK and FK before it."""
        found = {}
        for name, box in self.boxes.items():
            if box.parent == table:
                marks = [mark.text for mark in self.boxes.values() if mark.parent == name]
                found[name.removeprefix(f"{table}.")] = " ".join([*marks, box.text])
        return found


def pages(xml: str) -> list[Page]:
    """The pages of a file."""
    file = Xml.fromstring(xml)
    assert file.tag == "mxfile"
    return [Page(diagram) for diagram in file.iter("diagram")]


def untidy(page: Page) -> Iterator[str]:
    """Boxes that overlap, and lines that cross a box, lie on each other or are not straight."""
    tables = page.tables
    for (one, box), (other, beside) in combinations(tables.items(), 2):
        if box.meets(beside.left, beside.top, beside.right, beside.bottom):
            yield f"{one} overlaps {other}"
    for name, box in page.boxes.items():
        around = page.boxes.get(box.parent)
        if around and not around.holds(box):
            yield f"{name} is not inside of {box.parent}"
    segments = []
    for line in page.lines:
        for start, end in pairwise(line.points):
            if start[0] != end[0] and start[1] != end[1]:
                yield f"{line.source} → {line.target} is askew at {start}"
            segments.append((line, min(start, end), max(start, end)))
    for line, start, end in segments:
        if min(start) < 0 or end[0] > page.width or end[1] > page.height:
            yield f"{line.source} → {line.target} leaves the page"
        for name, box in [*tables.items(), *page.titles.items()]:
            if box.meets(*start, *end):
                yield f"{line.source} → {line.target} crosses {name}"
    for (one, *way), (other, *beside) in combinations(segments, 2):
        alien = not {one.source, one.target} & {other.source, other.target}
        if alien and _on_each_other(way[0], way[1], beside[0], beside[1]):
            yield f"{one.source} → {one.target} lies on {other.source} → {other.target}"


def _on_each_other(start: Point, end: Point, other: Point, other_end: Point) -> bool:
    """Of two upright or level segments."""
    for along, across in ((0, 1), (1, 0)):
        level = {start[across], end[across], other[across], other_end[across]}
        if len(level) == 1:
            return max(start[along], other[along]) < min(end[along], other_end[along])
    return False
