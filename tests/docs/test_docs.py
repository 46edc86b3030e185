"""Every Python example of the README and the guides runs and prints what the text says; what they name is there."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("**/*.md")])
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = [path for path in DOCUMENTS if "```python" in path.read_text(encoding="utf-8")]
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples_print_what_the_text_says(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = [(match[1], match[2]) for match in FENCE.finditer(path.read_text(encoding="utf-8"))]
    names: dict[str, object] = {"__name__": "example"}
    for place, (language, code) in enumerate(blocks):
        if language != "python":
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, str(path), "exec"), names)
        follows = blocks[place + 1] if place + 1 < len(blocks) else ("", "")
        if follows[0] == "text":
            assert printed.getvalue() == follows[1]


def test_the_readme_has_an_example() -> None:
    assert ROOT / "README.md" in EXAMPLES


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    targets = [target for target in LINK.findall(path.read_text(encoding="utf-8")) if "://" not in target]
    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_the_index_names_every_guide() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    guides = [path.name for path in (ROOT / "docs").glob("*.md") if path.name != "README.md"]
    assert [name for name in guides if f"({name})" not in index] == []


def named_paths(document: str) -> list[str]:
    """Files and folders in code spans: with a slash or a known ending, nothing to be filled in."""
    spans = [span.rstrip("/") for span in CODE.findall(document)]
    return [span for span in spans if re.fullmatch(r"[\w./-]+(?:/[\w.-]+|\.(?:rs|py|pyi|md|toml|proto))", span)]


def test_paths_that_the_architecture_names_exist() -> None:
    """From the root, or from a folder of the core or the package that the reader is in."""
    bases = [
        ROOT / base
        for base in (
            "",
            "core/src",
            "core/src/ledger",
            "core/src/service",
            "python/bindings/src",
            "python/loyalty_ledger",
        )
    ]
    named = named_paths((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"))
    assert "core/src/ledger/decide/transfer.rs" in named
    assert [path for path in named if not any((base / path).exists() for base in bases)] == []


def test_a_path_that_is_gone_is_noticed() -> None:
    assert named_paths("see `decide/not_yet.rs`, `proto/` and `settle(wallet, a)`") == ["decide/not_yet.rs"]
