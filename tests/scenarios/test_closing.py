"""Members leave: holds first, then everything is forfeited; what comes later changes nothing for them."""

from ledgers import PlayedLedger, program
from scenarios.conftest import Play


def about_to_leave(play: Play) -> PlayedLedger:
    """Available 100, pending 40, held 30; 20 redeemed before."""
    ledger = play(program(pending="P14D"), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.adjust("m-1", 150, key="A")
    ledger.redeem("m-1", 20, key="older")
    ledger.purchase("m-1", amount="40.00", key="p-1")
    ledger.authorize("m-1", 30, key="hold")
    ledger.expect("m-1", available=100, pending=40, held=30)
    return ledger


def test_exit(play: Play) -> None:
    ledger = about_to_leave(play)
    assert ledger.close_member("m-1", key="close/1").code == "HOLDS_OPEN"
    ledger.void("hold", key="void")
    ledger.expect("m-1", available=130, pending=40)
    assert ledger.close_member("m-1", key="close/1").code == "HOLDS_OPEN"
    assert ledger.close_member("m-1", key="close/2").code == "APPLIED"
    ledger.expect("m-1")
    assert ledger.trial_balance()["forfeited"] == 170
    ledger.reverse("p-1", key="refund")
    ledger.expect("m-1")
    ledger.reverse("older", key="older-back")
    ledger.expect("m-1")
    figures = ledger.trial_balance()
    assert (figures["forfeited"], figures["redemption_reversed"], figures["reinstated"]) == (190, 20, 40)


def test_nothing_new_afterwards(play: Play) -> None:
    ledger = about_to_leave(play)
    ledger.void("hold", key="void")
    ledger.close_member("m-1", key="close")
    for number, (verb, *rest) in enumerate([("redeem", 1), ("accrue", 1), ("authorize", 1)]):
        assert ledger.write(verb, "m-1", *rest, key=f"new-{number}").code == "MEMBER_CLOSED"
    assert ledger.purchase("m-1", amount="5.00", key="p-2").code == "MEMBER_CLOSED"
    assert ledger.adjust("m-1", 5, key="a-2").code == "MEMBER_CLOSED"
    assert ledger.close_member("m-1", key="close-2").code == "MEMBER_CLOSED"
    assert ledger.block("m-1", key="block").code == "MEMBER_CLOSED"
    assert ledger.enroll("m-1", key="enroll-2").code == "MEMBER_EXISTS"
    assert ledger.purchase("m-1", amount="5.00", key="p-2").replayed


def test_debt_is_written_off(play: Play) -> None:
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.purchase("m-1", amount="40.00", key="p-1")
    ledger.redeem("m-1", 40, key="r-1")
    ledger.reverse("p-1", amount="30.00", key="back-1")
    ledger.expect("m-1", debt=30)
    ledger.close_member("m-1", key="close")
    ledger.expect("m-1")
    ledger.reverse("p-1", key="back-2")
    ledger.expect("m-1")
    assert ledger.trial_balance()["written_off"] == 40


def test_blocking_policy_does_not_stop_a_refund_after_the_exit(play: Play) -> None:
    ledger = play(program(shortfall="block"), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.purchase("m-1", amount="40.00", key="p-1")
    ledger.redeem("m-1", 40, key="r-1")
    ledger.close_member("m-1", key="close")
    assert ledger.reverse("p-1", key="back-1").code == "APPLIED"
    ledger.expect("m-1")


def test_exit_with_a_parked_return(play: Play) -> None:
    ledger = about_to_leave(play)
    ledger.void("hold", key="void")
    assert ledger.reverse("late", amount="10.00", member="m-1", key="back").code == "PARKED"
    assert ledger.close_member("m-1", key="close").code == "APPLIED"
    assert ledger.purchase("m-1", amount="40.00", key="late").code == "MEMBER_CLOSED"
    assert ledger.reverse("late", key="back-2").code == "APPLIED"
    ledger.expect("m-1")
