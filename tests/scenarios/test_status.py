"""Blocked members, and lost cards."""

from datetime import timedelta

from ledgers import program
from scenarios.conftest import Play


def test_blocked_members_earn_and_do_not_spend(play: Play) -> None:
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 100, key="A")
    ledger.authorize("m-1", 30, key="hold")
    ledger.block("m-1", key="block")
    assert ledger.redeem("m-1", 10, key="r-1").code == "MEMBER_BLOCKED"
    assert ledger.authorize("m-1", 10, key="a-1").code == "MEMBER_BLOCKED"
    assert ledger.purchase("m-1", amount="5.00", redeem=10, key="p-1").code == "MEMBER_BLOCKED"
    assert ledger.purchase("m-1", amount="5.00", key="p-2").awarded == 5
    assert ledger.capture("hold", key="c-1").code == "APPLIED"
    ledger.expect("m-1", available=75)
    ledger.unblock("m-1", key="unblock")
    assert ledger.redeem("m-1", 10, key="r-1").code == "MEMBER_BLOCKED"
    assert ledger.redeem("m-1", 10, key="r-2").code == "APPLIED"


def test_lost_card(play: Play) -> None:
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1", {"card": "2760001"})
    ledger.enroll("m-2")
    ledger.at("2026-05-03T12:00")
    assert ledger.replace_alias("m-1", "card", "2760001", "2760002", key="lost").code == "APPLIED"
    assert ledger.purchase(card="2760001", amount="10.00", key="p-1").code == "CARD_LOST"
    assert ledger.purchase(card="2760002", amount="10.00", key="p-2").awarded == 10
    late = ledger.now() - timedelta(days=1)
    assert ledger.purchase(card="2760001", amount="10.00", occurred_at=late, key="p-3").awarded == 10
    ledger.expect("m-1", available=20)
    assert ledger.add_alias("m-2", "card", "2760001", key="again").code == "ALIAS_IN_USE"
    assert ledger.enroll("m-3", {"card": "2760001"}).code == "ALIAS_IN_USE"
    assert ledger.replace_alias("m-1", "card", "2760001", "2760003", key="lost-2").code == "ALIAS_UNKNOWN"
    assert ledger.purchase(card="2760001", amount="10.00", key="p-1").replayed


def test_personal_data_is_no_member_id(play: Play) -> None:
    ledger = play(program(), "2026-05-01T12:00")
    for wrong in ("ann@example.org", "ann miller", "", "x" * 65):
        assert ledger.enroll(wrong, key="e-1").code == "INVALID_ID"
