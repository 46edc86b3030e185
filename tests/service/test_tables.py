"""PostTable: tables over gRPC do what the embedded batch verbs do, and what is wrong with one is told by its place."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import grpc
import pyarrow as pa
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status

import loyalty_ledger as ll
from loyalty_ledger._pb import batches_pb2, ledger_service_pb2_grpc
from python.frames import FORMS

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
UTC_TIME = pa.timestamp("us", "UTC")
COLUMNS = ["code", "sequence", "recorded_at", "requested", "awarded", "available", "replayed"]
ROWS_AT_MOST = 65_536
ENROLL, PURCHASE, ACCRUE, REDEEM, MIXED = (
    batches_pb2.TABLE_VERB_ENROLL,
    batches_pb2.TABLE_VERB_PURCHASE,
    batches_pb2.TABLE_VERB_ACCRUE,
    batches_pb2.TABLE_VERB_REDEEM,
    batches_pb2.TABLE_VERB_MIXED,
)
EMBEDDED = {ENROLL: "enroll_batch", PURCHASE: "purchase_batch", ACCRUE: "accrue_batch", REDEEM: "redeem_batch"}
GOOD = {"member": ["m-1"] * 3, "key": ["k/1", "k/2", "k/3"], "points": pa.array([1, 2, 3], pa.int64())}


@dataclass(frozen=True)
class Wrong:
    """What a call was refused with."""

    status: grpc.StatusCode
    code: str
    field: str
    column: str | None
    row: str | None
    message: str


class Shop:
    """A served ledger, and one beside it that is asked the same without a server."""

    def __init__(self, stub: Any, served: ll.Ledger, beside: ll.Ledger) -> None:
        self.stub, self.served, self.beside = stub, served, beside

    def post(self, verb: int, arrow_ipc: bytes, **more: Any) -> batches_pb2.PostTableResponse:
        request = batches_pb2.PostTableRequest(verb=verb, arrow_ipc=arrow_ipc, **more)
        response: batches_pb2.PostTableResponse = self.stub.PostTable(request, timeout=60)
        return response

    def rows(self, verb: int, table: Any, **more: Any) -> pa.Table:
        return rows_of(self.post(verb, ipc(table), **more))

    def same(self, verb: int, table: Any, **more: Any) -> list[str]:
        """Posts a table to both, and finds the same answers; tells their codes."""
        response = self.post(verb, ipc(table), **more)
        if verb == MIXED:
            answers = self.beside.post_batch(table, **more)
        else:
            answers = getattr(self.beside, EMBEDDED[verb])(table, **more)
        rows = rows_of(response)
        assert rows.column_names == COLUMNS
        assert rows.drop_columns("requested").equals(pa.table(answers))
        refused = response.refused_row if response.HasField("refused_row") else None
        assert refused == answers.refused_row
        codes: list[str] = rows["code"].to_pylist()
        return codes

    def wrong(self, verb: int, arrow_ipc: bytes, **more: Any) -> Wrong:
        """What a table is refused with; nothing of it was written."""
        before = self.served.checkpoint().sequence
        with pytest.raises(grpc.RpcError) as raised:
            self.post(verb, arrow_ipc, **more)
        assert self.served.checkpoint().sequence == before
        return told(raised.value)


def told(error: Any) -> Wrong:
    info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    status = rpc_status.from_call(error)
    for detail in () if status is None else status.details:
        for message in (info, bad):
            detail.Unpack(message)
    field = bad.field_violations[0].field if bad.field_violations else ""
    place = dict(info.metadata)
    return Wrong(error.code(), info.reason, field, place.get("column"), place.get("row"), error.details())


def ipc(table: Any, **options: Any) -> bytes:
    """A table as an Arrow IPC stream."""
    table = pa.table(table)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        # Of no rows pyarrow may write a batch that it cannot read itself.
        for batch in filter(len, table.to_batches()):
            writer.write_batch(batch)
    written: bytes = sink.getvalue().to_pybytes()
    return written


def rows_of(response: batches_pb2.PostTableResponse) -> pa.Table:
    return pa.ipc.open_stream(response.arrow_ipc).read_all()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    clock, other = ll.ManualClock(NOON), ll.ManualClock(NOON)
    with (
        ll.open(tmp_path / "served.ledger", clock=clock) as served,
        ll.open(tmp_path / "beside.ledger", clock=other) as beside,
        ll.serve(served, test_clock=clock) as server,
        grpc.insecure_channel(server.address) as channel,
    ):
        for ledger in (served, beside):
            ledger.enroll("m-1", {"card": "2760001"})
            ledger.accrue("m-1", 100, key="welcome")
            ledger.enroll("m-2")
        yield Shop(ledger_service_pb2_grpc.LedgerServiceStub(channel), served, beside)


class TestTaken:
    """Each verb, row by row as the embedded batch verbs answer."""

    def test_enrolments(self, shop: Shop) -> None:
        table = {"member": ["m-3", "m-1", "m-4", "m-5"], "card": ["2760003", None, None, "2760001"]}
        codes = shop.same(ENROLL, pa.table(table))
        assert codes[0] == "APPLIED" and len(set(codes)) > 1
        keyed = {"member": ["m-6"], "key": ["own"], "phone": ["+4930123456"], "external_id": ["crm-6"]}
        assert shop.same(ENROLL, pa.table(keyed)) == ["APPLIED"]
        assert shop.served.entry(key="enroll/m-3").sequence == shop.beside.entry(key="enroll/m-3").sequence

    def test_purchases(self, shop: Shop) -> None:
        money = pa.array([Decimal("12.34"), Decimal("0.99"), Decimal("-1.00"), Decimal("5.00")], pa.decimal128(9, 2))
        table = pa.table({"member": ["m-1", "m-2", "m-1", "nobody"], "key": list("abcd"), "amount": money})
        codes = shop.same(PURCHASE, table)
        assert codes == ["APPLIED", "APPLIED", "AMOUNT_NEGATIVE", "MEMBER_NOT_FOUND"]
        yen = {"card": ["2760001"], "key": ["y"], "amount": [500], "currency": ["JPY"], "occurred_at": [NOON]}
        assert shop.same(PURCHASE, pa.table(yen)) == ["MONEY_CURRENCY_NOT_ACCEPTED"]
        joins = pa.table(
            {"member": ["m-7", "m-8"], "key": ["e", "f"], "amount": [1_000, 2_000], "enroll": [True, False]}
        )
        assert shop.same(PURCHASE, joins) == ["APPLIED", "MEMBER_NOT_FOUND"]
        assert shop.served.balance("m-7") == shop.beside.balance("m-7")

    def test_accruals(self, shop: Shop) -> None:
        later = [NOON + timedelta(days=30), None, None]
        table = {
            **GOOD,
            "activates_at": pa.array([NOON + timedelta(days=1), None, None], UTC_TIME),
            "expires_at": pa.array(later, UTC_TIME),
            "never_expires": [None, True, False],
            "funder": ["brand", None, None],
            "price": pa.array([Decimal("0.015000"), None, None], pa.decimal128(12, 6)),
            "occurred_at": pa.array([NOON] * 3, UTC_TIME),
        }
        assert shop.same(ACCRUE, pa.table(table)) == ["APPLIED"] * 3
        assert shop.served.balance("m-1") == shop.beside.balance("m-1")
        new = pa.table({**GOOD, "member": ["m-8", "m-9", "m-8"], "key": ["n/1", "n/2", "n/3"]})
        assert shop.same(ACCRUE, new) == ["MEMBER_NOT_FOUND"] * 3
        new = new.set_column(1, "key", [["o/1", "o/2", "o/3"]])
        assert shop.same(ACCRUE, new, create_members=True) == ["APPLIED"] * 3

    def test_redemptions(self, shop: Shop) -> None:
        table = pa.table({"member": ["m-1"] * 4, "key": ["a", "b", "a", "c"], "points": [60, 50, 60, 0]})
        codes = shop.same(REDEEM, table)
        assert codes == ["APPLIED", "INSUFFICIENT_POINTS", "APPLIED", "POINTS_NOT_POSITIVE"]
        rows = shop.rows(REDEEM, table)
        assert rows["replayed"].to_pylist() == [True, True, True, False]
        assert rows["requested"].to_pylist() == [60, 50, 60, 0]
        assert rows["sequence"].to_pylist()[3] is None

    def test_rows_of_any_verbs(self, shop: Shop) -> None:
        rows = [
            {"verb": "enroll", "member": "m-9", "card": "2760009"},
            {"verb": "purchase", "card": "2760009", "key": "p", "amount": 1_234},
            {"verb": "redeem", "member": "m-1", "key": "r", "points": 30},
            {"verb": "authorize", "member": "m-1", "key": "h", "points": 20, "ttl": timedelta(minutes=5)},
            {"verb": "capture", "authorization": "h", "key": "c", "points": 15},
            {"verb": "reverse", "original": "r", "key": "back"},
            {"verb": "redeem", "member": "m-1", "key": "much", "points": 1_000},
        ]
        assert shop.same(MIXED, columns_of(rows)) == ["APPLIED"] * 6 + ["INSUFFICIENT_POINTS"]
        assert shop.served.trial_balance() == shop.beside.trial_balance()

    def test_a_bought_line_is_a_struct(self, shop: Shop) -> None:
        lines = [{"amount": Decimal("4.00"), "sku": "a"}, {"amount": Decimal("6.00"), "sku": "b"}]
        sale = {"verb": ["purchase"], "key": ["s"], "member": ["m-1"], "amount": [Decimal("10.00")], "lines": [lines]}
        assert shop.same(MIXED, pa.table(sale)) == ["APPLIED"]
        back = {"verb": ["reverse"], "key": ["b"], "original": ["s"], "lines": [[{"line": 2, "quantity": None}]]}
        assert shop.same(MIXED, pa.table(back)) == ["APPLIED"]

    @pytest.mark.parametrize("form", FORMS)
    def test_text_of_any_kind(self, shop: Shop, form: str) -> None:
        # A stream can be read once: it is made for each.
        rows = shop.rows(ACCRUE, FORMS[form]())
        answers = shop.beside.accrue_batch(FORMS[form]())
        assert rows["code"].to_pylist() == ["APPLIED"] * 3
        assert rows.drop_columns("requested").equals(pa.table(answers))

    def test_several_batches_in_a_stream(self, shop: Shop) -> None:
        table = pa.concat_tables([pa.table({**GOOD, "key": [f"{n}/{i}" for i in range(3)]}) for n in range(5)])
        assert table["key"].num_chunks == 5
        assert shop.same(ACCRUE, table) == ["APPLIED"] * 15

    def test_no_rows(self, shop: Shop) -> None:
        for verb, table in [(ACCRUE, pa.table(GOOD)), (MIXED, columns_of([{"verb": "block", "key": "k"}]))]:
            assert shop.same(verb, table.slice(0, 0)) == []
        without_batches = pa.table(GOOD).schema.empty_table()
        assert shop.rows(ACCRUE, without_batches).num_rows == 0

    def test_the_most_rows_fit_a_message_both_ways(self, shop: Shop) -> None:
        keys = [str(number) for number in range(ROWS_AT_MOST)]
        table = pa.table({"member": ["nobody"] * ROWS_AT_MOST, "key": keys, "points": [1] * ROWS_AT_MOST})
        rows = shop.rows(REDEEM, table)
        assert set(rows["code"].to_pylist()) == {"MEMBER_NOT_FOUND"} and rows.num_rows == ROWS_AT_MOST

    def test_a_call_is_taken_up_again_by_its_keys(self, shop: Shop) -> None:
        table = pa.table(GOOD)
        half = shop.rows(ACCRUE, table.slice(0, 2))
        whole = shop.rows(ACCRUE, table)
        assert whole["replayed"].to_pylist() == [True, True, False]
        assert whole["sequence"].to_pylist()[:2] == half["sequence"].to_pylist()
        assert shop.served.balance("m-1").available == 106

    def test_the_keys_are_those_of_single_calls(self, shop: Shop) -> None:
        shop.rows(ACCRUE, pa.table(GOOD))
        assert shop.served.accrue("m-1", 1, key="k/1").replayed


class TestAllOrNothing:
    """A table that is applied as a whole."""

    GOOD = (
        {"verb": "accrue", "member": "m-1", "key": "a", "points": 5},
        {"verb": "redeem", "member": "m-1", "key": "r", "points": 105},
    )

    def test_all(self, shop: Shop) -> None:
        table = columns_of(list(self.GOOD))
        assert shop.same(MIXED, table, all_or_nothing=True, key="whole") == ["APPLIED"] * 2
        assert shop.served.balance("m-1").available == 0
        assert shop.rows(MIXED, table, all_or_nothing=True, key="whole")["replayed"].to_pylist() == [True, True]

    def test_nothing(self, shop: Shop) -> None:
        table = columns_of([*self.GOOD, {"verb": "redeem", "member": "m-1", "key": "s", "points": 1}])
        codes = shop.same(MIXED, table, all_or_nothing=True, key="whole")
        assert codes == ["INSUFFICIENT_POINTS"] * 3
        assert shop.post(MIXED, ipc(table), all_or_nothing=True, key="whole").refused_row == 2
        assert shop.served.balance("m-1").available == 100

    def test_the_batch_has_a_key_and_the_rows_no_instants(self, shop: Shop) -> None:
        table = columns_of(list(self.GOOD))
        assert shop.wrong(MIXED, ipc(table), all_or_nothing=True).code == "KEY_MISSING"
        own = table.append_column("recorded_at", pa.array([NOON] * 2, UTC_TIME))
        wrong = shop.wrong(MIXED, ipc(own), all_or_nothing=True, key="whole")
        assert (wrong.column, wrong.row) == ("recorded_at", None)

    def test_more_rows_than_a_batch_has(self, shop: Shop) -> None:
        rows = 8_193
        table = {"verb": ["accrue"] * rows, "member": ["m-1"] * rows, "key": [str(row) for row in range(rows)]}
        whole = ipc(pa.table({**table, "points": [1] * rows}))
        wrong = shop.wrong(MIXED, whole, all_or_nothing=True, key="whole")
        assert (wrong.status, wrong.code) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "BATCH_TOO_LARGE")


class TestRecordedAt:
    """Rows that say when they are recorded move the clock of tests, and no other."""

    def test_on_a_test_clock(self, shop: Shop) -> None:
        days = [NOON + timedelta(days=day) for day in range(3)]
        table = pa.table({**GOOD, "recorded_at": pa.array(days, UTC_TIME)})
        assert shop.same(ACCRUE, table) == ["APPLIED"] * 3
        assert shop.served.info().now == days[-1]
        late = pa.table({**GOOD, "key": ["l/1", "l/2", "l/3"], "recorded_at": table["recorded_at"]})
        assert shop.same(ACCRUE, late) == ["RECORDED_IN_PAST", "RECORDED_IN_PAST", "APPLIED"]
        backwards = ipc(table.take([2, 1, 0]))
        assert (shop.wrong(ACCRUE, backwards).column, shop.wrong(ACCRUE, backwards).row) == ("recorded_at", "1")

    def test_on_the_clock_of_the_system(self, tmp_path: Path) -> None:
        with (
            ll.open(tmp_path / "points.ledger") as served,
            ll.serve(served) as server,
            grpc.insecure_channel(server.address) as channel,
        ):
            shop = Shop(ledger_service_pb2_grpc.LedgerServiceStub(channel), served, served)
            table = pa.table({**GOOD, "recorded_at": pa.array([NOON] * 3, UTC_TIME)})
            wrong = shop.wrong(ACCRUE, ipc(table))
            assert (wrong.status, wrong.column) == (grpc.StatusCode.INVALID_ARGUMENT, "recorded_at")
            assert "manual clock" in wrong.message


NAIVE = pa.array([NOON.replace(tzinfo=None)] * 3, pa.timestamp("us"))
SALE = {"member": ["m-1"] * 3, "key": ["k/1", "k/2", "k/3"]}


class TestWrongTables:
    """What is wrong with a table is told by column and row before anything is written."""

    @pytest.mark.parametrize(
        ("verb", "table", "column", "row", "message"),
        [
            (ACCRUE, {"member": ["m-1"], "key": ["k"]}, "points", None, "is missing"),
            (ACCRUE, {**GOOD, "note": ["a"] * 3}, "note", None, "rename it to one of member, member_kind, card, key"),
            (REDEEM, {**GOOD, "funder": ["a"] * 3}, "funder", None, "is no column"),
            (ACCRUE, {**GOOD, "card": ["2760001"] * 3}, "member", None, "exactly one of"),
            (ACCRUE, {**GOOD, "points": [1, 2, None]}, "points", 2, "is null"),
            (ACCRUE, {**GOOD, "member": pa.nulls(3)}, "member", 0, "is null"),
            (ACCRUE, {**GOOD, "points": [1.0, 2.0, 3.0]}, "points", None, "whole numbers"),
            (PURCHASE, {**SALE, "amount": [1.0, 2.0, 3.0]}, "amount", None, "hold money exactly"),
            (PURCHASE, {**SALE, "amount": [Decimal("1.234")] * 3}, "amount", 0, "more than 2 decimals"),
            (PURCHASE, {**SALE, "amount": [1, 2, 3], "currency": ["EUR", "eur", "EUR"]}, "currency", 1, "ISO 4217"),
            (ACCRUE, {**GOOD, "occurred_at": NAIVE}, "occurred_at", None, "naive"),
            (ACCRUE, {**GOOD, "key": [b"a", b"b", b"c"]}, "key", None, "holds bytes"),
            (ENROLL, {"member": ["m-8", "m-9"], "card": [None, "12a4"]}, "card", 1, "digits"),
            (MIXED, {"key": ["a"]}, "verb", None, "is missing"),
            (MIXED, {"verb": ["redeem", "sing"], "key": ["a", "b"]}, "verb", 1, "knows enroll"),
            (MIXED, {"verb": ["void"], "key": ["a"]}, "authorization", 0, "is missing or null"),
        ],
    )
    def test_columns_and_rows(
        self, shop: Shop, verb: int, table: dict[str, Any], column: str, row: int | None, message: str
    ) -> None:
        wrong = shop.wrong(verb, ipc(pa.table(table)))
        assert (wrong.status, wrong.code) == (grpc.StatusCode.INVALID_ARGUMENT, "FIELD_INVALID")
        assert (wrong.column, wrong.row) == (column, None if row is None else str(row))
        assert wrong.field == f"arrow_ipc.{column}" + ("" if row is None else f"[{row}]")
        assert message in wrong.message
        assert wrong.message.startswith(f"FIELD_INVALID: column '{column}'")

    def test_the_embedded_verb_says_the_same(self, shop: Shop) -> None:
        table = pa.table({**GOOD, "points": [1, None, 3]})
        with pytest.raises(ll.TableError) as raised:
            shop.beside.accrue_batch(table)
        wrong = shop.wrong(ACCRUE, ipc(table))
        assert wrong.message == f"FIELD_INVALID: {raised.value}"
        assert (wrong.column, wrong.row) == (raised.value.column, str(raised.value.row))

    def test_rows_are_counted_over_all_batches(self, shop: Shop) -> None:
        good, bad = pa.table(GOOD), pa.table({**GOOD, "points": [1, None, 3]})
        assert shop.wrong(ACCRUE, ipc(pa.concat_tables([good, good, bad]))).row == "7"

    @pytest.mark.parametrize(
        ("verb", "more", "field"),
        [
            (batches_pb2.TABLE_VERB_UNSPECIFIED, {}, "verb"),
            (99, {}, "verb"),
            (REDEEM, {"create_members": True}, "create_members"),
            (MIXED, {"create_members": True}, "create_members"),
            (ACCRUE, {"all_or_nothing": True, "key": "k"}, "all_or_nothing"),
            (ACCRUE, {"key": "k"}, "key"),
            (MIXED, {"key": "k"}, "key"),
        ],
    )
    def test_what_is_asked_beside_the_rows(self, shop: Shop, verb: int, more: dict[str, Any], field: str) -> None:
        wrong = shop.wrong(verb, ipc(pa.table(GOOD)), **more)
        assert (wrong.status, wrong.code, wrong.field) == (grpc.StatusCode.INVALID_ARGUMENT, "FIELD_INVALID", field)

    def test_create_members_beside_its_column(self, shop: Shop) -> None:
        table = pa.table({**GOOD, "enroll": [True] * 3})
        assert shop.wrong(ACCRUE, ipc(table), create_members=True).column == "enroll"

    def test_more_rows_than_a_call_takes(self, shop: Shop) -> None:
        rows = ROWS_AT_MOST + 1
        table = pa.table({"member": ["m-1"] * rows, "key": [str(row) for row in range(rows)], "points": [1] * rows})
        wrong = shop.wrong(ACCRUE, ipc(table))
        assert (wrong.status, wrong.code) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "BATCH_TOO_LARGE")
        assert "65537 rows" in wrong.message and "send the table in several" in wrong.message

    def test_more_bytes_than_a_message_has(self, shop: Shop) -> None:
        table = pa.table({"member": ["m-1"], "key": ["k" * (5 << 20)], "points": [1]})
        assert shop.wrong(ACCRUE, ipc(table)).status == grpc.StatusCode.OUT_OF_RANGE


class TestBytes:
    """Bytes that are no table."""

    def test_no_stream(self, shop: Shop) -> None:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_file(sink, pa.table(GOOD).schema) as writer:
            writer.write_table(pa.table(GOOD))
        whole = ipc(pa.table(GOOD))
        for arrow_ipc, message in [
            (b"", "no schema"),
            (b"member,key,points\nm-1,k,1\n", "is no Arrow IPC stream"),
            (b"\xff" * 100, "is no Arrow IPC stream"),
            (sink.getvalue().to_pybytes(), "is an Arrow IPC file"),
            (whole.replace((24).to_bytes(8, "little"), (1 << 40).to_bytes(8, "little")), "contradicts its bytes"),
            (whole + b"more", "is no Arrow IPC stream"),
            (ipc(pa.table(GOOD), compression="zstd"), "not compressed"),
        ]:
            wrong = shop.wrong(ACCRUE, arrow_ipc)
            assert (wrong.status, wrong.code) == (grpc.StatusCode.INVALID_ARGUMENT, "FIELD_INVALID")
            assert (wrong.field, wrong.column, wrong.row) == ("arrow_ipc", None, None)
            assert message in wrong.message

    def test_a_stream_that_was_cut(self, shop: Shop) -> None:
        whole = ipc(pa.table(GOOD))
        for length in range(1, len(whole) - 8, 16):
            assert shop.wrong(ACCRUE, whole[:length]).status == grpc.StatusCode.INVALID_ARGUMENT, length

    def test_rows_that_take_no_bytes(self, shop: Shop) -> None:
        nothing = pa.NullArray.from_buffers(pa.null(), (1 << 31) - 1, [None])
        wrong = shop.wrong(ACCRUE, ipc(pa.table({"member": nothing, "key": nothing, "points": nothing})))
        assert wrong.code == "BATCH_TOO_LARGE"


def columns_of(rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as one table, null where a row has no value."""
    names = sorted({name for row in rows for name in row})
    return pa.table({name: [row.get(name) for row in rows] for name in names})
