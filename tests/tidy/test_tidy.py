"""Style that matters, as a test: layers, lengths, first lines, words, the code table and generated files."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import code_table
import loyalty_ledger
import source
from loyalty_ledger import _core
from source import ROOT, files, is_test, masked_rust, text, tracked, without_test_modules

LAYERS = {
    "ledger": set(),
    "journal": set(),
    "query": {"ledger"},
    "engine": {"ledger", "journal", "query"},
    "table": {"ledger", "engine"},
    "service": {"ledger", "query", "engine", "table"},
}
FUNCTION_LINES = 70
FILE_LINES = 500
LINE_LENGTH = 120
LONG_LINES_ALLOWED = {Path("core/src/ledger/rejection.rs"): "a table: one row per line"}
SKIPS_ALLOWED = {Path("tests/service/interop/test_interop.py"): "needs toolchains of other languages, and a registry"}
HERE = Path("tests/tidy")


def layer_of(path: Path) -> str | None:
    """The layer of the core that a Rust file belongs to."""
    parts = path.parts
    if parts[:2] != ("core", "src") or len(parts) < 3:
        return None
    name = parts[2].removesuffix(".rs")
    return name if name in LAYERS else None


def named_layers(masked: str) -> set[str]:
    """Layers that Rust source reaches for by a path from the crate's root or by climbing up to it."""
    names = "|".join(LAYERS)
    found = set(re.findall(rf"\b(?:crate|super)::({names})\b", masked))
    for group in re.findall(r"\bcrate::\{([^;]*)\}", masked):
        found |= set(re.findall(rf"(?:^|,)\s*({names})\b", group))
    return found


def test_layers_import_only_what_they_may() -> None:
    wrong = []
    for path in files(".rs"):
        layer = layer_of(path)
        if layer is None or is_test(path):
            continue
        masked = without_test_modules(masked_rust(path))
        wrong += [f"{path}: {layer} → {other}" for other in named_layers(masked) - LAYERS[layer] - {layer}]
    assert wrong == []


def test_every_folder_of_the_core_is_a_known_layer() -> None:
    folders = {path.parts[2] for path in files(".rs") if path.parts[:2] == ("core", "src") and len(path.parts) > 3}
    assert folders == set(LAYERS)


def test_apply_knows_no_rule() -> None:
    masked = without_test_modules(masked_rust(Path("core/src/ledger/apply.rs")))
    assert re.findall(r"\b(?:decide|rules|settle)\b(?=::)|::(?:decide|rules|settle)\b", masked) == []


def test_the_core_forbids_unsafe_code() -> None:
    assert "#![forbid(unsafe_code)]" in text(Path("core/src/lib.rs"))


def test_the_ledger_denies_the_ban_list() -> None:
    denied = text(Path("core/src/ledger/mod.rs"))
    for lint in ("disallowed_methods", "disallowed_types", "float_arithmetic", "iter_over_hash_type"):
        assert f"clippy::{lint}" in denied
    bans = [line for line in text(Path("clippy.toml")).splitlines() if "path = " in line]
    assert bans
    assert [line for line in bans if not re.search(r'reason = "\S.+"', line)] == []


def test_the_package_imports_nothing_upwards() -> None:
    wrong = []
    for path in files(".py"):
        if path.parts[:2] != ("python", "loyalty_ledger") or path.parts[2] in ("cli", "demo"):
            continue
        for node in ast.walk(ast.parse(text(path))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            wrong += [f"{path}: {name}" for name in names if re.search(r"\b(cli|demo|typer|rich|duckdb)\b", name)]
    assert wrong == []


def test_functions_are_short() -> None:
    functions = [function for path in files(".rs") if not is_test(path) for function in source.rust_functions(path)]
    functions += [function for path in files(".py") for function in source.python_functions(path)]
    assert functions
    long = [f"{f.path}:{f.line} {f.name}: {f.length} lines" for f in functions if f.length > FUNCTION_LINES]
    assert long == []


def test_files_are_short() -> None:
    long = []
    for path in files(".rs", ".py", ".pyi"):
        if is_test(path):
            continue
        lines = without_test_modules(masked_rust(path)) if path.suffix == ".rs" else text(path)
        if lines.count("\n") > FILE_LINES:
            long.append(f"{path}: {lines.count(chr(10))} lines")
    assert long == []


def test_lines_are_short() -> None:
    long = []
    for path in files(".rs", ".py", ".pyi", ".toml", ".proto"):
        if path in LONG_LINES_ALLOWED:
            continue
        for number, line in enumerate(text(path).splitlines(), start=1):
            if len(line) > LINE_LENGTH:
                long.append(f"{path}:{number}: {len(line)} characters")
    assert long == []


def test_every_file_says_what_it_owns() -> None:
    openings = {".rs": r"//! \S", ".py": r'"""\S', ".pyi": r'"""\S|# \S', ".sh": r"#!", ".proto": r"// \S"}
    silent = [
        str(path)
        for path in files(*openings)
        if not re.match(openings[path.suffix], text(path)) and not re.match(r"#!.*\n+\"\"\"\S", text(path))
    ]
    assert silent == []


def test_no_unwrap_and_nothing_unfinished_outside_tests() -> None:
    wrong = []
    for path in files(".rs"):
        masked = without_test_modules(masked_rust(path))
        banned = r"\b(?:todo|unimplemented|dbg)!" if is_test(path) else r"\.unwrap\(\)|\b(?:todo|unimplemented|dbg)!"
        wrong += [f"{path}: {found}" for found in re.findall(banned, masked)]
    assert wrong == []


def test_names_are_the_domains_words() -> None:
    wrong = []
    for path in files(".rs", ".py", ".pyi"):
        if HERE in path.parents:
            continue
        declared = re.findall(r"\b(?:struct|enum|trait|class|mod|type)\s+(\w+)", text(path)) + [path.stem]
        wrong += [
            f"{path}: {name}"
            for name in declared
            if re.search(r"(?:Manager|Helpers?|Util(?:s|ities)?)$|^(?:util|utils|helper|helpers|misc)$", name)
        ]
    assert wrong == []


def test_no_file_speaks_of_a_machine() -> None:
    paths = re.compile(r"(?<![\w.])/(?:work|root|tmp/h)/")
    wrong = []
    for path in tracked():
        if HERE in path.parents or path.suffix in (".lock", ".png", ".parquet", ".bin", ".binpb"):
            continue
        wrong += [f"{path}: {found}" for found in paths.findall((ROOT / path).read_text("utf-8", "replace"))]
    assert wrong == []


def test_no_test_is_skipped() -> None:
    banned = re.compile(r"#\[ignore|pytest\.mark\.(?:skip|xfail)|pytest\.skip\(|unittest\.skip")
    skipping = {path for path in files(".rs", ".py") if HERE not in path.parents and banned.search(text(path))}
    assert skipping == set(SKIPS_ALLOWED)


def test_the_code_table_is_read_whole() -> None:
    rows = code_table.rows()
    variants = re.findall(r"^    \d+ \w+ \"", code_table.SOURCE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) == len(variants)
    assert {row.kind for row in rows} <= set(code_table.CLASSES)


def test_the_codes_document_is_fresh() -> None:
    assert code_table.DOCUMENT.read_text(encoding="utf-8") == code_table.document(), (
        "run `python tests/tidy/code_table.py`"
    )


def test_the_codes_of_the_wire_are_fresh() -> None:
    assert code_table.PROTO.read_text(encoding="utf-8") == code_table.proto(), "run `python tests/tidy/code_table.py`"


def test_the_module_exports_the_same_table() -> None:
    exported = {(row[0], row[1], row[3]) for row in _core.CODES}
    assert exported == {(row.number, row.name, row.meaning) for row in code_table.rows()}


def test_every_code_has_its_exception() -> None:
    for row in code_table.rows():
        if row.kind == "Applied":
            continue
        name = "".join(word.capitalize() for word in row.name.split("_"))
        exception = getattr(loyalty_ledger, name)
        assert issubclass(exception, loyalty_ledger.LedgerError)
        assert exception.code == row.name


def test_masking_leaves_code_alone() -> None:
    masked = source.mask("fn a<'x>(s: &'x str) { let c = '{'; let t = \"}\"; /* { */ } // }")
    assert masked.count("{") == masked.count("}") == 1
    assert "fn a<'x>(s: &'x str) {" in masked


def test_an_import_is_seen_however_it_is_written() -> None:
    assert named_layers("use crate::engine::Ledger;") == {"engine"}
    assert named_layers("use crate::{journal::Log, query};") == {"journal", "query"}
    assert named_layers("use super::super::journal::Log;") == {"journal"}
