"""Source files as the tidy tests see them: tracked files, masked text, functions and their lengths."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GENERATED = Path("python/loyalty_ledger/_pb")

RUST_NOISE = re.compile(
    r"//[^\n]*|/\*.*?\*/"
    r'|\bb?r(?P<hashes>#*)".*?"(?P=hashes)'
    r'|(?:\bb)?"(?:[^"\\]|\\.)*"'
    r"|(?:\bb)?'(?:[^'\\\n]|\\[^\n]{1,8}?)'",
    re.DOTALL,
)


@dataclass(frozen=True)
class Function:
    """A function and the lines it takes."""

    path: Path
    name: str
    line: int
    length: int


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the repository, relative to its root: what git tracks or would track."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, check=True, capture_output=True).stdout.decode()
        names = {name for name in listed.split("\0") if name}
    except (OSError, subprocess.CalledProcessError):
        names = set(walked())
    return tuple(sorted(Path(name) for name in names if (ROOT / name).is_file()))


def walked() -> Iterator[str]:
    """The files of an unpacked source archive, where there is no git to ask."""
    skipped = {"target", ".venv", ".git", ".cache", "dist", "__pycache__", ".hypothesis", ".mypy_cache", ".ruff_cache"}
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in skipped]
        for name in files:
            yield str((Path(folder) / name).relative_to(ROOT))


def files(*suffixes: str) -> list[Path]:
    """Tracked files with one of these endings that people write."""
    return [path for path in tracked() if path.suffix in suffixes and GENERATED not in path.parents]


@cache
def text(path: Path) -> str:
    """A file's text."""
    return (ROOT / path).read_text(encoding="utf-8")


def is_test(path: Path) -> bool:
    """Whether a file holds nothing but tests."""
    return "tests" in path.parts or path.stem == "tests" or path.stem.endswith("_tests")


@cache
def masked_rust(path: Path) -> str:
    """Rust source with comments, strings and characters blanked, its lines kept."""
    return mask(text(path))


def mask(source: str) -> str:
    """Blanks comments, strings and characters of Rust source."""

    def blank(match: re.Match[str]) -> str:
        return "".join("\n" if character == "\n" else " " for character in match[0])

    return RUST_NOISE.sub(blank, source)


def without_test_modules(masked: str) -> str:
    """Masked Rust source without its `#[cfg(test)]` items."""
    while (start := masked.find("#[cfg(test)]")) >= 0:
        opening, semicolon = masked.find("{", start), masked.find(";", start)
        if opening < 0 or 0 <= semicolon < opening:
            end = semicolon + 1 if semicolon >= 0 else len(masked)
        else:
            end = closing_brace(masked, opening) + 1
        masked = masked[:start].rstrip() + "\n" + masked[end:].lstrip("\n")
    return masked


def closing_brace(masked: str, opening: int) -> int:
    """Where the brace that opens at `opening` closes; the end of the text if it does not."""
    depth = 0
    for place in range(opening, len(masked)):
        if masked[place] == "{":
            depth += 1
        elif masked[place] == "}":
            depth -= 1
            if depth == 0:
                return place
    return len(masked) - 1


def rust_functions(path: Path) -> Iterator[Function]:
    """Every function with a body, test modules aside."""
    masked = without_test_modules(masked_rust(path))
    for match in re.finditer(r"\bfn\s+(\w+)", masked):
        body = body_start(masked, match.end())
        if body is None:
            continue
        end = closing_brace(masked, body)
        line = masked.count("\n", 0, match.start()) + 1
        yield Function(path, match[1], line, masked.count("\n", match.start(), end) + 1)


def body_start(masked: str, place: int) -> int | None:
    """The opening brace of the function whose signature goes on at `place`; None for a declaration."""
    depth = 0
    for at in range(place, len(masked)):
        character = masked[at]
        if character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif depth == 0 and character in "{;":
            return at if character == "{" else None
    return None


def python_functions(path: Path) -> Iterator[Function]:
    """Every function of a Python file."""
    for node in ast.walk(ast.parse(text(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Function(path, node.name, node.lineno, (node.end_lineno or node.lineno) - node.lineno + 1)
