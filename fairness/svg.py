"""The few marks that our plots are made of, as SVG of always the same bytes: whole pixels, nothing of the day."""

from collections.abc import Sequence

GREY = "#767676"


def document(width: int, height: int, title: str, parts: Sequence[str]) -> str:
    """A picture on white; `title` is what is read out in its place."""
    inside = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{title}" font-family="sans-serif" font-size="12">\n'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n{inside}\n</svg>\n'
    )


def rule(left: int, right: int, y: int) -> str:
    """A line of the grid."""
    return f'<line x1="{left}" y1="{y}" x2="{right}" y2="{y}" stroke="#e0e0e0"/>'


def line(points: Sequence[tuple[int, int]], colour: str, *, dash: bool = False) -> str:
    """A line through points (pixels)."""
    where = " ".join(f"{x},{y}" for x, y in points)
    dashes = ' stroke-dasharray="5 4"' if dash else ""
    return f'<polyline points="{where}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>'


def text(
    x: int, y: int, text: str, *, anchor: str = "start", fill: str = "#222222", weight: str = "normal", size: int = 12
) -> str:
    """Words at a place (pixels)."""
    style = f'text-anchor="{anchor}" fill="{fill}" font-weight="{weight}" font-size="{size}"'
    return f'<text x="{x}" y="{y}" {style}>{text}</text>'
