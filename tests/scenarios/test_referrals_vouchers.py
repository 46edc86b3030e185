"""Vouchers: alone or beside points, with their hold, their validity, and what becomes of them when rewards end."""

from datetime import timedelta

import pytest

from ledgers import PlayedLedger
from ledgers.referrals import ReferralBy
from model.referral.codes import normalised, voucher_code
from model.referral.reads import CodeView
from scenarios.conftest import Play
from scenarios.referral_program import (
    available,
    code_of,
    pending,
    referral_program,
    rewards,
    states,
    utc,
    vouchers,
)

COFFEE = [{"role": "advocate", "voucher": "a coffee"}]
CAKE = {"role": "friend", "points": 250, "voucher": "Kuchen für zwei", "voucher_valid": "P1M"}
PERCENT = {"role": "advocate", "percent_bp": 500, "voucher": "a coffee"}


def bought(play: Play, *, friends: str = "F", amount: int = 6_000, **settings: object) -> PlayedLedger:
    """A brought the friends, who all buy on the first of March."""
    ledger = opened(play, friends=friends, **settings)
    for friend in friends:
        ledger.purchase(friend, amount=amount, key=f"sale/{friend}")
    return ledger


def opened(play: Play, *, friends: str = "F", **settings: object) -> PlayedLedger:
    given = {"rewards": [*COFFEE, CAKE], "friend_must_be_new": False, **settings}
    ledger = play(referral_program(**given), "2026-02-01T00:00").at("2026-03-01T12:00")
    ledger.enroll("A")
    for friend in friends:
        ledger.enroll(friend, referral=ReferralBy(code=code_of(ledger, "A")))
    return ledger


def use(ledger: PlayedLedger, role: str, member: str, *, friend: str = "F") -> str:
    code = vouchers(ledger, friend)[role].code
    return ledger.change_coupon(code, member, "use", key=f"use/{member}/{code}/{ledger.now()}").code


def read(ledger: PlayedLedger, role: str, friend: str = "F") -> CodeView:
    code = ledger.referral_code(vouchers(ledger, friend)[role].code)
    assert code is not None
    return code


def test_voucher_alone_and_bundle(play: Play) -> None:
    ledger = bought(play)
    assert rewards(ledger, "F") == {"advocate": (0, "PENDING"), "friend": (250, "PENDING")}
    assert states(ledger, "F") == {"advocate": ("PENDING", "PENDING"), "friend": ("PENDING", "PENDING")}
    assert vouchers(ledger, "F")["friend"].label == "Kuchen für zwei"
    assert (pending(ledger, "A", "F"), ledger.referral("F").progress) == ([0, 250], "QUALIFIED")
    ledger.at("2026-03-15T11:59:59.999")
    assert states(ledger, "F")["advocate"] == ("PENDING", "PENDING")
    ledger.at("2026-03-15T12:00")
    assert states(ledger, "F") == {"advocate": ("AVAILABLE", "AVAILABLE"), "friend": ("AVAILABLE", "AVAILABLE")}
    assert (available(ledger, "A", "F"), ledger.referral("F").progress) == ([0, 250], "SETTLED")


def test_codes_follow_from_what_vouchers_are_for(play: Play) -> None:
    ledger = bought(play)
    codes = {role: one.code for role, one in vouchers(ledger, "F").items()}
    assert codes == {role: voucher_code("friends", "F", "sale/F", role) for role in ("advocate", "friend")}
    assert all(normalised(code) == code for code in codes.values())


def test_what_a_till_reads(play: Play) -> None:
    ledger = bought(play)
    expires_at = utc("2026-04-15T12:00")
    pending_cake = CodeView("VOUCHER", "F", "PENDING", None, "Kuchen für zwei", expires_at, None)
    assert read(ledger, "friend") == pending_cake
    ledger.at("2026-03-15T12:00")
    assert read(ledger, "advocate") == CodeView("VOUCHER", "A", "AVAILABLE", None, "a coffee", None, None)
    assert use(ledger, "advocate", "A") == "APPLIED"
    assert read(ledger, "advocate") == CodeView("VOUCHER", "A", "REDEEMED", "A", "a coffee", None, None)
    assert states(ledger, "F")["advocate"] == ("REDEEMED", "REDEEMED")
    assert ledger.referral_code("22222222F") is None


def test_a_bundle_reads_as_its_points_do(play: Play) -> None:
    ledger = bought(play).at("2026-03-15T12:00")
    ledger.redeem("F", 250, key="spent")
    assert states(ledger, "F")["friend"] == ("REDEEMED", "AVAILABLE")
    assert use(ledger, "friend", "F") == "APPLIED"
    assert states(ledger, "F")["friend"] == ("REDEEMED", "REDEEMED")


@pytest.mark.parametrize(("instant", "state"), [("11:59:59.999", "AVAILABLE"), ("12:00", "EXPIRED")])
def test_validity_counts_from_the_end_of_the_hold(play: Play, instant: str, state: str) -> None:
    ledger = bought(play).at(f"2026-04-15T{instant}")
    assert states(ledger, "F")["friend"] == ("AVAILABLE", state)
    assert use(ledger, "friend", "F") == ("APPLIED" if state == "AVAILABLE" else "CODE_EXPIRED")


def test_voucher_alone_expires(play: Play) -> None:
    alone = [{**COFFEE[0], "voucher_valid": "P7D"}]
    ledger = bought(play, rewards=alone).at("2026-03-22T12:00")
    assert (states(ledger, "F")["advocate"], ledger.referral("F").progress) == (("EXPIRED", "EXPIRED"), "SETTLED")


def test_used_voucher_does_not_expire(play: Play) -> None:
    ledger = bought(play).at("2026-03-16T12:00")
    assert use(ledger, "friend", "F") == "APPLIED"
    ledger.at("2026-05-01T12:00")
    assert vouchers(ledger, "F")["friend"].state == "REDEEMED"
    assert ledger.change_coupon(vouchers(ledger, "F")["friend"].code, "F", "release", key="back").code == "APPLIED"
    assert vouchers(ledger, "F")["friend"].state == "EXPIRED"


def test_validity_by_the_calendar_of_the_zone(play: Play) -> None:
    """A month from the end of the hold, across a change of clocks."""
    ledger = play(referral_program(zone="Europe/Berlin", rewards=[CAKE]), "2026-02-01T00:00")
    ledger.at("2026-03-01T12:00").enroll("A")
    ledger.enroll("F", referral=ReferralBy(code=code_of(ledger, "A")))
    ledger.purchase("F", amount=6_000, key="sale")
    assert vouchers(ledger, "F")["friend"].expires_at == utc("2026-04-15T10:00")


def test_qualified_after_the_hold_counts_from_its_end(play: Play) -> None:
    ledger = opened(play, rewards=[{**COFFEE[0], "voucher_valid": "P2D"}], hold="P1D")
    ledger.at("2026-03-03T12:00")
    ledger.purchase("F", amount=6_000, occurred_at=utc("2026-03-01T13:00"), key="sale")
    assert (vouchers(ledger, "F")["advocate"].expires_at, states(ledger, "F")["advocate"][1]) == (
        utc("2026-03-04T13:00"),
        "AVAILABLE",
    )


def test_frozen_released_late(play: Play) -> None:
    """Ready when it is released, since that is later than the hold's end."""
    ledger = bought(play, rewards=[{**COFFEE[0], "voucher_valid": "P7D"}, CAKE])
    ledger.review("F", "freeze", key="freeze")
    assert states(ledger, "F") == {"advocate": ("FROZEN", "PENDING"), "friend": ("FROZEN", "PENDING")}
    assert vouchers(ledger, "F")["advocate"].expires_at is None
    ledger.at("2026-03-20T12:00")
    assert use(ledger, "advocate", "A") == "CODE_PENDING"
    ledger.review("F", "release", key="release")
    assert states(ledger, "F") == {"advocate": ("AVAILABLE", "AVAILABLE"), "friend": ("AVAILABLE", "AVAILABLE")}
    assert [one.expires_at for one in vouchers(ledger, "F").values()] == [
        utc("2026-03-27T12:00"),
        utc("2026-04-20T12:00"),
    ]


def test_frozen_released_early(play: Play) -> None:
    ledger = bought(play, rewards=[{**COFFEE[0], "voucher_valid": "P7D"}])
    ledger.review("F", "freeze", key="freeze")
    ledger.at("2026-03-05T12:00").review("F", "release", key="release")
    assert (states(ledger, "F")["advocate"], vouchers(ledger, "F")["advocate"].expires_at) == (
        ("PENDING", "PENDING"),
        utc("2026-03-22T12:00"),
    )


def test_ready_vouchers_are_not_frozen(play: Play) -> None:
    ledger = bought(play).at("2026-03-15T12:00")
    ledger.review("F", "freeze", key="freeze")
    assert states(ledger, "F")["advocate"] == ("AVAILABLE", "AVAILABLE")
    assert use(ledger, "advocate", "A") == "APPLIED"


def test_freeze_that_nobody_decides_disables(play: Play) -> None:
    ledger = bought(play)
    ledger.review("F", "freeze", key="freeze")
    ledger.at("2026-04-14T11:59:59.999")
    assert states(ledger, "F")["advocate"] == ("FROZEN", "PENDING")
    ledger.at("2026-04-14T12:00")
    assert states(ledger, "F") == {"advocate": ("CANCELLED", "DISABLED"), "friend": ("CANCELLED", "DISABLED")}
    assert (use(ledger, "advocate", "A"), ledger.referral("F").progress) == ("CODE_DISABLED", "REVERSED")


def test_ready_when_the_period_is_closed(play: Play) -> None:
    ledger = bought(play, rewards=[{**COFFEE[0], "voucher_valid": "P7D"}, CAKE], vest="at_close")
    ledger.at("2026-03-15T12:00")
    assert (states(ledger, "F")["advocate"], ledger.referral("F").open) == (("WAITING", "PENDING"), "CLOSE")
    assert vouchers(ledger, "F")["advocate"].expires_at is None
    closed = ledger.at("2026-04-02T12:00").close_period("2026-03", key="close")
    assert (closed.awarded, closed.vested) == (250, 2)
    assert states(ledger, "F") == {"advocate": ("AVAILABLE", "AVAILABLE"), "friend": ("AVAILABLE", "AVAILABLE")}
    assert vouchers(ledger, "F")["advocate"].expires_at == utc("2026-04-09T12:00")
    assert ledger.close_period("2026-03", key="again").vested == 0


@pytest.mark.parametrize("is_ready", [False, True])
def test_reversed_before_it_is_used(play: Play, is_ready: bool) -> None:
    ledger = bought(play).at("2026-03-15T12:00" if is_ready else "2026-03-10T12:00")
    ledger.reverse("sale/F", key="back")
    ended = "CLAWED" if is_ready else "CANCELLED"
    assert states(ledger, "F") == {"advocate": (ended, "DISABLED"), "friend": (ended, "DISABLED")}
    assert [use(ledger, "advocate", "A"), use(ledger, "friend", "F")] == ["CODE_DISABLED", "CODE_DISABLED"]
    assert read(ledger, "advocate").state == "DISABLED"


def test_reversed_after_it_was_used(play: Play) -> None:
    ledger = bought(play).at("2026-03-15T12:00")
    assert [use(ledger, "advocate", "A"), use(ledger, "friend", "F")] == ["APPLIED", "APPLIED"]
    ledger.reverse("sale/F", key="back")
    assert states(ledger, "F") == {"advocate": ("CLAWED", "UNRECOVERED"), "friend": ("CLAWED", "UNRECOVERED")}
    assert read(ledger, "advocate") == CodeView("VOUCHER", "A", "UNRECOVERED", "A", "a coffee", None, None)
    code = vouchers(ledger, "F")["advocate"].code
    for action in ("reserve", "use", "release"):
        assert ledger.change_coupon(code, "A", action, key=action).code == "CODE_DISABLED"


def test_denied(play: Play) -> None:
    ledger = bought(play).at("2026-03-15T12:00")
    use(ledger, "friend", "F")
    ledger.review("F", "deny", key="deny")
    assert states(ledger, "F") == {"advocate": ("CLAWED", "DISABLED"), "friend": ("CLAWED", "UNRECOVERED")}


def test_lost_and_won_dispute(play: Play) -> None:
    ledger = bought(play).at("2026-03-15T12:00")
    use(ledger, "friend", "F")
    ledger.dispute("sale/F", "lost", key="lost")
    assert states(ledger, "F") == {"advocate": ("CLAWED", "DISABLED"), "friend": ("CLAWED", "UNRECOVERED")}
    ledger.restart()
    ledger.dispute("sale/F", "won", key="won")
    assert states(ledger, "F") == {"advocate": ("AVAILABLE", "AVAILABLE"), "friend": ("AVAILABLE", "REDEEMED")}
    assert use(ledger, "advocate", "A") == "APPLIED"


def test_dispute_lost_before_and_won_after_the_hold(play: Play) -> None:
    ledger = bought(play, rewards=[{**COFFEE[0], "voucher_valid": "P7D"}])
    ledger.dispute("sale/F", "lost", key="lost")
    assert states(ledger, "F")["advocate"] == ("CANCELLED", "DISABLED")
    ledger.at("2026-03-17T12:00").dispute("sale/F", "won", key="won")
    assert states(ledger, "F")["advocate"] == ("AVAILABLE", "AVAILABLE")
    assert vouchers(ledger, "F")["advocate"].expires_at == utc("2026-03-22T12:00")


def test_refund_to_nothing_ends_a_percentage_and_its_voucher(play: Play) -> None:
    """500 points of 10,000; 200 basis points of a part that is left round down to nothing."""
    ledger = bought(play, rewards=[PERCENT], steps=[{"step": "first_purchase"}], amount=10_000)
    assert (rewards(ledger, "F")["advocate"], states(ledger, "F")["advocate"][1]) == ((500, "PENDING"), "PENDING")
    ledger.reverse("sale/F", amount=9_980, key="back/1")
    assert states(ledger, "F")["advocate"] == ("PENDING", "PENDING")
    assert rewards(ledger, "F")["advocate"] == (1, "PENDING")
    ledger.reverse("sale/F", amount=1, key="back/2")
    assert states(ledger, "F")["advocate"] == ("CANCELLED", "DISABLED")
    assert ledger.referral("F").progress == "SETTLED"


def test_percentage_of_next_to_nothing_keeps_its_voucher(play: Play) -> None:
    """0 points are no reason for CANCELLED where there is a voucher, and no refund but the whole takes it."""
    ledger = bought(play, rewards=[PERCENT], steps=[{"step": "first_purchase"}], amount=19)
    assert (rewards(ledger, "F")["advocate"], states(ledger, "F")["advocate"][1]) == ((0, "PENDING"), "PENDING")
    ledger.reverse("sale/F", amount=10, key="back/1")
    assert states(ledger, "F")["advocate"] == ("PENDING", "PENDING")
    ledger.reverse("sale/F", key="back/2")
    assert states(ledger, "F")["advocate"] == ("CANCELLED", "DISABLED")


def test_fixed_bundle_is_whole_while_the_net_stays_at_the_minimum(play: Play) -> None:
    ledger = bought(play)
    ledger.reverse("sale/F", amount=3_500, key="back/1")
    assert states(ledger, "F")["friend"] == ("PENDING", "PENDING")
    ledger.reverse("sale/F", amount=1, key="back/2")
    assert states(ledger, "F")["friend"] == ("CANCELLED", "DISABLED")


def test_caps(play: Play) -> None:
    """A voucher is one reward of its role, and takes nothing from the budget."""
    ledger = bought(play, friends="FG", caps={"advocate": 1, "program": 250})
    assert rewards(ledger, "F") == {"advocate": (0, "PENDING"), "friend": (250, "PENDING")}
    assert rewards(ledger, "G") == {"advocate": (0, "CAP_LIMITED"), "friend": (0, "CAP_LIMITED")}
    assert (vouchers(ledger, "G"), ledger.referral("G").rewards[0].reason) == ({}, "CAP_REACHED")


def test_voucher_of_a_member_who_leaves(play: Play) -> None:
    ledger = bought(play, friends="FG", rewards=COFFEE)
    ledger.at("2026-03-14T12:00").purchase("F", amount=6_000, key="another")
    ledger.close_member("A", key="close")
    assert states(ledger, "F")["advocate"] == ("CANCELLED", "DISABLED")
    assert use(ledger, "advocate", "A") == "MEMBER_CLOSED"
    assert read(ledger, "advocate").state == "DISABLED"
    ledger.at("2026-03-16T12:00")
    assert states(ledger, "F")["advocate"] == ("CANCELLED", "DISABLED")


def test_ready_and_used_vouchers_of_a_member_who_leaves(play: Play) -> None:
    ledger = bought(play, friends="FG", rewards=COFFEE).at("2026-03-15T12:00")
    use(ledger, "advocate", "A")
    ledger.close_member("A", key="close")
    assert states(ledger, "F")["advocate"] == ("REDEEMED", "REDEEMED")
    assert states(ledger, "G")["advocate"] == ("EXPIRED", "DISABLED")


def test_closed_members_get_none(play: Play) -> None:
    ledger = opened(play)
    ledger.close_member("A", key="close")
    ledger.purchase("F", amount=6_000, key="sale/F")
    assert (rewards(ledger, "F")["advocate"], list(vouchers(ledger, "F"))) == ((0, "CANCELLED"), ["friend"])


def test_uplines_get_vouchers_too(play: Play) -> None:
    above = [{"role": "upline", "voucher": "a tea"}, *COFFEE]
    ledger = opened(play, rewards=above, graph="any")
    ledger.enroll("G", referral=ReferralBy(code=code_of(ledger, "F")))
    ledger.purchase("G", amount=6_000, key="sale/G")
    told = [(one.role, one.member, one.voucher and one.voucher.label) for one in ledger.referral("G").rewards]
    assert told == [("advocate", "F", "a coffee"), ("upline-2", "A", "a tea")]


def test_a_vouchers_code_brings_nobody(play: Play) -> None:
    ledger = bought(play)
    ledger.enroll("G")
    code = vouchers(ledger, "F")["advocate"].code
    assert ledger.bind("G", code=code, key="bind").code == "UNKNOWN_CODE"
    assert ledger.touch("token", code, ledger.now(), key="touch").code == "UNKNOWN_CODE"
    assert ledger.disable_code(code, key="disable").code == "UNKNOWN_CODE"
    assert ledger.issue_code("G", code=code, key="issue").answer.code == "CODE_TAKEN"


def test_earlier_order_within_grace_gives_another_voucher(play: Play) -> None:
    """The event names the voucher: the old one is gone."""
    ledger = bought(play, rewards=COFFEE)
    old = vouchers(ledger, "F")["advocate"].code
    ledger.at("2026-03-01T14:00").purchase("F", amount=6_000, occurred_at=utc("2026-03-01T12:00"), key="a first")
    new = vouchers(ledger, "F")["advocate"].code
    assert (old != new, new) == (True, voucher_code("friends", "F", "a first", "advocate"))
    after = ledger.referral_code(new)
    assert (ledger.referral_code(old), after and after.state) == (None, "PENDING")


def early(play: Play) -> PlayedLedger:
    """A hold of a day is over when the sale is told."""
    ledger = opened(play, rewards=[*COFFEE, CAKE], hold="P1D", grace="PT24H")
    ledger.at("2026-03-03T12:00").purchase("F", amount=6_000, occurred_at=utc("2026-03-01T15:00"), key="sale/F")
    return ledger


def test_used_voucher_stays_when_an_earlier_order_comes_within_grace(play: Play) -> None:
    ledger = early(play)
    code = vouchers(ledger, "F")["friend"].code
    assert use(ledger, "friend", "F") == "APPLIED"
    ledger.purchase("F", amount=6_000, occurred_at=utc("2026-03-01T13:00"), key="an earlier one")
    assert states(ledger, "F") == {"advocate": ("AVAILABLE", "AVAILABLE"), "friend": ("AVAILABLE", "REDEEMED")}
    assert vouchers(ledger, "F")["friend"].code == code
    assert vouchers(ledger, "F")["advocate"].code == voucher_code("friends", "F", "an earlier one", "advocate")
    ledger.reverse("an earlier one", key="back")
    assert states(ledger, "F")["friend"] == ("CLAWED", "UNRECOVERED")


def test_used_voucher_stays_with_its_member_when_another_touch_wins(play: Play) -> None:
    """The friend's stays the used one; the advocate's ends with the old edge, and the new advocate gets one."""
    ledger = play(referral_program(rewards=[*COFFEE, CAKE], hold="P1D"), "2026-02-01T00:00").at("2026-03-03T12:00")
    for member in "ABF":
        ledger.enroll(member)
    bought_at = utc("2026-03-01T12:00")
    ledger.touch("token", code_of(ledger, "B"), bought_at - timedelta(hours=2), key="B's")
    ledger.purchase("F", amount=6_000, occurred_at=bought_at, referral=ReferralBy(token="token"), key="sale/F")
    old = vouchers(ledger, "F")
    assert [use(ledger, "advocate", "B"), use(ledger, "friend", "F")] == ["APPLIED", "APPLIED"]
    ledger.touch("token", code_of(ledger, "A"), bought_at - timedelta(hours=3), key="A's")
    new = vouchers(ledger, "F")
    assert [(one.role, one.member) for one in ledger.referral("F").rewards] == [("advocate", "A"), ("friend", "F")]
    assert states(ledger, "F") == {"advocate": ("AVAILABLE", "AVAILABLE"), "friend": ("AVAILABLE", "REDEEMED")}
    assert new["friend"].code == old["friend"].code
    assert use(ledger, "advocate", "A") == "APPLIED"


def test_friends_voucher_beside_the_credit_of_several(play: Play) -> None:
    shared = [{"role": "advocate", "points": 100}, CAKE]
    ledger = play(referral_program(rewards=shared, credit="linear"), "2026-02-01T00:00").at("2026-03-03T12:00")
    for member in "ABF":
        ledger.enroll(member)
    ledger.touch("token", code_of(ledger, "A"), ledger.now() - timedelta(hours=2), key="A's")
    ledger.purchase("F", amount=6_000, referral=ReferralBy(token="token"), key="sale/F")
    first = vouchers(ledger, "F")["friend"]
    ledger.touch("token", code_of(ledger, "B"), ledger.now() - timedelta(hours=1), key="B's")
    told = [(one.member, one.points) for one in ledger.referral("F").rewards]
    assert told == [("A", 50), ("B", 50), ("F", 250)]
    assert vouchers(ledger, "F")["friend"] == first


def test_every_purchase_gives_a_voucher(play: Play) -> None:
    ledger = opened(play, rewards=COFFEE, steps=[{"step": "every_purchase", "minimum": 1_000}])
    for number in (1, 2):
        ledger.purchase("F", amount=1_000, key=f"sale/{number}")
    codes = [one.voucher.code for one in ledger.referral("F").rewards if one.voucher is not None]
    assert codes == [voucher_code("friends", "F", f"sale/{number}", "advocate") for number in (1, 2)]
    assert ledger.reverse("sale/1", key="back").code == "APPLIED"
    assert [one.state for one in ledger.referral("F").rewards] == ["CANCELLED", "PENDING"]


def test_vouchers_without_a_purchase(play: Play) -> None:
    ledger = opened(play, rewards=COFFEE, steps=[{"step": "newsletter"}])
    ledger.step("F", "newsletter", key="step")
    assert states(ledger, "F")["advocate"] == ("PENDING", "PENDING")
    assert vouchers(ledger, "F")["advocate"].code == voucher_code("friends", "F", "step", "advocate")


def test_vouchers_alone_fit_a_budget_that_is_more_than_spent(play: Play) -> None:
    """A won dispute brings points back that another has had meanwhile."""
    settings = {"rewards": [{"role": "friend", "points": 100}, *COFFEE], "caps": {"program": 100}}
    ledger = opened(play, friends="FGH", **settings)
    ledger.purchase("F", amount=6_000, key="sale/F")
    ledger.dispute("sale/F", outcome="lost", key="lost")
    ledger.purchase("G", amount=6_000, key="sale/G")
    ledger.dispute("sale/F", outcome="won", key="won")
    ledger.purchase("H", amount=6_000, key="sale/H")
    assert rewards(ledger, "F") == {"advocate": (0, "PENDING"), "friend": (100, "PENDING")}
    assert rewards(ledger, "G") == {"advocate": (0, "PENDING"), "friend": (100, "PENDING")}
    assert rewards(ledger, "H") == {"advocate": (0, "PENDING"), "friend": (0, "CAP_LIMITED")}
    assert pending(ledger, "F", "G", "H") == [100, 100, 0]
