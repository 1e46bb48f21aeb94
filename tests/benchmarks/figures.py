"""Figures taken in turn, so that what else the machine does meets all of them alike, and how they are printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median

_UNITS = {"ms": 1e3, "MB": 1e-6}  # of figures in seconds, in bytes


def interleaved(measures: Mapping[str, Callable[[], float]], runs: int) -> dict[str, float]:
    """The median of each measure, taken in turn after one run that does not count."""
    figures: dict[str, list[float]] = {name: [] for name in measures}
    for run in range(runs + 1):
        for name, measure in measures.items():
            value = measure()
            if run:
                figures[name].append(value)
    return {name: median(values) for name, values in figures.items()}


def report(
    title: str, figures: Mapping[str, float], floor: str, *, unit: str = "ms", goals: Mapping[str, str] | None = None
) -> None:
    """Print each figure beside the one it is compared with, and what it should be.

    Args:
        title: What was measured.
        figures: By name, in seconds or bytes.
        floor: The name of the one that is 1.
        unit: To print them in.
        goals: In words, for some of the names.
    """
    print(f"\n{title}")
    for name, value in figures.items():
        goal = f"   goal: {goals[name]}" if goals and name in goals else ""
        print(f"  {name:48} {value * _UNITS[unit]:8.1f} {unit}   {value / figures[floor]:5.2f}{goal}", flush=True)
