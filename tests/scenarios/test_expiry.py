"""When points expire: rolling periods, rounding, short months, summer time, explicit instants."""

import pytest

from ledgers import program
from scenarios.conftest import Play


@pytest.mark.parametrize(
    ("period", "rounding", "earned", "last", "gone"),
    [
        ("P12M", "month", "2026-03-16T10:15", "2027-03-31T23:59:59.999999", "2027-04-01T00:00+02:00"),
        ("P12M", "month", "2026-03-31T23:59:59", "2027-03-31T23:59:59.999999", "2027-04-01T00:00+02:00"),
        ("P12M", "month", "2026-04-01T00:00", "2027-04-30T23:59:59.999999", "2027-05-01T00:00+02:00"),
        ("P12M", "quarter", "2026-04-01T00:00", "2027-06-30T23:59:59.999999", "2027-07-01T00:00+02:00"),
        ("P12M", "year", "2026-01-01T00:00", "2027-12-31T23:59:59.999999", "2028-01-01T00:00+01:00"),
        ("P24M", "month", "2026-02-28T12:00", "2028-02-29T23:59:59.999999", "2028-03-01T00:00+01:00"),
        ("P12M", None, "2026-03-16T10:15", "2027-03-16T23:59:59.999999", "2027-03-17T00:00+01:00"),
        ("P1M", None, "2026-01-31T18:00", "2026-02-28T23:59:59.999999", "2026-03-01T00:00+01:00"),
        ("P12M", None, "2028-02-29T09:00", "2029-02-28T23:59:59.999999", "2029-03-01T00:00+01:00"),
        ("P1M", None, "2026-02-28T09:00", "2026-03-28T23:59:59.999999", "2026-03-29T00:00+01:00"),
        ("P1D", None, "2026-03-28T09:00", "2026-03-29T23:59:59.999999", "2026-03-30T00:00+02:00"),
        ("P1Y", "month", "2026-06-15T00:00", "2027-06-30T23:59:59.999999", "2027-07-01T00:00+02:00"),
    ],
)
def test_policy_expiry_ends_a_local_day(
    play: Play, period: str, rounding: str | None, earned: str, last: str, gone: str
) -> None:
    ledger = play(program(expiry=period, round_up_to=rounding))
    ledger.enroll("m-1")
    ledger.at(earned).accrue("m-1", 68, key="A")
    ledger.at(last).expect("m-1", available=68)
    ledger.at(gone).expect("m-1")
    assert ledger.trial_balance()["expired"] == 68


@pytest.mark.parametrize(
    ("earned", "last", "gone"),
    [
        ("2026-02-08T12:00", "2027-02-28T23:59:59.999999", "2027-03-01T00:00-05:00"),
        ("2026-03-08T12:00", "2027-03-31T23:59:59.999999", "2027-04-01T00:00-04:00"),
        ("2026-10-31T23:59", "2027-10-31T23:59:59.999999", "2027-11-01T00:00-04:00"),
        ("2026-11-01T00:00", "2027-11-30T23:59:59.999999", "2027-12-01T00:00-05:00"),
    ],
)
def test_new_york_months_end_at_new_york_midnight(play: Play, earned: str, last: str, gone: str) -> None:
    ledger = play(program(zone="America/New_York", expiry="P12M", round_up_to="month"))
    ledger.enroll("m-1")
    ledger.at(earned).accrue("m-1", 10, key="A")
    ledger.at(last).expect("m-1", available=10)
    ledger.at(gone).expect("m-1")


def test_expiry_clock_starts_at_activation(play: Play) -> None:
    """Earned in March, active in April: a year to the end of April."""
    ledger = play(program(pending="P14D", expiry="P12M", round_up_to="month"))
    ledger.enroll("m-1")
    ledger.at("2026-03-20T10:15").purchase("m-1", amount="68.90", key="p-1")
    ledger.at("2026-04-03T10:14:59.999999").expect("m-1", pending=68)
    ledger.at("2026-04-03T10:15").expect("m-1", available=68)
    ledger.at("2027-04-30T23:59:59.999999").expect("m-1", available=68)
    ledger.at("2027-05-01T00:00").expect("m-1")


def test_late_purchase_expires_by_when_it_occurred(play: Play) -> None:
    ledger = play(program(expiry="P1M"), "2026-03-01T00:00")
    ledger.enroll("m-1")
    occurred = ledger.local("2026-03-10T20:00")
    ledger.at("2026-03-15T12:00").purchase("m-1", amount="10.00", occurred_at=occurred, key="late")
    ledger.expect("m-1", available=10)
    assert ledger.balance("m-1", at=ledger.local("2026-03-14T00:00")).available == 0
    ledger.at("2026-04-10T23:59:59.999999").expect("m-1", available=10)
    ledger.at("2026-04-11T00:00").expect("m-1")


def test_purchase_that_comes_after_its_own_expiry_is_accrued_and_expired(play: Play) -> None:
    ledger = play(program(expiry="P7D"), "2026-03-01T00:00")
    ledger.enroll("m-1")
    occurred = ledger.local("2026-03-10T20:00")
    late = ledger.at("2026-03-25T12:00").purchase("m-1", amount="10.00", occurred_at=occurred, key="late")
    assert (late.code, late.awarded, late.available) == ("APPLIED", 10, 0)
    figures = ledger.trial_balance()
    assert (figures["accrued"], figures["expired"]) == (10, 10)


def test_explicit_expiry_is_an_instant(play: Play) -> None:
    ledger = play(program(expiry="P12M", round_up_to="month"), "2026-03-01T00:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 10, expires_at=ledger.local("2026-03-02T09:30:00.000001"), key="A")
    ledger.at("2026-03-02T09:30").expect("m-1", available=10)
    ledger.at("2026-03-02T09:30:00.000001").expect("m-1")


def test_expiry_before_activation_is_invalid_and_may_be_corrected(play: Play) -> None:
    ledger = play(program(), "2026-03-01T00:00")
    ledger.enroll("m-1")
    noon = ledger.local("2026-03-02T12:00")
    for ends in (noon, ledger.local("2026-03-02T11:00")):
        assert ledger.accrue("m-1", 10, activates_at=noon, expires_at=ends, key="A").code == "EXPIRY_BEFORE_ACTIVATION"
    ends = ledger.local("2026-03-02T12:00:00.000001")
    assert ledger.accrue("m-1", 10, activates_at=noon, expires_at=ends, key="A").code == "APPLIED"
    ledger.at("2026-03-02T12:00").expect("m-1", available=10)
    ledger.at("2026-03-02T12:00:00.000001").expect("m-1")


def test_balance_and_trial_need_no_sweep(play: Play) -> None:
    ledger = play(program(expiry="P1M"), "2026-03-01T00:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 10, key="A")
    ledger.at("2026-05-01T00:00")
    before = (ledger.balance("m-1"), ledger.trial_balance(), ledger.ladder(), ledger.statement_figures("m-1"))
    ledger.sweep()
    after = (ledger.balance("m-1"), ledger.trial_balance(), ledger.ladder(), ledger.statement_figures("m-1"))
    assert before == after
    assert after[3] == {"accrued": 10, "expired": -10}
