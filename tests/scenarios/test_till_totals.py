"""The slip of a till at the end of its day, and holds that nobody ended."""

from datetime import date, timedelta

from ledgers import program
from model import Receipt
from scenarios.conftest import Play

DAY = date(2026, 5, 1)


def receipt(number: str, terminal: str = "3") -> Receipt:
    return Receipt("12", terminal, DAY, number)


def test_totals(play: Play) -> None:
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.purchase("m-1", amount="40.00", receipt=receipt("1"), key="p-1")
    ledger.purchase("m-1", amount="40.00", receipt=receipt("1"), key="p-1")
    ledger.purchase("m-1", amount="9.99", receipt=receipt("2"), key="p-2")
    ledger.purchase("m-1", amount="5.00", receipt=receipt("2", terminal="4"), key="p-3")
    ledger.redeem("m-1", 1000, receipt=receipt("3"), key="r-1")
    ledger.redeem("m-1", 10, receipt=receipt("4"), key="r-2")
    ledger.purchase("m-1", amount="7.00", key="p-4")
    expected = {
        ("purchase", "APPLIED"): (2, 4999, 49),
        ("redeem", "INSUFFICIENT_POINTS"): (1, 0, 0),
        ("redeem", "APPLIED"): (1, 0, 10),
    }
    assert ledger.totals(store="12", terminal="3", business_date=DAY) == expected
    assert ledger.totals(store="12", business_date=DAY)["purchase", "APPLIED"] == (3, 5499, 54)
    assert ledger.totals(store="13", business_date=DAY) == {}
    assert ledger.totals(store="12", business_date=DAY + timedelta(days=1)) == {}


def test_open_holds(play: Play) -> None:
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 100, key="A")
    ledger.authorize("m-1", 20, ttl=timedelta(hours=1), receipt=receipt("1"), key="h-1")
    ledger.authorize("m-1", 5, ttl=timedelta(hours=1), receipt=receipt("2"), key="h-0")
    ledger.at("2026-05-01T12:30").authorize("m-1", 30, ttl=timedelta(hours=1), receipt=receipt("3"), key="h-2")
    ledger.void("h-0", key="v-0")
    assert ledger.holds(store="12") == [("m-1", 20), ("m-1", 30)]
    assert ledger.holds(store="12", older_than=timedelta(minutes=10)) == [("m-1", 20)]
    assert ledger.holds(store="13") == []
    ledger.at("2026-05-01T13:00")
    assert ledger.holds() == [("m-1", 30)]
