"""Many callers at once, and a process that dies after it has answered."""

from collections import Counter
from functools import partial

from ledgers import PlayedLedger, program
from scenarios.conftest import Play


def with_a_hundred(play: Play) -> PlayedLedger:
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 100, key="A")
    return ledger


def test_twenty_redemptions_with_keys_of_their_own(play: Play) -> None:
    ledger = with_a_hundred(play)
    outcomes = ledger.write_in_parallel([partial(ledger.redeem, "m-1", 100, key=f"r-{n}") for n in range(20)])
    assert Counter(outcome.code for outcome in outcomes) == {"APPLIED": 1, "INSUFFICIENT_POINTS": 19}
    ledger.expect("m-1")
    for n, first in enumerate(outcomes):
        assert ledger.redeem("m-1", 100, key=f"r-{n}").code == first.code


def test_twenty_redemptions_with_one_key(play: Play) -> None:
    ledger = with_a_hundred(play)
    outcomes = ledger.write_in_parallel([partial(ledger.redeem, "m-1", 60, key="r-1")] * 20)
    assert {(outcome.code, outcome.available) for outcome in outcomes} == {("APPLIED", 40)}
    assert len({outcome.sequence for outcome in outcomes}) == 1
    assert sum(outcome.replayed for outcome in outcomes) == 19
    ledger.expect("m-1", available=40)


def test_two_parallel_reversals(play: Play) -> None:
    ledger = with_a_hundred(play)
    ledger.redeem("m-1", 100, key="r-1")
    outcomes = ledger.write_in_parallel([partial(ledger.reverse, "r-1", key=f"back-{n}") for n in range(2)])
    assert sorted(outcome.code for outcome in outcomes) == ["ALREADY_REVERSED", "APPLIED"]
    ledger.expect("m-1", available=100)


def test_killed_after_the_answer(play: Play) -> None:
    ledger = with_a_hundred(play)
    ledger.redeem_and_be_killed("m-1", 30, key="r-1")
    ledger.expect("m-1", available=70)
    again = ledger.redeem("m-1", 30, key="r-1")
    assert (again.code, again.available, again.replayed) == ("APPLIED", 70, True)
    ledger.expect("m-1", available=70)
