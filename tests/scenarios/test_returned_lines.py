"""Lines of a basket: what is excluded earns nothing; lines come back one by one, in any order."""

from itertools import permutations

import pytest

from ledgers import PlayedLedger, program
from model import Line
from scenarios.conftest import Play

BASKET = [
    Line(2398, sku="coffee", quantity=2),
    Line(1292, sku="mug"),
    Line(5000, sku="card", category="gift_card"),
    Line(199, sku="bag", excluded=True),
]


def sell(play: Play, **settings: object) -> PlayedLedger:
    ledger = play(program(exclude=["gift_card"], **settings), "2026-03-02T10:15")
    ledger.enroll("m-1")
    assert ledger.purchase("m-1", amount="88.89", lines=BASKET, key="p-1").awarded == 36
    return ledger


def test_lines_come_back(play: Play) -> None:
    ledger = sell(play)
    assert ledger.reverse("p-1", lines=[(3, None)], key="back-1").cash == 5000
    ledger.expect("m-1", available=36)
    assert ledger.reverse("p-1", lines=[(1, 1)], key="back-2").cash == 1199
    ledger.expect("m-1", available=24)
    assert ledger.reverse("p-1", lines=[(1, 1), (2, 1)], key="back-3").cash == 2491
    ledger.expect("m-1")
    assert ledger.reverse("p-1", lines=[(2, None)], key="back-4").code == "REVERSAL_EXCEEDS_ORIGINAL"
    assert ledger.reverse("p-1", key="back-5").cash == 199
    assert ledger.reverse("p-1", key="back-6").code == "ALREADY_REVERSED"


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_any_order_ends_equal(play: Play, order: tuple[int, ...]) -> None:
    ledger = play(program(exclude=["gift_card"]), "2026-03-02T10:15")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 500, key="A")
    ledger.purchase("m-1", amount="88.89", lines=BASKET, redeem=333, key="p-1")
    parts: list[dict[str, object]] = [{"lines": [(1, 1)]}, {"lines": [(3, 1), (2, 1)]}, {"amount": 700}, {}]
    backs = [ledger.reverse("p-1", key=f"back-{number}", **parts[number]) for number in order if number != 3]
    backs.append(ledger.reverse("p-1", key="back-3"))
    assert (sum(back.spent for back in backs), sum(back.cash for back in backs)) == (333, 8889 - 333)
    ledger.expect("m-1", available=500)


def test_partial_returns_depend_on_their_sum_alone(play: Play) -> None:
    seen = set()
    for order in permutations([{"lines": [(1, 1)]}, {"lines": [(4, 1)]}, {"amount": 1234}]):
        ledger = sell(play)
        for number, part in enumerate(order):
            assert ledger.reverse("p-1", key=f"back-{number}", **part).code == "APPLIED"
        seen.add(ledger.balance("m-1"))
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ({"lines": [(5, 1)]}, "LINE_UNKNOWN"),
        ({"lines": [(0, 1)]}, "LINE_UNKNOWN"),
        ({"lines": [(1, 3)]}, "REVERSAL_EXCEEDS_ORIGINAL"),
        ({"lines": [(1, 0)]}, "LINE_INVALID"),
        ({"lines": [(1, -1)]}, "LINE_INVALID"),
        ({"amount": "88.90"}, "REVERSAL_EXCEEDS_ORIGINAL"),
        ({"amount": 0}, "AMOUNT_NOT_POSITIVE"),
        ({"amount": -5}, "AMOUNT_NOT_POSITIVE"),
        ({"amount": "5.00", "currency": "USD"}, "MONEY_CURRENCY_NOT_ACCEPTED"),
        ({"points": 5}, "WRONG_UNIT"),
    ],
)
def test_wrong_returns(play: Play, part: dict[str, object], code: str) -> None:
    ledger = sell(play)
    assert ledger.reverse("p-1", key="back-1", **part).code == code
    ledger.expect("m-1", available=36)


@pytest.mark.parametrize(
    ("lines", "amount"),
    [
        ([Line(0)], 0),
        ([Line(-100), Line(600)], 500),
        ([Line(500, quantity=0)], 500),
        ([Line(500)], 501),
    ],
)
def test_wrong_baskets(play: Play, lines: list[Line], amount: int) -> None:
    ledger = sell(play)
    assert ledger.purchase("m-1", amount=amount, lines=lines, key="p-2").code == "LINE_INVALID"
    assert ledger.purchase("m-1", amount=500, lines=[Line(500)], key="p-2").awarded == 5


def test_stated_eligible(play: Play) -> None:
    ledger = sell(play)
    assert ledger.purchase("m-1", amount="20.00", eligible="15.99", key="p-2").awarded == 15
    assert ledger.purchase("m-1", amount="20.00", eligible="20.01", key="p-3").code == "ELIGIBLE_EXCEEDS_AMOUNT"
    ledger.reverse("p-2", amount="10.00", key="back-2")
    ledger.expect("m-1", available=36 + 7)
    ledger.reverse("p-2", key="back-3")
    ledger.expect("m-1", available=36)
