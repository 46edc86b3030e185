"""Any request resent at any later time gets its first answer, in every field: by its verb and as a row of a table."""

from dataclasses import fields, replace
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pytest

import loyalty_ledger as ll
from ledgers import EmbeddedLedger, table
from ledgers.embedded import CODED
from simulation.author import Author, write_history
from simulation.history import (
    Disturbance,
    History,
    Publish,
    Request,
    Write,
    WriteMany,
    WriteTable,
    WriteTogether,
    fits_row,
)

LENGTH = 150


class Asker:
    """Plays a history on the engine and remembers the first answer to every key, field by field."""

    def __init__(self, history: History, directory: Path) -> None:
        self.random = Random(history.seed)
        self.history = history
        self.played = EmbeddedLedger(history.program, history.start, directory)
        self.first: dict[str, tuple[Request, dict[str, Any]]] = {}
        self.resent = 0

    def play(self) -> None:
        for step in self.history.steps:
            self.played.advance_to(step.at)
            match step:
                case Write(request=request):
                    self._ask(request)
                case WriteTogether(requests=requests) | WriteMany(requests=requests) | WriteTable(requests=requests):
                    for request in requests:
                        self._ask(request)
                case Publish(program=program):
                    self.played.write("publish", program)
                case Disturbance(kind=kind):
                    getattr(self.played, kind)()
                    self._resend_some(10)
            self._resend_some(self.random.choice([0, 0, 1, 2]))
        for kind in ("restart", "crash"):
            getattr(self.played, kind)()
            self._resend_some(len(self.first))
        self._resend_as_rows()
        assert self.played.verify()

    def _ask(self, request: Request) -> None:
        answer = self._answer(request)
        if answer.get("sequence") and not answer["replayed"]:
            self.first.setdefault(request.key, (request, answer))

    def _resend_some(self, count: int) -> None:
        some = self.random.sample(sorted(self.first), min(count, len(self.first)))
        for key in some:
            request, first = self.first[key]
            again = self._answer(request)
            assert again == {**first, "replayed": True}, f"{request} after {self.played.now()}"
            self.resent += 1

    def _answer(self, request: Request) -> dict[str, Any]:
        """Every field of an answer, or all that an exception says."""
        try:
            answer = self.played.asked(request.verb, request.args, request.rest)
        except ll.LedgerError as error:
            details = {name: value for name, value in error.details.items() if name != "replayed"}
            said = {"kind": type(error), "code": error.code, "sequence": error.sequence, "details": details}
            return {**said, "replayed": error.replayed}
        told = {field.name: getattr(answer, field.name) for field in fields(answer)}
        if request.verb in CODED:
            told |= {field.name: getattr(answer.answer, field.name) for field in fields(told.pop("answer"))}
        return told

    def _resend_as_rows(self) -> None:
        """All that fit in one table, and as a whole: known rows count as applied, unless one of them was refused."""
        asked = [(request, first) for request, first in self.first.values() if fits_row(request)]
        told = pa.table(self.played.ledger.post_batch(self._table([request for request, _ in asked]))).to_pylist()
        for (request, first), row in zip(asked, told, strict=True):
            assert row["replayed"], request
            expected = {name: first[name] for name in ("code", "sequence")}
            assert {name: row[name] for name in expected} == expected, request
        applied = [request for request, first in asked if first["code"] in ("APPLIED", "PARKED")]
        whole = self.played.ledger.post_batch(self._table(applied), all_or_nothing=True, key="all of it")
        assert (whole.replayed, whole.refused_row) == (len(applied), None)

    def _table(self, requests: list[Request]) -> pa.Table:
        return table({name: self.played.cell(value) for name, value in request.row.items()} for request in requests)


SEEDS = range(500, 512)
VERBS = {
    *("enroll", "add_alias", "remove_alias", "replace_alias", "block", "unblock", "close_member", "erase_member"),
    *("purchase", "accrue", "redeem", "authorize", "capture", "void", "reverse", "transfer"),
    *("adjust", "reinstate", "extend", "forgive_debt", "activate"),
    *("link_member", "unlink_member", "issue_one_time_code"),
}


@pytest.mark.parametrize("seed", SEEDS)
def test_first_answers_for_ever(seed: int, tmp_path: Path) -> None:
    asker = Asker(write_history(seed, LENGTH), tmp_path)
    asker.play()
    assert asker.resent > len(asker.first)


def test_every_verb_is_asked_again() -> None:
    """Each is applied under its own key somewhere in the histories, so that its first answer is asked for again."""
    applied = set()
    for seed in SEEDS:
        author = Author(seed)
        author.write(LENGTH)
        by_key = author.model.ledger.by_key.values()
        applied |= {one.verb for one in by_key if one.outcome.code == "APPLIED"}
    assert applied >= VERBS


def test_another_answer_is_noticed(tmp_path: Path) -> None:
    """One field of one first answer changed is enough."""
    asker = Asker(write_history(500, 40), tmp_path)
    asker.play()
    key, (request, first) = next(iter(asker.first.items()))
    asker.first[key] = (request, {**first, "recorded_at": None})
    with pytest.raises(AssertionError, match="after"):
        asker._resend_some(len(asker.first))
    other = replace(request, rest={**request.rest, "occurred_at": None})
    assert asker._answer(other)["replayed"]
