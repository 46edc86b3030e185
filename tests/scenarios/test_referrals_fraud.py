"""R9: edges that are denied, and edges that are frozen until somebody has looked at them."""

from datetime import timedelta

import pytest

from ledgers import PlayedLedger
from ledgers.referrals import ReferralBy
from scenarios.conftest import Play
from scenarios.referral_program import available, code_of, pending, referral_program, rewards, utc

DEVICE, PHONE, ADDRESS = "device:11aa", "phone:22bb", "ip:33cc"


def members(play: Play, *names: str, **settings: object) -> PlayedLedger:
    ledger = play(referral_program(**{"friend_must_be_new": False, **settings}), "2026-02-01T00:00").at(
        "2026-03-01T12:00"
    )
    for name in names:
        ledger.enroll(name)
    return ledger


def bind(ledger: PlayedLedger, advocate: str, friend: str, **rest: object) -> str:
    return ledger.bind(friend, code=code_of(ledger, advocate), key=f"bind/{advocate}/{friend}", **rest).code


@pytest.mark.parametrize(("graph", "answer"), [("any", "CYCLE"), ("leaf_only", "HAS_REFERRALS")])
def test_r9_own_code_and_cycles(play: Play, graph: str, answer: str) -> None:
    ledger = members(play, "A", "B", "C", graph=graph)
    assert bind(ledger, "A", "A") == "SELF"
    assert bind(ledger, "A", "B") == "APPLIED"
    assert bind(ledger, "B", "C") == "APPLIED"
    assert bind(ledger, "C", "A") == answer
    assert ledger.referral("A").edge == "UNBOUND"
    assert ledger.referral_tree("A") == [(1, "B"), (2, "C")]
    assert ledger.referral_tree("C", up=True, down=False) == [(-2, "A"), (-1, "B")]
    assert ledger.referral_tree("B", up=True, depth=1) == [(-1, "A"), (1, "C")]


def test_r9_own_code_at_own_checkout(play: Play) -> None:
    ledger = members(play, "A")
    sold = ledger.purchase("A", amount="60.00", referral=ReferralBy(code=code_of(ledger, "A")), key="sale")
    assert (sold.code, sold.referral) == ("APPLIED", "OWN_CODE")


def test_r9_velocity(play: Play) -> None:
    ledger = members(play, "A", velocity={"binds": 5, "within": "PT86400S"})
    start, code = ledger.now(), code_of(ledger, "A")
    frozen = {}
    for second in (0, 3_600, 7_200, 10_800, 14_400, 18_000, 86_399, 86_400, 86_401):
        ledger.advance_to(start + timedelta(seconds=second))
        ledger.enroll(f"F-{second}", referral=ReferralBy(code=code))
        frozen[second] = dict(ledger.referral(f"F-{second}").notes)["VELOCITY"] == "frozen"
    assert [second for second, is_frozen in frozen.items() if is_frozen] == [18_000, 86_399, 86_401]


def test_depth(play: Play) -> None:
    ledger = members(play, "A", "B", "C", "D", graph="any", depth=1)
    assert [bind(ledger, *pair) for pair in (("A", "B"), ("B", "C"), ("C", "D"))] == ["APPLIED", "APPLIED", "DEPTH"]


@pytest.mark.parametrize(
    ("occurred", "answer"), [("2026-03-01T10:59:59.999", "NOT_NEW"), ("2026-03-01T11:00", "APPLIED")]
)
def test_friend_must_be_new(play: Play, occurred: str, answer: str) -> None:
    ledger = members(play, "A", "F", friend_must_be_new=True)
    ledger.touch("token", code_of(ledger, "A"), utc("2026-03-01T11:00"), key="click")
    ledger.purchase("F", amount="60.00", occurred_at=utc(occurred), key="sale")
    assert ledger.bind("F", token="token", key="bind").code == answer


def test_older_order_that_comes_within_grace_unbinds(play: Play) -> None:
    ledger = members(play, "A", "F", friend_must_be_new=True)
    assert bind(ledger, "A", "F") == "APPLIED"
    ledger.purchase("F", amount="60.00", key="sale")
    assert pending(ledger, "A", "F") == [500, 250]
    ledger.at("2026-03-02T11:59").purchase("F", amount="1.00", occurred_at=utc("2026-02-20T12:00"), key="older")
    assert (ledger.referral("F").edge, ledger.referral("F").open) == ("UNBOUND", "NOT_NEW")
    assert pending(ledger, "A", "F") == [0, 0]


def test_enrolled_before_the_touch(play: Play) -> None:
    ledger = members(play, "A", "F", friend_not_enrolled=True)
    ledger.at("2026-03-01T12:01")
    assert bind(ledger, "A", "F") == "NOT_NEW"
    assert ledger.enroll("G", referral=ReferralBy(code=code_of(ledger, "A"))).referral == "APPLIED"


def test_closed_edge(play: Play) -> None:
    """The first order came without anybody, and grace is over."""
    ledger = members(play, "A", "F", friend_must_be_new=True)
    ledger.purchase("F", amount="60.00", key="sale")
    ledger.at("2026-03-02T11:59:59.999")
    assert ledger.referral("F").edge == "UNBOUND"
    ledger.at("2026-03-02T12:00")
    assert ledger.referral("F").edge == "CLOSED"
    assert bind(ledger, "A", "F") == "NOT_NEW"


def test_blocked(play: Play) -> None:
    ledger = members(play, "A", "B", "F")
    code_of(ledger, "A"), code_of(ledger, "B")
    ledger.block("A", key="block")
    ledger.close_member("B", key="close")
    assert [bind(ledger, "A", "F"), bind(ledger, "B", "F")] == ["BLOCKED", "BLOCKED"]


def test_advocate_who_leaves(play: Play) -> None:
    ledger = members(play, "A", "F", "G", "H")
    for friend in ("F", "G", "H"):
        bind(ledger, "A", friend)
    ledger.purchase("F", amount="60.00", key="s-1")
    ledger.at("2026-03-15T12:00").purchase("G", amount="60.00", key="s-2")
    ledger.close_member("A", key="close")
    ledger.purchase("H", amount="60.00", key="s-3")
    states = [rewards(ledger, friend)["advocate"][1] for friend in ("F", "G", "H")]
    assert states == ["EXPIRED", "CANCELLED", "CANCELLED"]
    ledger.expect("A")
    assert ledger.trial_balance()["forfeited"] == 1000


def test_friend_who_leaves(play: Play) -> None:
    ledger = members(play, "A", "F")
    bind(ledger, "A", "F")
    ledger.purchase("F", amount="60.00", key="sale")
    ledger.close_member("F", key="close")
    ledger.at("2026-03-15T12:00").expect("A", available=500)


@pytest.mark.parametrize(
    ("mine", "theirs", "rule", "verdict"),
    [
        (DEVICE, DEVICE, "SHARED_DEVICE", "frozen"),
        (ADDRESS, ADDRESS, "SHARED_IP", "noted"),
        (PHONE, "phone:other", "SAME_CLUSTER", "passed"),
        ("disposable:1", PHONE, "DISPOSABLE", "frozen"),
        (ADDRESS, PHONE, "SHARED_DEVICE", "not evaluated"),
    ],
)
def test_weak_signs_freeze_or_are_noted(play: Play, mine: str, theirs: str, rule: str, verdict: str) -> None:
    ledger = members(play)
    ledger.enroll("A", referral=ReferralBy(fingerprints=(theirs,)))
    ledger.enroll("F", referral=ReferralBy(code=code_of(ledger, "A"), fingerprints=(mine,)))
    assert dict(ledger.referral("F").notes)[rule] == verdict
    ledger.purchase("F", amount="60.00", key="sale")
    assert rewards(ledger, "F")["advocate"] == (500, "FROZEN" if verdict == "frozen" else "PENDING")


def test_cluster_and_ring(play: Play) -> None:
    ledger = members(play, graph="any")
    ledger.enroll("A", referral=ReferralBy(fingerprints=("card:1",)))
    ledger.enroll("X", referral=ReferralBy(fingerprints=("card:1", "phone:1")))
    ledger.enroll("B", referral=ReferralBy(code=code_of(ledger, "A")))
    ledger.enroll("F", referral=ReferralBy(code=code_of(ledger, "A"), fingerprints=("phone:1",)))
    ledger.enroll("G", referral=ReferralBy(code=code_of(ledger, "B"), fingerprints=("phone:1",)))
    assert dict(ledger.referral("F").notes)["SAME_CLUSTER"] == "frozen"
    found = dict(ledger.referral("G").notes)
    assert (found["SAME_CLUSTER"], found["RING"]) == ("passed", "frozen")


def reviewed(play: Play, **settings: object) -> PlayedLedger:
    ledger = members(play, "A", "F", **settings)
    bind(ledger, "A", "F")
    ledger.purchase("F", amount="60.00", key="sale")
    ledger.at("2026-03-05T12:00")
    assert ledger.review("F", "freeze", key="r-1").code == "APPLIED"
    return ledger


def test_freeze_and_release(play: Play) -> None:
    ledger = reviewed(play)
    assert (ledger.referral("F").open, rewards(ledger, "F")["friend"]) == ("REVIEW", (250, "FROZEN"))
    ledger.at("2026-03-10T12:00").review("F", "release", key="r-2")
    assert rewards(ledger, "F")["friend"] == (250, "PENDING")
    ledger.at("2026-03-15T12:00")
    assert available(ledger, "A", "F") == [500, 250]
    ledger.review("F", "freeze", key="r-3")
    assert available(ledger, "A", "F") == [500, 250]


def test_release_after_the_hold_lets_go_at_once(play: Play) -> None:
    ledger = reviewed(play).at("2026-03-20T12:00")
    assert pending(ledger, "A", "F") == [500, 250]
    ledger.review("F", "release", key="r-2")
    assert available(ledger, "A", "F") == [500, 250]


def test_freeze_that_nobody_decides_cancels(play: Play) -> None:
    ledger = reviewed(play).at("2026-04-14T11:59:59.999")
    assert pending(ledger, "A", "F") == [500, 250]
    ledger.at("2026-04-14T12:00")
    assert pending(ledger, "A", "F") == [0, 0]
    assert rewards(ledger, "F") == {"advocate": (0, "CANCELLED"), "friend": (0, "CANCELLED")}
    ledger.review("F", "release", key="r-2")
    assert (available(ledger, "A", "F"), ledger.referral("F").progress) == ([0, 0], "REVERSED")


def test_deny(play: Play) -> None:
    ledger = reviewed(play)
    ledger.review("F", "deny", key="r-2")
    view = ledger.referral("F")
    assert (view.edge, view.progress, view.open) == ("VOID", "REVERSED", "DENIED")
    assert (pending(ledger, "A", "F"), ledger.referrals("A")) == ([0, 0], [])
    assert ledger.review("F", "release", key="r-3").code == "NO_ATTRIBUTION"
    assert ledger.bind("F", code=code_of(ledger, "A"), key="again").code == "ALREADY_REFERRED"


def test_deny_takes_back_what_had_vested(play: Play) -> None:
    ledger = members(play, "A", "F", clawback="P20D")
    bind(ledger, "A", "F")
    ledger.purchase("F", amount="60.00", key="sale")
    ledger.at("2026-04-15T12:00").redeem("A", 100, key="spent")
    ledger.review("F", "deny", key="r-1")
    ledger.expect("A", debt=100)
    assert rewards(ledger, "F") == {"advocate": (0, "CLAWED"), "friend": (0, "CLAWED")}


def test_too_fast(play: Play) -> None:
    ledger = members(play, "A", "F", "G", too_fast="PT60S")
    bind(ledger, "A", "F")
    bind(ledger, "A", "G")
    ledger.at("2026-03-01T12:00:59.999").purchase("F", amount="60.00", key="s-1")
    ledger.at("2026-03-01T12:01").purchase("G", amount="60.00", key="s-2")
    assert [rewards(ledger, friend)["friend"][1] for friend in ("F", "G")] == ["FROZEN", "PENDING"]


@pytest.mark.parametrize(
    ("amount", "finding", "state"),
    [(99_999, "passed", "PENDING"), (100_000, "frozen", "FROZEN"), (250_000, "frozen", "FROZEN")],
)
def test_amounts_out_of_the_common_run(play: Play, amount: int, finding: str, state: str) -> None:
    ledger = members(play, "A", "F", outlier=100_000)
    bind(ledger, "A", "F")
    assert dict(ledger.referral("F").notes)["AMOUNT_OUTLIER"] == "not evaluated"
    ledger.purchase("F", amount=amount, key="sale")
    assert dict(ledger.referral("F").notes)["AMOUNT_OUTLIER"] == finding
    assert rewards(ledger, "F") == {"advocate": (500, state), "friend": (250, state)}


def test_amounts_are_not_asked_about_without_an_outlier(play: Play) -> None:
    ledger = members(play, "A", "F")
    bind(ledger, "A", "F")
    ledger.purchase("F", amount=10**9, key="sale")
    assert dict(ledger.referral("F").notes)["AMOUNT_OUTLIER"] == "not evaluated"
    assert rewards(ledger, "F")["advocate"] == (500, "PENDING")


def test_steps_have_no_amount(play: Play) -> None:
    ledger = members(play, "A", "F", outlier=1, steps=[{"step": "newsletter"}])
    bind(ledger, "A", "F")
    ledger.step("F", "newsletter", key="step")
    assert dict(ledger.referral("F").notes)["AMOUNT_OUTLIER"] == "not evaluated"
    assert rewards(ledger, "F")["advocate"] == (500, "PENDING")


def test_released_edges_are_not_frozen_by_an_amount(play: Play) -> None:
    ledger = members(play, "A", "F", outlier=1)
    bind(ledger, "A", "F")
    ledger.review("F", "release", key="release")
    ledger.purchase("F", amount=6_000, key="sale")
    assert dict(ledger.referral("F").notes)["AMOUNT_OUTLIER"] == "not evaluated"
    assert rewards(ledger, "F")["advocate"] == (500, "PENDING")


def test_one_large_purchase_of_many_freezes_what_comes_after(play: Play) -> None:
    """What had been decided before stays as it is; the note is that of the last."""
    ledger = members(play, "A", "F", outlier=100_000, steps=[{"step": "every_purchase"}])
    bind(ledger, "A", "F")
    for number, amount in enumerate((6_000, 100_000, 6_000)):
        ledger.purchase("F", amount=amount, key=f"sale/{number}")
    states = [one.state for one in ledger.referral("F").rewards if one.role == "advocate"]
    assert (states, dict(ledger.referral("F").notes)["AMOUNT_OUTLIER"]) == (["PENDING", "FROZEN", "FROZEN"], "passed")
