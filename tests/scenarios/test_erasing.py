"""Members are erased: all that closing does, and their aliases are free again."""

from datetime import timedelta

import pytest

from ledgers import LotOf, OneTime, PlayedLedger, currency, program
from model import Alias, Source
from scenarios.conftest import Play

CARD, OLD_CARD, CRM = Alias("card", "2760002"), Alias("card", "2760001"), Alias("external_id", "crm-1")
WHY = {"reason": "wish", "actor": "desk-1"}


def about_to_leave(play: Play, **settings: object) -> PlayedLedger:
    """Available 100, pending 40, held 30; 20 redeemed before."""
    ledger = play(program(**{"pending": "P14D", **settings}), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.enroll("m-2")
    ledger.adjust("m-1", 150, key="A")
    ledger.redeem("m-1", 20, key="older")
    ledger.purchase("m-1", amount="40.00", key="p-1")
    ledger.authorize("m-1", 30, key="hold")
    ledger.expect("m-1", available=100, pending=40, held=30)
    return ledger


def erased(play: Play, leave: str = "erase_member") -> PlayedLedger:
    """Without the hold; or closed, to see that all else is the same."""
    ledger = about_to_leave(play)
    ledger.void("hold", key="void")
    assert ledger.write(leave, "m-1", key="leave", **WHY).code == "APPLIED"
    return ledger


def named(play: Play) -> PlayedLedger:
    """m-1 lost one card, got another, and is known to the CRM."""
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1", {"card": OLD_CARD.value, "external_id": CRM.value})
    ledger.enroll("m-2")
    ledger.at("2026-05-02T12:00").replace_alias("m-1", "card", OLD_CARD.value, CARD.value, key="lost")
    return ledger


def test_everything_is_forfeited(play: Play) -> None:
    ledger = about_to_leave(play)
    assert ledger.erase_member("m-1", key="erase/1").code == "HOLDS_OPEN"
    ledger.void("hold", key="void")
    ledger.expect("m-1", available=130, pending=40)
    again = ledger.erase_member("m-1", key="erase/1")
    assert (again.code, again.replayed) == ("HOLDS_OPEN", True)
    first = ledger.erase_member("m-1", key="erase/2")
    assert (first.code, first.awarded, first.available, first.pending) == ("APPLIED", 170, 0, 0)
    assert ledger.erase_member("m-1", key="erase/2") == first.again()
    ledger.expect("m-1")
    assert ledger.trial_balance()["forfeited"] == 170
    assert ledger.statement_figures("m-1") == {"adjusted": 150, "redeemed": -20, "accrued": 40, "forfeited": -170}


def test_all_wallets_together(play: Play) -> None:
    ledger = play(program(others=currency("stars", "P0D", "never", None, "fefo")), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 100, key="A")
    ledger.accrue("m-1", 7, wallet="stars", key="B")
    assert ledger.erase_member("m-1", key="erase").awarded == 107
    assert [ledger.balance("m-1", wallet=one).available for one in ("points", "stars")] == [0, 0]


def test_debt_is_written_off(play: Play) -> None:
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.purchase("m-1", amount="40.00", key="p-1")
    ledger.redeem("m-1", 40, key="r-1")
    ledger.reverse("p-1", amount="30.00", key="back-1")
    ledger.expect("m-1", debt=30)
    assert ledger.erase_member("m-1", key="erase").awarded == 0
    ledger.expect("m-1")
    assert ledger.trial_balance()["written_off"] == 30
    ledger.reverse("p-1", key="back-2")
    ledger.expect("m-1")
    assert ledger.trial_balance()["written_off"] == 40


def test_reversals_afterwards(play: Play) -> None:
    """Points that come back are forfeited, points to be taken count as taken."""
    ledger = erased(play)
    assert ledger.reverse("p-1", key="refund").code == "APPLIED"
    assert ledger.reverse("older", key="older-back").code == "APPLIED"
    ledger.expect("m-1")
    figures = ledger.trial_balance()
    assert (figures["forfeited"], figures["redemption_reversed"], figures["reinstated"]) == (190, 20, 40)
    ledger.reverse("refund", key="refund-undone")
    ledger.expect("m-1")


def test_blocking_policy_does_not_stop_a_refund_afterwards(play: Play) -> None:
    ledger = play(program(shortfall="block"), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.purchase("m-1", amount="40.00", key="p-1")
    ledger.redeem("m-1", 40, key="r-1")
    ledger.erase_member("m-1", key="erase")
    assert ledger.reverse("p-1", key="back-1").code == "APPLIED"
    ledger.expect("m-1")


def test_erased_with_a_parked_return(play: Play) -> None:
    ledger = about_to_leave(play)
    ledger.void("hold", key="void")
    assert ledger.reverse("late", amount="10.00", member="m-1", key="back").code == "PARKED"
    assert ledger.erase_member("m-1", key="erase").code == "APPLIED"
    assert ledger.purchase("m-1", amount="40.00", key="late").code == "MEMBER_CLOSED"
    assert ledger.reverse("late", key="back-2").code == "APPLIED"
    ledger.expect("m-1")


VERBS: dict[str, tuple[tuple[object, ...], dict[str, object]]] = {
    "accrue": (("m-1", 1), {}),
    "redeem": (("m-1", 1), {}),
    "authorize": (("m-1", 1), {}),
    "purchase": (("m-1",), {"amount": "5.00", "currency": "EUR"}),
    "adjust": (("m-1", 5), WHY),
    "forgive_debt": (("m-1",), WHY),
    "reinstate": (("m-1",), {"lot": LotOf("A"), **WHY}),
    "transfer": (("m-1", "m-2", 1), {}),
    "block": (("m-1",), WHY),
    "unblock": (("m-1",), WHY),
    "close_member": (("m-1",), WHY),
    "erase_member": (("m-1",), {"reason": "again"}),
    "add_alias": (("m-1", "card", "2760009"), {}),
    "replace_alias": (("m-1", "card", "2760008", "2760009"), {}),
    "link_member": (("m-1", "airline", "P-77"), {"scopes": ["earn"], "consent": "c-1"}),
    "issue_one_time_code": (("m-1",), {}),
}


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_nothing_new_afterwards(play: Play, verb: str) -> None:
    """As after a close; and refusals are remembered as ever."""
    ledger = erased(play)
    args, rest = VERBS[verb]
    for is_again in (False, True):
        answer = ledger.write(verb, *args, key="new", **rest)
        assert (answer.code, answer.replayed) == ("MEMBER_CLOSED", is_again)
    ledger.expect("m-1")


def test_others_give_nothing_and_ask_nothing(play: Play) -> None:
    ledger = erased(play)
    ledger.accrue("m-2", 10, activates_at=ledger.now(), key="B")
    assert ledger.transfer("m-2", "m-1", 5, key="t-1").code == "MEMBER_CLOSED"
    assert ledger.quote("m-1", amount="5.00").code == "MEMBER_CLOSED"
    assert ledger.purchase("m-1", amount="5.00", enroll=True, key="p-2").code == "MEMBER_CLOSED"
    assert ledger.unlink("m-1", "airline", key="unlink").code == "LINK_NOT_FOUND"
    ledger.expect("m-2", available=10)


def test_the_id_stays_taken(play: Play) -> None:
    ledger = erased(play)
    assert ledger.enroll("m-1", key="once-more").code == "MEMBER_EXISTS"
    again = ledger.enroll("m-1")
    assert (again.code, again.replayed) == ("APPLIED", True)
    assert ledger.redeem("m-1", 1, key="r-1").code == "MEMBER_CLOSED"


def test_the_store_pays_what_was_redeemed_offline(play: Play) -> None:
    ledger = erased(play)
    store = Source(store="12")
    taken = ledger.redeem("m-1", 5, offline=True, source=store, key="r-1")
    assert (taken.code, taken.awarded, taken.charged) == ("APPLIED", 0, 5)
    sold = ledger.purchase("m-1", amount="40.00", redeem=50, offline=True, source=store, key="p-2")
    assert (sold.code, sold.awarded, sold.spent, sold.charged) == ("APPLIED", 0, 0, 50)
    ledger.expect("m-1")


def test_closed_and_then_erased(play: Play) -> None:
    ledger = named(play)
    ledger.accrue("m-1", 50, key="A")
    assert ledger.close_member("m-1", key="close").awarded == 50
    assert ledger.enroll("m-3", {"card": CARD.value}).code == "ALIAS_IN_USE"
    ledger.at("2026-05-03T12:00")
    erasing = ledger.erase_member("m-1", key="erase")
    assert (erasing.code, erasing.awarded, ledger.trial_balance()["forfeited"]) == ("APPLIED", 0, 50)
    again = ledger.close_member("m-1", key="close")
    assert (again.awarded, again.replayed) == (50, True)
    assert ledger.enroll("m-3", {"card": CARD.value}).code == "APPLIED"
    ledger.expect("m-1")


def test_erased_twice(play: Play) -> None:
    ledger = erased(play)
    assert ledger.erase_member("m-1", key="twice").code == "MEMBER_CLOSED"
    again = ledger.erase_member("m-1", key="twice")
    assert (again.code, again.replayed) == ("MEMBER_CLOSED", True)
    assert ledger.close_member("m-1", key="close").code == "MEMBER_CLOSED"


def test_blocked_and_then_erased(play: Play) -> None:
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 50, key="A")
    ledger.block("m-1", key="block")
    assert ledger.erase_member("m-1", key="erase").awarded == 50
    assert ledger.unblock("m-1", key="unblock").code == "MEMBER_CLOSED"


def test_aliases_are_free_again_and_lost_ones_stay_lost(play: Play) -> None:
    ledger = named(play).at("2026-05-03T12:00")
    assert ledger.enroll("m-3", {"card": CARD.value}).code == "ALIAS_IN_USE"
    assert ledger.erase_member(CRM, key="erase").code == "APPLIED"
    found = [ledger.read_code(one) for one in (CARD, CRM, OLD_CARD)]
    assert found == ["MEMBER_NOT_FOUND", "MEMBER_NOT_FOUND", "CARD_LOST"]
    for number, (kind, value) in enumerate((CARD, CRM, OLD_CARD)):
        assert ledger.remove_alias("m-1", kind, value, key=f"remove/{number}").code == "ALIAS_UNKNOWN"
    assert ledger.enroll("m-3", {"card": CARD.value}).code == "APPLIED"
    assert ledger.add_alias("m-2", *CRM, key="crm").code == "APPLIED"
    assert ledger.add_alias("m-2", *OLD_CARD, key="old").code == "ALIAS_IN_USE"
    assert ledger.enroll("m-4", {"card": OLD_CARD.value}).code == "ALIAS_IN_USE"
    assert ledger.purchase(card=CARD.value, amount="10.00", key="p-1").awarded == 10
    ledger.accrue(CRM, 7, key="a-1")
    ledger.expect("m-2", available=7)
    ledger.expect("m-3", available=10)
    assert ledger.erase_member(CRM, key="erase").code == "APPLIED", "the same name, the first answer"
    ledger.expect("m-2", available=7)


@pytest.mark.parametrize(
    ("occurred", "answer"),
    [
        ("2026-05-01T09:00", "MEMBER_CLOSED"),
        ("2026-05-02T12:00", "MEMBER_CLOSED"),
        ("2026-05-03T11:59:59.999", "MEMBER_CLOSED"),
        ("2026-05-03T12:00", "MEMBER_NOT_FOUND"),
        ("2026-05-05T11:59:59.999", "MEMBER_NOT_FOUND"),
        ("2026-05-05T12:00", "APPLIED"),
    ],
)
def test_late_sales_by_a_former_card(play: Play, occurred: str, answer: str) -> None:
    """m-1 had it from the beginning to the erasure; two days later m-2 gets it."""
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1", {"card": CARD.value})
    ledger.enroll("m-2")
    ledger.at("2026-05-03T12:00").erase_member("m-1", key="erase")
    ledger.at("2026-05-05T12:00").add_alias("m-2", *CARD, key="card")
    late = {"card": CARD.value, "amount": "10.00", "occurred_at": ledger.local(occurred), "key": "late"}
    assert ledger.at("2026-05-06T12:00").purchase(**late).code == answer
    ledger.expect("m-1")
    ledger.expect("m-2", **({"available": 10} if answer == "APPLIED" else {}))


def test_retry_of_an_earlier_sale_by_the_former_card(play: Play) -> None:
    ledger = named(play)
    first = ledger.purchase(card=CARD.value, amount="10.00", key="p-1")
    ledger.at("2026-05-03T12:00").erase_member("m-1", key="erase")
    assert ledger.purchase(card=CARD.value, amount="10.00", key="p-1") == first.again()
    ledger.enroll("m-3", {"card": CARD.value})
    assert ledger.purchase(card=CARD.value, amount="10.00", key="p-1") == first.again()
    ledger.expect("m-3")


def test_joining_in_a_sale_by_the_former_card(play: Play) -> None:
    ledger = named(play)
    ledger.at("2026-05-03T12:00").erase_member("m-1", key="erase")
    sold = ledger.purchase(card=CARD.value, amount="10.00", enroll={"id": "m-3"}, key="p-1")
    assert (sold.code, sold.awarded) == ("APPLIED", 10)
    ledger.expect("m-3", available=10)


@pytest.mark.parametrize("leave", ["erase_member", "remove_alias"])
def test_whoever_joined_by_a_card_alone_joins_by_it_again(play: Play, leave: str) -> None:
    ledger = play(program(), "2026-05-01T12:00")
    for times in range(3):
        assert ledger.purchase(CARD, amount="40.00", enroll=True, key=f"sale/{times}").code == "APPLIED"
        ledger.expect(CARD, available=40)
        if leave == "erase_member":
            assert ledger.erase_member(CARD, key=f"leave/{times}").awarded == 40
        else:
            assert ledger.remove_alias(CARD, "card", CARD.value, key=f"leave/{times}").code == "APPLIED"
        ledger.at(f"2026-05-0{times + 2}T12:00")
    assert not ledger.found(CARD)


def test_links_end_with_their_alias(play: Play) -> None:
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.enroll("m-2")
    airline, p_77 = Source(partner="airline"), Alias("partner:airline", "P-77")
    ledger.link("m-1", "airline", "P-77", scopes=["earn", "redeem"], key="link/1")
    ledger.at("2026-05-02T12:00").erase_member("m-1", key="erase")
    assert ledger.redeem("m-1", 10, source=airline, key="r-1").code == "MEMBER_NOT_FOUND"
    assert ledger.redeem(p_77, 10, source=airline, key="r-2").code == "MEMBER_NOT_FOUND"
    assert ledger.link("m-2", "airline", "P-77", scopes=["earn", "redeem"], key="link/2").code == "APPLIED"
    assert ledger.accrue(p_77, 10, source=airline, key="a-1").available == 10
    assert ledger.unlink("m-1", "airline", key="unlink").code == "LINK_NOT_FOUND"
    assert ledger.found(p_77)
    ledger.expect("m-2", available=10)


def test_one_time_codes_live_on_as_after_a_close(play: Play) -> None:
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1")
    for number in (1, 2):
        ledger.issue("m-1", key=f"code-{number}")
    assert ledger.erase_member(OneTime("code-1"), key="erase").code == "APPLIED"
    assert not ledger.found(OneTime("code-1"))
    assert ledger.accrue(OneTime("code-2"), 10, key="a-1").code == "MEMBER_CLOSED"
    assert ledger.found(OneTime("code-2"))


def test_partners_erase_nobody_they_are_not_linked_with(play: Play) -> None:
    ledger = about_to_leave(play)
    asked = ledger.erase_member("m-1", source=Source(partner="airline"), key="k")
    assert asked.code == "MEMBER_NOT_FOUND"
    assert ledger.erase_member("m-1", key="k").code == "HOLDS_OPEN", "nothing is remembered"


def test_bad_input(play: Play) -> None:
    """Nothing of it is remembered: each has the same key."""
    ledger = erased(play, "close_member")
    for reason, actor in (("", "desk-1"), ("é" * 32 + "e", "desk-1"), ("wish", "é" * 32 + "e")):
        answer = ledger.write("erase_member", "m-1", reason=reason, actor=actor, key="erase")
        assert answer.code == "REASON_MISSING"
    assert ledger.erase_member("nobody", key="erase").code == "MEMBER_NOT_FOUND"
    assert ledger.erase_member(Alias("card", "2760009"), key="erase").code == "MEMBER_NOT_FOUND"
    ahead = ledger.now() + timedelta(minutes=16)
    assert ledger.erase_member("m-1", occurred_at=ahead, key="erase").code == "OCCURRED_IN_FUTURE"
    assert ledger.erase_member("m-1", key="k" * 129).code == "KEY_TOO_LONG"
    assert ledger.write("erase_member", "m-1", reason="é" * 32, key="erase").code == "APPLIED"
    assert ledger.erase_member("m-1", key="erase").code == "KEY_REUSED"
    assert ledger.close_member("m-1", key="erase").code == "KEY_REUSED"
    assert ledger.write("erase_member", "m-2", reason="é" * 32, key="erase").code == "KEY_REUSED"


def test_erasing_is_not_undone(play: Play) -> None:
    ledger = erased(play)
    assert ledger.reverse("leave", key="back").code == "NOT_REVERSIBLE"


def test_training_erases_nobody(play: Play) -> None:
    ledger = about_to_leave(play)
    ledger.void("hold", key="void")
    trained = ledger.erase_member("m-1", source=Source(training=True), key="erase")
    assert (trained.code, trained.awarded) == ("APPLIED", 170)
    ledger.expect("m-1", available=130, pending=40)
    assert ledger.erase_member("m-1", key="erase").awarded == 170


def test_in_one_batch(play: Play) -> None:
    """What stands above the erasure is done; the rest is refused, or nothing of it is done."""
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1")
    rows = [
        {"verb": "accrue", "member": "m-1", "points": 5, "key": "a-1"},
        {"verb": "erase_member", "member": "m-1", "reason": "wish", "key": "erase"},
        {"verb": "accrue", "member": "m-1", "points": 5, "key": "a-2"},
    ]
    assert {one.code for one in ledger.write_batch(rows, key="whole")} == {"MEMBER_CLOSED"}
    ledger.expect("m-1")
    told = ledger.write_batch(rows)
    assert [(one.code, one.awarded) for one in told] == [("APPLIED", 5), ("APPLIED", 5), ("MEMBER_CLOSED", None)]
    assert ledger.trial_balance()["forfeited"] == 5
