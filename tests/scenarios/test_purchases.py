"""Quotes, members enrolled on the fly, sales of nothing."""

import pytest

from ledgers import PlayedLedger, program
from model import Line, Source
from scenarios.conftest import Play

BASKETS: list[dict[str, object]] = [
    {"amount": "36.90"},
    {"amount": 0},
    {"amount": "40.00", "redeem": 70},
    {"amount": "40.00", "redeem": 1000},
    {"amount": "10.00", "redeem": 1001},
    {"amount": "40.00", "eligible": "39.99", "redeem": 1},
    {"amount": "50.00", "lines": [Line(2000), Line(3000, category="gift_card")], "redeem": 100},
    {"amount": "40.00", "capture": "hold"},
]


def opened(play: Play, **settings: object) -> PlayedLedger:
    ledger = play(program(exclude=["gift_card"], **settings), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.adjust("m-1", 150, key="A")
    ledger.authorize("m-1", 30, key="hold")
    return ledger


@pytest.mark.parametrize("basket", BASKETS, ids=str)
@pytest.mark.parametrize("pending", ["P0D", "P14D"])
def test_quote_is_what_the_purchase_gives(play: Play, basket: dict[str, object], pending: str) -> None:
    ledger = opened(play, pending=pending)
    before = (ledger.balance("m-1"), ledger.trial_balance(), ledger.lots("m-1"))
    quoted = ledger.quote("m-1", **basket)
    assert before == (ledger.balance("m-1"), ledger.trial_balance(), ledger.lots("m-1"))
    bought = ledger.purchase("m-1", key="p-1", **basket)
    figures = ("code", "awarded", "balance", "spent", "cash")
    assert [getattr(quoted, name) for name in figures] == [getattr(bought, name) for name in figures]
    assert quoted.sequence is None


def test_training_leaves_nothing(play: Play) -> None:
    ledger = opened(play)
    trained = ledger.purchase("m-1", amount="5.00", source=Source(training=True), key="p-1")
    assert (trained.code, trained.awarded) == ("APPLIED", 5)
    ledger.expect("m-1", available=120, held=30)
    assert not ledger.purchase("m-1", amount="6.00", key="p-1").replayed


def test_enrolled_on_the_fly(play: Play) -> None:
    ledger = opened(play)
    joining = {"id": "m-9", "aliases": {"card": "2760009"}}
    first = ledger.purchase(amount="5.00", enroll=joining, key="p-1")
    assert (first.code, first.awarded) == ("APPLIED", 5)
    assert ledger.purchase(card="2760009", amount="6.00", enroll=joining, key="p-2").available == 11
    assert ledger.purchase("m-8", amount="7.00", enroll=True, key="p-3").available == 7
    ledger.purchase(amount="8.00", enroll={"aliases": {"card": "2760010"}}, key="p-4")
    ledger.purchase(amount="8.00", enroll={"aliases": {"card": "2760010"}}, key="p-5")
    assert ledger.balance(card="2760010").available == 16
    ledger.expect("m-9", available=11)
    assert ledger.enroll("m-9").code == "MEMBER_EXISTS"


def test_alias_in_use_makes_nothing(play: Play) -> None:
    ledger = opened(play)
    ledger.add_alias("m-1", "card", "2760001", key="card")
    joining = {"id": "m-9", "aliases": {"card": "2760001"}}
    assert ledger.purchase(amount="5.00", enroll=joining, key="p-1").code == "ALIAS_IN_USE"
    assert ledger.redeem("m-9", 1, key="r-1").code == "MEMBER_NOT_FOUND"


def test_refused_sale_enrols_nobody(play: Play) -> None:
    ledger = opened(play)
    assert ledger.purchase("m-9", amount="5.00", redeem=5, enroll=True, key="p-1").code == "INSUFFICIENT_POINTS"
    assert ledger.redeem("m-9", 1, key="r-1").code == "MEMBER_NOT_FOUND"
