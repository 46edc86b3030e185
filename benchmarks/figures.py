"""The figures of a run and the table at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from pytest_benchmark.fixture import BenchmarkFixture


@dataclass(frozen=True)
class Figure:
    """One figure: a sample per round, and what was measured beside it in the same rounds."""

    name: str
    unit: str
    samples: Sequence[float]
    reference: str = ""
    beside: Sequence[float] = ()

    @property
    def value(self) -> float:
        return median(self.samples)

    @property
    def against(self) -> float | None:
        """Median of the rounds' ratios; of the medians' where the rounds have no pairs."""
        if not self.beside or min(self.beside) <= 0:
            return None
        if len(self.beside) != len(self.samples):
            return self.value / median(self.beside)
        return median(mine / other for mine, other in zip(self.samples, self.beside, strict=True))


@dataclass
class Figures:
    """All figures of a run, in the order they were measured."""

    all: list[Figure] = field(default_factory=list)

    def add(
        self,
        benchmark: BenchmarkFixture,
        name: str,
        unit: str,
        samples: Sequence[float],
        reference: str = "",
        beside: Sequence[float] = (),
    ) -> None:
        """Keeps a figure for the table, and with the benchmark for its JSON."""
        if not samples:
            raise ValueError(f"{name}: nothing was measured")
        figure = Figure(name, unit, tuple(samples), reference, tuple(beside))
        self.all.append(figure)
        benchmark.extra_info[name] = {
            "unit": unit,
            "median": figure.value,
            "samples": list(figure.samples),
            "reference": reference,
            "reference_samples": list(figure.beside),
            "ratio": figure.against,
        }

    def lines(self) -> list[str]:
        """The table, as aligned text."""
        rows = [("figure", "median", "lowest … highest", "unit", "× reference", "reference, same run")]
        rows += [_row(figure) for figure in self.all]
        widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        return [lines[0], "─" * max(map(len, lines)), *lines[1:]]


def _row(figure: Figure) -> tuple[str, ...]:
    spread = f"{number(min(figure.samples))} … {number(max(figure.samples))}" if len(figure.samples) > 1 else ""
    against = "" if figure.against is None else f"{figure.against:.2f}"
    reference = f"{figure.reference}: {number(median(figure.beside))}" if figure.beside else ""
    return figure.name, number(figure.value), spread, figure.unit, against, reference


def number(value: float) -> str:
    """Three digits at least: 1,234,567 · 123 · 12.3 · 1.23 · 0.012."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def quantile(samples: Sequence[float], part: float) -> float:
    """The sample that `part` of all are not above."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
