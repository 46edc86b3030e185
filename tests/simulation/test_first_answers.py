"""Any request resent at any later time gets its first answer, in every field: by its verb and as a row of a table."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pytest

import loyalty_ledger as ll
from ledgers import EmbeddedLedger
from simulation.author import write_history
from simulation.history import Disturbance, History, Publish, Request, Write, WriteMany, WriteTogether

LENGTH = 150
# What the arguments that come by position are called.
NAMES = {
    "enroll": ("member",),
    "add_alias": ("member", "kind", "value"),
    "remove_alias": ("member", "kind", "value"),
    "replace_alias": ("member", "kind", "old", "new"),
    "capture": ("authorization",),
    "void": ("authorization",),
    "reverse": ("original",),
    "activate": ("original",),
    "transfer": ("giver", "receiver", "points"),
}
PLAIN = (str, int, bool, datetime, timedelta)


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
                case WriteTogether(requests=requests) | WriteMany(requests=requests):
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
        translated = self.played._translated
        arguments = [translated(one) for one in request.args]
        rest = {name: translated(one) for name, one in request.rest.items()}
        try:
            answer = getattr(self.played.ledger, request.verb)(*arguments, **rest)
        except ll.LedgerError as error:
            details = {name: value for name, value in error.details.items() if name != "replayed"}
            said = {"kind": type(error), "code": error.code, "sequence": error.sequence, "details": details}
            return {**said, "replayed": error.replayed}
        return {field.name: getattr(answer, field.name) for field in fields(answer)}

    def _resend_as_rows(self) -> None:
        """All of them in one table, and as a whole: known rows count as applied, unless one of them was refused."""
        asked = [(request, first) for request, first in self.first.values() if _is_plain(request)]
        told = pa.table(self.played.ledger.post_batch(_table([request for request, _ in asked]))).to_pylist()
        for (request, first), row in zip(asked, told, strict=True):
            assert row["replayed"], request
            expected = {name: first[name] for name in ("code", "sequence")}
            assert {name: row[name] for name in expected} == expected, request
        applied = [request for request, first in asked if first["code"] == "APPLIED"]
        whole = self.played.ledger.post_batch(_table(applied), all_or_nothing=True, key="all of it")
        assert (whole.replayed, whole.refused_row) == (len(applied), None)


def _is_plain(request: Request) -> bool:
    values = [*request.args, *request.rest.values()]
    by_key = request.verb not in ("capture", "void", "reverse", "activate") or isinstance(request.args[0], str)
    return request.verb != "extend" and by_key and all(isinstance(value, PLAIN) for value in values)


def _table(requests: list[Request]) -> pa.Table:
    rows = []
    for request in requests:
        named = dict(zip(NAMES.get(request.verb, ("member", "points")), request.args, strict=False))
        rows.append({"verb": request.verb, **named, **request.rest, **_money(request)})
    names = sorted({name for row in rows for name in row} | {"verb"})
    columns = {name: pa.array([row.get(name) for row in rows]) for name in names}
    return pa.table({name: column.cast(pa.string()) if name == "verb" else column for name, column in columns.items()})


def _money(request: Request) -> dict[str, Decimal]:
    """Money in units: a column holds either those or minor units."""
    given = {name: request.rest[name] for name in ("amount", "eligible", "price") if request.rest.get(name) is not None}
    return {
        name: Decimal(value).scaleb(-2) if isinstance(value, int) else Decimal(str(value))
        for name, value in given.items()
    }


@pytest.mark.parametrize("seed", range(500, 512))
def test_first_answers_for_ever(seed: int, tmp_path: Path) -> None:
    asker = Asker(write_history(seed, LENGTH), tmp_path)
    asker.play()
    assert asker.resent > len(asker.first)


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
