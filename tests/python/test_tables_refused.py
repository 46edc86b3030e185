"""Tables that cannot be taken: told by column and row before anything is written."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import loyalty_ledger as ll

GOOD: dict[str, Any] = {
    "member": ["m-1", "m-1", "m-1"],
    "key": ["k/1", "k/2", "k/3"],
    "points": pa.array([1, 2, 3], pa.int64()),
}
SALE: dict[str, Any] = {**{name: GOOD[name] for name in ("member", "key")}, "amount": pa.array([1, 2, 3], pa.int64())}
UTC_TIME = pa.timestamp("us", "UTC")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_is_written(ledger: ll.Ledger, member: str) -> Iterator[None]:
    before = ledger.checkpoint().sequence
    yield
    assert ledger.checkpoint().sequence == before


def refused(ledger: ll.Ledger, verb: str, table: Any, column: str | None, row: int | None, message: str) -> None:
    with pytest.raises(ll.TableError, match=message) as raised:
        getattr(ledger, f"{verb}_batch")(table)
    assert (raised.value.column, raised.value.row) == (column, row)
    assert raised.value.code is None
    for named in (column, row):
        assert named is None or str(named) in str(raised.value)


@pytest.mark.parametrize("column", ["key", "points", "member"])
def test_a_missing_column(ledger: ll.Ledger, column: str) -> None:
    table = pa.table({name: values for name, values in GOOD.items() if name != column})
    refused(ledger, "accrue", table, column, None, "accrue_batch needs")


def test_an_extra_column_and_one_given_twice(ledger: ll.Ledger) -> None:
    extra = pa.table({**GOOD, "note": ["a", "b", "c"]})
    refused(ledger, "accrue", extra, "note", None, "rename it to one of member, member_kind, card, key")
    refused(ledger, "redeem", pa.table({**GOOD, "funder": ["f"] * 3}), "funder", None, "no column of redeem_batch")
    twice = pa.table([*GOOD.values(), GOOD["points"]], names=[*GOOD, "points"])
    refused(ledger, "accrue", twice, "points", None, "twice")
    refused(ledger, "accrue", pa.table({**GOOD, "card": ["2760001"] * 3}), "member", None, "exactly one of")
    indexed = pd.DataFrame({"member": ["m-1"], "key": ["k"], "points": [1]}, index=["first"])
    refused(ledger, "accrue", indexed, "__index_level_0__", None, "reset_index")


@pytest.mark.parametrize("column", ["member", "key", "points"])
def test_a_null_where_a_value_is_needed(ledger: ll.Ledger, column: str) -> None:
    values = [*pa.array(GOOD[column]).to_pylist()[:2], None]
    refused(ledger, "accrue", pa.table({**GOOD, column: values}), column, 2, "null")
    empty = pa.table({**GOOD, column: pa.nulls(3)})
    refused(ledger, "accrue", empty, column, 0, "null")


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("occurred_at", pa.array([NOW, None, NOW], UTC_TIME)),
        ("wallet", pa.array(["points", None, "points"])),
        ("currency", pa.array(["EUR", None, "EUR"])),
        ("enroll", pa.array([True, None, False])),
    ],
)
def test_a_null_in_a_column_that_may_be_left_out(ledger: ll.Ledger, column: str, values: pa.Array) -> None:
    refused(ledger, "accrue", pa.table({**GOOD, column: values}), column, 1, "null")


@pytest.mark.parametrize("index", [pa.int8(), pa.int32(), pa.uint32()])
def test_a_null_in_a_dictionary(ledger: ll.Ledger, index: pa.DataType) -> None:
    by_key = pa.DictionaryArray.from_arrays(pa.array([0, None, 0], index), pa.array(["m-1"]))
    refused(ledger, "accrue", pa.table({**GOOD, "member": by_key}), "member", 1, "null")
    by_value = pa.DictionaryArray.from_arrays(pa.array([0, 0, 1], index), pa.array(["m-1", None]))
    refused(ledger, "accrue", pa.table({**GOOD, "member": by_value}), "member", 2, "null")
    empty = pa.DictionaryArray.from_arrays(pa.array([None] * 3, index), pa.array([], pa.string()))
    refused(ledger, "accrue", pa.table({**GOOD, "member": empty}), "member", 0, "null")


def test_a_float_is_no_money_and_no_points(ledger: ll.Ledger) -> None:
    for kind in (pa.float32(), pa.float64()):
        floats = pa.array([1.0, float("nan"), 3.0], kind)
        refused(ledger, "purchase", pa.table({**SALE, "amount": floats}), "amount", None, "hold money exactly")
        refused(ledger, "accrue", pa.table({**GOOD, "points": floats}), "points", None, "whole numbers")
    refused(ledger, "accrue", pa.table({**GOOD, "price": pa.array([0.1] * 3)}), "price", None, "hold money exactly")


@pytest.mark.parametrize(
    ("verb", "column", "values", "message"),
    [
        ("accrue", "member", pa.array([1, 2, 3]), "string column"),
        ("accrue", "key", pa.array([b"a", b"b", b"c"]), "holds bytes"),
        ("accrue", "points", pa.array(["1", "2", "3"]), "whole numbers"),
        ("accrue", "points", pa.array([Decimal(1)] * 3), "whole numbers"),
        ("purchase", "amount", pa.array(["1.00"] * 3), "decimal column"),
        ("accrue", "occurred_at", pa.array(["2026-01-01"] * 3), "timestamp column"),
        ("accrue", "occurred_at", pa.array([NOW.date()] * 3), "timestamp column"),
        ("accrue", "expires_at", pa.array([NOW.replace(tzinfo=None)] * 3, pa.timestamp("us")), "naive"),
        ("accrue", "enroll", pa.array([1, 0, 1]), "boolean"),
    ],
)
def test_a_column_of_the_wrong_type(ledger: ll.Ledger, verb: str, column: str, values: Any, message: str) -> None:
    good = SALE if verb == "purchase" else GOOD
    refused(ledger, verb, pa.table({**good, column: values}), column, None, message)


def test_naive_times_of_every_library(ledger: ll.Ledger) -> None:
    naive = [datetime(2026, 1, 1)] * 3
    for frame in (pl.DataFrame, pd.DataFrame):
        rows = {"member": ["m-1"] * 3, "key": ["a", "b", "c"], "points": [1, 2, 3], "occurred_at": naive}
        refused(ledger, "accrue", frame(rows), "occurred_at", None, "naive")


def test_more_decimals_than_the_money_has(ledger: ll.Ledger) -> None:
    amounts = pa.array([Decimal("1.000"), Decimal("1.005"), Decimal("1.010")], pa.decimal128(9, 3))
    refused(ledger, "purchase", pa.table({**SALE, "amount": amounts}), "amount", 1, "more than 2 decimals")
    prices = pa.array([None, None, Decimal("0.0000001")], pa.decimal128(9, 7))
    refused(ledger, "accrue", pa.table({**GOOD, "price": prices}), "price", 2, "more than 6 decimals")


def test_a_currency_that_is_none(ledger: ll.Ledger) -> None:
    table = pa.table({**SALE, "currency": ["EUR", "euro", "EUR"]})
    refused(ledger, "purchase", table, "currency", 1, "three capital letters")


@pytest.mark.parametrize("kind", ["string", "large_string", "string_view"])
def test_text_that_is_not_utf_8(ledger: ll.Ledger, kind: str) -> None:
    bytes_of = {"string": pa.binary(), "large_string": pa.large_binary(), "string_view": pa.binary_view()}[kind]
    for bad in (b"\xff", b"long enough not to be inlined \xc3\x28"):
        text = pa.array([b"k/1", b"k/2", bad], bytes_of).view(getattr(pa, kind)())
        refused(ledger, "accrue", pa.table({**GOOD, "key": text}), "key", 2, "UTF-8")


def test_a_dictionary_that_is_not_utf_8(ledger: ll.Ledger) -> None:
    values = pa.array([b"m-1", b"\xff"], pa.binary()).view(pa.string())
    members = pa.DictionaryArray.from_arrays(pa.array([0, 1, 0], pa.int32()), values)
    refused(ledger, "accrue", pa.table({**GOOD, "member": members}), "member", 1, "UTF-8")


def test_a_card_that_is_none(ledger: ll.Ledger) -> None:
    cards = pa.table({"card": ["2760001", "27x", "2760001"], "key": GOOD["key"], "points": GOOD["points"]})
    refused(ledger, "accrue", cards, "card", 1, "digits")


def test_one_bad_row_in_the_last_slice(ledger: ll.Ledger) -> None:
    rows = 20_001
    keys: list[str | None] = [f"k/{n}" for n in range(rows - 1)]
    table = pa.table({"member": ["m-1"] * rows, "key": [*keys, None], "points": [1] * rows})
    refused(ledger, "accrue", table, "key", rows - 1, "null")
    refused(ledger, "accrue", table.slice(0).combine_chunks(), "key", rows - 1, "null")
    chunked = pa.concat_tables([table.slice(0, 15_000), table.slice(15_000)])
    refused(ledger, "accrue", chunked, "key", rows - 1, "null")


def test_things_that_are_no_tables(ledger: ll.Ledger) -> None:
    frame = pl.DataFrame({"member": ["m-1"], "key": ["k"], "points": [1]})
    for thing, message in (
        (frame.lazy(), "LazyFrame has no rows yet; pass frame.collect()"),
        (frame["points"], "a Series is one column"),
        (frame.to_struct("rows"), "a Series is one column"),
        (pd.Series([1]), "a Series is one column"),
        (frame.to_dicts(), "a list is no Arrow table"),
        ({"member": ["m-1"]}, "a dict is no Arrow table"),
        ("points.parquet", "a str is no Arrow table"),
        (None, "a NoneType is no Arrow table"),
    ):
        with pytest.raises(TypeError, match=message):
            ledger.accrue_batch(thing)  # type: ignore[arg-type]
    refused(ledger, "accrue", pa.chunked_array([[1, 2]]), None, None, "not a single column")


def test_a_stream_that_breaks_off(ledger: ll.Ledger) -> None:
    table = pa.table(GOOD)

    def batches() -> Iterator[pa.RecordBatch]:
        yield from table.to_batches()
        raise RuntimeError("the disk is gone")

    stream = pa.RecordBatchReader.from_batches(table.schema, batches())
    refused(ledger, "accrue", stream, None, None, "the disk is gone")


def test_a_capsule_used_twice(ledger: ll.Ledger) -> None:
    class Once:
        def __init__(self) -> None:
            self.capsule = pa.table(GOOD).slice(0, 0).__arrow_c_stream__()

        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return self.capsule

    once = Once()
    assert len(ledger.accrue_batch(once)) == 0
    refused(ledger, "accrue", once, None, None, "released")


def test_create_members_needs_ids(ledger: ll.Ledger) -> None:
    cards = pa.table({"card": ["2760001"], "key": ["k"], "points": [1]})
    with pytest.raises(ll.TableError, match="only cards"):
        ledger.accrue_batch(cards, create_members=True)
    with pytest.raises(ll.TableError, match="use one of them"):
        ledger.accrue_batch(pa.table({**GOOD, "enroll": [True] * 3}), create_members=True)
    with pytest.raises(TypeError, match="create_members must be True or False"):
        ledger.accrue_batch(cards, create_members="yes")  # type: ignore[arg-type]


def test_recorded_at_goes_forwards_only(ledger: ll.Ledger) -> None:
    times = pa.array([NOW, NOW.replace(hour=14), NOW.replace(hour=13)], UTC_TIME)
    refused(ledger, "accrue", pa.table({**GOOD, "recorded_at": times}), "recorded_at", 2, "sort the table")
    table = pa.table({**GOOD, "recorded_at": times})
    chunked = pa.concat_tables([table.slice(0, 2), table.slice(2)])
    refused(ledger, "accrue", chunked, "recorded_at", 2, "sort the table")


@pytest.mark.parametrize("outside", [-1, 253_402_300_800_000_000])
def test_recorded_at_outside_1970_to_2261(ledger: ll.Ledger, outside: int) -> None:
    now = int(NOW.timestamp()) * 1_000_000
    table = pa.table({**GOOD, "recorded_at": pa.array([now, now, outside], UTC_TIME)})
    refused(ledger, "accrue", table, "recorded_at", 2, "outside the years 1970 to 2261")


def test_recorded_at_is_for_manual_clocks(tmp_path: Any) -> None:
    with ll.open(tmp_path / "system.ledger") as live:
        table = pa.table({**GOOD, "recorded_at": pa.array([NOW] * 3, UTC_TIME)})
        refused(live, "accrue", table, "recorded_at", None, "use occurred_at")
