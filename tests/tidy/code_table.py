"""The table of answer codes as read from the Rust source, and what is written from it: a document and an enum."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "core" / "src" / "ledger" / "rejection.rs"
DOCUMENT = ROOT / "docs" / "codes.md"
PROTO = ROOT / "proto" / "loyalty" / "ledger" / "v1" / "code.proto"

ROW = re.compile(
    r'^    (?P<number>\d+) \w+ "(?P<name>[A-Z0-9_]+)" (?P<class>\w+)\s+'
    r'"(?P<meaning>(?:[^"\\]|\\.)*)"\s+"(?P<example>(?:[^"\\]|\\.)*)";$',
    re.MULTILINE,
)

CLASSES = {
    "Applied": ("Applied", "Done; the key is used up.", "yes", "–"),
    "Invalid": ("Invalid", "The request is wrong in shape.", "no", "correct it, same key"),
    "Conflict": ("Conflict", "Something else already stands in this place.", "no", "never"),
    "Refused": ("Refused", "The business says no.", "**yes**", "a new attempt under a new key"),
    "NotFound": ("Not found", "Names something unknown.", "no", "correct it, same key"),
    "NotAllowed": ("Not allowed", "The caller has no right to it.", "no", "once it is allowed, same key"),
    "Limit": ("Limit", "A bound of the system was reached.", "no", "split it or send it later, same key"),
    "Unavailable": ("Unavailable", "Certainly not applied.", "no", "same key"),
    "Unknown": ("Unknown", "Nobody knows yet whether it was applied.", "–", "ask again under the same key"),
    "Corrupt": ("Corrupt", "Stored data is damaged.", "–", "an operator has to act"),
}


@dataclass(frozen=True)
class CodeRow:
    """One answer code."""

    number: int
    name: str
    kind: str
    meaning: str
    example: str


def rows() -> list[CodeRow]:
    """Every row of the table, in order of number."""
    text = SOURCE.read_text(encoding="utf-8")
    found = [
        CodeRow(
            int(match["number"]),
            match["name"],
            match["class"],
            match["meaning"].replace('\\"', '"'),
            match["example"].replace('\\"', '"'),
        )
        for match in ROW.finditer(text)
    ]
    return sorted(found, key=lambda row: row.number)


def document() -> str:
    """The whole text of docs/codes.md."""
    lines = [
        "# Answer codes",
        "",
        "<!-- Written by tests/tidy/code_table.py from core/src/ledger/rejection.rs; do not edit. -->",
        "",
        "Every answer carries one of these codes. In Python a single call raises the exception of its code's name",
        "(`INSUFFICIENT_POINTS` is `loyalty_ledger.InsufficientPoints`); a batch carries the code of each row.",
        "Numbers are stored and never reused.",
    ]
    table = rows()
    for kind, (title, meaning, remembered, retry) in CLASSES.items():
        members = [row for row in table if row.kind == kind]
        lines += ["", f"## {title}", "", f"{meaning} Remembered under the key: {remembered}. Retry: {retry}.", ""]
        lines += ["| number | code | meaning | example |", "| --- | --- | --- | --- |"]
        lines += [f"| {row.number} | `{row.name}` | {row.meaning} | {row.example} |" for row in members]
    return "\n".join(lines) + "\n"


def proto() -> str:
    """The whole text of code.proto."""
    lines = [
        "// Answer codes. Written by tests/tidy/code_table.py from core/src/ledger/rejection.rs; do not edit.",
        'syntax = "proto3";',
        "",
        "package loyalty.ledger.v1;",
        "",
        "// What became of a request. docs/codes.md says which are remembered under the key, and what to do next.",
        "enum Code {",
        "  // Not stated.",
        "  CODE_UNSPECIFIED = 0;",
    ]
    for row in rows():
        lines += [f"  // {part}" for part in wrap(row.meaning, 115)]
        lines.append(f"  CODE_{row.name} = {row.number};")
    return "\n".join([*lines, "}"]) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
    PROTO.write_text(proto(), encoding="utf-8")
    print(f"wrote {DOCUMENT.relative_to(ROOT)} and {PROTO.relative_to(ROOT)}: {len(rows())} codes")
