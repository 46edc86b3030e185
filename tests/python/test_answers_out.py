"""The answers to a batch, in every library."""

from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import loyalty_ledger as ll

COLUMNS = ["code", "sequence", "recorded_at", "awarded", "available", "replayed"]
CODES = ["APPLIED", "INSUFFICIENT_POINTS", "MEMBER_NOT_FOUND", "APPLIED"]


@pytest.fixture
def answers(ledger: ll.Ledger, member: str) -> ll.Answers:
    table = {"member": [member, member, "nobody", member], "key": ["r/1", "r/2", "r/3", "r/1"]}
    return ledger.redeem_batch(pa.table({**table, "points": [60, 70, 1, 60]}))


def test_the_schema(answers: ll.Answers) -> None:
    schema = pa.schema(pa.table(answers).schema)
    assert schema.names == COLUMNS
    assert schema.field("code").type == pa.dictionary(pa.int16(), pa.string())
    assert schema.field("recorded_at").type == pa.timestamp("ns", "UTC")
    assert [str(schema.field(name).type) for name in ("sequence", "awarded", "available")] == ["int64"] * 3


def test_pyarrow(answers: ll.Answers) -> None:
    rows = pa.table(answers).to_pydict()
    assert rows["code"] == CODES
    assert rows["sequence"] == [3, 4, None, 3]
    assert (rows["awarded"], rows["available"]) == ([60, 0, 0, 60], [40, 40, 0, 40])
    assert rows["replayed"] == [False, False, False, True]
    assert rows["recorded_at"][0] == rows["recorded_at"][3]
    assert rows["recorded_at"][2] is None
    assert pa.RecordBatchReader.from_stream(answers).read_all().num_rows == 4


def test_polars(answers: ll.Answers) -> None:
    frame = pl.DataFrame(answers)
    assert (frame.columns, frame["code"].cast(pl.String).to_list()) == (COLUMNS, CODES)
    assert frame.filter(pl.col("code") == "APPLIED").height == 2


def test_pandas(answers: ll.Answers) -> None:
    frame = pd.DataFrame.from_arrow(answers)
    assert (list(frame.columns), frame["code"].tolist()) == (COLUMNS, CODES)
    assert str(frame["recorded_at"].dtype) == "datetime64[ns, UTC]"
    assert int((frame["code"] == "APPLIED").sum()) == 2


def test_duckdb(answers: ll.Answers) -> None:
    connection = duckdb.connect()
    connection.register("answers", answers)
    counted = connection.sql("SELECT code, count(*) FROM answers GROUP BY code ORDER BY code").fetchall()
    assert counted == [("APPLIED", 2), ("INSUFFICIENT_POINTS", 1), ("MEMBER_NOT_FOUND", 1)]
    assert len(connection.sql("SELECT min(recorded_at) FROM answers").fetchall()) == 1


def test_answers_can_be_read_again_and_again(answers: ll.Answers) -> None:
    assert pa.table(answers) == pa.table(answers)


def test_counts_add_up_to_the_rows(answers: ll.Answers) -> None:
    counts = (answers.applied, answers.replayed, answers.refused, answers.rejected)
    assert counts == (1, 1, 1, 1)
    assert len(answers) == sum(counts)
    assert repr(answers) == "<Answers: 1 applied, 1 replayed, 1 refused, 1 rejected>"


def test_refusals_are_a_small_table(answers: ll.Answers) -> None:
    refusals: Any = answers.refusals()
    assert len(refusals) == 2
    assert pa.table(refusals).to_pylist() == [
        {"row": 1, "key": "r/2", "code": "INSUFFICIENT_POINTS", "requested": 70, "available": 40},
        {"row": 2, "key": "r/3", "code": "MEMBER_NOT_FOUND", "requested": 0, "available": 0},
    ]
    assert pl.DataFrame(refusals).height == 2
    assert repr(refusals) == "<Refusals: 2 rows>"


def test_refusals_are_told_again_when_replayed(ledger: ll.Ledger, member: str) -> None:
    table = pa.table({"member": [member], "key": ["r"], "points": [500]})
    first, again = ledger.redeem_batch(table), ledger.redeem_batch(table)
    assert (first.refused, again.refused, again.replayed) == (1, 0, 1)
    assert pa.table(again.refusals()) == pa.table(first.refusals())


def test_answers_outlive_their_ledger(ledger: ll.Ledger, answers: ll.Answers) -> None:
    ledger.close()
    assert pa.table(answers).num_rows == 4
