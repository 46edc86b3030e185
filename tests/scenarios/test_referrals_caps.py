"""R5: caps are decided whole and in recorded order; a reversal gives a unit back to those who come later."""

from ledgers import PlayedLedger
from ledgers.referrals import ReferralBy
from scenarios.conftest import Play
from scenarios.referral_program import available, code_of, referral_program, rewards


def bring(ledger: PlayedLedger, *friends: str) -> None:
    for friend in friends:
        ledger.enroll(friend, referral=ReferralBy(code=code_of(ledger, "A")))


def opened(play: Play, **settings: object) -> PlayedLedger:
    ledger = play(referral_program(**settings), "2026-02-01T00:00").at("2026-03-01T12:00")
    ledger.enroll("A")
    return ledger


def test_r5_one_of_64(play: Play) -> None:
    ledger = opened(play)
    before = [f"before-{number}" for number in range(31)]
    friends = [f"friend-{number}" for number in range(64)]
    bring(ledger, *before, *friends)
    for friend in before:
        ledger.purchase(friend, amount="25.00", key=f"sale/{friend}")
    assert ledger.balance("A").pending == 31 * 500
    ledger.at("2026-03-02T12:00")
    rows = [{"member": friend, "amount": 2500, "key": f"sale/{friend}", "currency": "EUR"} for friend in friends]
    ledger.write_many("purchase", rows)
    assert ledger.balance("A").pending == 32 * 500
    states = [rewards(ledger, friend)["advocate"] for friend in friends]
    assert (states.count((500, "PENDING")), states.count((0, "CAP_LIMITED"))) == (1, 63)
    ledger.at("2026-03-16T12:00")
    assert sum(available(ledger, *friends)) == 16_000


def test_reversed_unit_goes_to_a_later_friend_and_not_to_a_limited_one(play: Play) -> None:
    ledger = opened(play, caps={"advocate": 1})
    bring(ledger, "F1", "F2", "F3")
    ledger.purchase("F1", amount="25.00", key="s-1")
    ledger.purchase("F2", amount="25.00", key="s-2")
    ledger.reverse("s-1", key="back")
    assert rewards(ledger, "F2")["advocate"] == (0, "CAP_LIMITED")
    ledger.purchase("F3", amount="25.00", key="s-3")
    assert rewards(ledger, "F3")["advocate"] == (500, "PENDING")
    ledger.expect("A", pending=500)


def test_month_is_that_of_the_event_in_the_programs_zone(play: Play) -> None:
    ledger = opened(play, caps={"advocate_month": 1}, zone="Europe/Berlin")
    bring(ledger, "F1", "F2", "F3")
    ledger.at("2026-04-01T12:00")
    for friend, occurred in (("F1", "2026-03-31T23:59:59.999"), ("F2", "2026-04-01T00:00"), ("F3", "2026-03-31T12:00")):
        ledger.purchase(friend, amount="25.00", occurred_at=ledger.local(occurred), key=f"sale/{friend}")
    states = [rewards(ledger, friend)["advocate"][1] for friend in ("F1", "F2", "F3")]
    assert states == ["PENDING", "PENDING", "CAP_LIMITED"]


def test_budget_of_the_program_gives_whole_rewards_only(play: Play) -> None:
    ledger = opened(play, caps={"program": 1400})
    bring(ledger, "F1", "F2")
    ledger.purchase("F1", amount="25.00", key="s-1")
    ledger.purchase("F2", amount="25.00", key="s-2")
    assert rewards(ledger, "F2") == {"advocate": (500, "PENDING"), "friend": (0, "CAP_LIMITED")}
    ledger.reverse("s-1", key="back")
    bring(ledger, "F3")
    ledger.purchase("F3", amount="25.00", key="s-3")
    assert rewards(ledger, "F3") == {"advocate": (500, "PENDING"), "friend": (250, "PENDING")}


def test_refused_sale_of_a_parked_return_uses_no_unit(play: Play) -> None:
    ledger = opened(play, caps={"advocate": 1})
    bring(ledger, "F1", "F2")
    ledger.reverse("s-1", key="back")
    assert ledger.purchase("F1", amount="25.00", key="s-1").code == "ALREADY_REVERSED"
    assert (ledger.referral("F1").progress, rewards(ledger, "F1")["advocate"]) == ("REVERSED", (0, "CANCELLED"))
    ledger.purchase("F1", amount="25.00", key="s-1b")
    assert ledger.referral("F1").progress == "REVERSED"
    ledger.purchase("F2", amount="25.00", key="s-2")
    assert rewards(ledger, "F2")["advocate"] == (500, "PENDING")
