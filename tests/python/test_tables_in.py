"""Tables of every kind are taken as they come; each row is decided for itself."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import loyalty_ledger as ll
from python.frames import FORMS, KEYS, MEMBERS, OCCURRED, POINTS, arrow


@pytest.fixture
def members(ledger: ll.Ledger) -> ll.Ledger:
    for member in ("m-1", "m-2"):
        ledger.enroll(member, {"card": f"276000{member[-1]}"})
    return ledger


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_every_form_of_a_table(members: ll.Ledger, form: Callable[[], Any]) -> None:
    answers = members.accrue_batch(form())
    assert (len(answers), answers.applied) == (3, 3)
    assert [members.balance(member).available for member in ("m-1", "m-2")] == [40, 20]
    assert [members.entry(key=key).requested for key in KEYS] == POINTS


@pytest.mark.parametrize(
    "kind", ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"], ids=lambda kind: kind
)
def test_points_of_every_width(members: ll.Ledger, kind: str) -> None:
    table = pa.table({"member": MEMBERS, "key": KEYS, "points": pa.array(POINTS, getattr(pa, kind)())})
    assert members.accrue_batch(table).applied == 3
    assert members.balance("m-1").available == 40


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", ["UTC", "+01:00", "Europe/Berlin"])
def test_times_of_every_unit_and_zone(members: ll.Ledger, unit: str, zone: str) -> None:
    occurred = pa.array([time.astimezone(UTC) for time in OCCURRED], pa.timestamp(unit, "UTC"))
    table = arrow(pa.string(), occurred_at=occurred.cast(pa.timestamp(unit, zone)))
    assert members.accrue_batch(table).applied == 3
    assert [members.entry(key=key).occurred_at for key in KEYS] == OCCURRED


def test_times_of_every_library(members: ll.Ledger) -> None:
    polars_times = pl.Series(OCCURRED, dtype=pl.Datetime("us", "UTC"))
    frame = pl.DataFrame({"member": MEMBERS, "key": KEYS, "points": POINTS, "occurred_at": polars_times})
    pandas_times = pd.to_datetime(OCCURRED, utc=True)
    other = pd.DataFrame({"member": MEMBERS, "key": ["b/1", "b/2", "b/3"], "points": 1, "occurred_at": pandas_times})
    third = duckdb.sql(
        "SELECT 'm-1' AS member, 'c/1' AS key, 1::BIGINT AS points, TIMESTAMPTZ '2026-02-10 08:00:00+00' AS occurred_at"
    )
    assert [members.accrue_batch(table).applied for table in (frame, other, third)] == [3, 3, 1]
    assert {members.entry(key=key).occurred_at for key in ("a/1", "b/1", "c/1")} == {OCCURRED[0]}


@pytest.mark.parametrize(
    "amount",
    [
        pa.array([3690, 50, 0], pa.int64()),
        pa.array([3690, 50, 0], pa.uint16()),
        pa.array([Decimal("36.90"), Decimal("0.50"), Decimal(0)], pa.decimal128(12, 2)),
        pa.array([Decimal("36.9"), Decimal("0.5"), Decimal(0)], pa.decimal128(12, 1)),
        pa.array([Decimal("36.9000"), Decimal("0.5000"), Decimal(0)], pa.decimal256(40, 4)),
        pa.array([Decimal("36.90"), Decimal("0.50"), Decimal(0)], pa.decimal64(12, 2)),
        pa.array([Decimal("36.90"), Decimal("0.50"), Decimal(0)], pa.decimal32(8, 2)),
    ],
    ids=lambda amount: str(amount.type),
)
def test_amounts_in_minor_units_and_decimals(members: ll.Ledger, amount: pa.Array) -> None:
    answers = members.purchase_batch(pa.table({"member": MEMBERS, "key": KEYS, "amount": amount}))
    assert pa.table(answers)["awarded"].to_pylist() == [36, 0, 0]
    assert members.entry(key="a/1").amount == Decimal("36.90")


def test_each_row_may_have_its_currency(members: ll.Ledger) -> None:
    amount = pa.array([Decimal("36.9"), Decimal("500"), Decimal("1.234")], pa.decimal128(12, 3))
    table = pa.table({"member": MEMBERS, "key": KEYS, "amount": amount, "currency": ["EUR", "JPY", "KWD"]})
    codes = pa.table(members.purchase_batch(table))["code"].to_pylist()
    assert codes == ["APPLIED", "MONEY_CURRENCY_NOT_ACCEPTED", "MONEY_CURRENCY_NOT_ACCEPTED"]


def test_the_other_columns_of_accrue(members: ll.Ledger, clock: ll.ManualClock) -> None:
    later = clock.now() + timedelta(days=30)
    time = pa.timestamp("us", "UTC")
    table = arrow(
        pa.string(),
        wallet=["points"] * 3,
        activates_at=pa.array([later, None, None], time),
        expires_at=pa.array([None, later, None], time),
        funder=["bakery", None, None],
        price=pa.array([Decimal("0.0075"), None, None], pa.decimal128(9, 4)),
        currency=["CHF", "EUR", "EUR"],
    )
    assert members.accrue_batch(table).applied == 3
    first, last = members.balance("m-1").lots
    assert {first.points, last.points} == {10, 30}
    pending = first if first.pending else last
    assert (pending.activates_at, pending.funder, pending.price) == (later, "bakery", Decimal("0.0075"))
    assert pending.price_currency == "CHF"
    assert members.balance("m-2").next_expiry == later


def test_whole_prices_are_minor_units_like_in_single_calls(members: ll.Ledger) -> None:
    members.accrue_batch(arrow(pa.string(), price=pa.array([1, None, None], pa.int64())))
    members.accrue("m-1", 1, price=1, key="single")
    prices = {lot.price for lot in members.balance("m-1").lots if lot.price is not None}
    assert prices == {Decimal("0.01")}


def test_members_by_card(members: ll.Ledger) -> None:
    table = pa.table({"card": ["2760001", "276-0002", "276 0009"], "key": KEYS, "points": POINTS})
    codes = pa.table(members.accrue_batch(table))["code"].to_pylist()
    assert codes == ["APPLIED", "APPLIED", "MEMBER_NOT_FOUND"]
    assert members.balance("m-2").available == 20


def test_members_are_made_in_the_rows_own_entry(ledger: ll.Ledger) -> None:
    assert ledger.accrue_batch(arrow(pa.string())).rejected == 3
    assert ledger.accrue_batch(arrow(pa.string()), create_members=True).applied == 3
    assert (ledger.checkpoint().members, ledger.checkpoint().sequence) == (2, 3)
    amounts = pa.table({"member": ["m-3"], "key": ["p"], "amount": [100]})
    assert ledger.purchase_batch(amounts, create_members=True).applied == 1


def test_members_are_made_row_by_row(ledger: ll.Ledger) -> None:
    codes = pa.table(ledger.accrue_batch(arrow(pa.string(), enroll=[True, False, False])))["code"].to_pylist()
    assert codes == ["APPLIED", "MEMBER_NOT_FOUND", "APPLIED"]


def test_enroll_batch_with_and_without_keys(ledger: ll.Ledger) -> None:
    table = pa.table({"member": ["m-1", "m-2"], "card": ["2760001", None], "phone": [None, "+49 30 1234567"]})
    assert ledger.enroll_batch(table).applied == 2
    assert ledger.enroll_batch(table).replayed == 2
    assert ledger.enroll("m-1", {"card": "2760001"}).replayed
    keyed = ledger.enroll_batch(pa.table({"member": ["m-1", "m-3"], "key": ["k-1", "k-3"]}))
    assert pa.table(keyed)["code"].to_pylist() == ["MEMBER_EXISTS", "APPLIED"]
    assert ledger.balance(card="2760001").available == 0


def test_rows_are_decided_one_by_one(members: ll.Ledger) -> None:
    members.accrue("m-1", 100, key="welcome")
    rows = {
        "member": ["m-1", "m-1", "nobody", "m-1", "m 1", "m-1", "m-1", "m-1", "m-1"],
        "key": ["r/1", "r/2", "r/3", "r/1", "r/5", "", "k" * 129, "r/8", "r/9"],
        "points": [60, 60, 1, 60, 1, 1, 1, 0, 2**53 + 1],
    }
    answers = members.redeem_batch(pa.table(rows))
    expected = ["APPLIED", "INSUFFICIENT_POINTS", "MEMBER_NOT_FOUND", "APPLIED", "INVALID_ID", "KEY_MISSING"]
    expected += ["KEY_TOO_LONG", "POINTS_NOT_POSITIVE", "POINTS_TOO_LARGE"]
    assert pa.table(answers)["code"].to_pylist() == expected
    assert (answers.applied, answers.replayed, answers.refused, answers.rejected) == (1, 1, 1, 6)
    assert members.balance("m-1").available == 40


def test_the_same_key_twice_in_one_table(members: ll.Ledger) -> None:
    rows = {"member": ["m-1", "m-1", "m-2"], "key": ["same", "same", "same"], "points": [5, 5, 5]}
    answers = pa.table(members.accrue_batch(pa.table(rows))).to_pylist()
    assert [row["code"] for row in answers] == ["APPLIED", "APPLIED", "KEY_REUSED"]
    assert [row["replayed"] for row in answers] == [False, True, False]
    assert answers[0]["sequence"] == answers[1]["sequence"]
    assert members.balance("m-1").available == 5


def test_numbers_beyond_64_bits_are_out_of_bounds(members: ll.Ledger) -> None:
    points = pa.array([2**64 - 1, 1, 1], pa.uint64())
    codes = pa.table(members.accrue_batch(pa.table({"member": MEMBERS, "key": KEYS, "points": points})))["code"]
    assert codes.to_pylist() == ["POINTS_TOO_LARGE", "APPLIED", "APPLIED"]
    amount = pa.array([Decimal(10) ** 30, Decimal(1), Decimal(-1)], pa.decimal128(38, 2))
    table = pa.table({"member": MEMBERS, "key": ["p/1", "p/2", "p/3"], "amount": amount})
    codes = pa.table(members.purchase_batch(table))["code"]
    assert codes.to_pylist() == ["AMOUNT_TOO_LARGE", "APPLIED", "AMOUNT_NEGATIVE"]


def test_times_outside_1970_to_9999(members: ll.Ledger) -> None:
    times = pa.array([-1, 2**62, 253_402_300_800], pa.timestamp("s", "UTC"))
    codes = pa.table(members.accrue_batch(arrow(pa.string(), expires_at=times)))["code"].to_pylist()
    assert codes == ["TIME_OUT_OF_RANGE"] * 3
    latest = pa.array([2**63 - 1] * 3, pa.timestamp("us", "UTC"))
    codes = pa.table(members.accrue_batch(arrow(pa.string(), expires_at=latest)))["code"].to_pylist()
    assert codes == ["TIME_OUT_OF_RANGE"] * 3


def test_an_empty_table_is_no_work(members: ll.Ledger) -> None:
    before = members.checkpoint().sequence
    for table in (arrow(pa.string()).slice(0, 0), pl.DataFrame(FORMS["polars string"]()).clear()):
        answers = members.accrue_batch(table)
        assert (len(answers), len(answers.refusals()), pa.table(answers).num_rows) == (0, 0, 0)
    assert members.checkpoint().sequence == before


def test_history_is_imported_on_a_manual_clock(members: ll.Ledger, clock: ll.ManualClock) -> None:
    start = clock.now()
    recorded = [start, start + timedelta(days=1), start + timedelta(days=2)]
    table = arrow(pa.string(), recorded_at=pa.array(recorded, pa.timestamp("us", "UTC")))
    assert members.accrue_batch(table).applied == 3
    assert clock.now() == recorded[-1]
    assert [members.entry(key=key).recorded_at for key in KEYS] == recorded
    assert members.accrue_batch(table).replayed == 3


def test_tables_longer_than_a_batch(ledger: ll.Ledger) -> None:
    rows = 20_000
    frame = pl.DataFrame({"n": range(rows)}).select(
        member=pl.format("m-{}", pl.col("n") % 100), key=pl.format("k/{}", "n"), points=pl.lit(1, pl.Int64)
    )
    assert ledger.accrue_batch(frame, create_members=True).applied == rows
    assert ledger.checkpoint().sequence == rows
    assert ledger.trial_balance().available == rows


def test_naive_now_is_not_needed(members: ll.Ledger) -> None:
    time = pl.Series([datetime(2026, 2, 1)] * 3).dt.replace_time_zone("Europe/Berlin")
    frame = pl.DataFrame({"member": MEMBERS, "key": KEYS, "points": POINTS, "occurred_at": time})
    assert members.accrue_batch(frame).applied == 3
    assert members.entry(key="a/1").occurred_at == datetime(2026, 1, 31, 23, tzinfo=UTC)


def test_a_new_row_behind_the_clock_is_refused(members: ll.Ledger, clock: ll.ManualClock) -> None:
    start = clock.now()
    recorded = [start + timedelta(days=day) for day in (0, 2, 3)]
    table = arrow(pa.string(), recorded_at=pa.array(recorded, pa.timestamp("us", "UTC")))
    assert members.accrue_batch(table).applied == 3
    late = table.set_column(table.column_names.index("key"), "key", pa.array([KEYS[0], "new", KEYS[2]]))
    answers = members.accrue_batch(late)
    assert (answers.replayed, answers.rejected) == (2, 1)
    assert pa.table(answers)["code"].to_pylist() == ["APPLIED", "RECORDED_IN_PAST", "APPLIED"]
    with pytest.raises(ll.NotFound):
        members.entry(key="new")


def test_rows_whose_points_never_expire(tmp_path: Path, clock: ll.ManualClock) -> None:
    """A column `never_expires` says what `expires_at="never"` says of one call; null and false say nothing."""
    later = clock.now() + timedelta(days=30)
    dates = pa.array([None, later, None], pa.timestamp("us", "UTC"))
    program = 'zone = "UTC"\n[currencies.points]\nexpiry = { rolling = "P1Y" }\n'
    with ll.open(tmp_path / "never.ledger", program=program, clock=clock) as ledger:
        table = arrow(pa.string(), expires_at=dates, never_expires=[True, False, None])
        assert ledger.accrue_batch(table, create_members=True).applied == 3
        ledger.accrue("m-1", 1, expires_at="never", key="single")
        assert [lot.expires_at for lot in ledger.balance("m-1").lots if lot.points in (10, 1)] == [None, None]
        assert ledger.balance("m-2").next_expiry == later
        mixed = pa.table(
            {
                "verb": ["accrue", "adjust", "accrue"],
                "member": ["m-3"] * 3,
                "points": [1, 2, 3],
                "enroll": [True, None, None],
                "reason": [None, "goodwill", None],
                "actor": [None, "desk-1", None],
                "never_expires": [True, True, False],
                "expires_at": pa.array([None, None, later], pa.timestamp("us", "UTC")),
                "key": ["x-1", "x-2", "x-3"],
            }
        )
        assert ledger.post_batch(mixed).applied == 3
        ends = {lot.points: lot.expires_at for lot in ledger.balance("m-3").lots}
        assert ends == {1: None, 2: None, 3: later}
        lot = next(lot for lot in ledger.balance("m-3").lots if lot.points == 3)
        extend = pa.table(
            {
                "verb": ["extend"],
                "member": ["m-3"],
                "lot": [lot.id],
                "never_expires": [True],
                "reason": ["goodwill"],
                "actor": ["desk-1"],
                "key": ["x-4"],
            }
        )
        assert ledger.post_batch(extend).applied == 1
        assert {lot.expires_at for lot in ledger.balance("m-3").lots} == {None}


def test_an_expiry_and_never_exclude_each_other(members: ll.Ledger, clock: ll.ManualClock) -> None:
    later = pa.array([None, clock.now() + timedelta(days=30), None], pa.timestamp("us", "UTC"))
    both = arrow(pa.string(), expires_at=later, never_expires=[None, True, None])
    mixed = both.append_column("verb", pa.array(["accrue"] * 3))
    entries = members.checkpoint().sequence
    for write in (lambda: members.accrue_batch(both), lambda: members.post_batch(mixed)):
        with pytest.raises(ll.TableError, match="never_expires.*row 1 .*leave expires_at null"):
            write()
    with pytest.raises(ll.TableError, match="never_expires.*boolean column"):
        members.accrue_batch(arrow(pa.string(), never_expires=["never"] * 3))
    assert members.checkpoint().sequence == entries
