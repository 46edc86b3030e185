"""Moved edges: an operator and a second person say that somebody else brought the friend."""

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


def opened(play: Play, members: str = "ABF", **settings: object) -> PlayedLedger:
    """Nobody is bound yet."""
    given = {"friend_must_be_new": False, **settings}
    ledger = play(referral_program(**given), "2026-02-01T00:00").at("2026-03-01T12:00")
    for member in members:
        ledger.enroll(member)
        code_of(ledger, member)
    return ledger


def bound(play: Play, members: str = "ABF", **settings: object) -> PlayedLedger:
    """A brought F."""
    ledger = opened(play, members, **settings)
    assert ledger.bind("F", code=code_of(ledger, "A"), key="bind/F").code == "APPLIED"
    return ledger


def bought(play: Play, members: str = "ABF", **settings: object) -> PlayedLedger:
    ledger = bound(play, members, **settings)
    ledger.purchase("F", amount=6_000, key="sale")
    return ledger


def decided(ledger: PlayedLedger, friend: str = "F") -> list[tuple[str, str, int, str]]:
    return [(one.role, one.member, one.points, one.state) for one in ledger.referral(friend).rewards]


def test_moved_before_it_qualifies(play: Play) -> None:
    ledger = bound(play)
    assert ledger.move("F", "B", key="move").code == "APPLIED"
    view = ledger.referral("F")
    assert (view.edge, view.advocate, view.progress) == ("MOVED", "B", "ATTRIBUTED")
    assert ([ledger.referrals(one) for one in "AB"], view.touches) == ([[], ["F"]], (("bind/F", "LOST"),))
    assert ledger.referral_tree("F", up=True, down=False) == [(-1, "B")]
    ledger.purchase("F", amount=6_000, key="sale")
    assert decided(ledger) == [("advocate", "B", 500, "PENDING"), ("friend", "F", 250, "PENDING")]


def test_moved_while_pending(play: Play) -> None:
    """Same event and hold: what the new advocate gets is there when the old one's would have been."""
    ledger = bought(play)
    ledger.at("2026-03-10T12:00").move("F", "B", key="move")
    assert decided(ledger) == [("advocate", "B", 500, "PENDING"), ("friend", "F", 250, "PENDING")]
    assert pending(ledger, "A", "B", "F") == [0, 500, 250]
    ledger.at("2026-03-15T11:59:59.999").restart()
    assert available(ledger, "B", "F") == [0, 0]
    ledger.at("2026-03-15T12:00")
    assert available(ledger, "A", "B", "F") == [0, 500, 250]


def test_moved_after_it_was_there_and_spent(play: Play) -> None:
    """The old advocate owes what is spent; the friend keeps what is the friend's."""
    ledger = bought(play).at("2026-03-15T12:00")
    ledger.redeem("A", 400, key="spent/A")
    ledger.redeem("F", 250, key="spent/F")
    ledger.move("F", "B", key="move")
    assert decided(ledger) == [("advocate", "B", 500, "AVAILABLE"), ("friend", "F", 250, "REDEEMED")]
    ledger.expect("A", debt=400)
    ledger.expect("B", available=500)
    ledger.expect("F")


def test_moved_on_and_back(play: Play) -> None:
    ledger = bought(play, "ABCF")
    for number, advocate in enumerate("BCA"):
        assert ledger.move("F", advocate, key=f"move/{number}").code == "APPLIED"
    assert (pending(ledger, "A", "B", "C", "F"), ledger.referral("F").edge) == ([500, 0, 0, 250], "MOVED")


def test_no_touch_changes_a_moved_edge(play: Play) -> None:
    """Within grace, though both would have won."""
    ledger = opened(play, "ABCF")
    ledger.touch("token", code_of(ledger, "A"), utc("2026-03-01T10:00"), key="t-1")
    ledger.bind("F", token="token", key="bind")
    ledger.move("F", "B", key="move")
    assert ledger.touch("token", code_of(ledger, "C"), utc("2026-03-01T09:00"), key="t-0").code == "APPLIED"
    view = ledger.referral("F")
    assert (view.advocate, view.touches) == ("B", (("t-0", "LOST"), ("t-1", "LOST")))
    assert ledger.bind("F", code=code_of(ledger, "C"), key="again").code == "ALREADY_REFERRED"
    ledger.purchase("F", amount=100, occurred_at=utc("2026-02-20T12:00"), key="older")
    assert ledger.referral("F").edge == "MOVED"


def test_older_sale_unbinds_no_moved_edge(play: Play) -> None:
    ledger = bought(play, friend_must_be_new=True)
    ledger.move("F", "B", key="move")
    ledger.purchase("F", amount=6_000, occurred_at=utc("2026-02-20T12:00"), key="older")
    assert (ledger.referral("F").edge, pending(ledger, "A", "B", "F")) == ("MOVED", [0, 500, 250])


def test_earlier_order_within_grace_is_the_new_advocates(play: Play) -> None:
    ledger = bound(play, rewards=[{"role": "advocate", "percent_bp": 500}])
    ledger.at("2026-03-01T18:00").purchase("F", amount=6_000, key="evening")
    ledger.move("F", "B", key="move")
    ledger.purchase("F", amount=4_000, occurred_at=utc("2026-03-01T13:00"), key="noon")
    assert pending(ledger, "A", "B") == [0, 200]


def test_coupon_stays_used_by_the_friend(play: Play) -> None:
    ledger = opened(play)
    coupon = str(ledger.issue_code("A", single_use=True, key="coupon").code)
    ledger.bind("F", code=coupon, key="bind")
    ledger.move("F", "B", key="move")
    assert ledger.referral_code(coupon) == CodeView("COUPON", "A", "USED", "F")
    assert ledger.change_coupon(coupon, "F", "release", key="release").code == "CODE_USED"


def test_refunds_before_and_after(play: Play) -> None:
    """Half came back before: the new advocate gets what is left; the friend's percentage stays as it is."""
    both = [{"role": "advocate", "percent_bp": 1000}, {"role": "friend", "percent_bp": 500}]
    ledger = bound(play, rewards=both)
    ledger.purchase("F", amount=10_000, key="sale")
    ledger.reverse("sale", amount=5_000, key="back/1")
    ledger.move("F", "B", key="move")
    assert pending(ledger, "A", "B", "F") == [0, 500, 250]
    ledger.reverse("sale", amount=2_500, key="back/2")
    assert pending(ledger, "A", "B", "F") == [0, 250, 125]
    ledger.reverse("sale", key="back/3")
    assert decided(ledger) == [("advocate", "B", 0, "CANCELLED"), ("friend", "F", 0, "CANCELLED")]


def test_what_is_reversed_stays_as_it_is(play: Play) -> None:
    """A dispute that is won later gives back to whoever had it."""
    ledger = bought(play)
    ledger.dispute("sale", "lost", key="lost")
    ledger.move("F", "B", key="move")
    assert (decided(ledger)[0], ledger.referral("F").progress) == (("advocate", "A", 0, "CANCELLED"), "REVERSED")
    ledger.dispute("sale", "won", key="won")
    assert pending(ledger, "A", "B", "F") == [500, 0, 250]
    assert ledger.referral("F").advocate == "B"


def test_dispute_after_the_move(play: Play) -> None:
    ledger = bought(play)
    ledger.move("F", "B", key="move")
    ledger.dispute("sale", "lost", key="lost")
    assert pending(ledger, "A", "B", "F") == [0, 0, 0]
    ledger.dispute("sale", "won", key="won")
    assert pending(ledger, "A", "B", "F") == [0, 500, 250]


def test_every_purchase(play: Play) -> None:
    """The second was refunded: it stays where it was."""
    ledger = bound(play, steps=[{"step": "every_purchase", "minimum": 1_000}])
    for number in (1, 2, 3):
        ledger.purchase("F", amount=1_000, key=f"sale/{number}")
    ledger.reverse("sale/2", key="back")
    ledger.move("F", "B", key="move")
    told = [(member, state) for role, member, _, state in decided(ledger) if role == "advocate"]
    assert told == [("B", "PENDING"), ("A", "CANCELLED"), ("B", "PENDING")]
    assert pending(ledger, "A", "B", "F") == [0, 1000, 500]


def test_uplines_are_those_of_the_new_advocate(play: Play) -> None:
    """X brought A, Y brought B; the friend's place among the roles stays."""
    above = [*BOTH, {"role": "upline", "points": 50}]
    ledger = opened(play, "ABFXY", rewards=above, graph="any")
    for advocate, friend in (("X", "A"), ("Y", "B"), ("A", "F")):
        ledger.bind(friend, code=code_of(ledger, advocate), key=f"bind/{friend}")
    ledger.purchase("F", amount=6_000, key="sale")
    assert pending(ledger, "A", "B", "F", "X", "Y") == [500, 0, 250, 50, 0]
    ledger.move("F", "B", key="move")
    assert pending(ledger, "A", "B", "F", "X", "Y") == [0, 500, 250, 0, 50]
    assert [role for role, *_ in decided(ledger)] == ["advocate", "friend", "upline-2"]


def test_levels(play: Play) -> None:
    levels = {"levels": [500, 200], "rewards": [{"role": "friend", "points": 250}]}
    ledger = opened(play, "ABFX", graph="any", **levels)
    for advocate, friend in (("X", "A"), ("A", "F")):
        ledger.bind(friend, code=code_of(ledger, advocate), key=f"bind/{friend}")
    ledger.purchase("F", amount=10_000, key="sale")
    assert [role for role, *_ in decided(ledger)] == ["advocate", "upline-2", "friend"]
    ledger.move("F", "B", key="move")
    assert decided(ledger) == [("advocate", "B", 500, "PENDING"), ("friend", "F", 250, "PENDING")]
    ledger.move("F", "A", key="back")
    assert [role for role, *_ in decided(ledger)] == ["advocate", "upline-2", "friend"]
    assert pending(ledger, "A", "B", "F", "X") == [500, 0, 250, 200]


def test_credit_is_the_new_advocates_alone(play: Play) -> None:
    """A and B had parts; later touches count for nothing."""
    shared = [{"role": "advocate", "percent_bp": 400}, {"role": "friend", "points": 250}]
    ledger = opened(play, "ABCF", rewards=shared, credit="linear")
    for hour, partner in ((9, "A"), (10, "B")):
        ledger.touch("token", code_of(ledger, partner), utc(f"2026-03-01T{hour:02}:00"), key=f"t-{hour}")
    ledger.purchase("F", amount=25_000, referral=ReferralBy(token="token"), key="sale")
    assert pending(ledger, "A", "B", "C", "F") == [500, 500, 0, 250]
    ledger.move("F", "C", key="move")
    assert decided(ledger) == [("advocate", "C", 1000, "PENDING"), ("friend", "F", 250, "PENDING")]
    ledger.touch("token", code_of(ledger, "A"), utc("2026-03-01T08:00"), key="t-8")
    assert pending(ledger, "A", "B", "C", "F") == [0, 0, 1000, 250]
    ledger.reverse("sale", amount=10_000, key="back")
    assert pending(ledger, "A", "B", "C", "F") == [0, 0, 600, 250]


def test_milestones_go_along(play: Play) -> None:
    """A had two friends and reached the first milestone with F; without F it is gone, and with G it does not come."""
    milestones = [{"friends": 2, "points": 1000}]
    ledger = opened(play, "ABFGH", milestones=milestones, rewards=[{"role": "advocate", "points": 500}])
    for advocate, friend in (("A", "G"), ("A", "F"), ("B", "H")):
        ledger.bind(friend, code=code_of(ledger, advocate), key=f"bind/{friend}")
        ledger.purchase(friend, amount=6_000, key=f"sale/{friend}")
    assert pending(ledger, "A", "B") == [2000, 500]
    ledger.move("F", "B", key="move")
    assert (pending(ledger, "A", "B"), list(rewards(ledger, "F"))) == ([500, 2000], ["advocate", "milestone-1"])


def test_vouchers_go_along(play: Play) -> None:
    """What the old advocate has used is UNRECOVERED; the friend's stays what it is."""
    given = [{"role": "advocate", "voucher": "a coffee"}, {"role": "friend", "voucher": "a cake"}]
    ledger = bought(play, rewards=given).at("2026-03-15T12:00")
    codes = {role: one.code for role, one in vouchers(ledger, "F").items()}
    for role, member in (("advocate", "A"), ("friend", "F")):
        assert ledger.change_coupon(codes[role], member, "use", key=f"use/{member}").code == "APPLIED"
    ledger.move("F", "B", key="move")
    assert states(ledger, "F") == {"advocate": ("AVAILABLE", "AVAILABLE"), "friend": ("REDEEMED", "REDEEMED")}
    code = vouchers(ledger, "F")["advocate"].code
    assert ledger.change_coupon(code, "A", "use", key="again/A").code == "UNKNOWN_CODE"
    assert ledger.change_coupon(code, "B", "use", key="use/B").code == "APPLIED"


def test_used_voucher_of_a_member_who_stays_in_the_role(play: Play) -> None:
    """X is above A and above B."""
    above = [{"role": "advocate", "points": 500}, {"role": "upline", "voucher": "a tea"}]
    ledger = opened(play, "ABFX", rewards=above, graph="any")
    for advocate, friend in (("X", "A"), ("X", "B"), ("A", "F")):
        ledger.bind(friend, code=code_of(ledger, advocate), key=f"bind/{friend}")
    ledger.purchase("F", amount=6_000, key="sale")
    ledger.at("2026-03-15T12:00")
    code = vouchers(ledger, "F")["upline-2"].code
    ledger.change_coupon(code, "X", "use", key="use")
    ledger.move("F", "B", key="move")
    assert (states(ledger, "F")["upline-2"], vouchers(ledger, "F")["upline-2"].code) == (("REDEEMED", "REDEEMED"), code)


def test_caps_and_budget_are_asked_of_the_new_advocate(play: Play) -> None:
    ledger = opened(play, "ABFG", caps={"advocate": 1})
    for advocate, friend in (("A", "F"), ("B", "G")):
        ledger.bind(friend, code=code_of(ledger, advocate), key=f"bind/{friend}")
        ledger.purchase(friend, amount=6_000, key=f"sale/{friend}")
    ledger.move("F", "B", key="move")
    assert decided(ledger) == [("advocate", "B", 0, "CAP_LIMITED"), ("friend", "F", 250, "PENDING")]
    ledger.move("G", "A", key="move/G")
    assert decided(ledger, "G") == [("advocate", "A", 500, "PENDING"), ("friend", "G", 250, "PENDING")]


def test_frozen_and_moved(play: Play) -> None:
    ledger = bought(play)
    ledger.review("F", "freeze", key="freeze")
    ledger.move("F", "B", key="move")
    assert decided(ledger) == [("advocate", "B", 500, "FROZEN"), ("friend", "F", 250, "FROZEN")]
    ledger.at("2026-03-20T12:00").review("F", "release", key="release")
    assert available(ledger, "A", "B", "F") == [0, 500, 250]
    ledger.review("F", "deny", key="deny")
    assert (ledger.referral("F").edge, available(ledger, "B", "F")) == ("VOID", [0, 0])
    assert ledger.move("F", "A", key="too late").code == "NO_ATTRIBUTION"


def test_moved_after_the_period_was_closed(play: Play) -> None:
    """Of a month that is closed, it waits for the next close."""
    ledger = bought(play, vest="at_close").at("2026-04-02T12:00")
    assert ledger.close_period("2026-03", key="march").awarded == 750
    ledger.move("F", "B", key="move")
    assert decided(ledger) == [("advocate", "B", 500, "WAITING"), ("friend", "F", 250, "AVAILABLE")]
    assert ledger.at("2026-05-02T12:00").close_period("2026-04", key="april").awarded == 500


@pytest.mark.parametrize("approved_by", ["", "  ", "desk-1", " Desk-1 ", "DESK-1"])
def test_one_person_moves_nothing(play: Play, approved_by: str) -> None:
    ledger = bound(play)
    assert ledger.move("F", "B", approved_by=approved_by, key="move").code == "APPROVER_MISSING"
    assert ledger.move("F", "B", key="move").code == "APPLIED"


@pytest.mark.parametrize("decision", ["freeze", "release", "deny"])
def test_other_decisions_name_neither(play: Play, decision: str) -> None:
    ledger = bound(play)
    why = {"reason": "family", "actor": "desk-1", "key": "review"}
    for rest in ({"to": "B"}, {"approved_by": "desk-2"}, {"to": "B", "approved_by": "desk-2"}):
        answer = ledger.write("review_referral", "friends", "F", decision, **why, **rest)
        assert answer.code == "FIELD_INVALID"
    answer = ledger.write("review_referral", "friends", "F", "move", approved_by="desk-2", **why)
    assert answer.code == "FIELD_INVALID"
    assert ledger.review("F", decision, key="review").code == "APPLIED"


def test_whom_an_edge_cannot_be_moved_to(play: Play) -> None:
    """Each line lacks the fault of the line above; refusals by state are remembered."""
    ledger = opened(play, "ABCDF")
    assert ledger.move("nobody", "nobody", key="m-1").code == "MEMBER_NOT_FOUND"
    assert ledger.move("F", "nobody", key="m-2").code == "NO_ATTRIBUTION"
    ledger.bind("F", code=code_of(ledger, "A"), key="bind/F")
    assert ledger.move("F", "nobody", key="m-3").code == "MEMBER_NOT_FOUND"
    ledger.close_member("C", key="close/C")
    assert ledger.move("F", "C", key="m-4").code == "MEMBER_CLOSED"
    ledger.block("D", key="block/D")
    assert ledger.move("F", "D", key="m-5").code == "BLOCKED"
    assert ledger.move("F", "F", key="m-6").code == "SELF"
    assert ledger.move("F", "A", key="m-7").code == "ALREADY_REFERRED"
    ledger.block("F", key="block/F")
    assert [ledger.move("F", one, key=f"m-8/{one}").code for one in "FAB"] == ["BLOCKED"] * 3
    ledger.unblock("F", key="unblock/F")
    ledger.unblock("D", key="unblock/D")
    again = ledger.move("F", "D", key="m-5")
    assert (again.code, again.replayed) == ("BLOCKED", True)
    assert ledger.move("F", "D", key="m-9").code == "APPLIED"
    assert ledger.move("F", "B", key="m-9").code == "KEY_REUSED"


@pytest.mark.parametrize(("graph", "answer"), [("any", "CYCLE"), ("leaf_only", "HAS_REFERRALS")])
def test_circles(play: Play, graph: str, answer: str) -> None:
    """F brought B, and B brought C; in leaf-only mode F was bound before."""
    ledger = bound(play, "ABCDF", graph=graph)
    for advocate, friend in (("F", "B"), ("B", "C")):
        ledger.bind(friend, code=code_of(ledger, advocate), key=f"bind/{friend}")
    assert [ledger.move("F", one, key=f"move/{one}").code for one in "BC"] == [answer, answer]
    assert ledger.move("F", "D", key="move/D").code == "APPLIED"
    assert ledger.referral_tree("D") == [(1, "F"), (2, "B"), (3, "C")]


def test_depth(play: Play) -> None:
    """Z is under Y, who is under X: with depth 1 nobody more can be under Z."""
    ledger = bound(play, "AFXYZ", graph="any", depth=1)
    for advocate, friend in (("X", "Y"), ("Y", "Z")):
        ledger.bind(friend, code=code_of(ledger, advocate), key=f"bind/{friend}")
    assert [ledger.move("F", one, key=f"move/{one}").code for one in "ZY"] == ["DEPTH", "APPLIED"]
