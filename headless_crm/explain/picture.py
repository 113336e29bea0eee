"""A page with a picture of the identifiers around a way, and of the edges between them."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable
from html import escape

from headless_crm.explain.explaining import Explanation
from headless_crm.explain.graph import Edge, Node
from headless_crm.explain.told import told

_MOST = 120
"""Identifiers that are drawn: those nearest to the way."""
_ROUNDS = 150
_LENGTH = 130.0
"""How long an edge would like to be, in pixels."""
_GRAVITY = 0.4
"""How hard all are drawn to the middle, as a share of their distance from it."""
_COLOURS = ("#2a6fdb", "#c2571a", "#1a8a5f", "#8a4fbf", "#b0326a", "#5c6b7a")

Places = dict[str, tuple[float, float]]

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark;
  --ink: #1d2733; --paper: #fff; --line: #8b98a5; --cut: #c62f2f; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #e6ebf0; --paper: #14191f; --line: #6b7885; --cut: #ff6b6b; }}
}}
body {{ font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  margin: 0 auto; padding: 1.5rem; max-width: 72rem; }}
h1 {{ font-size: 1.3rem; overflow-wrap: anywhere; }}
ol {{ padding-left: 1.4rem; }} li {{ overflow-wrap: anywhere; margin: .3rem 0; }}
svg {{ display: block; margin: 1.5rem auto; max-width: 100%; height: auto; }}
svg text {{ font: 15px system-ui, sans-serif; fill: var(--ink); }}
line {{ stroke: var(--line); stroke-width: 1.2; }}
line.way {{ stroke: var(--ink); stroke-width: 3; }}
line.cut {{ stroke: var(--cut); stroke-dasharray: 5 4; }}
circle {{ stroke: var(--paper); stroke-width: 2; }}
</style>
</head>
<body>
<h1>{title}</h1>
<ol>{lines}</ol>
<svg {box} role="img" aria-label="Identifiers and the edges between them">
{edges}
{nodes}
</svg>
<p>{legend}</p>
</body>
</html>
"""


def page(found: Explanation) -> str:
    """One HTML page that needs nothing else."""
    keys = _nearest(found)
    edges = [edge for edge in found.edges if edge.a in keys and edge.b in keys]
    places = _places(keys, edges)
    drawn = [found.nodes[key] for key in keys]
    colours = {
        kind: _COLOURS[number % len(_COLOURS)]
        for number, kind in enumerate(sorted({node.type for node in drawn}))
    }
    on_way = {(edge.a, edge.b) for edge in found.path}
    title, *lines = told(found)
    left = len(found.nodes) - len(drawn)
    legend = ", ".join(
        f'<b style="color:{colour}">{escape(kind)}</b>' for kind, colour in colours.items()
    )
    return _PAGE.format(
        title=escape(title),
        lines="".join(f"<li>{escape(line)}</li>" for line in lines),
        box=_box(places),
        edges="\n".join(_line(edge, places, on_way) for edge in edges),
        nodes="\n".join(_circle(node, places[node.key], colours[node.type]) for node in drawn),
        legend=legend
        + "; dashed: an edge that does not join"
        + (f"; {left:,} identifiers farther away are not drawn" if left else ""),
    )


def _nearest(found: Explanation) -> list[str]:
    """The keys that are drawn: those of the way in its order, then by their distance from it."""
    neighbours = defaultdict[str, list[str]](list)
    for edge in found.edges:
        neighbours[edge.a].append(edge.b)
        neighbours[edge.b].append(edge.a)
    keys = [found.a.key]
    for edge in found.path:
        keys.append(edge.b if edge.a == keys[-1] else edge.a)
    keys = list(dict.fromkeys([*keys, found.b.key]))
    queue, seen = deque(keys), set(keys)
    while queue and len(keys) < _MOST:
        for other in sorted(neighbours[queue.popleft()]):
            if other not in seen and other in found.nodes and len(keys) < _MOST:
                seen.add(other)
                keys.append(other)
                queue.append(other)
    return keys


def _places(keys: list[str], edges: list[Edge]) -> Places:
    """Identifiers push each other away, edges and the middle pull, from a spiral on."""
    spots = [
        [_LENGTH * math.sqrt(at) * math.cos(2.4 * at), _LENGTH * math.sqrt(at) * math.sin(2.4 * at)]
        for at in range(len(keys))
    ]
    number = {key: at for at, key in enumerate(keys)}
    pulls = [(number[edge.a], number[edge.b]) for edge in edges]
    for round_ in range(_ROUNDS):
        moves = [[0.0, 0.0] for _ in keys]
        for one in range(len(keys)):
            for other in range(one):
                _move(spots, moves, one, other, lambda far: _LENGTH**2 / far)
        for one, other in pulls:
            _move(spots, moves, one, other, lambda far: -(far**2) / _LENGTH)
        for spot, move in zip(spots, moves, strict=True):
            move[0] -= spot[0] * _GRAVITY
            move[1] -= spot[1] * _GRAVITY
        most = _LENGTH * (1 - round_ / _ROUNDS)
        for spot, (x, y) in zip(spots, moves, strict=True):
            far = math.hypot(x, y) or 1.0
            step = min(far, most) / far
            spot[0] += x * step
            spot[1] += y * step * 0.7  # A picture is wider than it is high, and so is text.
    return {key: (spot[0], spot[1]) for key, spot in zip(keys, spots, strict=True)}


def _move(
    spots: list[list[float]],
    moves: list[list[float]],
    one: int,
    other: int,
    force: Callable[[float], float],
) -> None:
    x, y = spots[one][0] - spots[other][0], spots[one][1] - spots[other][1]
    far = math.hypot(x, y) or 0.1
    push = force(far) / far
    for at, sign in ((one, 1), (other, -1)):
        moves[at][0] += sign * x * push
        moves[at][1] += sign * y * push


def _box(places: Places) -> str:
    xs, ys = [x for x, _ in places.values()], [y for _, y in places.values()]
    wide, high = max(xs) - min(xs) + 220, max(ys) - min(ys) + 80
    return (
        f'width="{wide:.0f}" height="{high:.0f}" '
        f'viewBox="{min(xs) - 110:.0f} {min(ys) - 40:.0f} {wide:.0f} {high:.0f}"'
    )


def _line(edge: Edge, places: Places, on_way: set[tuple[str, str]]) -> str:
    (x1, y1), (x2, y2) = places[edge.a], places[edge.b]
    classes = " ".join(
        name
        for name, holds in (("way", (edge.a, edge.b) in on_way), ("cut", not edge.is_active))
        if holds
    )
    title = escape(edge.inactive_reason or f"{edge.source or ''}, event {edge.event_id or ''}")
    return (
        f'<line class="{classes}" x1="{x1:.0f}" y1="{y1:.0f}" x2="{x2:.0f}" y2="{y2:.0f}">'
        f"<title>{title}</title></line>"
    )


def _circle(node: Node, place: tuple[float, float], colour: str) -> str:
    x, y = place
    short = node.value if len(node.value) <= 28 else f"{node.value[:27]}…"
    return (
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="9" fill="{colour}">'
        f"<title>{escape(f'{node.type} {node.value}')}</title></circle>"
        f'<text x="{x:.0f}" y="{y + 24:.0f}" text-anchor="middle">{escape(short)}</text>'
    )
