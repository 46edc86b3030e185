"""Enrolment, and cards that find a member."""

from datetime import timedelta

from ledgers import program
from scenarios.conftest import Play


def test_enrolling_twice(play: Play) -> None:
    ledger = play(program(), "2026-05-01T12:00")
    assert ledger.enroll("m-1").code == "APPLIED"
    again = ledger.enroll("m-1")
    assert (again.code, again.replayed) == ("APPLIED", True)
    assert ledger.enroll("m-1", key="another").code == "MEMBER_EXISTS"
    assert ledger.enroll("m-2", key="another").code == "APPLIED"


def test_card_finds_its_member(play: Play) -> None:
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1", {"card": "2760001"})
    assert ledger.purchase(card="2760001", amount="36.90", key="p-1").awarded == 36
    ledger.expect("m-1", available=36)
    assert ledger.balance(card="2760001").available == 36
    assert ledger.purchase(card="2760002", amount="36.90", key="p-2").code == "MEMBER_NOT_FOUND"


def test_card_in_use_enrols_nobody(play: Play) -> None:
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1", {"card": "2760001"})
    assert ledger.enroll("m-2", {"card": "2760001"}).code == "ALIAS_IN_USE"
    assert ledger.redeem("m-2", 1, key="r-1").code == "MEMBER_NOT_FOUND"
    assert ledger.enroll("m-2", {"card": "2760002"}).code == "APPLIED"


def test_added_and_removed_cards(play: Play) -> None:
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.enroll("m-2")
    assert ledger.add_alias("m-1", "card", "2760001", key="a-1").code == "APPLIED"
    assert ledger.add_alias("m-2", "card", "2760001", key="a-2").code == "ALIAS_IN_USE"
    ledger.at("2026-05-02T12:00").purchase(card="2760001", amount="10.00", key="p-1")
    assert ledger.at("2026-05-03T12:00").remove_alias("m-1", "card", "2760001", key="a-3").code == "APPLIED"
    ledger.at("2026-05-04T12:00")
    assert ledger.purchase(card="2760001", amount="10.00", key="p-2").code == "MEMBER_NOT_FOUND"
    assert ledger.add_alias("m-2", "card", "2760001", key="a-4").code == "APPLIED"
    ledger.at("2026-05-05T12:00").purchase(card="2760001", amount="10.00", key="p-2")
    ledger.expect("m-1", available=10)
    ledger.expect("m-2", available=10)


def test_retry_by_card_after_the_card_changed_hands(play: Play) -> None:
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1", {"card": "2760001"})
    ledger.enroll("m-2")
    first = ledger.purchase(card="2760001", amount="10.00", key="p-1")
    ledger.at("2026-05-02T12:00").remove_alias("m-1", "card", "2760001", key="a-1")
    assert ledger.purchase(card="2760001", amount="10.00", key="p-1") == first.again()
    ledger.at("2026-05-03T12:00").add_alias("m-2", "card", "2760001", key="a-2")
    assert ledger.purchase(card="2760001", amount="10.00", key="p-1") == first.again()
    ledger.expect("m-1", available=10)
    ledger.expect("m-2")


def test_late_sale_finds_who_held_the_card_then(play: Play) -> None:
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1", {"card": "2760001"})
    ledger.enroll("m-2")
    ledger.at("2026-05-02T12:00").remove_alias("m-1", "card", "2760001", key="a-1")
    ledger.at("2026-05-03T12:00").add_alias("m-2", "card", "2760001", key="a-2")
    ledger.at("2026-05-04T12:00")
    for number, (hours, member) in enumerate([(60, "m-1"), (12, "m-2")]):
        occurred = ledger.now() - timedelta(hours=hours)
        before = ledger.balance(member).available
        ledger.purchase(card="2760001", amount="10.00", occurred_at=occurred, key=f"late-{number}")
        assert ledger.balance(member).available == before + 10
    between = ledger.now() - timedelta(hours=36)
    late = ledger.purchase(card="2760001", amount="10.00", occurred_at=between, key="late-between")
    assert late.code == "MEMBER_NOT_FOUND"
