"""The same small table in every form that a caller may have it in."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa

MEMBERS = ["m-1", "m-2", "m-1"]
KEYS = ["a/1", "a/2", "a/3"]
POINTS = [10, 20, 30]
OCCURRED = [datetime(2026, 2, day, 8, tzinfo=UTC) for day in (10, 11, 12)]


def arrow(text: pa.DataType, **columns: Any) -> pa.Table:
    """A pyarrow table whose text columns are of a type."""
    table: dict[str, Any] = {"member": pa.array(MEMBERS, pa.string()).cast(text), "key": pa.array(KEYS, text)}
    return pa.table({**table, "points": POINTS, **columns})


def dictionary(index: pa.DataType, text: pa.DataType) -> pa.Table:
    """A pyarrow table whose members are a dictionary."""
    values = pa.array(["m-2", "m-1", "unused"], pa.string()).cast(text)
    members = pa.DictionaryArray.from_arrays(pa.array([1, 0, 1], index), values)
    return pa.table({"member": members, "key": KEYS, "points": POINTS})


def polars(members: Any = pl.String) -> pl.DataFrame:
    """A polars frame whose members are of a type."""
    return pl.DataFrame({"member": pl.Series(MEMBERS, dtype=members), "key": KEYS, "points": POINTS})


def pandas(members: str = "str") -> pd.DataFrame:
    """A pandas frame whose members are of a type."""
    return pd.DataFrame({"member": pd.Series(MEMBERS, dtype=members), "key": KEYS, "points": POINTS})


def duck(members: str = "VARCHAR") -> duckdb.DuckDBPyRelation:
    """A DuckDB relation whose members are of a type."""
    rows = ", ".join(f"({n}, '{m}', '{k}', {p})" for n, (m, k, p) in enumerate(zip(MEMBERS, KEYS, POINTS, strict=True)))
    query = f"SELECT member::{members} AS member, key, points::BIGINT AS points"
    return duckdb.connect().sql(f"{query} FROM (VALUES {rows}) AS t(n, member, key, points) ORDER BY n")


def sliced() -> pa.Table:
    """A table that starts inside its buffers and comes in several chunks."""
    before = pa.table({"member": ["x", "y"], "key": ["x", "y"], "points": [1, 2]})
    whole = pa.concat_tables([before, arrow(pa.string())]).combine_chunks().slice(2)
    return pa.concat_tables([whole.slice(0, 1), whole.slice(1, 0), whole.slice(1)])


def reader() -> pa.RecordBatchReader:
    """A stream that can be read once, made by Python row by row."""
    table = arrow(pa.string())
    return pa.RecordBatchReader.from_batches(table.schema, iter(table.to_batches(max_chunksize=1)))


FORMS: dict[str, Callable[[], Any]] = {
    "pyarrow string": lambda: arrow(pa.string()),
    "pyarrow large string": lambda: arrow(pa.large_string()),
    "pyarrow string view": lambda: arrow(pa.string_view()),
    "pyarrow dictionary": lambda: dictionary(pa.int32(), pa.string()),
    "pyarrow large dictionary": lambda: dictionary(pa.int8(), pa.large_string()),
    "pyarrow unsigned dictionary": lambda: dictionary(pa.uint16(), pa.string()),
    "pyarrow chunks": sliced,
    "pyarrow reader": reader,
    "polars string": polars,
    "polars categorical": lambda: polars(pl.Categorical),
    "polars enum": lambda: polars(pl.Enum(["m-2", "m-1"])),
    "pandas string": pandas,
    "pandas object": lambda: pandas("object"),
    "pandas categorical": lambda: pandas("category"),
    "pandas pyarrow string": lambda: pandas("string[pyarrow]"),
    "duckdb varchar": duck,
    "duckdb enum": lambda: duck("ENUM('m-2', 'm-1')"),
}
