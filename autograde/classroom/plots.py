"""Plots for the pages: SVG that stands in the page, in the page's own ink."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from autograde.classroom.counting import spread

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#010203"  # stands for the page's own colour of letters
BLUE = "#4682b4"
WIDTH, HEIGHT = 4.6, 2.1
LOOK = {
    "svg.fonttype": "none",
    "svg.hashsalt": "autograde",
    "font.size": 9,
    "font.family": "sans-serif",
    **dict.fromkeys(("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color"), INK),
}
SIZE = re.compile(r'(<svg [^>]*?)width="[^"]*" height="[^"]*"|(<svg [^>]*?)height="[^"]*" width="[^"]*"')


def histogram(values: Sequence[float], label: str, step: float, most: float | None = None) -> str:
    """How many learners lie where, and the median; nothing of nothing."""
    told = spread(values)
    if told is None:
        return ""

    def draw(axes: Axes) -> None:
        end = most if most is not None else max(values) + step
        count = max(1, round(end / step))
        axes.hist(values, bins=[step * place for place in range(count + 1)], color=BLUE, rwidth=0.9)
        axes.axvline(told.median, color=INK, linewidth=1.2, linestyle="--")
        height = axes.get_ylim()[1]
        axes.text(told.median, height, f" median {told.median:.3g}", va="bottom", ha="center")
        axes.set(xlabel=label, ylabel="learners", xlim=(0, end))
        axes.locator_params(axis="y", integer=True)

    return _drawn(draw, f"{label}: median {told.median:.3g} of {told.count}")


def over_weeks(values: Mapping[str, Sequence[float]], label: str, most: float | None = None) -> str:
    """Every learner as a dot, the median as a line, the middle half as a band; nothing of nothing."""
    told = {week: found for week, numbers in values.items() if (found := spread(numbers))}
    if not told:
        return ""

    def draw(axes: Axes) -> None:
        places = range(len(told))
        for place, week in zip(places, told, strict=True):
            numbers = sorted(values[week])
            across = [place + 0.16 * ((number * 7) % 5 - 2) / 2 for number in range(len(numbers))]
            axes.plot(across, numbers, "o", color=BLUE, alpha=0.6, markersize=4, markeredgewidth=0)
        low, high = [each.low for each in told.values()], [each.high for each in told.values()]
        axes.fill_between(places, low, high, color=BLUE, alpha=0.15, linewidth=0)
        axes.plot(places, [each.median for each in told.values()], color=INK, marker="_", markersize=14)
        axes.set(xlabel="week", ylabel=label, ylim=(0, most and most * 1.04), xlim=(-0.5, len(told) - 0.5))
        axes.set_xticks(list(places), [week.removeprefix("week") for week in told])

    return _drawn(draw, f"{label}, week by week")


def _drawn(draw: Any, what: str) -> str:
    from matplotlib import style
    from matplotlib.figure import Figure

    file = io.StringIO()
    with style.context(["autograde.quiet", LOOK]):
        figure = Figure(figsize=(WIDTH, HEIGHT))
        draw(figure.subplots())
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    drawn = file.getvalue()
    drawn = drawn[drawn.index("<svg") :].replace(INK, "currentColor")
    return SIZE.sub(rf'\1\2 role="img" aria-label="{what}" class="plot"', drawn, count=1)
