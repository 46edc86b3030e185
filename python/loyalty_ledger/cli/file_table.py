"""A CSV or Parquet file as a table for one verb: columns mapped, every cell checked, keys given or derived."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from loyalty_ledger.cli.output import InputProblem

CHUNK_ROWS = 500_000
MONEY_DIGITS = 18

TEXT, WHOLE, MONEY, TIME, FLAG = "text", "whole number", "amount", "time", "flag"
COLUMNS = {
    "member": TEXT,
    "member_kind": TEXT,
    "card": TEXT,
    "phone": TEXT,
    "external_id": TEXT,
    "key": TEXT,
    "wallet": TEXT,
    "points": WHOLE,
    "amount": MONEY,
    "currency": TEXT,
    "funder": TEXT,
    "price": MONEY,
    "activates_at": TIME,
    "expires_at": TIME,
    "never_expires": FLAG,
    "occurred_at": TIME,
    "recorded_at": TIME,
}
ALWAYS = {"member", "card", "key", "occurred_at", "recorded_at"}
NAMED = ALWAYS | {"member_kind"}
VERBS = {
    "enroll": ({"member"}, ALWAYS | {"phone", "external_id"}),
    "accrue": (
        {"points"},
        NAMED | {"points", "wallet", "activates_at", "expires_at", "never_expires", "funder", "price", "currency"},
    ),
    "purchase": ({"amount"}, NAMED | {"amount", "currency"}),
    "redeem": ({"points"}, NAMED | {"points", "wallet"}),
}
# Columns in which a row may say nothing.
MAY_BE_EMPTY = {
    "enroll": {"card", "phone", "external_id"},
    "accrue": {"member_kind", "activates_at", "expires_at", "never_expires", "funder", "price"},
    "purchase": {"member_kind"},
    "redeem": {"member_kind"},
}
HINTS = {
    WHOLE: "write a whole number such as 250",
    MONEY: "write it with a decimal point and no sign of a currency, such as 36.90",
    FLAG: "write true or false",
    TIME: "write it as 2026-03-31T23:59:59+02:00, or say with --zone in which zone such times are",
}
_OFFSET = "'.*(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)'"


@dataclass(frozen=True)
class Column:
    """A column of the file and what it stands for."""

    target: str
    source: str
    is_text: bool
    type_name: str

    @property
    def kind(self) -> str:
        """What the column must hold."""
        return COLUMNS[self.target]

    @property
    def cell(self) -> str:
        """The column's name, quoted for SQL."""
        return '"' + self.source.replace('"', '""') + '"'


class FileTable:
    """The rows of a file, checked; nothing is handed out before every cell was read."""

    def __init__(self, path: Path, verb: str, mapping: Mapping[str, str], zone: str | None) -> None:
        self.verb = verb
        self._zone = zone
        self._path = path
        self._connection = duckdb.connect()
        self._connection.execute("SET TimeZone = 'UTC'")
        self._check_zone()
        self._read()
        self.columns = self._map(mapping)
        self.keys = "column" if "key" in self._targets() else "derived"
        self._check()
        self._type()

    def __len__(self) -> int:
        [(rows,)] = self._ask("SELECT count(*) FROM typed")
        return int(rows)

    def has(self, target: str) -> bool:
        """Whether the file gives this column."""
        return target in self._targets()

    def chunks(self) -> Iterator[tuple[duckdb.DuckDBPyRelation, int]]:
        """The table in pieces with their lengths, in order."""
        names = ", ".join(sorted(self._targets() | {"key"}))
        rows = len(self)
        for first in range(0, rows, CHUNK_ROWS):
            last = min(first + CHUNK_ROWS, rows) - 1
            piece = f"SELECT {names} FROM typed WHERE rowid BETWEEN {first} AND {last} ORDER BY rowid"
            yield self._connection.sql(piece), last - first + 1

    def totals(self) -> dict[str, Any]:
        """Control totals: to be compared with what the sender of the file says."""
        who = "member" if self.has("member") else "card"
        parts = {"rows": "count(*)", "members": f"count(DISTINCT {who})", "distinct keys": "count(DISTINCT key)"}
        parts |= {name: f"sum({name})" for name in ("points", "amount") if self.has(name)}
        for name in ("occurred_at", "recorded_at"):
            if self.has(name):
                parts |= {f"first {name}": _iso(f"min({name})"), f"last {name}": _iso(f"max({name})")}
        [row] = self._ask(f"SELECT {', '.join(parts.values())} FROM typed")
        return dict(zip(parts, row, strict=True)) | {"keys": self.keys}

    def first_recorded_at(self) -> str:
        """The earliest `recorded_at`, as ISO 8601 text."""
        [(first,)] = self._ask(f"SELECT {_iso('min(recorded_at)')} FROM typed")
        return str(first)

    def _check_zone(self) -> None:
        if self._zone is None:
            return
        try:
            self._connection.execute("SELECT timezone(?, TIMESTAMP '2026-01-01')", [self._zone])
        except duckdb.Error:
            raise InputProblem(f"--zone {self._zone!r} is no time zone; write one such as Europe/Berlin") from None

    def _read(self) -> None:
        readers = {".csv": "read_csv(?, all_varchar = true, header = true)", ".parquet": "read_parquet(?)"}
        endings = [ending for ending in readers if ending in self._path.suffixes]
        if not endings:
            raise InputProblem(f"{self._path.name} is neither .csv nor .parquet; convert it first")
        query = f"CREATE TEMP TABLE raw AS SELECT * FROM {readers[endings[0]]}"
        try:
            self._connection.execute(query, [str(self._path)])
        except duckdb.Error as problem:
            raise InputProblem(f"cannot read {self._path}: {problem}") from problem

    def _map(self, mapping: Mapping[str, str]) -> list[Column]:
        required, allowed = VERBS[self.verb]
        types = {row[0]: row[1] for row in self._ask("DESCRIBE raw")}
        chosen = {name: name for name in allowed if name in types} | dict(mapping)
        for target, source in chosen.items():
            if target not in allowed:
                raise InputProblem(f"{self.verb} has no column {target!r}; it has {', '.join(sorted(allowed))}")
            if source not in types:
                raise InputProblem(f"the file has no column {source!r}; it has {', '.join(types)}")
        missing = sorted(name for name in required if name not in chosen)
        missing += [] if "member" in chosen or "card" in chosen else ["member"]
        if missing:
            example = f"--map {missing[0]}=COLUMN"
            raise InputProblem(
                f"no column for {' and '.join(missing)}; name it with {example}. It has {', '.join(types)}"
            )
        return [
            Column(target, source, types[source] == "VARCHAR", types[source])
            for target, source in sorted(chosen.items())
        ]

    def _check(self) -> None:
        for column in self.columns:
            if column.kind == TIME and not column.is_text and "TIME ZONE" not in column.type_name and not self._zone:
                raise InputProblem(f"column {column.source!r} has times without a zone; say which with --zone")
            must_be_filled = column.target not in MAY_BE_EMPTY.get(self.verb, set())
            bad = f"NOT coalesce({self._is_good(column)}, false)"
            wrong = f"CASE WHEN {column.cell} IS NULL THEN {must_be_filled} ELSE {bad} END"
            found = self._ask(f"SELECT rowid + 1, CAST({column.cell} AS VARCHAR) FROM raw WHERE {wrong} LIMIT 1")
            for row, cell in found:
                said = f"row {row}, column {column.source!r}"
                if cell is None:
                    raise InputProblem(f"{said} is empty; fill it, or leave the row out")
                raise InputProblem(f"{said}: {cell!r} is no {column.kind}; {HINTS[column.kind]}")

    def _is_good(self, column: Column) -> str:
        if not column.is_text or column.kind == TEXT:
            return "true"
        if column.kind == WHOLE:
            return f"TRY_CAST({column.cell} AS BIGINT) IS NOT NULL AND regexp_full_match({column.cell}, '[+-]?[0-9]+')"
        if column.kind == MONEY:
            fits = f"TRY_CAST({column.cell} AS DECIMAL({MONEY_DIGITS}, 0)) IS NOT NULL"
            return f"{fits} AND regexp_full_match({column.cell}, '-?[0-9]+([.][0-9]{{1,9}})?')"
        if column.kind == FLAG:
            return f"lower({column.cell}) IN ('true', 'false')"
        return f"({self._time(column)}) IS NOT NULL"

    def _type(self) -> None:
        parts = [f"{self._typed(column)} AS {column.target}" for column in self.columns]
        if not self.has("key"):
            parts.append(f"{self._derived_key()} AS key")
        order = "recorded_at, file_row" if self.has("recorded_at") else "file_row"
        query = f"CREATE TEMP TABLE typed AS SELECT {', '.join(parts)}, raw.rowid AS file_row FROM raw ORDER BY {order}"
        try:
            self._connection.execute(query)
        except duckdb.ConversionException as problem:
            figures = str(problem).splitlines()[0]
            raise InputProblem(
                f"an amount does not fit into {MONEY_DIGITS} digits with the decimals of the longest one: {figures}"
            ) from problem

    def _typed(self, column: Column) -> str:
        if column.kind == TIME:
            return self._time(column)
        if column.kind == TEXT:
            return f"CAST({column.cell} AS VARCHAR)"
        if not column.is_text:
            return column.cell
        if column.kind in (WHOLE, FLAG):
            return f"CAST({column.cell} AS {'BIGINT' if column.kind == WHOLE else 'BOOLEAN'})"
        decimals = f"max(length(split_part({column.cell}, '.', 2)))"
        [(scale,)] = self._ask(f"SELECT coalesce({decimals}, 0) FROM raw")
        return f"CAST({column.cell} AS DECIMAL({MONEY_DIGITS}, {scale}))"

    def _time(self, column: Column) -> str:
        """SQL for an instant; NULL where the text is none."""
        with_zone = f"TRY_CAST({column.cell} AS TIMESTAMPTZ)"
        in_zone = "NULL"
        if self._zone is not None:
            in_zone = f"timezone('{_quoted(self._zone)}', TRY_CAST({column.cell} AS TIMESTAMP))"
        if not column.is_text:
            return with_zone if "TIME ZONE" in column.type_name else in_zone
        return f"CASE WHEN regexp_full_match({column.cell}, {_OFFSET}) THEN {with_zone} ELSE {in_zone} END"

    def _derived_key(self) -> str:
        """The same file gives the same keys, so a second run changes nothing; another file gives others."""
        if self.verb == "enroll" and self.has("member"):
            [member] = [column for column in self.columns if column.target == "member"]
            return f"'enroll/' || CAST({member.cell} AS VARCHAR)"
        with self._path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()[:24]
        return f"'import/{self.verb}/{digest}/' || (raw.rowid + 1)"

    def _targets(self) -> set[str]:
        return {column.target for column in self.columns}

    def _ask(self, query: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(query).fetchall()


def _iso(expression: str) -> str:
    return f"strftime(timezone('UTC', {expression}), '%Y-%m-%dT%H:%M:%S.%f+00:00')"


def _quoted(text: str) -> str:
    return text.replace("'", "''")
