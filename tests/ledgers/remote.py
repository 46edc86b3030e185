"""A server as a ledger to play on: everything over gRPC, the passing of time too."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import grpc
from google.protobuf.message import Message

from ledgers.embedded import EmbeddedLedger
from model import Outcome


class RemoteLedger(EmbeddedLedger):
    """A server of this process on a port of its own, and a client of it."""

    def now(self) -> datetime:
        from loyalty_ledger._pb.test_clock_service_pb2 import NowRequest

        now: datetime = self.clock_service.Now(NowRequest()).now_time.ToDatetime(self.clock.now().tzinfo)
        return now

    def advance_to(self, instant: datetime) -> None:
        from loyalty_ledger._pb.test_clock_service_pb2 import AdvanceRequest

        asked = AdvanceRequest()
        asked.to_time.FromDatetime(instant)
        self.clock_service.Advance(asked)

    def write_batch(self, rows: Sequence[Mapping[str, object]], *, key: str | None = None) -> list[Outcome]:
        """By PostBatch; tables go by PostTable in `write_many`."""
        from loyalty_ledger._pb.batches_pb2 import PostBatchRequest

        items = [self._item(**row) for row in rows]
        asked = PostBatchRequest(items=items, all_or_nothing=key is not None, key=key)
        results = self.core.connection.write("PostBatch", asked).results
        return [self._batch_outcome(result) for result in results]

    def snapshot(self) -> None:
        self.opened.snapshot()

    def close(self) -> None:
        self.clock_channel.close()
        self.ledger.close()
        assert self.server.stop()
        self.opened.close()

    def _open(self, **given: str) -> None:
        from loyalty_ledger._pb.test_clock_service_pb2_grpc import TestClockServiceStub

        self.opened: Any = self._opened(**given)
        self.server: Any = self.engine.serve(self.opened, test_clock=self.clock)
        self.ledger = self.engine.connect(self.server.address, channels=1)
        self.core: Any = self.ledger._remote
        self.clock_channel: Any = grpc.insecure_channel(self.server.address)
        self.clock_service: Any = TestClockServiceStub(self.clock_channel)

    def _item(self, verb: str, **given: object) -> Message:
        """A row as an item of a batch: the message that its verb alone would send."""
        from loyalty_ledger._pb.batches_pb2 import BatchItem
        from loyalty_ledger.remote.recording import recorded

        known = {name: self._translated(self.cell(value)) for name, value in given.items()}
        _, message = recorded(verb, (), known, currency="EUR")
        for field in BatchItem.DESCRIPTOR.fields:
            if field.message_type is message.DESCRIPTOR:
                return BatchItem(**{field.name: message})
        raise AssertionError(f"no item of a batch takes {message.DESCRIPTOR.name}")

    def _batch_outcome(self, result: Any) -> Outcome:
        from loyalty_ledger._pb.code_pb2 import Code

        row = {name: getattr(result, name) for name in ("sequence", "awarded", "available", "replayed")}
        return self._row_outcome({"code": Code.Name(result.code).removeprefix("CODE_"), **row})
