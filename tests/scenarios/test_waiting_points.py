"""Points that wait for an event, and points that end on dates of the calendar."""

import pytest

from ledgers import program
from scenarios.conftest import Play

FIXED = '{ fixed = ["03-31", "09-30"], min_valid = "P3M" }'


def test_points_wait_until_they_are_activated(play: Play) -> None:
    ledger = play(program(pending="on_event", expiry="P12M"), "2026-03-02T10:00")
    ledger.enroll("m-1")
    ledger.purchase("m-1", amount="40.00", key="p-1")
    ledger.purchase("m-1", amount="7.00", key="p-2")
    ledger.at("2027-12-01T10:00").expect("m-1", pending=47)
    activated = ledger.activate("p-1", key="a-1")
    assert (activated.code, activated.awarded, activated.available, activated.pending) == ("APPLIED", 40, 40, 7)
    assert ledger.activate("p-1", key="a-2").awarded == 0
    ledger.reverse("p-1", amount="10.00", key="back-1")
    ledger.reverse("p-2", key="back-2")
    ledger.expect("m-1", available=30)
    assert {str(day): points for day, points in ledger.ladder("m-1").items()} == {"2028-12-02": 30}
    assert ledger.activate("never-seen", key="a-3").code == "TRANSACTION_NOT_FOUND"


def test_activated_points_pay_debt_first(play: Play) -> None:
    ledger = play(program(pending="on_event"), "2026-03-02T10:00")
    ledger.enroll("m-1")
    ledger.purchase("m-1", amount="40.00", key="p-1")
    ledger.adjust("m-1", -25, overdraw=True, key="minus")
    ledger.expect("m-1", pending=40, debt=25)
    ledger.activate("p-1", key="a-1")
    ledger.expect("m-1", available=15)


def test_activation_leaves_the_end_of_what_activates_by_itself(play: Play) -> None:
    """What goes with its wallet still does, though the program has come to another expiry meanwhile."""
    ledger = play(program(pending="P14D", expiry='{ sliding = "P1M" }'), "2026-03-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 34, key="earned")
    ledger.write("publish", program(pending="P14D", expiry="P12M"))
    ledger.at("2026-03-03T12:00").activate("earned", key="a-1")
    assert {str(day): points for day, points in ledger.ladder("m-1").items()} == {"2026-04-02": 34}
    ledger.at("2026-04-02T00:00").expect("m-1")


@pytest.mark.parametrize(
    ("bought", "expires"),
    [
        ("2026-03-02T10:00", "2026-10-01"),
        ("2026-06-30T23:59", "2026-10-01"),
        ("2026-07-01T00:00", "2027-04-01"),
        ("2026-12-31T12:00", "2027-04-01"),
    ],
)
def test_dates_of_the_calendar(play: Play, bought: str, expires: str) -> None:
    ledger = play(program(expiry=FIXED), "2026-01-01T00:00")
    ledger.enroll("m-1")
    ledger.at(bought).purchase("m-1", amount="40.00", key="p-1")
    assert {str(day): points for day, points in ledger.ladder("m-1").items()} == {expires: 40}
