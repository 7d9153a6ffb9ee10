"""Small pictures in SVG, drawn by the server: a strict policy forbids styles, attributes of SVG are none."""

import math

from markupsafe import Markup

WIDTH, HEIGHT = 180, 28


def spark(values: list[float], label: str = "", *, width: int = WIDTH) -> Markup:
    """Returns a line of the values from zero up, the newest at the right, with gaps where none was read."""
    known = [value for value in values if not math.isnan(value)]
    top = max(known, default=0.0) or 1.0
    shift = width - len(values)
    runs: list[list[str]] = [[]]
    for index, value in enumerate(values):
        if math.isnan(value):
            runs.append([])
            continue
        runs[-1].append(f"{index + shift} {HEIGHT - 2 - value / top * (HEIGHT - 4):.1f}")
    line = "".join(f"M{'L'.join(run)}" for run in runs if len(run) > 1)
    dots = "".join(f"M{run[0]}h1" for run in runs if len(run) == 1)
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<path class="base" d="M0 {}H{}"/><path d="{}" vector-effect="non-scaling-stroke"/></svg>'
    ).format(width, HEIGHT, label or "—", HEIGHT - 1, width, line + dots)


def bar(start: float, end: float, kind: str, label: str) -> Markup:
    """Returns a bar from `start` to `end` (shares of the whole, 0 to 1), never thinner than can be seen."""
    left = min(max(start, 0.0), 1.0) * 1000
    wide = max(min(end, 1.0) * 1000 - left, 4)
    return Markup(
        '<svg class="wf-bar" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="{}" x="{:.1f}" y="1" width="{:.1f}" height="8" rx="2"/></svg>'
    ).format(label, kind, min(left, 996), wide)
