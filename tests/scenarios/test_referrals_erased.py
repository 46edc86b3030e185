"""Edges of erased members read ANONYMISED and tell no id of theirs; all that is decided about them stays as it was."""

from datetime import timedelta

import pytest

from ledgers import PlayedLedger
from ledgers.referrals import ReferralBy
from model.referral.reads import CodeView
from scenarios.conftest import Play
from scenarios.referral_program import (
    BOTH,
    available,
    code_of,
    pending,
    referral_program,
    rewards,
    states,
    utc,
    vouchers,
)

COFFEE = [{"role": "advocate", "voucher": "a coffee"}, {"role": "friend", "points": 250}]
UPLINE = [*BOTH, {"role": "upline", "points": 50}]


def opened(play: Play, members: str = "ABF", **settings: object) -> PlayedLedger:
    """Enrolled in this order, each with a code; nobody is bound yet."""
    given = {"friend_must_be_new": False, **settings}
    ledger = play(referral_program(**given), "2026-02-01T00:00").at("2026-03-01T12:00")
    for member in members:
        ledger.enroll(member)
        code_of(ledger, member)
    return ledger


def bind(ledger: PlayedLedger, *pairs: str) -> None:
    """Advocate and friend, as two letters."""
    for advocate, friend in pairs:
        assert ledger.bind(friend, code=code_of(ledger, advocate), key=f"bind/{friend}").code == "APPLIED"


def bought(play: Play, members: str = "ABF", **settings: object) -> PlayedLedger:
    """A brought F, who bought: 500 and 250 are pending until the 15th."""
    ledger = opened(play, members, **settings)
    bind(ledger, "AF")
    ledger.purchase("F", amount=6_000, key="sale")
    return ledger


def erase(ledger: PlayedLedger, *members: str) -> list[int | None]:
    return [ledger.erase_member(member, key=f"erase/{member}").awarded for member in members]


def decided(ledger: PlayedLedger, friend: str = "F") -> list[tuple[str, str, int, str]]:
    return [(one.role, one.member, one.points, one.state) for one in ledger.referral(friend).rewards]


def edge(ledger: PlayedLedger, friend: str = "F") -> tuple[str, str | None]:
    view = ledger.referral(friend)
    return view.edge, view.advocate


def test_friend(play: Play) -> None:
    ledger = bought(play)
    assert erase(ledger, "F") == [250]
    assert edge(ledger) == ("ANONYMISED", "A")
    assert decided(ledger) == [("advocate", "A", 500, "PENDING"), ("friend", "@3", 0, "CANCELLED")]
    assert (ledger.referrals("A"), ledger.referral_tree("A")) == (["@3"], [(1, "@3")])
    assert ledger.referral_tree("F", up=True, down=False) == [(-1, "A")]
    ledger.at("2026-03-15T12:00").restart()
    assert (available(ledger, "A", "F"), ledger.referral("F").progress) == ([500, 0], "SETTLED")


def test_advocate(play: Play) -> None:
    ledger = bought(play)
    assert erase(ledger, "A") == [500]
    assert edge(ledger) == ("ANONYMISED", "@1")
    assert decided(ledger) == [("advocate", "@1", 0, "CANCELLED"), ("friend", "F", 250, "PENDING")]
    assert (ledger.referrals("A"), ledger.referral_tree("F", up=True, down=False)) == (["F"], [(-1, "@1")])
    assert ledger.referral_code(code_of(ledger, "A")) == CodeView("CODE", "@1", "OPEN")
    ledger.at("2026-03-15T12:00").snapshot()
    assert (available(ledger, "A", "F"), ledger.referral("F").progress) == ([0, 250], "SETTLED")


def test_both(play: Play) -> None:
    ledger = bought(play).at("2026-03-15T12:00")
    assert erase(ledger, "A", "F") == [500, 250]
    assert edge(ledger) == ("ANONYMISED", "@1")
    assert decided(ledger) == [("advocate", "@1", 500, "EXPIRED"), ("friend", "@3", 250, "EXPIRED")]
    assert (ledger.referrals("A"), ledger.referral_tree("F", up=True)) == (["@3"], [(-1, "@1")])
    assert ledger.trial_balance()["forfeited"] == 750


def test_before_it_qualifies(play: Play) -> None:
    ledger = opened(play)
    bind(ledger, "AF")
    erase(ledger, "A")
    assert (edge(ledger), ledger.referral("F").progress) == (("ANONYMISED", "@1"), "ATTRIBUTED")
    ledger.purchase("F", amount=6_000, key="sale")
    assert decided(ledger) == [("advocate", "@1", 0, "CANCELLED"), ("friend", "F", 250, "PENDING")]


def test_statements_are_not_changed(play: Play) -> None:
    ledger = bought(play)
    before = ledger.statement_figures("A")
    erase(ledger, "F")
    assert before == ledger.statement_figures("A") == {"accrued": 500}
    assert ledger.statement_figures("F") == {"accrued": 250, "forfeited": -250}


def test_moved_edges(play: Play) -> None:
    """Of whoever was the advocate once, it says nothing."""
    ledger = bought(play)
    ledger.move("F", "B", key="move")
    erase(ledger, "A")
    assert edge(ledger) == ("MOVED", "B")
    erase(ledger, "B")
    assert edge(ledger) == ("ANONYMISED", "@2")
    assert decided(ledger) == [("advocate", "@2", 0, "CANCELLED"), ("friend", "F", 250, "PENDING")]


def test_moved_away_from_an_erased_advocate(play: Play) -> None:
    ledger = bought(play)
    erase(ledger, "A")
    assert ledger.move("F", "A", key="move/A").code == "MEMBER_CLOSED"
    assert ledger.move("F", "B", key="move/B").code == "APPLIED"
    assert edge(ledger) == ("MOVED", "B")
    assert decided(ledger) == [("advocate", "B", 500, "PENDING"), ("friend", "F", 250, "PENDING")]


def test_moved_after_the_friend_was_erased(play: Play) -> None:
    ledger = bought(play)
    erase(ledger, "F")
    assert ledger.move("F", "B", key="move").code == "APPLIED"
    assert edge(ledger) == ("ANONYMISED", "B")
    assert decided(ledger) == [("advocate", "B", 500, "PENDING"), ("friend", "@3", 0, "CANCELLED")]


def test_former_advocate_of_what_is_reversed(play: Play) -> None:
    """What was charged back stayed the old advocate's, under the name that is left."""
    ledger = bought(play)
    ledger.dispute("sale", "lost", key="lost")
    ledger.move("F", "B", key="move")
    erase(ledger, "A")
    assert (edge(ledger), decided(ledger)[0]) == (("MOVED", "B"), ("advocate", "@1", 0, "CANCELLED"))


def test_void_stays_void(play: Play) -> None:
    ledger = bought(play)
    ledger.review("F", "deny", key="deny")
    erase(ledger, "A", "F")
    view = ledger.referral("F")
    assert (view.edge, view.advocate, view.open, view.progress) == ("VOID", "@1", "DENIED", "REVERSED")
    assert decided(ledger) == [("advocate", "@1", 0, "CANCELLED"), ("friend", "@3", 0, "CANCELLED")]
    assert ledger.referrals("A") == []


def test_unbound_and_closed_friends(play: Play) -> None:
    ledger = opened(play, "ABFG", friend_must_be_new=True)
    ledger.bind("F", code="SUMMER", key="bind/F")
    ledger.purchase("G", amount=6_000, key="sale")
    ledger.at("2026-03-02T12:00")
    erase(ledger, "F", "G")
    assert [edge(ledger, friend) for friend in "FG"] == [("UNBOUND", None), ("CLOSED", None)]
    ledger.issue_code("A", code="summer", key="summer")
    assert edge(ledger) == ("UNBOUND", None)


def test_claim_of_an_erased_friend_waits_for_nobody(play: Play) -> None:
    """The code that was claimed is issued within grace."""
    ledger = opened(play)
    assert ledger.bind("F", code="SUMMER", key="bind").code == "UNKNOWN_CODE"
    erase(ledger, "F")
    ledger.issue_code("A", code="summer", key="summer")
    assert (edge(ledger), ledger.referral("F").open) == (("UNBOUND", None), "UNKNOWN_CODE")


def test_coupons_tell_no_names(play: Play) -> None:
    ledger = opened(play, "ABFG")
    used, reserved = (str(ledger.issue_code("A", single_use=True, key=key).code) for key in ("used", "reserved"))
    ledger.bind("F", code=used, key="bind/F")
    ledger.change_coupon(reserved, "G", "reserve", ttl=timedelta(hours=1), key="reserve")
    erase(ledger, "F", "G")
    until = utc("2026-03-01T13:00")
    assert ledger.referral_code(used) == CodeView("COUPON", "A", "USED", "@3")
    assert ledger.referral_code(reserved) == CodeView("COUPON", "A", "RESERVED", "@4", reserved_until=until)
    erase(ledger, "A")
    assert ledger.referral_code(used) == CodeView("COUPON", "@1", "USED", "@3")
    assert ledger.change_coupon(reserved, "B", "use", key="use").code == "CODE_USED"
    ledger.at("2026-03-01T13:00")
    assert ledger.referral_code(reserved) == CodeView("COUPON", "@1", "OPEN")


def test_vouchers_tell_no_names(play: Play) -> None:
    """One was used, the other is ready: it is disabled, as when a member closes."""
    ledger = opened(play, "ABFG", rewards=COFFEE)
    bind(ledger, "AF", "AG")
    for friend in "FG":
        ledger.purchase(friend, amount=6_000, key=f"sale/{friend}")
    ledger.at("2026-03-15T12:00")
    used, unused = (vouchers(ledger, friend)["advocate"].code for friend in "FG")
    ledger.change_coupon(used, "A", "use", key="use")
    erase(ledger, "A")
    assert ledger.referral_code(used) == CodeView("VOUCHER", "@1", "REDEEMED", "@1", "a coffee")
    assert ledger.referral_code(unused) == CodeView("VOUCHER", "@1", "DISABLED", None, "a coffee")
    told = [states(ledger, friend)["advocate"] for friend in "FG"]
    assert told == [("REDEEMED", "REDEEMED"), ("EXPIRED", "DISABLED")]
    assert ledger.change_coupon(unused, "A", "use", key="too late").code == "MEMBER_CLOSED"


def test_closed_before_it_was_erased(play: Play) -> None:
    """The member left before the hold was over; that it is over by now changes nothing."""
    ledger = bought(play, rewards=COFFEE)
    ledger.at("2026-03-10T12:00").close_member("A", key="close")
    assert (edge(ledger), states(ledger, "F")["advocate"]) == (("BOUND", "A"), ("CANCELLED", "DISABLED"))
    ledger.at("2026-03-20T12:00")
    assert erase(ledger, "A") == [0]
    assert (edge(ledger), states(ledger, "F")["advocate"]) == (("ANONYMISED", "@1"), ("CANCELLED", "DISABLED"))


def test_explanations_tell_no_names(play: Play) -> None:
    ledger = play(referral_program(), "2026-03-01T12:00")
    ledger.enroll("anna")
    ledger.enroll("fritz", referral=ReferralBy(code=code_of(ledger, "anna")))
    ledger.purchase("fritz", amount=6_000, key="sale")
    ledger.erase_member("fritz", key="erase/fritz")
    assert ledger.explain_referral("fritz").startswith("@2 was brought by anna.")
    ledger.erase_member("anna", key="erase/anna")
    for language, begins in (("en", "@2 was brought by @1."), ("de", "@2 wurde von @1 geworben.")):
        text = ledger.explain_referral("fritz", language)
        assert text.startswith(begins) and "anna" not in text and "fritz" not in text, text


def test_unbound_friends_are_explained_without_their_names(play: Play) -> None:
    ledger = play(referral_program(), "2026-03-01T12:00")
    ledger.enroll("fritz")
    ledger.erase_member("fritz", key="erase")
    assert ledger.explain_referral("fritz").startswith("@1 is bound to nobody")


def test_places_count_whoever_was_enrolled(play: Play) -> None:
    """Also by a sale, and whoever has left since; not who was refused."""
    ledger = play(referral_program(), "2026-03-01T12:00")
    ledger.enroll("A", {"card": "2760001"})
    named = ReferralBy(code=code_of(ledger, "A"))
    assert ledger.enroll("no", {"card": "2760001"}).code == "ALIAS_IN_USE"
    assert ledger.purchase("no", amount=100, redeem=5, enroll=True, key="no").code == "INSUFFICIENT_POINTS"
    assert ledger.purchase("F", amount=6_000, enroll=True, referral=named, key="sale/F").referral == "APPLIED"
    ledger.enroll("gone")
    ledger.close_member("gone", key="close")
    assert ledger.enroll("A", {"card": "2760001"}).replayed
    assert ledger.enroll("G", referral=named).referral == "APPLIED"
    erase(ledger, "G")
    assert ledger.referrals("A") == ["F", "@4"]
    erase(ledger, "F", "gone", "A")
    assert ledger.referrals("A") == ["@2", "@4"]
    assert [edge(ledger, friend) for friend in "FG"] == [("ANONYMISED", "@1")] * 2


def test_lists_are_in_the_order_of_enrolment_and_levels_of_what_they_tell(play: Play) -> None:
    """As texts: @10 stands before @2, and both before names that begin with a letter."""
    ledger = opened(play, "ABCDEFGHIJK")
    bind(ledger, *(f"A{friend}" for friend in "BCDEFGHIJK"))
    erase(ledger, *"KJBD")
    expected = ["@10", "@11", "@2", "@4", "C", "E", "F", "G", "H", "I"]
    assert ledger.referrals("A") == ["@2", "C", "@4", "E", "F", "G", "H", "I", "@10", "@11"]
    assert ledger.referral_tree("A") == [(1, one) for one in expected]


def test_touches_of_an_erased_friend_are_not_told(play: Play) -> None:
    """One that is not chosen has the friend's name in its key."""
    ledger = play(referral_program(), "2026-03-01T12:00")
    ledger.enroll("anna")
    ledger.enroll("fritz", referral=ReferralBy(code=code_of(ledger, "anna")))
    assert ledger.referral("fritz").touches == (("enroll/fritz", "WON"),)
    ledger.erase_member("fritz", key="erase")
    assert ledger.referral("fritz").touches == ()


def test_trees(play: Play) -> None:
    """Levels stay; whoever was asked about may have been erased too."""
    ledger = opened(play, "ABCD", graph="any")
    bind(ledger, "AB", "BC", "CD")
    erase(ledger, "B")
    assert ledger.referral_tree("A") == [(1, "@2"), (2, "C"), (3, "D")]
    assert ledger.referral_tree("D", up=True) == [(-3, "A"), (-2, "@2"), (-1, "C")]
    assert ledger.referral_tree("B", up=True, depth=1) == [(-1, "A"), (1, "C")]
    assert [edge(ledger, friend)[0] for friend in "BCD"] == ["ANONYMISED", "ANONYMISED", "BOUND"]


def test_uplines_run_through_an_erased_advocate(play: Play) -> None:
    ledger = opened(play, "XAF", rewards=UPLINE, graph="any")
    bind(ledger, "XA", "AF")
    erase(ledger, "A")
    ledger.purchase("F", amount=6_000, key="sale")
    assert decided(ledger) == [
        ("advocate", "@2", 0, "CANCELLED"),
        ("friend", "F", 250, "PENDING"),
        ("upline-2", "X", 50, "PENDING"),
    ]
    erase(ledger, "F")
    ledger.reverse("sale", key="back")
    assert pending(ledger, "X", "A", "F") == [0, 0, 0]


def test_erased_upline(play: Play) -> None:
    """The edge is of A and F, who are there."""
    ledger = opened(play, "XAF", rewards=UPLINE, graph="any")
    bind(ledger, "XA", "AF")
    ledger.purchase("F", amount=6_000, key="sale")
    assert erase(ledger, "X") == [50]
    assert (edge(ledger), decided(ledger)[2]) == (("BOUND", "A"), ("upline-2", "@1", 0, "CANCELLED"))
    assert pending(ledger, "A", "F") == [500, 250]


def test_levels_run_through_an_erased_advocate(play: Play) -> None:
    """Of 700 the advocate's 500 are nobody's."""
    ledger = opened(play, "XAF", rewards=[], levels=[500, 200], graph="any")
    bind(ledger, "XA", "AF")
    erase(ledger, "A")
    ledger.purchase("F", amount=10_000, key="sale")
    assert decided(ledger) == [("advocate", "@2", 0, "CANCELLED"), ("upline-2", "X", 200, "PENDING")]


def test_circles_and_depth_run_through_erased_members(play: Play) -> None:
    ledger = opened(play, "ABCD", graph="any", depth=1)
    bind(ledger, "AB", "BC")
    erase(ledger, "B")
    assert ledger.bind("A", code=code_of(ledger, "C"), key="circle").code == "CYCLE"
    assert ledger.bind("D", code=code_of(ledger, "C"), key="deep").code == "DEPTH"


def test_erased_friends_keep_their_advocate_from_being_referred(play: Play) -> None:
    ledger = opened(play)
    bind(ledger, "AF")
    erase(ledger, "F")
    assert ledger.bind("A", code=code_of(ledger, "B"), key="bind/A").code == "HAS_REFERRALS"


def test_refunds_of_an_erased_friend(play: Play) -> None:
    """The advocate's percentage shrinks and goes; the friend's points count as taken."""
    both = [{"role": "advocate", "percent_bp": 1000}, {"role": "friend", "points": 250}]
    ledger = opened(play, rewards=both)
    bind(ledger, "AF")
    ledger.purchase("F", amount=10_000, key="sale")
    erase(ledger, "F")
    ledger.reverse("sale", amount=5_000, key="back/1")
    assert pending(ledger, "A", "F") == [500, 0]
    ledger.reverse("sale", key="back/2")
    assert (pending(ledger, "A", "F"), edge(ledger)[0]) == ([0, 0], "ANONYMISED")
    assert ledger.referral("F").progress == "REVERSED"


def test_refund_after_the_advocate_was_erased(play: Play) -> None:
    """400 of the 500 were spent: they are written off, and nobody owes anything."""
    ledger = bought(play).at("2026-03-15T12:00")
    ledger.redeem("A", 400, key="spent")
    assert erase(ledger, "A") == [100]
    ledger.reverse("sale", key="back")
    ledger.expect("A")
    assert decided(ledger) == [("advocate", "@1", 0, "CLAWED"), ("friend", "F", 0, "CLAWED")]
    assert ledger.trial_balance()["written_off"] == 400


def test_disputes_of_an_erased_friend(play: Play) -> None:
    ledger = bought(play)
    erase(ledger, "F")
    ledger.dispute("sale", "lost", key="lost")
    assert pending(ledger, "A", "F") == [0, 0]
    ledger.dispute("sale", "won", key="won")
    assert (pending(ledger, "A", "F"), edge(ledger)) == ([500, 0], ("ANONYMISED", "A"))


def test_caps_and_milestones_count_erased_friends(play: Play) -> None:
    milestones = [{"friends": 2, "points": 1000}]
    ledger = opened(play, "AFGH", caps={"advocate": 2}, milestones=milestones)
    bind(ledger, "AF", "AG", "AH")
    for friend in "FGH":
        ledger.purchase(friend, amount=6_000, key=f"sale/{friend}")
        erase(ledger, friend)
    told = [rewards(ledger, friend)["advocate"] for friend in "FGH"]
    assert told == [(500, "PENDING"), (500, "PENDING"), (0, "CAP_LIMITED")]
    assert pending(ledger, "A") == [2000]


def test_reviews_of_anonymised_edges(play: Play) -> None:
    ledger = bought(play)
    erase(ledger, "F")
    assert ledger.review("F", "freeze", key="freeze").code == "APPLIED"
    assert decided(ledger)[0] == ("advocate", "A", 500, "FROZEN")
    assert ledger.review("F", "release", key="release").code == "APPLIED"
    assert decided(ledger)[0] == ("advocate", "A", 500, "PENDING")
    assert ledger.review("F", "deny", key="deny").code == "APPLIED"
    assert (edge(ledger), pending(ledger, "A")) == (("VOID", "A"), [0])


def test_periods_close_over_erased_friends(play: Play) -> None:
    ledger = bought(play, vest="at_close")
    erase(ledger, "F")
    closed = ledger.at("2026-04-02T12:00").close_period("2026-03", key="march")
    assert (closed.awarded, closed.vested, available(ledger, "A")) == (500, 1, [500])


def test_nobody_is_brought_by_who_was_erased(play: Play) -> None:
    """Codes and touches of theirs are taken, and bind nobody."""
    ledger = opened(play)
    code = code_of(ledger, "A")
    ledger.touch("before", code, utc("2026-03-01T11:00"), key="before")
    erase(ledger, "A")
    assert ledger.bind("F", token="before", key="bind/1").code == "BLOCKED"
    assert ledger.touch("after", code, ledger.now(), key="after").code == "APPLIED"
    assert ledger.bind("F", token="after", key="bind/2").code == "BLOCKED"
    assert ledger.bind("F", code=code, key="bind/3").code == "BLOCKED"
    assert ledger.enroll("G", referral=ReferralBy(code=code)).referral == "BLOCKED"
    sold = ledger.purchase("B", amount=6_000, referral=ReferralBy(code=code), key="sale")
    assert (sold.code, sold.referral) == ("APPLIED", "BLOCKED")
    bind(ledger, "BF")
    assert ledger.bind("F", code=code, key="bind/4").code == "BLOCKED", "a stronger reason than ALREADY_REFERRED"


def test_nobody_brings_who_was_erased(play: Play) -> None:
    ledger = opened(play, "ABFG", steps=[{"step": "newsletter"}])
    bind(ledger, "AF")
    erase(ledger, "F", "G")
    for friend in "FG":
        for number, advocate in enumerate("AB"):
            again = ledger.bind(friend, code=code_of(ledger, advocate), key=f"again/{friend}/{number}")
            assert again.code == "MEMBER_CLOSED"
        assert ledger.step(friend, "newsletter", key=f"step/{friend}").code == "MEMBER_CLOSED"
        assert ledger.issue_code(friend, key=f"code/{friend}/2").answer.code == "MEMBER_CLOSED"
    coupon = str(ledger.issue_code("A", single_use=True, key="coupon").code)
    assert ledger.change_coupon(coupon, "F", "use", key="use").code == "MEMBER_CLOSED"
    assert [edge(ledger, friend)[0] for friend in "FG"] == ["ANONYMISED", "UNBOUND"]


@pytest.mark.parametrize("first", ["F", "A"])
def test_another_who_wins_within_grace(play: Play, first: str) -> None:
    """An earlier click of B moves the edge while its friend is there, and not any more once that one has left."""
    ledger = opened(play)
    ledger.touch("token", code_of(ledger, "A"), utc("2026-03-01T11:00"), key="later")
    ledger.bind("F", token="token", key="bind")
    ledger.purchase("F", amount=6_000, key="sale")
    erase(ledger, first)
    assert ledger.touch("token", code_of(ledger, "B"), utc("2026-03-01T10:00"), key="earlier").code == "APPLIED"
    assert edge(ledger) == (("BOUND", "B") if first == "A" else ("ANONYMISED", "A"))
    assert pending(ledger, "A", "B", "F") == ([0, 500, 250] if first == "A" else [500, 0, 0])
