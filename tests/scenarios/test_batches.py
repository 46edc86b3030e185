"""Mixed rows in one batch; and all of them or none."""

from ledgers import PlayedLedger, program
from scenarios.conftest import Play


def opened(play: Play) -> PlayedLedger:
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 100, key="A")
    return ledger


def rows(points: int) -> list[dict[str, object]]:
    return [
        {"verb": "purchase", "member": "m-1", "amount": 500, "currency": "EUR", "key": "p-1"},
        {"verb": "redeem", "member": "m-1", "points": points, "key": "r-1"},
        {"verb": "reverse", "original": "p-1", "amount": 200, "key": "b-1"},
    ]


def test_mixed_rows(play: Play) -> None:
    ledger = opened(play)
    assert [one.code for one in ledger.write_batch(rows(106))] == ["APPLIED", "INSUFFICIENT_POINTS", "APPLIED"]
    assert all(one.replayed for one in ledger.write_batch(rows(106)))
    ledger.expect("m-1", available=103)


def test_all_of_them(play: Play) -> None:
    ledger = opened(play)
    assert [one.code for one in ledger.write_batch(rows(105), key="b")] == ["APPLIED"] * 3
    again = ledger.write_batch(rows(105), key="b")
    assert [(one.code, one.replayed) for one in again] == [("APPLIED", True)] * 3
    assert {one.code for one in ledger.write_batch(rows(104), key="b")} == {"KEY_REUSED"}
    ledger.expect("m-1", debt=2)


def test_or_none(play: Play) -> None:
    ledger = opened(play)
    assert ledger.write_batch(rows(106), key="b")[1].code == "INSUFFICIENT_POINTS"
    ledger.expect("m-1", available=100)
    ledger.adjust("m-1", 50, key="goodwill")
    again = ledger.write_batch(rows(106), key="b")
    assert (again[1].code, again[1].replayed) == ("INSUFFICIENT_POINTS", True)
    ledger.expect("m-1", available=150)
    assert [one.code for one in ledger.write_batch(rows(106), key="b/2")] == ["APPLIED"] * 3


def test_what_is_wrong_in_shape_comes_first(play: Play) -> None:
    """It may be put right under the same keys, also where a row before it would be refused for good."""
    ledger = opened(play)
    wrong = {"verb": "redeem", "member": "m-1", "points": 0, "key": "r-2"}
    assert {one.code for one in ledger.write_batch([*rows(106), wrong], key="b")} == {"POINTS_NOT_POSITIVE"}
    assert [one.code for one in ledger.write_batch(rows(105), key="b")] == ["APPLIED"] * 3


def test_or_none_for_every_refusal(play: Play) -> None:
    """Also for one that else says that the request itself had been undone before it came."""
    ledger = opened(play)
    ledger.reverse("A", key="back")
    again = {"verb": "reverse", "original": "A", "key": "back-2"}
    assert {one.code for one in ledger.write_batch([again], key="b")} == {"ALREADY_REVERSED"}
    ledger.expect("m-1")
    assert ledger.accrue("m-1", 5, key="B").code == "APPLIED"
