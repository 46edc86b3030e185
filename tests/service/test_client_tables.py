"""Tables that a client sends: in pieces that one message takes, in order, with one answer for each row."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import grpc
import polars as pl
import pyarrow as pa
import pytest
from grpc_status import rpc_status

import loyalty_ledger as ll
from loyalty_ledger._pb.batches_pb2 import PostTableRequest, PostTableResponse, TableVerb
from loyalty_ledger.remote.tables import BYTES, ROWS
from service.networks import SECONDS, told_server


@dataclass
class Pieces:
    """Passes tables on to a server, and keeps what it passed; loses an answer if it is told to."""

    post: Callable[..., bytes]
    kept: list[PostTableRequest] = field(default_factory=list)
    lost: int = 0

    def answer(self, _rpc: str, request: bytes, context: grpc.ServicerContext) -> bytes:
        self.kept.append(PostTableRequest.FromString(request))
        try:
            answer = self.post(request, timeout=SECONDS)
        except grpc.RpcError as error:
            told = rpc_status.from_call(error)
            if told is None:
                raise
            context.abort_with_status(rpc_status.to_status(told))
        if self.lost:
            self.lost -= 1
            context.abort(grpc.StatusCode.INTERNAL, "lost on the way")
        return answer

    @property
    def sizes(self) -> list[int]:
        return [len(pa.ipc.open_stream(piece.arrow_ipc).read_all()) for piece in self.kept]


@pytest.fixture
def pieces(server: ll.Server) -> Iterator[Pieces]:
    with grpc.insecure_channel(server.address) as channel:
        yield Pieces(channel.unary_unary("/loyalty.ledger.v1.LedgerService/PostTable", bytes, bytes))


@pytest.fixture
def poster(pieces: Pieces) -> Iterator[ll.Client]:
    with told_server(pieces.answer) as address, ll.connect(address, deadline=60) as client:
        yield client


def accruals(rows: int, *, key: str = "k") -> pa.Table:
    keys = [f"{key}/{row}" for row in range(rows)]
    return pa.table({"member": [f"m-{row % 7}" for row in range(rows)], "key": keys, "points": [1] * rows})


def test_each_verb_has_its_own(poster: ll.Client, pieces: Pieces, served: ll.Ledger) -> None:
    enrolled = poster.enroll_batch(pa.table({"member": ["m-1", "m-2", "m-1"], "card": ["2760001", None, None]}))
    assert (enrolled.applied, enrolled.replayed + enrolled.rejected + enrolled.refused) == (2, 1)
    poster.accrue_batch(pa.table({"member": ["m-1"], "key": ["a"], "points": [100]}))
    sold = poster.purchase_batch(pa.table({"member": ["m-3"], "key": ["p"], "amount": [1_000]}), create_members=True)
    spent = poster.redeem_batch(pa.table({"card": ["2760001", "2760001"], "key": ["r", "s"], "points": [30, 300]}))
    assert (sold.applied, spent.applied, spent.refused) == (1, 1, 1)
    mixed = poster.post_batch(pa.table({"verb": ["redeem"], "member": ["m-1"], "key": ["t"], "points": [20]}))
    assert mixed.applied == 1 and served.balance("m-1").available == 50
    assert [TableVerb.Name(piece.verb) for piece in pieces.kept] == [
        f"TABLE_VERB_{verb}" for verb in ("ENROLL", "ACCRUE", "PURCHASE", "REDEEM", "MIXED")
    ]


def test_answers_are_a_table_like_those_of_a_ledger(poster: ll.Client, served: ll.Ledger) -> None:
    answers = poster.accrue_batch(accruals(10), create_members=True)
    again = served.accrue_batch(accruals(10), create_members=True)
    told, known = pa.table(answers), pa.table(again)
    assert told.schema == known.schema and len(answers) == 10
    for column in ("code", "sequence", "recorded_at", "awarded", "available"):
        assert told[column].to_pylist() == known[column].to_pylist()
    assert repr(answers) == "<Answers: 10 applied, 0 replayed, 0 refused, 0 rejected>"
    assert pl.DataFrame(answers)["code"].to_list() == ["APPLIED"] * 10


@pytest.mark.parametrize("form", ["plain", "large", "view", "dictionary", "chunks"])
def test_refusals_have_their_keys(poster: ll.Client, served: ll.Ledger, form: str) -> None:
    served.enroll("m-1")
    served.accrue("m-1", 10, key="a")
    kinds = {"large": pa.large_string(), "view": pa.string_view(), "dictionary": pa.dictionary(pa.int8(), pa.string())}
    keys = pa.array(["r/0", "r/1", "r/2", "r/3"]).cast(kinds.get(form, pa.string()))
    table = pa.table({"member": ["m-1"] * 4, "key": keys, "points": [4, 40, 5, 50]})
    if form == "chunks":
        table = pa.concat_tables([table.slice(row, 1) for row in range(4)])
    refusals = pa.table(poster.redeem_batch(table).refusals()).to_pylist()
    assert [(row["row"], row["key"], row["code"], row["requested"], row["available"]) for row in refusals] == [
        (1, "r/1", "INSUFFICIENT_POINTS", 40, 6),
        (3, "r/3", "INSUFFICIENT_POINTS", 50, 1),
    ]


def test_members_that_are_there_are_told_by_their_own_keys(poster: ll.Client, served: ll.Ledger) -> None:
    served.enroll("m-1", key="other")
    refusals = pa.table(poster.enroll_batch(pa.table({"member": ["m-0", "m-1"]})).refusals()).to_pylist()
    assert [(row["row"], row["key"]) for row in refusals] == [(1, "enroll/m-1")]


def test_a_large_table_goes_in_pieces(poster: ll.Client, pieces: Pieces, served: ll.Ledger) -> None:
    rows = 2 * ROWS + 10
    answers = poster.accrue_batch(accruals(rows), create_members=True)
    assert (answers.applied, pieces.sizes) == (rows, [ROWS, ROWS, 10])
    assert pa.table(answers)["sequence"].to_pylist() == list(range(1, rows + 1))


def test_wide_rows_go_in_smaller_pieces(poster: ll.Client, pieces: Pieces) -> None:
    rows = 60_000
    wide = accruals(rows, key="k" * 110)
    answers = poster.accrue_batch(wide, create_members=True)
    assert answers.applied == rows and len(pieces.kept) > 1 and sum(pieces.sizes) == rows
    assert all(piece.ByteSize() <= BYTES + 4_096 for piece in pieces.kept)


def test_a_table_without_rows(poster: ll.Client, pieces: Pieces) -> None:
    answers = poster.accrue_batch(
        accruals(0).cast(pa.schema([("member", "string"), ("key", "string"), ("points", "int64")]))
    )
    assert (len(answers), pieces.sizes) == (0, [0])


def test_a_lost_answer_is_asked_for_again(poster: ll.Client, pieces: Pieces, served: ll.Ledger) -> None:
    pieces.lost = 1
    answers = poster.accrue_batch(accruals(10), create_members=True)
    assert (answers.applied, answers.replayed, len(pieces.kept)) == (0, 10, 2)
    assert served.checkpoint().sequence == 10


def test_all_or_nothing(poster: ll.Client, pieces: Pieces, served: ll.Ledger) -> None:
    served.enroll("m-1")
    rows = {"verb": ["accrue", "redeem"], "member": ["m-1"] * 2, "key": ["a", "r"], "points": [10, 20]}
    answers = poster.post_batch(pa.table(rows), all_or_nothing=True, key="batch")
    assert (answers.refused_row, served.balance("m-1").available) == (1, 0)
    assert (pieces.kept[0].all_or_nothing, pieces.kept[0].key) == (True, "batch")
    many = accruals(8_193).append_column("verb", pa.array(["accrue"] * 8_193))
    with pytest.raises(ll.BatchTooLarge):
        poster.post_batch(many, all_or_nothing=True, key="large")
    assert len(pieces.kept) == 1


def test_what_is_wrong_names_column_and_row_of_the_whole_table(poster: ll.Client, pieces: Pieces) -> None:
    table = accruals(ROWS + 10).to_pydict()
    table["points"][ROWS + 3] = None
    with pytest.raises(ll.TableError) as raised:
        poster.accrue_batch(pa.table(table), create_members=True)
    assert (raised.value.column, raised.value.row) == ("points", ROWS + 3)
    assert raised.value.details["rows_done"] == ROWS


def test_what_is_no_table(poster: ll.Client, pieces: Pieces) -> None:
    for wrong in ([1, 2], pl.Series([1]), pl.LazyFrame({"a": [1]})):
        with pytest.raises(TypeError):
            poster.accrue_batch(wrong)  # type: ignore[arg-type]
    assert pieces.kept == []


def test_answers_of_another_version_are_told(served: ll.Ledger) -> None:
    def answer(_rpc: str, _request: bytes, _context: grpc.ServicerContext) -> bytes:
        return PostTableResponse(arrow_ipc=b"no table").SerializeToString()

    with (
        told_server(answer) as address,
        ll.connect(address) as client,
        pytest.raises(ValueError, match="of another ver"),
    ):
        client.accrue_batch(accruals(1))
