"""Tables of mixed verbs: every verb's columns, and what is wrong with one told by column and row."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

import loyalty_ledger as ll

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
UTC_TIME = pa.timestamp("us", "UTC")

Row = dict[str, Any]

GOOD: dict[str, Row] = {
    "enroll": {"member": "m-9"},
    "add_alias": {"member": "m-1", "kind": "card", "value": "2760009"},
    "remove_alias": {"member": "m-1", "kind": "card", "value": "2760001"},
    "replace_alias": {"member": "m-1", "kind": "card", "old": "2760001", "new": "2760009"},
    "purchase": {"member": "m-1", "amount": 500},
    "accrue": {"member": "m-1", "points": 5},
    "redeem": {"member": "m-1", "points": 5},
    "authorize": {"member": "m-1", "points": 5},
    "capture": {"authorization": "hold"},
    "void": {"authorization": "hold"},
    "reverse": {"original": "welcome"},
    "adjust": {"member": "m-1", "points": -5, "reason": "goodwill", "actor": "desk-1"},
    "transfer": {"giver": "m-1", "receiver": "m-2", "points": 5},
    "block": {"member": "m-1", "reason": "fraud", "actor": "desk-1"},
    "unblock": {"member": "m-1", "reason": "cleared", "actor": "desk-1"},
    "close_member": {"member": "m-1", "reason": "wish"},
    "erase_member": {"member": "m-1", "reason": "wish"},
    "reinstate": {"member": "m-1", "lot": 1, "reason": "goodwill", "actor": "desk-1"},
    "extend": {"authorization": "hold", "ttl": timedelta(hours=1)},
    "forgive_debt": {"member": "m-1", "reason": "goodwill", "actor": "desk-1"},
    "activate": {"original": "welcome"},
    "issue_code": {"program": "friends", "member": "m-1"},
    "disable_code": {"program": "friends", "code": "ANN26", "reason": "abuse", "actor": "desk-1"},
    "record_touch": {"program": "friends", "method": "click", "code": "ANN26", "touched_at": NOW},
    "bind_referral": {"program": "friends", "friend": "m-1"},
    "record_step": {"program": "friends", "friend": "m-1", "step": "newsletter"},
    "review_referral": {
        "program": "friends",
        "friend": "m-1",
        "decision": "freeze",
        "reason": "fraud",
        "actor": "desk-1",
    },
    "dispute": {"original": "welcome", "outcome": "lost"},
}


def table(*rows: Row) -> pa.Table:
    """Rows as one table: a key for each, null where a row has no value."""
    keyed = [{"key": f"k/{number}", **row} for number, row in enumerate(rows)]
    names = sorted({name for row in keyed for name in row})
    return pa.table({name: [row.get(name) for row in keyed] for name in names})


def verb(name: str, **changed: Any) -> Row:
    return {"verb": name, **GOOD[name], **changed}


def codes(ledger: ll.Ledger, rows: Any) -> list[str]:
    answers: list[str] = pa.table(ledger.post_batch(rows))["code"].to_pylist()
    return answers


class TestTaken:
    """Tables that are taken."""

    def test_a_till_day(self, ledger: ll.Ledger, member: str) -> None:
        rows = table(
            verb("enroll", card="2760009", key=None),
            verb("purchase", member=None, card="2760009", amount=1234),
            verb("redeem", points=30),
            verb("authorize", points=20, ttl=timedelta(minutes=5), key="hold"),
            verb("capture", points=15),
            verb("reverse", original="k/2"),
            verb("reverse", original="k/1", amount=34),
            verb("adjust", points=7),
            verb("remove_alias"),
        )
        assert codes(ledger, rows) == ["APPLIED"] * 9
        assert ledger.balance("m-9").available == 12
        assert ledger.balance(member).available == 100 - 15 + 7
        again = ledger.post_batch(rows)
        assert (again.applied, again.replayed) == (0, 9)

    def test_rows_are_what_the_verbs_are(self, ledger: ll.Ledger, member: str) -> None:
        """The same key asked by a row and by the verb is the same request."""
        when = NOW - timedelta(days=1)
        rows = table(
            verb("purchase", amount=Decimal("12.30"), currency="EUR", occurred_at=when, key="p"),
            verb("accrue", points=9, funder="shop", price=Decimal("0.011"), currency="EUR", wallet="points", key="a"),
            verb("authorize", points=8, ttl=timedelta(hours=2), allow_partial=True, key="h"),
            verb("capture", authorization="h", points=3, key="c"),
            verb("reverse", original="a", points=4, member="m-1", key="r"),
            verb("adjust", points=6, expires_at=NOW + timedelta(days=9), key="j"),
        )
        assert codes(ledger, rows) == ["APPLIED"] * 6
        hour = timedelta(hours=2)
        assert ledger.purchase(member, amount="12.30", currency="EUR", key="p").replayed
        assert ledger.accrue(member, 9, funder="shop", price="0.011", currency="EUR", key="a").replayed
        assert ledger.authorize(member, 8, ttl=hour, allow_partial=True, key="h").replayed
        assert ledger.capture("h", points=3, key="c").replayed
        assert ledger.reverse("a", points=4, member=member, key="r").replayed
        expires_at = NOW + timedelta(days=9)
        assert ledger.adjust(member, 6, expires_at=expires_at, reason="goodwill", actor="desk-1", key="j").replayed

    def test_earlier_entries_by_sequence(self, ledger: ll.Ledger, member: str) -> None:
        welcome = ledger.entry(key="welcome").sequence
        hold = ledger.authorize(member, 10, key="hold").sequence
        rows = table(
            verb("void", authorization=None, authorization_sequence=hold),
            verb("reverse", original=None, original_sequence=welcome),
        )
        assert codes(ledger, rows) == ["APPLIED", "APPLIED"]
        assert ledger.balance(member).available == 0

    @pytest.mark.parametrize("name", GOOD)
    def test_every_verb_answers(self, ledger: ll.Ledger, member: str, name: str) -> None:
        ledger.authorize(member, 10, key="hold")
        answers = ledger.post_batch(table(verb(name)))
        assert answers.applied + answers.refused + answers.rejected == 1

    def test_forms_of_frames(self, ledger: ll.Ledger, member: str) -> None:
        frame = pl.DataFrame(
            {
                "verb": pl.Series(["accrue", "redeem"], dtype=pl.Categorical),
                "member": ["m-1", "m-1"],
                "key": ["a", "b"],
                "points": [5, 3],
                "ttl": pl.Series([None, None], dtype=pl.Duration("ms")),
                "lines": pl.Series([None, None], dtype=pl.List(pl.Struct({"amount": pl.Int64}))),
            }
        )
        assert codes(ledger, frame) == ["APPLIED", "APPLIED"]
        nothing = pa.table({"verb": pa.array([], pa.string())})
        assert len(ledger.post_batch(nothing)) == 0

    def test_chunks_and_the_clock(self, ledger: ll.Ledger, member: str) -> None:
        times = [NOW + timedelta(hours=hours) for hours in range(4)]
        rows = [verb("accrue", key=f"t/{at}", recorded_at=at) for at in times]
        whole = pa.concat_tables([table(*rows[:1]), table(*rows[1:1]), table(*rows[1:])], promote_options="default")
        assert codes(ledger, whole) == ["APPLIED"] * 4
        assert ledger.checkpoint().now == times[-1]


NEEDED = [(name, needed) for name, row in GOOD.items() for needed in row]
"""A direct visit has no code."""


class TestRefused:
    """Tables that are not taken; nothing of them is written."""

    @pytest.fixture(autouse=True)
    def nothing_is_written(self, ledger: ll.Ledger, member: str) -> Iterator[None]:
        before = ledger.checkpoint().sequence
        yield
        assert ledger.checkpoint().sequence == before

    def refused(self, ledger: ll.Ledger, rows: Any, column: str | None, row: int | None, message: str) -> None:
        with pytest.raises(ll.TableError, match=message) as raised:
            ledger.post_batch(rows)
        assert (raised.value.column, raised.value.row) == (column, row)

    @pytest.mark.parametrize(("name", "needed"), [pair for pair in NEEDED if pair != ("record_touch", "code")])
    def test_what_a_verb_needs(self, ledger: ll.Ledger, name: str, needed: str) -> None:
        good = verb("accrue", member="m-1")
        bad = verb(name, **{needed: None})
        with pytest.raises(ll.TableError, match="needs|name its authorization") as raised:
            ledger.post_batch(table(good, bad))
        assert raised.value.row == 1

    @pytest.mark.parametrize("name", GOOD)
    def test_what_a_verb_has_no_use_for(self, ledger: ll.Ledger, name: str) -> None:
        extra = "giver" if name != "transfer" else "funder"
        bad = verb(name, **{extra: "m-1"})
        self.refused(ledger, table(verb("accrue"), verb(name), bad), extra, 2, f"is no argument of {name}")

    def test_a_key_that_is_missing(self, ledger: ll.Ledger) -> None:
        self.refused(ledger, table(verb("accrue"), verb("redeem", key=None)), "key", 1, "redeem needs it")

    def test_verbs_that_are_none(self, ledger: ll.Ledger) -> None:
        self.refused(ledger, pa.table({"key": ["a"]}), "verb", None, "each row of post_batch has a verb")
        self.refused(
            ledger, table(verb("accrue"), {"verb": "publish"}), "verb", 1, "post_batch knows enroll, add_alias"
        )
        self.refused(ledger, table(verb("accrue"), {"verb": None}), "verb", 1, "null")
        self.refused(ledger, pa.table({"verb": [1], "key": ["a"]}), "verb", None, "string column")

    def test_columns_that_are_none(self, ledger: ll.Ledger) -> None:
        self.refused(ledger, table(verb("accrue", note="a")), "note", None, "is no column of post_batch")
        twice = pa.table([["accrue"], ["a"], ["b"]], names=["verb", "key", "key"])
        self.refused(ledger, twice, "key", None, "twice")

    @pytest.mark.parametrize(
        ("row", "column"),
        [
            (verb("purchase", card="2760001"), "card"),
            (verb("reverse", original_sequence=1), "original_sequence"),
            (verb("capture", authorization_sequence=1), "authorization_sequence"),
            (verb("reverse", points=1, amount=1), "points"),
            (verb("purchase", redeem=1, capture="hold"), "capture"),
        ],
    )
    def test_one_of_two(self, ledger: ll.Ledger, row: Row, column: str) -> None:
        self.refused(ledger, table(verb("accrue"), row), column, 1, "stands beside")

    @pytest.mark.parametrize(
        ("row", "column", "message"),
        [
            (verb("purchase", capture_points=1), "capture_points", "that of a capture"),
            (verb("accrue", currency="EUR"), "currency", "that of price"),
            (verb("reverse", currency="EUR"), "currency", "that of amount"),
            (verb("extend", lot=1), "lot", "that of a lot"),
            (verb("extend", authorization=None), "ttl", "that of a hold"),
            (verb("extend", authorization=None, ttl=None, member="m-1"), "expires_at", "needs"),
            (verb("purchase", receipt_store="12"), "receipt_business_date", "a receipt needs it"),
            (verb("purchase", receipt_terminal="3"), "receipt_store", "a receipt needs it"),
            (verb("reverse", original=None, original_receipt_number="1"), "original_receipt_store", "a receipt needs"),
            (verb("reverse", shortfall="forgive"), "shortfall", "use one of debt, clamp"),
            (verb("reverse", restore=""), "restore", "use one of original, grace, reissue"),
            (verb("purchase", source_entry_mode="guessed"), "source_entry_mode", "use one of scanned"),
            (verb("purchase", currency="euro"), "currency", "three capital letters"),
            (verb("reverse", original=None, original_sequence=0), "original_sequence", "below 1"),
            (verb("reinstate", lot=-1), "lot", "below 1"),
            (verb("add_alias", value="27x"), "value", "digits"),
            (verb("replace_alias", new="27x"), "new", "digits"),
            (verb("purchase", lines=[{"quantity": 1, "amount": None}]), "lines", "without an amount"),
            (verb("purchase", lines=[{"amount": 500, "line": 1}]), "lines", "that of a return"),
            (verb("reverse", lines=[{"quantity": 1, "line": None}]), "lines", "without the part line"),
            (verb("reverse", lines=[{"line": 1, "amount": 500}]), "lines", "more than line and quantity"),
            (verb("purchase", lines=[None, {"amount": 500}]), "lines", "line that is null"),
            (verb("purchase", lines=[{"amount": Decimal("5.001")}]), "lines", "more than 2 decimals"),
        ],
    )
    def test_a_cell(self, ledger: ll.Ledger, row: Row, column: str, message: str) -> None:
        self.refused(ledger, table(verb("accrue"), row), column, 1, message)

    @pytest.mark.parametrize(
        ("column", "values", "message"),
        [
            ("points", pa.array([1.0]), "whole numbers"),
            ("amount", pa.array([1.0]), "hold money exactly"),
            ("ttl", pa.array([300]), "duration column"),
            ("occurred_at", pa.array([datetime(2026, 1, 1)]), "naive"),
            ("receipt_business_date", pa.array(["2026-01-01"]), "date column"),
            ("offline", pa.array(["yes"]), "boolean"),
            ("lot", pa.array(["1"]), "whole numbers"),
            ("lines", pa.array(["1"]), "list of structs"),
            ("lines", pa.array([[1]]), "list of structs"),
            ("lines", pa.array([[{"amount": 500, "colour": "red"}]]), "the part colour"),
            ("lines", pa.array([[{"amount": 5.0}]]), "the part amount of a line .*hold money exactly"),
            ("lines", pa.array([[{"amount": 500, "quantity": "1"}]]), "the part quantity of a line"),
            ("lines", pa.array([[{"amount": 500, "excluded": 1}]]), "the part excluded of a line"),
        ],
    )
    def test_a_column_of_the_wrong_type(self, ledger: ll.Ledger, column: str, values: Any, message: str) -> None:
        rows = pa.table({"verb": ["purchase"], "member": ["m-1"], "key": ["k"], column: values})
        self.refused(ledger, rows, column, None, message)

    def test_the_last_row_of_several_chunks(self, ledger: ll.Ledger) -> None:
        chunks = [table(*[verb("accrue", key=f"{chunk}/{row}") for row in range(600)]) for chunk in range(3)]
        bad = table(verb("accrue", points=None, reason=None))
        whole = pa.concat_tables([*chunks, bad], promote_options="permissive")
        self.refused(ledger, whole, "points", 1800, "accrue needs it")

    def test_recorded_at(self, ledger: ll.Ledger) -> None:
        late = table(verb("accrue", recorded_at=NOW + timedelta(hours=1)), verb("redeem", recorded_at=NOW))
        self.refused(ledger, late, "recorded_at", 1, "sort the table")
        some = pa.table(
            {
                **{name: [value] * 2 for name, value in verb("accrue").items()},
                "key": ["a", "b"],
                "recorded_at": pa.array([NOW, None], UTC_TIME),
            }
        )
        self.refused(ledger, some, "recorded_at", 1, "null")


def test_recorded_at_is_for_manual_clocks(tmp_path: Any) -> None:
    with ll.open(tmp_path / "system.ledger") as live:
        live.enroll("m-1")
        with pytest.raises(ll.TableError, match="use occurred_at"):
            live.post_batch(table(verb("accrue", recorded_at=NOW)))


def test_a_receipt_of_a_day_far_ahead_is_one_row_s_fault(ledger: ll.Ledger, member: str) -> None:
    """What only the ledger can tell answers per row."""
    far = date(9999, 12, 31)
    rows = table(verb("purchase", receipt_store="12", receipt_number="1", receipt_business_date=far), verb("accrue"))
    assert codes(ledger, rows)[1] == "APPLIED"


class TestAsAWhole:
    """Batches that are applied as a whole or not at all."""

    def rows(self, points: int) -> pa.Table:
        return table(verb("purchase", amount=1000), verb("redeem", points=points), verb("accrue"))

    def test_all_or_none(self, ledger: ll.Ledger, member: str) -> None:
        before = ledger.checkpoint().sequence
        refused = ledger.post_batch(self.rows(111), all_or_nothing=True, key="b/1")
        assert (refused.refused_row, refused.refused, refused.applied) == (1, 3, 0)
        told = pa.table(refused).to_pylist()
        assert {row["code"] for row in told} == {"INSUFFICIENT_POINTS"}
        assert [row["sequence"] for row in told] == [None, before + 1, None]
        assert pa.table(refused.refusals())["requested"].to_pylist() == [0, 111, 0]
        assert (ledger.entry(before + 1).verb, ledger.checkpoint().sequence) == ("batch", before + 1)
        applied = ledger.post_batch(self.rows(110), all_or_nothing=True, key="b/2")
        assert (applied.refused_row, applied.applied) == (None, 3)
        assert ledger.balance(member).available == 5
        for points, key, first in ((111, "b/1", refused), (110, "b/2", applied)):
            again = ledger.post_batch(self.rows(points), all_or_nothing=True, key=key)
            assert again.replayed == 3
            columns = ["code", "sequence", "recorded_at", "awarded", "available"]
            assert pa.table(again).select(columns).equals(pa.table(first).select(columns))
        assert ledger.verify().ok

    def test_a_key_used_for_something_else(self, ledger: ll.Ledger, member: str) -> None:
        for key in ("welcome", "k/0"):
            answers = ledger.post_batch(self.rows(1), all_or_nothing=True, key=key)
            assert set(pa.table(answers)["code"].to_pylist()) == {"KEY_REUSED"}
        assert ledger.balance(member).available == 100

    def test_what_is_wrong_with_the_call(self, ledger: ll.Ledger, member: str) -> None:
        before = ledger.checkpoint().sequence
        with pytest.raises(TypeError, match="needs a key"):
            ledger.post_batch(self.rows(1), all_or_nothing=True)
        with pytest.raises(TypeError, match="rows have theirs"):
            ledger.post_batch(self.rows(1), key="b")
        with pytest.raises(TypeError, match="all_or_nothing must be True or False"):
            ledger.post_batch(self.rows(1), all_or_nothing="yes", key="b")  # type: ignore[arg-type]
        with pytest.raises(ll.KeyMissing):
            ledger.post_batch(self.rows(1), all_or_nothing=True, key="")
        with pytest.raises(ll.KeyTooLong):
            ledger.post_batch(self.rows(1), all_or_nothing=True, key="k" * 129)
        timed = table(verb("accrue", recorded_at=NOW + timedelta(hours=1)))
        with pytest.raises(ll.TableError, match="recorded at once"):
            ledger.post_batch(timed, all_or_nothing=True, key="b")
        training = table(verb("accrue", source_training=True))
        with pytest.raises(ll.TableError, match="written as a whole"):
            ledger.post_batch(training, all_or_nothing=True, key="b")
        many = pa.table({"verb": ["void"] * 8193, "key": ["k"] * 8193, "authorization": ["h"] * 8193})
        with pytest.raises(ll.BatchTooLarge):
            ledger.post_batch(many, all_or_nothing=True, key="b")
        assert ledger.checkpoint().sequence == before
