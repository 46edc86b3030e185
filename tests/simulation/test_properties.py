"""What must hold of any sale, played on the engine: order of returns, no points from nothing, quotes, sales undone
before they came."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ledgers import EmbeddedLedger, PlayedLedger, PlayedModel, program
from model import Line, Receipt

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
SHORTFALLS = ("debt", "clamp", "charge_shortfall", "block", "pending_only")
RESTORES = ("original", "grace", "reissue")
bounded = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

Open = Callable[..., PlayedLedger]


@pytest.fixture(params=["model", "engine"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens a ledger of its own for each example; a sale's member has 40 points that expire after ten days."""
    numbers = count()

    def open_ledger(rules: str) -> PlayedLedger:
        if request.param == "model":
            ledger: PlayedLedger = PlayedModel(rules, START)
        else:
            directory = tmp_path / str(next(numbers))
            directory.mkdir()
            ledger = EmbeddedLedger(rules, START, directory)
        ledger.enroll("m-1", {"card": "2760001"})
        ledger.accrue("m-1", 40, expires_at=START + timedelta(days=10), key="welcome")
        return ledger

    return open_ledger


amounts = st.integers(1, 6000)


@st.composite
def lines(draw: st.DrawFn) -> list[Line]:
    return [
        Line(
            draw(amounts),
            category=draw(st.sampled_from(["food", "deposit"])),
            quantity=draw(st.integers(1, 4)),
            excluded=draw(st.booleans()),
        )
        for _ in range(draw(st.integers(1, 5)))
    ]


@st.composite
def baskets(draw: st.DrawFn) -> dict[str, Any]:
    """Some with lines, some with a stated eligible amount, some paid with points, also with more than there are."""
    basket: dict[str, Any] = {"amount": draw(st.integers(0, 9000))}
    if draw(st.booleans()):
        basket["lines"] = draw(lines())
        basket["amount"] = sum(line.amount for line in basket["lines"])
    if draw(st.booleans()):
        basket["eligible"] = draw(st.integers(0, basket["amount"] + 1))
    paid = draw(st.sampled_from(["money", "redeem", "capture", "part of the hold"]))
    if paid == "redeem":
        basket["redeem"] = draw(st.integers(1, 45))
    elif paid != "money":
        basket["capture"] = "hold"
        if paid == "part of the hold":
            basket["capture_points"] = draw(st.integers(1, 16))
    return basket


@st.composite
def parts_of(draw: st.DrawFn, whole: int) -> list[int]:
    """A sum cut into pieces, in no order."""
    cuts = sorted(draw(st.sets(st.integers(1, whole - 1), max_size=5))) if whole > 1 else []
    pieces = [end - begin for begin, end in zip([0, *cuts], [*cuts, whole], strict=True)]
    return draw(st.permutations(pieces))


def seen(ledger: PlayedLedger) -> tuple[object, ...]:
    """All that anybody can see of the member's points, but for how it came to be."""
    return ledger.balance("m-1"), ledger.lots("m-1"), ledger.ladder("m-1"), ledger.ladder()


@bounded
@given(data=st.data(), amount=st.integers(100, 9000), spent=st.integers(0, 120), policy=st.sampled_from(SHORTFALLS[:2]))
def test_returns_in_any_order_and_split_end_equal(
    opened: Open, data: st.DataObject, amount: int, spent: int, policy: str
) -> None:
    returned = data.draw(st.integers(1, amount))
    redeem = data.draw(st.integers(0, min(40, amount // 100)))
    ends = []
    for parts in (data.draw(parts_of(returned)), data.draw(parts_of(returned)), [returned]):
        ledger = opened(program(shortfall=policy, restore="original"))
        ledger.purchase("m-1", amount=amount, key="sale", **({"redeem": redeem} if redeem else {}))
        if spent:
            ledger.redeem("m-1", min(spent, ledger.balance("m-1").available) or 1, key="spent")
        for number, part in enumerate(parts):
            assert ledger.reverse("sale", amount=part, key=f"back-{number}").code == "APPLIED"
        ends.append((seen(ledger), ledger.trial_balance()))
        ledger.close()
    assert ends[0] == ends[1] == ends[2]


@bounded
@given(
    policies=st.tuples(st.sampled_from(SHORTFALLS), st.sampled_from(RESTORES)),
    amount=st.integers(100, 9000),
    redeem=st.integers(0, 40),
    spent=st.integers(1, 130),
    days=st.tuples(st.integers(0, 20), st.integers(0, 50)),
    is_sale_first=st.booleans(),
    parts=st.integers(1, 3),
)
@example(("clamp", "original"), 5000, 20, 90, (5, 40), True, 2)
@example(("charge_shortfall", "reissue"), 5000, 0, 90, (0, 0), True, 1)
@example(("pending_only", "grace"), 5000, 0, 90, (0, 40), True, 1)
def test_buying_spending_and_returning_everything_prints_nothing(
    opened: Open,
    policies: tuple[str, str],
    amount: int,
    redeem: int,
    spent: int,
    days: tuple[int, int],
    is_sale_first: bool,
    parts: int,
) -> None:
    """In the end the member has at most what was there before. Only `charge_shortfall` leaves points beyond, which were
    paid for in cash, and `pending_only`, which takes nothing that had been spendable."""
    shortfall, restore = policies
    ledger = opened(program(shortfall=shortfall, restore=restore, expiry="P1M"))
    redeem = min(redeem, amount // 100)
    sale = ledger.purchase("m-1", amount=amount, key="sale", **({"redeem": redeem} if redeem else {}))
    ledger.advance_to(ledger.now() + timedelta(days=days[0]))
    ledger.redeem("m-1", min(spent, ledger.balance("m-1").available) or 1, key="spent")
    ledger.advance_to(ledger.now() + timedelta(days=days[1]))
    returns: list[tuple[str, dict[str, int]]] = [("sale", {"amount": amount // parts})] * (parts - 1) + [("sale", {})]
    # What was blocked while the points were spent is returned in the end.
    asked = [*returns, ("spent", {}), *returns] if is_sale_first else [("spent", {}), *returns]
    for number, (original, part) in enumerate(asked):
        ledger.reverse(original, key=f"back-{number}", **part)
    figures, balance = ledger.trial_balance(), ledger.balance("m-1")
    assert (figures["accrual_reversed"], figures["redemption_reversed"]) == (sale.awarded, figures["redeemed"])
    beyond = {"charge_shortfall": figures["settled_in_cash"], "pending_only": figures["written_off"]}.get(shortfall, 0)
    assert (figures["settled_in_cash"] + figures["written_off"], balance.debt) == (beyond, 0)
    assert balance.pending + balance.available <= 40 + beyond
    assert beyond <= (sale.awarded or 0)
    ledger.assert_sound()
    ledger.close()


@bounded
@given(basket=baskets(), pending=st.sampled_from(["P0D", "P14D"]), is_given=st.booleans(), late=st.integers(0, 20))
def test_quote_is_the_purchase(opened: Open, basket: dict[str, Any], pending: str, is_given: bool, late: int) -> None:
    """The same figures, or the same refusal; and nothing is written."""
    ledger = opened(program(pending=pending, expiry="P12M", exclude=["deposit"], earning=(3, 200)))
    ledger.accrue("m-1", 15, key="held")
    ledger.authorize("m-1", 15, key="hold", ttl=timedelta(days=5))
    if is_given:
        ledger.enroll("m-2")
        ledger.accrue("m-2", 9, key="of m-2", activates_at=START)
        ledger.transfer("m-2", "m-1", 9, key="gift")
    ledger.advance_to(ledger.now() + timedelta(days=late))
    basket = {**basket, "occurred_at": ledger.now() - timedelta(days=late // 2)}
    before = seen(ledger)
    quoted = ledger.quote("m-1", **basket)
    assert (seen(ledger), quoted.sequence) == (before, None)
    bought = ledger.purchase("m-1", key="sale", **basket)
    assert replace(quoted, sequence=None) == replace(bought, sequence=None)
    ledger.close()


@bounded
@given(
    basket=baskets(),
    named=st.sampled_from(["key", "receipt"]),
    expiry=st.sampled_from(["P12M", '{ sliding = "P1M" }']),
    days=st.tuples(st.integers(0, 5), st.integers(0, 60)),
    is_new=st.booleans(),
)
def test_undone_before_it_came_is_never_sold(
    opened: Open, basket: dict[str, Any], named: str, expiry: str, days: tuple[int, int], is_new: bool
) -> None:
    """Also as activity, which would keep points alive, and for a member who would have joined with the sale."""
    receipt = Receipt("12", "3", START.date(), "4711")
    ends = []
    for is_sold in (False, True):
        ledger = opened(program(expiry=expiry, exclude=["deposit"]))
        ledger.accrue("m-1", 15, key="held")
        ledger.authorize("m-1", 15, key="hold", ttl=timedelta(days=5))
        if is_sold:
            undone = ledger.reverse("sale" if named == "key" else receipt, key="undo")
            assert undone.code == "PARKED"
        ledger.advance_to(ledger.now() + timedelta(days=days[0]))
        if is_sold:
            buyer = {"enroll": True} if is_new else {}
            late = ledger.purchase("m-9" if is_new else "m-1", key="sale", receipt=receipt, **buyer, **basket)
            assert late.code != "APPLIED"
            assert ledger.quote("m-9", amount=100).code == "MEMBER_NOT_FOUND"
        views = []
        for _ in range(2):
            views.append((*seen(ledger), ledger.trial_balance(), ledger.statement_figures("m-1"), ledger.holds()))
            ledger.advance_to(ledger.now() + timedelta(days=days[1]))
        ends.append(views)
        ledger.assert_sound()
        ledger.close()
    assert ends[0] == ends[1]
