"""Plots as inline SVG: across they are measured in per cent, so that a page of any width fits.

Every text is escaped here, and nowhere else: what a plot shows may be hostile.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from unicodedata import east_asian_width

_LONGEST = 42
_ROW = 40
_HEIGHT = 190
_FEWEST = 8
"""So that a bar by itself is a bar, and no wall."""
_TOP = 22


@dataclass(frozen=True)
class Bar:
    """A bar: its label, the values of its parts, what is written at its end, and its tooltip."""

    label: str
    parts: Sequence[float]
    shown: str
    title: str = ""


def text(value: object) -> str:
    """A value as HTML, without the control characters that a page can't hold."""
    return escape(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", "�", str(value)))


def rows(bars: Sequence[Bar], label: str, most: float | None = None) -> str:
    """Bars that lie, each under its label, in proportion to `most`, or else to the longest."""
    most = most or max((sum(bar.parts) for bar in bars), default=0) or 1
    marks = []
    for number, bar in enumerate(bars):
        y = number * _ROW
        marks.append(
            f"<g><title>{text(bar.title or f'{bar.label}: {bar.shown}')}</title>"
            f'<text x="0" y="{y + 14}">{text(_short(bar.label))}</text>'
            f'<text x="100%" y="{y + 14}" class="value">{text(bar.shown)}</text>'
            f'<rect x="0" y="{y + 22}" width="100%" height="10" rx="3" class="track"/>'
        )
        start = 0.0
        for part, value in enumerate(bar.parts):
            width = max(100 * value / most, 0.3) if value else 0
            if width:
                marks.append(
                    f'<rect x="{start:.2f}%" y="{y + 22}" width="{min(width, 100):.2f}%" '
                    f'height="10" rx="3" class="c{part}"/>'
                )
            start += width
        marks.append("</g>")
    return _svg("".join(marks), len(bars) * _ROW - 8, label)


def columns(bars: Sequence[Bar], label: str) -> str:
    """Bars that stand, with a scale at the side and some of the labels below."""
    top = _nice(max((sum(bar.parts) for bar in bars), default=0))
    plot = _HEIGHT - _TOP - 26
    marks = []
    for share in (0, 0.5, 1):
        y = _TOP + plot * (1 - share)
        marks.append(
            f'<line x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>'
            f'<text x="0" y="{y - 5:.1f}" class="soft">{_number(top * share)}</text>'
        )
    left, wide = 9.0, 91.0
    step = wide / max(len(bars), _FEWEST)
    every = -(-len(bars) // 6)
    for number, bar in enumerate(bars):
        x = left + number * step
        marks.append(f"<g><title>{text(bar.title or f'{bar.label}: {bar.shown}')}</title>")
        y = _TOP + plot
        for part, value in enumerate(bar.parts):
            height = max(plot * value / top, 1.0) if value else 0
            y -= height
            if height:
                marks.append(
                    f'<rect x="{x + step * 0.1:.3f}%" y="{y:.1f}" width="{step * 0.8:.3f}%" '
                    f'height="{height:.1f}" class="c{part}"/>'
                )
        marks.append("</g>")
        if number % every == 0:
            marks.append(
                f'<text x="{x + step / 2:.2f}%" y="{_HEIGHT - 6}" class="tick">'
                f"{text(bar.label)}</text>"
            )
    return _svg("".join(marks), _HEIGHT, label)


def legend(names: Sequence[str]) -> str:
    """Which colour is what, where there are several."""
    items = "".join(
        f'<li><svg width="10" height="10" aria-hidden="true">'
        f'<rect width="10" height="10" rx="3" class="c{number}"/></svg> {text(name)}</li>'
        for number, name in enumerate(names)
    )
    return f'<ul class="legend">{items}</ul>'


def _svg(marks: str, height: int, label: str) -> str:
    return (
        f'<svg class="plot" width="100%" height="{height}" role="img" '
        f'aria-label="{text(label)}">{marks}</svg>'
    )


def _short(label: str) -> str:
    """A label that fits: some letters are as wide as two."""
    wide = 0
    for number, letter in enumerate(label):
        wide += 2 if east_asian_width(letter) in "WF" else 1
        if wide > _LONGEST:
            return label[:number] + "…"
    return label


def _nice(most: float) -> float:
    """The next round number at or above, of which a half is round as well."""
    step = 1e-3
    while True:
        for factor in (1, 2, 3, 4, 5, 6, 8):
            if most <= step * factor:
                return step * factor
        step *= 10


def _number(value: float) -> str:
    if value >= 1e6:
        return f"{value / 1e6:g}M"
    return f"{value / 1e3:g}k" if value >= 1e4 else f"{value:g}"
