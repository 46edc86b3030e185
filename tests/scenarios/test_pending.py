"""Pending points become available at one exact instant."""

import pytest

from ledgers import program
from scenarios.conftest import Play


@pytest.mark.parametrize(
    ("zone", "pending", "earned", "active"),
    [
        ("Europe/Berlin", "P14D", "2026-03-02T10:15", "2026-03-16T10:15+01:00"),
        ("Europe/Berlin", "P14D", "2026-03-20T10:15", "2026-04-03T10:15+02:00"),
        ("Europe/Berlin", "P14D", "2026-10-15T10:15", "2026-10-29T10:15+01:00"),
        ("Europe/Berlin", "P14D", "2026-03-15T02:30", "2026-03-29T03:00+02:00"),
        ("Europe/Berlin", "P14D", "2026-10-11T02:30", "2026-10-25T02:30+02:00"),
        ("Europe/Berlin", "P1M", "2026-01-31T08:00", "2026-02-28T08:00+01:00"),
        ("America/New_York", "P14D", "2026-02-22T02:30", "2026-03-08T03:00-04:00"),
        ("America/New_York", "P14D", "2026-10-18T01:30", "2026-11-01T01:30-04:00"),
        ("America/New_York", "P14D", "2026-10-20T01:30", "2026-11-03T01:30-05:00"),
    ],
)
def test_pending_ends_at_the_same_local_time(play: Play, zone: str, pending: str, earned: str, active: str) -> None:
    ledger = play(program(zone=zone, pending=pending))
    ledger.enroll("m-1")
    bought = ledger.at(earned).purchase("m-1", amount="68.00", key="p-1")
    assert (bought.awarded, bought.pending, bought.available) == (68, 68, 0)
    instant = ledger.local(active)
    ledger.advance_to(instant - instant.resolution)
    ledger.expect("m-1", pending=68)
    assert ledger.redeem("m-1", 68, key="too-early").code == "INSUFFICIENT_POINTS"
    ledger.advance_to(instant)
    ledger.expect("m-1", available=68)
    assert ledger.redeem("m-1", 68, key="on-time").code == "APPLIED"


def test_no_pending_period_is_this_very_instant_even_in_the_repeated_hour(play: Play) -> None:
    ledger = play(program(pending="P0D", expiry="P1D"), "2026-10-20T00:00")
    ledger.enroll("m-1")
    ledger.at("2026-10-25T02:30+01:00").purchase("m-1", amount="5.00", key="p-1")
    ledger.expect("m-1", available=5)
    ledger.at("2026-10-26T23:59:59").expect("m-1", available=5)
    ledger.at("2026-10-27T00:00").expect("m-1")


def test_purchase_in_the_second_of_two_equal_hours_is_pending_to_the_same_local_time(play: Play) -> None:
    ledger = play(program(pending="P1D"), "2026-10-20T00:00")
    ledger.enroll("m-1")
    ledger.at("2026-10-25T02:30+01:00").purchase("m-1", amount="5.00", key="p-1")
    ledger.at("2026-10-26T02:29:59.999999+01:00").expect("m-1", pending=5)
    ledger.at("2026-10-26T02:30+01:00").expect("m-1", available=5)


def test_pending_points_can_be_taken_back(play: Play) -> None:
    ledger = play(program(pending="P14D"), "2026-03-02T10:15")
    ledger.enroll("m-1")
    ledger.purchase("m-1", amount="68.90", key="p-1")
    assert ledger.reverse("p-1", amount="20.00", key="back-1").code == "APPLIED"
    ledger.expect("m-1", pending=48)
    ledger.at("2026-03-16T10:15").expect("m-1", available=48)
    ledger.reverse("p-1", key="back-2")
    ledger.expect("m-1")


def test_purchase_below_one_point(play: Play) -> None:
    ledger = play(program(pending="P14D"), "2026-03-02T10:15")
    ledger.enroll("m-1")
    assert ledger.purchase("m-1", amount="0.99", key="p-1").awarded == 0
    assert ledger.purchase("m-1", amount=0, key="p-2").awarded == 0
    assert ledger.purchase("m-1", amount=100, key="p-3").awarded == 1
    ledger.expect("m-1", pending=1)


@pytest.mark.parametrize(
    ("earning", "amount", "awarded"), [((3, 200), "9.99", 14), ((1, 1), "0.07", 7), ((7, 3), 5, 11)]
)
def test_points_are_rounded_down_once(play: Play, earning: tuple[int, int], amount: object, awarded: int) -> None:
    ledger = play(program(earning=earning), "2026-03-02T10:15")
    ledger.enroll("m-1")
    assert ledger.purchase("m-1", amount=amount, key="p-1").awarded == awarded
