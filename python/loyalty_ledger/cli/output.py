"""What commands print: data on stdout as tables or JSON, messages and progress on stderr."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.tree import Tree

DIFFERENCES = 1
ERROR = 2


class InputProblem(Exception):
    """Something is wrong with what was given on the command line; the message says what to do."""


def tell(message: str) -> None:
    """Says something to the person, never to a pipe that reads data."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(message, markup=False)


def print_json(document: object) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(plain(document), ensure_ascii=False, indent=2) + "\n")


def print_line(line: str = "") -> None:
    """One line of data on stdout."""
    _stdout().print(line, markup=False)


def print_title(title: str) -> None:
    """A heading between two parts of a longer output."""
    _stdout().print(f"\n{title}", style="bold", markup=False)


def print_figures(figures: Mapping[str, object]) -> None:
    """Names and values, one pair per line, numbers with separators."""
    width = max(map(len, figures), default=0)
    for name, value in figures.items():
        print_line(f"{name:<{width}}  {show(value)}")


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Rows under their headings, never cut; numbers are set to the right."""
    cells = [[show(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    numeric = [bool(rows) and all(_is_number(row[place]) for row in rows) for place in range(len(columns))]

    def line(texts: Sequence[str]) -> str:
        places = zip(texts, widths, numeric, strict=True)
        return "  ".join(text.rjust(width) if right else text.ljust(width) for text, width, right in places).rstrip()

    _stdout().print(line(columns), style="bold", markup=False)
    for row in cells:
        print_line(line(row))


def print_tree(root: str, edges: Sequence[tuple[str, str]]) -> None:
    """A tree by pairs of a name and one below it; who is above stands in an earlier pair."""
    branches = {root: Tree(root)}
    for above, below in edges:
        branches[below] = branches[above].add(below)
    _stdout().print(branches[root])


def show(value: object) -> str:
    """A value as a person reads it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="microseconds" if value.microsecond else "seconds")
    if isinstance(value, float):
        return f"{value:,.2f}"
    return str(value)


def plain(value: object) -> Any:
    """A value as JSON knows it: results become objects, times ISO 8601, decimals text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {_name(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Enum):
        return plain(value.value)
    return value


@contextmanager
def progress(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on stderr, on terminals only; yields the function that moves it."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=total)

        def advance(steps: int) -> None:
            bar.advance(task, steps)

        yield advance


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


def _stdout() -> Console:
    return Console(highlight=False, soft_wrap=True)


def _name(key: object) -> str:
    if key is None:
        return "never"
    if isinstance(key, datetime | date):
        return key.isoformat()
    return str(key)
