"""Accruals as tables over gRPC, from grpcio and from this package's client to a server in the same process, against the
embedded verb."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import loyalty_ledger as ll
from benchmarks.bare import seconds
from benchmarks.figures import Figures
from benchmarks.ledgers import FreshLedgers, accrue
from benchmarks.workload import Scale, accruals
from loyalty_ledger._pb import batches_pb2, ledger_service_pb2_grpc

ROUNDS = 5
ROWS_PER_CALL = 50_000


@pytest.mark.parametrize("in_flight", [1, 2], ids=["one call at a time", "two calls in flight"])
def test_accruals_over_grpc(
    benchmark: BenchmarkFixture, figures: Figures, scale: Scale, fresh: FreshLedgers, in_flight: int
) -> None:
    mine: list[float] = []
    beside: list[float] = []
    table = accruals(scale.rows, scale.members)
    requests = [request_of(table.slice(first, ROWS_PER_CALL)) for first in range(0, scale.rows, ROWS_PER_CALL)]

    def prepare() -> tuple[tuple[ll.Ledger], dict[str, object]]:
        beside.append(scale.rows / accrue(fresh.next(enrolled=scale.members), table))
        return (fresh.next(enrolled=scale.members),), {}

    def post_all(ledger: ll.Ledger) -> None:
        with stub_of(ledger) as stub:
            responses: list[batches_pb2.PostTableResponse] = []
            taken = seconds(lambda: responses.extend(posted(stub, requests, in_flight)))
        mine.append(scale.rows / taken)
        everything_applied(responses, scale.rows)

    benchmark.pedantic(post_all, setup=prepare, rounds=ROUNDS)
    calls = "one call at a time" if in_flight == 1 else f"{in_flight} calls in flight"
    name = f"PostTable of {min(ROWS_PER_CALL, scale.rows):,} accruals, {calls}"
    figures.add(benchmark, name, "rows/s", mine, "accrue_batch, rows/s", beside)


def test_accruals_of_the_client(
    benchmark: BenchmarkFixture, figures: Figures, scale: Scale, fresh: FreshLedgers
) -> None:
    """The same verb with the same table, which the client cuts into messages and sends one after the other."""
    mine: list[float] = []
    beside: list[float] = []
    table = accruals(scale.rows, scale.members)

    def prepare() -> tuple[tuple[ll.Ledger], dict[str, object]]:
        beside.append(scale.rows / accrue(fresh.next(enrolled=scale.members), table))
        return (fresh.next(enrolled=scale.members),), {}

    def accrue_all(ledger: ll.Ledger) -> None:
        with ll.serve(ledger) as server, ll.connect(server.address) as client:
            client.program()
            mine.append(scale.rows / accrue(client, table))

    benchmark.pedantic(accrue_all, setup=prepare, rounds=ROUNDS)
    figures.add(benchmark, "accrue_batch of the client", "rows/s", mine, "accrue_batch, rows/s", beside)


def request_of(rows: pa.Table) -> batches_pb2.PostTableRequest:
    """The message that posts these rows."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows.combine_chunks())
    arrow_ipc = sink.getvalue().to_pybytes()
    return batches_pb2.PostTableRequest(verb=batches_pb2.TABLE_VERB_ACCRUE, arrow_ipc=arrow_ipc)


@contextmanager
def stub_of(ledger: ll.Ledger) -> Iterator[Any]:
    """A connected client of a server that serves the ledger meanwhile."""
    with ll.serve(ledger) as server, grpc.insecure_channel(server.address) as channel:
        grpc.channel_ready_future(channel).result(timeout=10)
        yield ledger_service_pb2_grpc.LedgerServiceStub(channel)


def posted(stub: Any, requests: list[batches_pb2.PostTableRequest], in_flight: int) -> Iterator[Any]:
    """Answers in the order of the requests, of which so many are under way at a time."""
    under_way: deque[Any] = deque()
    for request in requests:
        if len(under_way) == in_flight:
            yield under_way.popleft().result()
        under_way.append(stub.PostTable.future(request, timeout=60))
    while under_way:
        yield under_way.popleft().result()


def everything_applied(responses: list[batches_pb2.PostTableResponse], rows: int) -> None:
    """A benchmark whose rows were refused has measured something else."""
    codes = [pa.ipc.open_stream(response.arrow_ipc).read_all()["code"] for response in responses]
    applied = sum(pc.sum(pc.equal(column.cast(pa.string()), "APPLIED")).as_py() for column in codes)
    if applied != rows:
        raise AssertionError(f"{applied} of {rows} rows were applied")
