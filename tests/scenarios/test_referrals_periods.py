"""R10: rewards that vest when a month is closed."""

import pytest

from ledgers import PlayedLedger
from ledgers.referrals import ReferralBy
from scenarios.conftest import Play
from scenarios.referral_program import code_of, referral_program, rewards, utc

HOLDS_END = ("2026-03-05T10:00", "2026-03-19T10:00", "2026-03-31T21:59:59.999", "2026-03-31T22:00:00.000")
ADVOCATE = [{"role": "advocate", "points": 500}]


def four_rewards(play: Play) -> PlayedLedger:
    """Orders whose holds of an hour end at the four instants, in a program of Berlin."""
    program = referral_program(rewards=ADVOCATE, vest="at_close", hold="PT1H", grace="PT1H", zone="Europe/Berlin")
    ledger = play(program, "2026-02-01T00:00")
    ledger.enroll("A")
    for number, instant in enumerate(HOLDS_END):
        ends_at = utc(instant)
        bought = ends_at.replace(hour=ends_at.hour - 1)
        ledger.advance_to(bought)
        ledger.enroll(f"F-{number}", referral=ReferralBy(code=code_of(ledger, "A")))
        ledger.purchase(f"F-{number}", amount="60.00", key=f"sale/{number}")
    return ledger


def test_r10_march_and_april(play: Play) -> None:
    ledger = four_rewards(play)
    ledger.expect("A", pending=2000)
    assert rewards(ledger, "F-0")["advocate"] == (500, "WAITING")
    assert ledger.at("2026-03-31T21:59:59.999+00:00").close_period("2026-03", key="march").code == "PERIOD_NOT_OVER"
    closed = ledger.at("2026-03-31T22:00+00:00").close_period("2026-03", key="march")
    assert (closed.code, closed.awarded, closed.vested) == ("APPLIED", 1500, 3)
    ledger.expect("A", available=1500, pending=500)
    again = ledger.close_period("2026-03", key="march again")
    assert (again.code, again.awarded, again.vested) == ("APPLIED", 0, 0)
    assert ledger.close_period("2026-03", key="march").replayed
    ledger.at("2026-05-01T00:00")
    assert ledger.close_period("2026-04", key="april").awarded == 500
    ledger.expect("A", available=2000)


def test_late_release_falls_into_the_next_month(play: Play) -> None:
    ledger = four_rewards(play)
    ledger.review("F-0", "freeze", key="freeze")
    ledger.at("2026-04-01T00:00")
    assert ledger.close_period("2026-03", key="march").awarded == 1000
    ledger.review("F-0", "release", key="release")
    assert rewards(ledger, "F-0")["advocate"] == (500, "WAITING")
    assert ledger.close_period("2026-03", key="march again").awarded == 0
    ledger.at("2026-05-01T00:00")
    assert ledger.close_period("2026-04", key="april").awarded == 1000


def test_reversed_reward_does_not_vest(play: Play) -> None:
    ledger = four_rewards(play)
    ledger.reverse("sale/1", key="back")
    ledger.at("2026-04-01T00:00")
    assert ledger.close_period("2026-03", key="march").awarded == 1000


def test_close_of_a_program_that_vests_by_itself(play: Play) -> None:
    ledger = play(referral_program(), "2026-03-01T00:00")
    ledger.enroll("A")
    ledger.enroll("F", referral=ReferralBy(code=code_of(ledger, "A")))
    ledger.purchase("F", amount="60.00", key="sale")
    ledger.at("2026-04-01T00:00")
    assert ledger.close_period("2026-03", key="march").awarded == 0


@pytest.mark.parametrize("month", ["2026-13", "2026-3", "March", "2026-03-01", ""])
def test_what_is_no_month(play: Play, month: str) -> None:
    assert play(referral_program()).close_period(month, key="close").code == "FIELD_INVALID"
