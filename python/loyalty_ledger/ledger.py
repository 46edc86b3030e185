"""An open ledger: verbs and reads together, its program, its time, its copies."""

from __future__ import annotations

import os
from types import TracebackType
from typing import TYPE_CHECKING

from loyalty_ledger import _core, received
from loyalty_ledger.arguments import flag
from loyalty_ledger.reads import Reads
from loyalty_ledger.referral_reads import ReferralReads
from loyalty_ledger.results import Checkpoint, Info, Program
from loyalty_ledger.verbs.corrections import CorrectionVerbs
from loyalty_ledger.verbs.members import MemberVerbs
from loyalty_ledger.verbs.operation import OperationVerbs
from loyalty_ledger.verbs.partners import PartnerVerbs
from loyalty_ledger.verbs.referrals import ReferralVerbs
from loyalty_ledger.verbs.sales import SaleVerbs
from loyalty_ledger.verbs.tables import TableVerbs
from loyalty_ledger.verbs.till import TillVerbs

if TYPE_CHECKING:
    from _typeshed import StrPath


class Ledger(
    SaleVerbs,
    TillVerbs,
    MemberVerbs,
    PartnerVerbs,
    ReferralVerbs,
    CorrectionVerbs,
    TableVerbs,
    OperationVerbs,
    Reads,
    ReferralReads,
):
    """An open ledger; made by `loyalty_ledger.open`. Threads may share it, forked processes may not.

    Every write takes a `key`: one attempt of yours, at most 128 bytes, kept for ever. The same request under the same
    key gets its first answer again (`replayed`); another request under it raises `KeyReused`. What the business refuses
    raises an exception under `Refused`, also when replayed. `occurred_at` is when it happened, if that is not now.
    `receipt` names the document it is about, `source` where it comes from.

    A `member`, `giver` or `receiver` is named by its id or by an `Alias`; by another name it is another request.
    """

    def __init__(self, core: _core.Ledger, path: str) -> None:
        super().__init__(core)
        self._engine = core
        self._path = path

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Ledger {self._path}>"

    def close(self) -> None:
        """Waits for what is under way and gives the ledger up. Closing twice is fine."""
        self._engine.close()

    def info(self) -> Info:
        """Where the ledger is, how far it has come, and what clock and program it is on."""
        return received.info(self._engine.info())

    def program(self) -> Program:
        """The program in force: its version, zone and money."""
        info = self.info()
        return Program(info.program_version, info.zone, info.money)

    def checkpoint(self, *, digest: bool = False) -> Checkpoint:
        """Where the journal stands, and what clock and program the ledger is on; `digest` looks at every wallet."""
        info = self.info()
        return Checkpoint(
            id=info.id,
            sequence=info.entries,
            recorded_at=info.recorded_at,
            now=info.now,
            clock=info.clock,
            members=info.members,
            program_version=info.program_version,
            zone=info.zone,
            money=info.money,
            journal_bytes=info.journal_bytes,
            snapshot=info.snapshot,
            notices=info.notices,
            digest=self.digest() if flag("digest", digest) else None,
        )

    def snapshot(self) -> None:
        """Writes a snapshot, so that the next opening reads less of the journal."""
        self._engine.snapshot()

    def backup(self, target: StrPath) -> int:
        """Copies the ledger into a new directory while it goes on; returns the last sequence copied."""
        return self._engine.backup(os.fspath(target))
