"""Rules about fraud that a program switches off: they are not asked, and all others still are."""

from collections.abc import Mapping

import pytest

from ledgers import PlayedLedger
from ledgers.referrals import ReferralBy
from scenarios.conftest import Play
from scenarios.referral_program import BOTH, code_of, referral_program, rewards, utc

SWITCHES = ["RETURNING", "SAME_IDENTITY", "SAME_CLUSTER", "RING", "SHARED_DEVICE", "SHARED_IP", "DISPOSABLE"]
PHONE = "phone:22bb"
NOT_ASKED = {"VELOCITY": "not evaluated", "AMOUNT_OUTLIER": "not evaluated"}
FOUND = {
    "SAME_CLUSTER": "frozen",
    "RING": "frozen",
    "SHARED_DEVICE": "frozen",
    "SHARED_IP": "noted",
    "DISPOSABLE": "frozen",
    **NOT_ASKED,
}


def opened(play: Play, *, off: list[str], members: str = "AF", **settings: object) -> PlayedLedger:
    given = {"friend_must_be_new": False, **settings}
    ledger = play(referral_program(rules_off=off, **given), "2026-02-01T00:00").at("2026-03-01T12:00")
    for member in members:
        ledger.enroll(member)
        code_of(ledger, member)
    return ledger


def bind(ledger: PlayedLedger, advocate: str, friend: str, *fingerprints: str, key: str = "bind") -> str:
    return ledger.bind(friend, code=code_of(ledger, advocate), fingerprints=fingerprints, key=key).code


def left(ledger: PlayedLedger, member: str, *fingerprints: str) -> None:
    """Somebody who is known by these."""
    ledger.enroll(member, referral=ReferralBy(fingerprints=fingerprints))


def notes(ledger: PlayedLedger, friend: str = "F") -> Mapping[str, str]:
    return dict(ledger.referral(friend).notes)


def suspicious(play: Play, *, off: list[str]) -> PlayedLedger:
    """R brought A, who brings F: a card joins F and R, and M joins them with A; device and address are A's as well."""
    ledger = opened(play, off=off, members="", graph="any")
    left(ledger, "R", "card:9")
    left(ledger, "A", "mail:1", "device:1", "ip:1")
    assert bind(ledger, "R", "A", key="bind/A") == "APPLIED"
    left(ledger, "M", "card:9", "mail:1")
    mine = ("card:9", "device:1", "ip:1", "disposable:x")
    ledger.enroll("F", referral=ReferralBy(code=code_of(ledger, "A"), fingerprints=mine))
    ledger.purchase("F", amount=6_000, key="sale")
    return ledger


def test_nothing_is_off_by_default(play: Play) -> None:
    ledger = suspicious(play, off=[])
    assert notes(ledger) == FOUND
    assert rewards(ledger, "F") == {"advocate": (500, "FROZEN"), "friend": (250, "FROZEN")}


@pytest.mark.parametrize("off", [one for one in SWITCHES if one in FOUND])
def test_a_rule_that_is_off_leaves_no_line(play: Play, off: str) -> None:
    """The others still freeze."""
    ledger = suspicious(play, off=[off])
    assert notes(ledger) == {rule: finding for rule, finding in FOUND.items() if rule != off}
    assert rewards(ledger, "F") == {"advocate": (500, "FROZEN"), "friend": (250, "FROZEN")}


@pytest.mark.parametrize("on", ["SAME_CLUSTER", "RING", "SHARED_DEVICE", "DISPOSABLE"])
def test_one_that_is_left_is_enough(play: Play, on: str) -> None:
    ledger = suspicious(play, off=[one for one in SWITCHES if one != on])
    assert notes(ledger) == {on: "frozen", **NOT_ASKED}
    assert rewards(ledger, "F") == {"advocate": (500, "FROZEN"), "friend": (250, "FROZEN")}


@pytest.mark.parametrize(
    ("off", "expected"), [(SWITCHES, {}), ([one for one in SWITCHES if one != "SHARED_IP"], {"SHARED_IP": "noted"})]
)
def test_nothing_that_freezes_is_left(play: Play, off: list[str], expected: dict[str, str]) -> None:
    ledger = suspicious(play, off=off)
    assert notes(ledger) == {**expected, **NOT_ASKED}
    assert rewards(ledger, "F") == {"advocate": (500, "PENDING"), "friend": (250, "PENDING")}


@pytest.mark.parametrize(
    ("off", "answer"), [([], "RETURNING"), (["SAME_IDENTITY"], "RETURNING"), (["RETURNING"], "APPLIED")]
)
def test_returning(play: Play, off: list[str], answer: str) -> None:
    ledger = opened(play, off=off)
    ledger.enroll("X", {"card": "2760001"}, referral=ReferralBy(fingerprints=(PHONE,)))
    ledger.at("2026-03-02T12:00").erase_member("X", key="erase")
    assert bind(ledger, "A", "F", PHONE) == answer
    assert ledger.enroll("G", {"card": "2760001"}, referral=ReferralBy(code=code_of(ledger, "A"))).referral == answer
    expected = {"SAME_CLUSTER": "passed", "RING": "passed"} if answer == "APPLIED" else {}
    assert {rule: finding for rule, finding in notes(ledger).items() if rule in ("SAME_CLUSTER", "RING")} == expected


@pytest.mark.parametrize(
    ("off", "answer"), [([], "SAME_IDENTITY"), (["RETURNING"], "SAME_IDENTITY"), (["SAME_IDENTITY"], "APPLIED")]
)
def test_same_identity(play: Play, off: list[str], answer: str) -> None:
    """Without it the two are still one cluster."""
    ledger = opened(play, off=off, members="F")
    left(ledger, "A", PHONE)
    assert bind(ledger, "A", "F", PHONE) == answer
    ledger.purchase("F", amount=6_000, key="sale")
    if answer == "APPLIED":
        assert (notes(ledger)["SAME_CLUSTER"], rewards(ledger, "F")["friend"]) == ("frozen", (250, "FROZEN"))


def test_one_person_with_two_accounts(play: Play) -> None:
    """Where a program minds neither, both rewards are due."""
    ledger = opened(play, off=["SAME_IDENTITY", "SAME_CLUSTER"], members="F")
    left(ledger, "A", PHONE)
    assert bind(ledger, "A", "F", PHONE) == "APPLIED"
    assert "SAME_CLUSTER" not in notes(ledger)
    ledger.purchase("F", amount=6_000, key="sale")
    assert rewards(ledger, "F") == {"advocate": (500, "PENDING"), "friend": (250, "PENDING")}


def test_denials_that_always_hold(play: Play) -> None:
    ledger = opened(play, off=SWITCHES, members="ABCF", friend_must_be_new=True)
    assert bind(ledger, "F", "F", key="own") == "SELF"
    sold = ledger.purchase("F", amount=100, referral=ReferralBy(code=code_of(ledger, "F")), key="sale")
    assert sold.referral == "OWN_CODE"
    ledger.purchase("C", amount=100, occurred_at=utc("2026-03-01T11:00"), key="older")
    assert bind(ledger, "A", "C", key="new") == "NOT_NEW"
    assert bind(ledger, "A", "B", key="bind/B") == "APPLIED"
    assert bind(ledger, "F", "B", key="second") == "ALREADY_REFERRED"
    assert bind(ledger, "F", "A", key="bind/A") == "HAS_REFERRALS"
    ledger.block("F", key="block")
    ledger.enroll("G")
    assert bind(ledger, "F", "G", key="bind/G") == "BLOCKED"


def test_circles_and_depth_have_settings_of_their_own(play: Play) -> None:
    ledger = opened(play, off=SWITCHES, members="ABCD", graph="any", depth=1)
    for advocate, friend in ("AB", "BC"):
        assert bind(ledger, advocate, friend, key=f"bind/{friend}") == "APPLIED"
    assert bind(ledger, "C", "A", key="circle") == "CYCLE"
    assert bind(ledger, "C", "D", key="deep") == "DEPTH"


def test_freezes_with_settings_of_their_own(play: Play) -> None:
    settings = {"velocity": {"binds": 1, "within": "P1D"}, "too_fast": "PT60S", "outlier": 100_000}
    ledger = opened(play, off=SWITCHES, members="AFGH", **settings)
    for friend, instant in (("F", "2026-03-01T12:00"), ("G", "2026-03-01T12:01"), ("H", "2026-03-03T12:00")):
        ledger.at(instant)
        bind(ledger, "A", friend, key=f"bind/{friend}")
    found = [notes(ledger, friend) for friend in "FGH"]
    assert [one["VELOCITY"] for one in found] == ["passed", "frozen", "passed"]
    ledger.purchase("H", amount=100_000, key="sale/H")
    expected = {"VELOCITY": "passed", "TOO_FAST": "frozen", "AMOUNT_OUTLIER": "frozen"}
    assert (notes(ledger, "H"), rewards(ledger, "H")["friend"]) == (expected, (250, "FROZEN"))


def test_contacts_of_credit(play: Play) -> None:
    """B left the friend's fingerprint as well: a part of the credit, where that is not asked."""
    parts = [{"role": "advocate", "percent_bp": 400}]
    for off, shares in (([], [1000, 0]), (["SAME_IDENTITY"], [500, 500])):
        ledger = opened(play, off=off, rewards=parts, credit="linear")
        left(ledger, "B", PHONE)
        for hour, member in ((9, "A"), (10, "B")):
            ledger.touch("token", code_of(ledger, member), utc(f"2026-03-01T{hour:02}:00"), key=f"t-{hour}")
        ledger.bind("F", token="token", fingerprints=(PHONE,), key="bind")
        ledger.purchase("F", amount=25_000, key="sale")
        assert [ledger.balance(member).pending for member in "AB"] == shares


class TestVersions:
    """The program of the instant at which an edge is bound decides."""

    def test_switched_off_later(self, play: Play) -> None:
        ledger = suspicious(play, off=[])
        ledger.write("publish", referral_program(rules_off=SWITCHES, friend_must_be_new=False, graph="any"))
        ledger.purchase("F", amount=6_000, key="sale/2")
        assert (notes(ledger), rewards(ledger, "F")["friend"]) == (FOUND, (250, "FROZEN"))

    def test_switched_on_later(self, play: Play) -> None:
        ledger = suspicious(play, off=SWITCHES)
        ledger.write("publish", referral_program(friend_must_be_new=False, graph="any"))
        ledger.purchase("F", amount=6_000, key="sale/2")
        assert (notes(ledger), rewards(ledger, "F")["friend"]) == (NOT_ASKED, (250, "PENDING"))

    def test_denials(self, play: Play) -> None:
        """What was found for a claim stays found; a new claim is asked by the rules of now."""
        ledger = opened(play, off=[], members="F")
        left(ledger, "A", PHONE)
        assert bind(ledger, "A", "F", PHONE, key="bind/1") == "SAME_IDENTITY"
        off = ["SAME_IDENTITY", "SAME_CLUSTER"]
        ledger.write("publish", referral_program(rules_off=off, friend_must_be_new=False))
        ledger.purchase("F", amount=6_000, key="sale")
        assert (ledger.referral("F").edge, ledger.referral("F").open) == ("UNBOUND", "SAME_IDENTITY")
        assert bind(ledger, "A", "F", PHONE, key="bind/2") == "APPLIED"
        ledger.write("publish", referral_program(friend_must_be_new=False))
        ledger.enroll("G")
        assert bind(ledger, "A", "G", PHONE, key="bind/3") == "SAME_IDENTITY"
        assert ledger.referral("F").edge == "BOUND"


BAD_SWITCHES = {
    "unknown": ["LUCK"],
    "empty": [""],
    "in small letters": ["ring"],
    "a rule twice": ["RING", "SHARED_IP", "RING"],
    "one bad among good": ["RING", "SELF"],
    **{name: [name] for name in ("BLOCKED", "SELF", "OWN_CODE", "ALREADY_REFERRED", "NOT_NEW")},
    **{name: [name] for name in ("HAS_REFERRALS", "CYCLE", "DEPTH", "VELOCITY", "TOO_FAST", "AMOUNT_OUTLIER")},
}


@pytest.mark.parametrize("off", BAD_SWITCHES.values(), ids=BAD_SWITCHES.keys())
def test_program_files_that_make_no_sense(play: Play, off: list[str]) -> None:
    with pytest.raises(ValueError, match=r"referral\.friends"):
        play(referral_program(rules_off=off))


def test_all_in_any_order_is_fine(play: Play) -> None:
    play(referral_program(rewards=BOTH, rules_off=SWITCHES[::-1]))
    play(referral_program(rewards=BOTH, rules_off=[]))
