"""Codes, tokens, touches, members and program files that can't be right: each has its one answer, and no sale stops."""

from datetime import timedelta

import pytest

from ledgers import PlayedLedger, PlayedModel
from ledgers.referrals import ReferralBy
from model.referral.codes import ALPHABET, check_letter
from scenarios.conftest import Play
from scenarios.referral_program import BOTH, code_of, pending, referral_program, utc


def opened(play: Play, **settings: object) -> PlayedLedger:
    ledger = play(referral_program(**settings), "2026-02-01T00:00").at("2026-03-01T12:00")
    for member in ("A", "F", "G"):
        ledger.enroll(member)
    return ledger


def mistyped(code: str) -> str:
    """One letter is another."""
    return ALPHABET[(ALPHABET.index(code[0]) + 1) % len(ALPHABET)] + code[1:]


def unknown() -> str:
    return "22222222" + check_letter("22222222")


def test_unknown_code(play: Play) -> None:
    ledger = opened(play)
    for code in (unknown(), "SUMMER", "123456789"):
        assert ledger.bind("F", code=code, key=f"bind/{code}").code == "UNKNOWN_CODE"
        assert ledger.touch("token", code, ledger.now(), key=f"touch/{code}").code == "UNKNOWN_CODE"
        assert ledger.disable_code(code, key=f"disable/{code}").code == "UNKNOWN_CODE"
    assert (ledger.referral("F").edge, ledger.referral("F").open) == ("UNBOUND", "UNKNOWN_CODE")


def test_unknown_code_waits_until_grace_is_over(play: Play) -> None:
    ledger = opened(play)
    assert ledger.bind("F", code="SUMMER", key="bind").code == "UNKNOWN_CODE"
    assert ledger.bind("G", code="WINTER", key="bind/G").code == "UNKNOWN_CODE"
    ledger.issue_code("A", code="summer", key="summer")
    assert ledger.referral("F").advocate == "A"
    assert ledger.bind("F", code="SUMMER", key="bind").replayed
    ledger.at("2026-03-02T12:00").issue_code("A", code="winter", key="winter")
    assert (ledger.referral("G").advocate, ledger.referral("G").open) == (None, "UNKNOWN_CODE")


def test_another_code_after_a_wrong_one(play: Play) -> None:
    ledger = opened(play)
    assert ledger.bind("F", code="SUMMER", key="bind-1").code == "UNKNOWN_CODE"
    assert ledger.bind("F", code=code_of(ledger, "A"), key="bind-2").code == "APPLIED"


@pytest.mark.parametrize("letter", "0O1IL")
def test_look_alikes_are_mistyped(play: Play, letter: str) -> None:
    ledger = opened(play)
    code = code_of(ledger, "A")
    assert ledger.bind("F", code=letter + code[1:], key="bind").code == "CODE_MISTYPED"
    assert letter not in ALPHABET


def test_mistyped_code_is_not_remembered(play: Play) -> None:
    ledger = opened(play)
    code = code_of(ledger, "A")
    for wrong in (mistyped(code), code[1] + code[0] + code[2:] if code[0] != code[1] else mistyped(code), "é", "", "-"):
        assert ledger.bind("F", code=wrong, key="bind").code == "CODE_MISTYPED"
    assert ledger.touch("token", mistyped(code), ledger.now(), key="touch").code == "CODE_MISTYPED"
    assert ledger.bind("F", code=f" {code[:4]}-{code[4:].lower()}", key="bind").code == "APPLIED"


def test_disabled_code(play: Play) -> None:
    ledger = opened(play)
    code = code_of(ledger, "A")
    ledger.touch("token", code, ledger.now(), key="before")
    ledger.at("2026-03-02T12:00").disable_code(code, key="disable")
    assert ledger.bind("F", code=code, key="bind").code == "CODE_DISABLED"
    assert ledger.touch("late", code, utc("2026-03-02T12:00"), key="touch").code == "CODE_DISABLED"
    assert ledger.touch("late", code, utc("2026-03-02T11:59:59.999"), key="just in time").code == "APPLIED"
    assert ledger.bind("G", token="token", key="bind/G").code == "APPLIED"


@pytest.mark.parametrize(("instant", "answer"), [("11:59:59.999", "APPLIED"), ("12:00", "CODE_EXPIRED")])
def test_expired_code(play: Play, instant: str, answer: str) -> None:
    ledger = opened(play)
    code = ledger.issue_code("A", expires_at=utc("2026-03-05T12:00"), key="code").code
    ledger.at(f"2026-03-05T{instant}")
    assert ledger.bind("F", code=code, key="bind").code == answer
    assert ledger.touch("token", str(code), ledger.now(), key="touch").code == answer


def test_coupon_is_used_once(play: Play) -> None:
    ledger = opened(play)
    coupon = ledger.issue_code("A", single_use=True, key="coupon").code
    assert ledger.bind("F", code=coupon, key="bind/F").code == "APPLIED"
    assert ledger.bind("G", code=coupon, key="bind/G").code == "CODE_USED"
    sold = ledger.purchase("G", amount="60.00", referral=ReferralBy(code=coupon), key="sale")
    assert (sold.code, sold.referral, pending(ledger, "A", "G")) == ("APPLIED", "CODE_USED", [0, 0])


def test_coupon_is_free_again_when_its_friend_is_unbound(play: Play) -> None:
    ledger = opened(play)
    coupon = ledger.issue_code("A", single_use=True, key="coupon").code
    ledger.bind("F", code=coupon, key="bind/F")
    ledger.purchase("F", amount="1.00", occurred_at=utc("2026-02-20T12:00"), key="older")
    assert ledger.referral("F").open == "NOT_NEW"
    assert ledger.bind("G", code=coupon, key="bind/G").code == "APPLIED"


def test_own_code(play: Play) -> None:
    ledger = opened(play)
    assert ledger.bind("A", code=code_of(ledger, "A"), key="bind").code == "SELF"
    assert ledger.referral("A").edge == "UNBOUND"


def test_code_of_ones_own_choice(play: Play) -> None:
    ledger = opened(play)
    assert ledger.issue_code("A", code="Ann-2026", key="ann").code == "ANN2026"
    taken = ledger.issue_code("F", code="ANN 2026", key="taken")
    assert (taken.code, taken.answer.code) == (None, "CODE_TAKEN")
    assert ledger.issue_code("F", code="SUMMER-26", key="f-1").code == "SUMMER26"
    assert ledger.issue_code("F", code="NINECHARS", key="f-2").answer.code == "CODE_MISTYPED"
    assert ledger.issue_code("F", code="A" * 33, key="f-3").answer.code == "CODE_MISTYPED"
    again = ledger.issue_code("A", code="Ann-2026", key="ann")
    assert (again.code, again.answer.replayed) == ("ANN2026", True)


def test_codes_that_are_derived(play: Play) -> None:
    ledger = opened(play)
    codes = [ledger.issue_code("A", key=f"code/{number}").code or "" for number in range(50)]
    assert len(set(codes)) == 50 and all(len(code) == 9 and set(code) <= set(ALPHABET) for code in codes)


@pytest.mark.parametrize(
    ("ahead", "answer"),
    [(timedelta(minutes=15), "APPLIED"), (timedelta(minutes=15, milliseconds=1), "TOUCH_IN_FUTURE")],
)
def test_touch_from_the_future(play: Play, ahead: timedelta, answer: str) -> None:
    ledger = opened(play)
    code = code_of(ledger, "A")
    assert ledger.touch("token", code, ledger.now() + ahead, key="touch").code == answer


@pytest.mark.parametrize(("token", "answer"), [("é" * 128, "PARKED"), ("é" * 128 + "a", "TOKEN_TOO_LONG")])
def test_token_of_257_bytes(play: Play, token: str, answer: str) -> None:
    ledger = opened(play)
    touched = "APPLIED" if answer == "PARKED" else answer
    assert ledger.bind("F", token=token, key="bind").code == answer
    assert ledger.touch(token, code_of(ledger, "A"), ledger.now(), key="touch").code == touched
    sold = ledger.purchase("G", amount="60.00", referral=ReferralBy(token=token), key="sale")
    assert (sold.code, sold.referral) == ("APPLIED", "APPLIED" if answer == "PARKED" else answer)


def test_direct_visits_have_a_token_and_no_code(play: Play) -> None:
    ledger = opened(play)
    code, now = code_of(ledger, "A"), ledger.now()
    for wrong in (code, mistyped(code)):
        assert ledger.touch("token", wrong, now, method="direct", key="touch").code == "FIELD_INVALID"
    bare = {"method": "direct", "touched_at": now, "key": "touch"}
    assert ledger.write("record_touch", "friends", **bare).code == "FIELD_INVALID"
    assert ledger.write("record_touch", "others", token="token", **bare).code == "UNKNOWN_PROGRAM"
    assert ledger.visit("t" * 257, now, key="touch").code == "TOKEN_TOO_LONG"
    assert ledger.visit("token", now + timedelta(minutes=16), key="touch").code == "TOUCH_IN_FUTURE"
    assert ledger.visit("token", now, key="touch").code == "APPLIED"
    assert ledger.visit("token", now, key="touch").replayed
    assert ledger.visit("other", now, key="touch").code == "KEY_REUSED"
    assert ledger.bind("F", token="token", key="bind").code == "PARKED"
    ledger.at("2026-03-02T12:00")
    assert ledger.visit("token", now, key="late").code == "NO_ATTRIBUTION"


def test_touches_need_a_code(play: Play) -> None:
    ledger = opened(play)
    for method in ("click", "invite", "code", "coupon"):
        named = {"method": method, "token": "token", "touched_at": ledger.now(), "key": "touch"}
        assert ledger.write("record_touch", "friends", **named).code == "CODE_MISTYPED"


def test_members_that_cannot_be_bound(play: Play) -> None:
    ledger = opened(play)
    code = code_of(ledger, "A")
    ledger.close_member("F", key="close")
    assert ledger.bind("F", code=code, key="bind/F").code == "MEMBER_CLOSED"
    assert ledger.bind("nobody", code=code, key="bind/nobody").code == "MEMBER_NOT_FOUND"
    assert ledger.issue_code("F", key="code/F").answer.code == "MEMBER_CLOSED"
    ledger.block("G", key="block")
    assert ledger.bind("G", code=code, key="bind/G").code == "BLOCKED"
    assert ledger.bind("G", key="nothing named").code == "FIELD_INVALID"


def test_steps_of_friends_without_anybody(play: Play) -> None:
    ledger = opened(play, steps=[{"step": "newsletter"}])
    assert ledger.step("F", "newsletter", key="s-1").code == "PARKED"
    assert (
        ledger.bind("F", code=code_of(ledger, "A"), occurred_at=utc("2026-03-01T11:00"), key="bind").code == "APPLIED"
    )
    assert pending(ledger, "A", "F") == [500, 250]
    assert ledger.step("G", "newsletter", key="s-2").code == "PARKED"
    ledger.at("2026-03-02T12:00")
    ledger.bind("G", code=code_of(ledger, "A"), occurred_at=utc("2026-03-01T11:00"), key="bind/G")
    assert (ledger.referral("G").edge, ledger.referral("G").progress) == ("BOUND", "ATTRIBUTED")
    assert ledger.step("nobody", "newsletter", key="s-3").code == "MEMBER_NOT_FOUND"


BAD_CODES = ["SUMMER", "NINECHARS", "", "own", "disabled", "expired", "used"]


@pytest.mark.parametrize("bad", BAD_CODES)
def test_no_bad_code_stops_a_sale(play: Play, bad: str) -> None:
    ledger = opened(play, earning=(1, 100))
    disabled, used = code_of(ledger, "A"), ledger.issue_code("A", single_use=True, key="used").code
    expired = ledger.issue_code("A", expires_at=ledger.now(), key="expired").code
    ledger.disable_code(disabled, key="disable")
    ledger.bind("G", code=used, key="bind/G")
    named = {"disabled": disabled, "used": used, "expired": expired, "own": code_of(ledger, "F")}.get(bad, bad)
    sold = ledger.purchase("F", amount="60.00", referral=ReferralBy(code=named), key="sale")
    expected = {"SUMMER": "UNKNOWN_CODE", "NINECHARS": "CODE_MISTYPED", "": "CODE_MISTYPED", "own": "OWN_CODE"}
    assert sold.referral == expected.get(bad, f"CODE_{bad.upper()}")
    assert (sold.code, sold.awarded, ledger.balance("A").pending) == ("APPLIED", 60, 0)
    joined = ledger.enroll("H", referral=ReferralBy(code=named))
    assert joined.code == "APPLIED" and joined.referral == (
        "APPLIED" if bad == "own" else expected.get(bad, f"CODE_{bad.upper()}")
    )


BAD_PROGRAMS: dict[str, dict[str, object]] = {
    "grace longer than hold": {"grace": "PT25H", "hold": "P1D"},
    "reward above budget": {"caps": {"program": 499}},
    "11 levels": {"rewards": [], "levels": [10] * 11},
    "levels beside a reward of the advocate": {"levels": [100]},
    "level of nothing": {"rewards": [], "levels": [100, 0]},
    "unknown role": {"rewards": [{"role": "uncle", "points": 5}]},
    "a role twice": {"rewards": [{"role": "friend", "points": 5}, {"role": "friend", "points": 6}]},
    "points and percent": {"rewards": [{"role": "friend", "points": 5, "percent_bp": 5}]},
    "no points": {"rewards": [{"role": "friend"}]},
    "percent of no purchase": {"rewards": [{"role": "friend", "percent_bp": 5}], "steps": [{"step": "newsletter"}]},
    "upline of a sign-up": {"rewards": [{"role": "upline", "points": 5}], "steps": [{"step": "newsletter"}]},
    "upline of level 11": {"rewards": [{"role": "upline", "points": 5, "level": 11}]},
    "no step": {"steps": []},
    "unknown step": {"steps": [{"step": "dance"}]},
    "more needed than there is": {"needs": 2},
    "every purchase among others": {"steps": [{"step": "every_purchase"}, {"step": "newsletter"}]},
    "unknown attribution": {"attribution": "middle"},
    "unknown graph": {"graph": "star"},
    "unknown shortfall": {"shortfall": "block"},
    "unknown method": {"windows": {"smoke": "P1D"}},
    "unknown credit": {"credit": "middle"},
    "credit without an advocate": {"credit": "linear", "rewards": [{"role": "friend", "points": 5}]},
    "credit with levels": {"credit": "linear", "rewards": [], "levels": [100]},
    "credit with uplines": {"credit": "linear", "rewards": [*BOTH, {"role": "upline", "points": 5}]},
    "decay without half_life": {"credit": "time_decay"},
    "half_life without decay": {"credit": "linear", "half_life": "P7D"},
    "half_life without credit": {"half_life": "P7D"},
    "half_life with months": {"credit": "time_decay", "half_life": "P1M"},
    "credit with a voucher of the advocate": {"credit": "linear", "rewards": [{"role": "advocate", "voucher": "tea"}]},
    "credit with milestones": {"credit": "linear", "milestones": [{"friends": 1, "points": 5}]},
    "voucher without a label": {"rewards": [{"role": "friend", "voucher": ""}]},
    "voucher of 65 bytes": {"rewards": [{"role": "friend", "voucher": "é" * 32 + "e"}]},
    "voucher_valid without a voucher": {"rewards": [{"role": "friend", "points": 5, "voucher_valid": "P1D"}]},
    "voucher with points and percent": {
        "rewards": [{"role": "friend", "points": 5, "percent_bp": 5, "voucher": "tea"}]
    },
    "milestones that do not rise": {"milestones": [{"friends": 2, "points": 5}, {"friends": 2, "points": 6}]},
    "milestones that fall": {"milestones": [{"friends": 3, "points": 5}, {"friends": 2, "points": 6}]},
    "milestone of no friends": {"milestones": [{"friends": 0, "points": 5}]},
    "milestone of nothing": {"milestones": [{"friends": 1}]},
    "milestone above the budget": {"milestones": [{"friends": 1, "points": 501}], "caps": {"program": 500}},
    "milestone with a voucher of 65 bytes": {"milestones": [{"friends": 1, "voucher": "e" * 65}]},
    "milestone with voucher_valid alone": {"milestones": [{"friends": 1, "points": 5, "voucher_valid": "P1D"}]},
    "17 milestones": {"milestones": [{"friends": count, "points": 5} for count in range(1, 18)]},
    "milestones without an advocate": {
        "rewards": [{"role": "friend", "points": 5}],
        "milestones": [{"friends": 1, "points": 5}],
    },
    "outlier of nothing": {"outlier": 0},
    "half_life of less than a second": {"credit": "time_decay", "half_life": "PT0S"},
}


@pytest.mark.parametrize("settings", BAD_PROGRAMS.values(), ids=BAD_PROGRAMS.keys())
def test_program_files_that_make_no_sense(play: Play, settings: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"referral\.friends|no role"):
        play(referral_program(**settings))


def test_ten_levels_and_a_grace_as_long_as_the_hold_are_fine(play: Play) -> None:
    play(referral_program(rewards=[], levels=[10] * 10, grace="PT24H", hold="P1D"))


def test_sixteen_milestones_and_labels_of_64_bytes_are_fine(play: Play) -> None:
    label = "é" * 32
    milestones = [{"friends": count, "voucher": label, "voucher_valid": "P1D"} for count in range(1, 17)]
    play(referral_program(rewards=[{"role": "advocate", "percent_bp": 5, "voucher": label}], milestones=milestones))
    play(referral_program(credit="time_decay", half_life="PT1S"))


def test_other_programs(play: Play) -> None:
    ledger = play(referral_program().replace("friends", "others"), "2026-03-01T12:00")
    ledger.enroll("F")
    assert ledger.bind("F", code="SUMMER", key="bind").code == "UNKNOWN_PROGRAM"
    assert ledger.enroll("G", referral=ReferralBy(code="SUMMER", program="friends")).referral == "UNKNOWN_PROGRAM"
    assert ledger.enroll("H", referral=ReferralBy(code="SUMMER")).referral == "UNKNOWN_CODE"


# Of the model, which is terse, and of the engine, which speaks to people.
EXPLAINED = {
    "model": [
        "F is bound to nobody: NO_ATTRIBUTION.",
        "F was brought by A. Progress: ATTRIBUTED. Open: first_purchase.",
        "F wurde von A geworben. Stand: QUALIFIED. Offen: HOLD."
        " advocate A: 500 Punkte, PENDING. friend F: 250 Punkte, PENDING.",
    ],
    "engine": [
        "F is bound to nobody. Because no touch joins the friend to anybody.",
        "F was brought by A. No step is done yet. Open: a first purchase that is large enough.",
        "F wurde von A geworben. Alle Schritte sind getan; Prämien stehen aus."
        " 500 Punkte für A (werbend) sind vorgemerkt, bis die Wartezeit um ist."
        " 250 Punkte für F (geworben) sind vorgemerkt, bis die Wartezeit um ist."
        " Offen: die Wartezeit der Prämien.",
    ],
}


def test_explanations(play: Play) -> None:
    ledger = opened(play)
    told = [ledger.explain_referral("F")]
    ledger.bind("F", code=code_of(ledger, "A"), key="bind")
    told.append(ledger.explain_referral("F"))
    ledger.purchase("F", amount="60.00", key="sale")
    told.append(ledger.explain_referral("F", "de"))
    assert told == EXPLAINED["model" if isinstance(ledger, PlayedModel) else "engine"]
