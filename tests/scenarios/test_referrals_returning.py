"""Erased and back: whoever shares a strong fingerprint or an alias with an erased member is brought by nobody."""

import pytest

from ledgers import OneTime, PlayedLedger
from ledgers.referrals import ReferralBy
from model import Alias
from scenarios.conftest import Play
from scenarios.referral_program import available, code_of, pending, referral_program, utc

PHONE, CARD = "phone:22bb", "2760001"
PARTS = [{"role": "advocate", "percent_bp": 400}]


def opened(play: Play, members: str = "AB", **settings: object) -> PlayedLedger:
    """X left a fingerprint and has a card; everybody else has a code."""
    given = {"friend_must_be_new": False, **settings}
    ledger = play(referral_program(**given), "2026-02-01T00:00").at("2026-03-01T12:00")
    ledger.enroll("X", {"card": CARD}, referral=ReferralBy(fingerprints=(PHONE,)))
    for member in members:
        ledger.enroll(member)
        code_of(ledger, member)
    return ledger


def without_x(play: Play, members: str = "AB", **settings: object) -> PlayedLedger:
    ledger = opened(play, members, **settings)
    assert erase(ledger) == "APPLIED"
    return ledger


def erase(ledger: PlayedLedger, member: str = "X") -> str:
    return ledger.erase_member(member, key=f"erase/{member}").code


def by(ledger: PlayedLedger, advocate: str, *fingerprints: str) -> ReferralBy:
    return ReferralBy(code=code_of(ledger, advocate), fingerprints=fingerprints)


def bind(ledger: PlayedLedger, advocate: str, friend: str, *fingerprints: str, key: str = "bind") -> str:
    return ledger.bind(friend, code=code_of(ledger, advocate), fingerprints=fingerprints, key=key).code


def edge(ledger: PlayedLedger, friend: str = "F") -> tuple[str, str | None, str | None]:
    view = ledger.referral(friend)
    return view.edge, view.advocate, view.open


def test_by_fingerprint(play: Play) -> None:
    ledger = without_x(play)
    assert ledger.enroll("F", referral=by(ledger, "A", PHONE)).referral == "RETURNING"
    assert edge(ledger) == ("UNBOUND", None, "RETURNING")
    assert (ledger.referral("F").notes, ledger.referrals("A")) == ((), [])
    ledger.purchase("F", amount=6_000, key="sale")
    assert pending(ledger, "A", "F") == [0, 0]


def test_by_alias(play: Play) -> None:
    ledger = without_x(play)
    assert ledger.enroll("F", {"card": CARD}, referral=by(ledger, "A")).referral == "RETURNING"
    assert edge(ledger) == ("UNBOUND", None, "RETURNING")


def test_who_was_brought_comes_back_and_is_brought_again(play: Play) -> None:
    """One reward for one person."""
    ledger = opened(play)
    ledger.enroll("F", {"card": "2760002"}, referral=by(ledger, "A"))
    ledger.purchase("F", amount=6_000, key="sale/F")
    ledger.at("2026-03-15T12:00")
    assert erase(ledger, "F") == "APPLIED"
    assert ledger.enroll("G", {"card": "2760002"}, referral=by(ledger, "A")).referral == "RETURNING"
    ledger.purchase("G", amount=6_000, key="sale/G")
    ledger.at("2026-03-29T12:00")
    assert available(ledger, "A", "G") == [500, 0]
    assert [edge(ledger, friend)[0] for friend in "FG"] == ["ANONYMISED", "UNBOUND"]


def test_refusals_are_remembered(play: Play) -> None:
    ledger = without_x(play, "ABF")
    assert bind(ledger, "A", "F", PHONE) == "RETURNING"
    again = ledger.bind("F", code=code_of(ledger, "A"), fingerprints=(PHONE,), key="bind")
    assert (again.code, again.replayed) == ("RETURNING", True)
    assert bind(ledger, "B", "F", key="another") == "RETURNING", "the fingerprint is the friend's for good"
    assert ledger.enroll("G", referral=by(ledger, "A")).referral == "APPLIED"


def test_in_a_sale(play: Play) -> None:
    """The sale stands."""
    ledger = without_x(play)
    joining = {"id": "F", "aliases": {"card": CARD}}
    sold = ledger.purchase(amount=6_000, enroll=joining, referral=by(ledger, "A"), key="sale")
    assert (sold.code, sold.referral, edge(ledger)[2]) == ("APPLIED", "RETURNING", "RETURNING")


def test_refused_in_a_batch(play: Play) -> None:
    """In one piece: refused for good, and nothing is done."""
    ledger = without_x(play, "ABF")
    ledger.purchase("F", amount=100, referral=ReferralBy(fingerprints=(PHONE,)), key="seen")
    row = {"verb": "bind_referral", "program": "friends", "friend": "F", "code": code_of(ledger, "A"), "key": "bind"}
    for is_again in (False, True):
        told = ledger.write_batch([row], key="whole")
        assert [(one.code, one.replayed) for one in told] == [("RETURNING", is_again)]
    assert [(one.code, one.replayed) for one in ledger.write_batch([row])] == [("RETURNING", False)]


def test_alias_that_was_given_up_before_the_erasure(play: Play) -> None:
    ledger = opened(play)
    ledger.at("2026-03-02T12:00").remove_alias("X", "card", CARD, key="remove")
    ledger.at("2026-03-03T12:00").enroll("F", {"card": CARD})
    erase(ledger)
    assert bind(ledger, "A", "F") == "RETURNING"


@pytest.mark.parametrize("steps", [3, 4], ids=["held until the erasure", "given up before it"])
def test_alias_that_the_friend_once_held(play: Play, steps: int) -> None:
    """F had it first, and has it no more."""
    ledger = opened(play, "ABF")
    changes = [("add_alias", "F"), ("remove_alias", "F"), ("add_alias", "X"), ("remove_alias", "X")]
    for day, (verb, member) in enumerate(changes[:steps], 2):
        ledger.at(f"2026-03-{day:02}T12:00")
        assert ledger.write(verb, member, "external_id", "crm-1", key=f"{verb}/{member}").code == "APPLIED"
    erase(ledger)
    assert bind(ledger, "A", "F") == "RETURNING"


def test_alias_of_a_link(play: Play) -> None:
    ledger = opened(play, "ABF")
    ledger.link("X", "airline", "P-77", scopes=["earn"], key="link/X")
    ledger.at("2026-03-02T12:00")
    erase(ledger)
    ledger.link("F", "airline", "P-77", scopes=["earn"], key="link/F")
    assert bind(ledger, "A", "F") == "RETURNING"


@pytest.mark.parametrize(("kind", "value"), [("external_id", CARD), ("card", "2760002")])
def test_other_aliases(play: Play, kind: str, value: str) -> None:
    """The same value of another kind, and another value of the same kind."""
    ledger = without_x(play)
    assert ledger.enroll("F", {kind: value}, referral=by(ledger, "A")).referral == "APPLIED"


def test_one_time_codes_are_nobodys_aliases(play: Play) -> None:
    ledger = opened(play, "ABF")
    for member in "XF":
        ledger.issue(member, key=f"code-{member}")
        assert ledger.accrue(OneTime(f"code-{member}"), 5, key=f"accrue/{member}").code == "APPLIED"
    erase(ledger)
    assert bind(ledger, "A", "F") == "APPLIED"


@pytest.mark.parametrize("weak", ["device:11aa", "ip:33cc", "disposable:1"])
def test_weak_fingerprints_do_not_count(play: Play, weak: str) -> None:
    ledger = opened(play)
    ledger.enroll("Y", referral=ReferralBy(fingerprints=(weak,)))
    erase(ledger, "Y")
    assert ledger.enroll("F", referral=by(ledger, "A", weak)).referral == "APPLIED"
    assert ledger.enroll("G", referral=by(ledger, "A", weak, "mail:1")).referral == "APPLIED"


def test_whoever_is_closed_alone_is_not_returned_to(play: Play) -> None:
    """Until that member is erased, too."""
    ledger = opened(play)
    ledger.close_member("X", key="close")
    assert ledger.enroll("F", referral=by(ledger, "A", PHONE)).referral == "APPLIED"
    erase(ledger)
    assert ledger.enroll("G", referral=by(ledger, "A", PHONE)).referral == "RETURNING"


def test_advocates_may_have_returned(play: Play) -> None:
    ledger = without_x(play)
    ledger.enroll("R", {"card": CARD}, referral=ReferralBy(fingerprints=(PHONE,)))
    assert ledger.enroll("F", referral=by(ledger, "R")).referral == "APPLIED"


def test_fingerprints_of_claims_that_were_refused(play: Play) -> None:
    ledger = opened(play)
    ledger.enroll("Y", referral=ReferralBy(code="SUMMER", fingerprints=("mail:1",)))
    erase(ledger, "Y")
    assert ledger.enroll("F", referral=by(ledger, "A", "mail:1")).referral == "RETURNING"


def test_in_any_program(play: Play) -> None:
    """Fingerprints belong to members; the second program asks about what was left in the first."""
    text = referral_program(friend_must_be_new=False)
    table = text[text.index("[referral.friends]") :]
    ledger = play(text + table.replace("friends", "guests"), "2026-03-01T12:00")
    ledger.enroll("X", referral=ReferralBy(fingerprints=(PHONE,), program="friends"))
    ledger.enroll("A")
    ledger.enroll("F")
    code = ledger.write("issue_code", "guests", "A", key="code").code
    erase(ledger)
    named = {"code": code, "fingerprints": (PHONE,), "key": "bind"}
    assert ledger.write("bind_referral", "guests", "F", **named).code == "RETURNING"


def test_erased_after_the_binding(play: Play) -> None:
    """Looked at again within grace, and later."""
    ledger = opened(play)
    assert ledger.enroll("F", {"external_id": "crm-1"}, referral=by(ledger, "A", PHONE)).referral == "APPLIED"
    erase(ledger)
    ledger.purchase("F", amount=6_000, key="sale")
    assert (edge(ledger), pending(ledger, "A", "F")) == (("BOUND", "A", "HOLD"), [500, 250])
    ledger.at("2026-03-05T12:00").add_alias("F", "card", CARD, key="card")
    ledger.purchase("F", amount=6_000, referral=ReferralBy(fingerprints=(PHONE,)), key="sale/2")
    ledger.at("2026-03-15T12:00")
    assert (edge(ledger), available(ledger, "A", "F")) == (("BOUND", "A", None), [500, 250])


def test_known_as_returning_after_the_binding(play: Play) -> None:
    """The erasure came first; the fingerprint and the card come when the edge is bound."""
    ledger = without_x(play, "ABF")
    assert bind(ledger, "A", "F") == "APPLIED"
    ledger.add_alias("F", "card", CARD, key="card")
    ledger.purchase("F", amount=6_000, referral=ReferralBy(fingerprints=(PHONE,)), key="sale")
    assert (edge(ledger), pending(ledger, "A", "F")) == (("BOUND", "A", "HOLD"), [500, 250])


def test_claim_that_waited_for_its_touch(play: Play) -> None:
    """Nothing was asked about before the erasure."""
    ledger = opened(play, "ABF")
    assert ledger.bind("F", token="token", fingerprints=(PHONE,), key="bind").code == "PARKED"
    erase(ledger)
    ledger.touch("token", code_of(ledger, "A"), utc("2026-03-01T11:00"), key="click")
    assert edge(ledger) == ("UNBOUND", None, "RETURNING")


def test_another_touch_is_asked_about_anew(play: Play) -> None:
    """The first had passed before the erasure; an earlier one wins, and is denied."""
    ledger = opened(play, "ABF")
    ledger.touch("token", code_of(ledger, "A"), utc("2026-03-01T11:00"), key="later")
    assert ledger.bind("F", token="token", fingerprints=(PHONE,), key="bind").code == "APPLIED"
    erase(ledger)
    ledger.touch("token", code_of(ledger, "B"), utc("2026-03-01T11:30"), key="latest")
    assert edge(ledger)[:2] == ("BOUND", "A")
    ledger.touch("token", code_of(ledger, "B"), utc("2026-03-01T10:00"), key="earlier")
    assert edge(ledger) == ("UNBOUND", None, "RETURNING")


@pytest.mark.parametrize(("mine", "shares"), [((), [500, 500]), ((PHONE,), [1000, 0])])
def test_contacts_of_credit(play: Play, mine: tuple[str, ...], shares: list[int]) -> None:
    """A's touch was asked about before the erasure, B's after it: of a returning friend B has no part."""
    ledger = opened(play, "ABF", rewards=PARTS, credit="linear")
    ledger.touch("token", code_of(ledger, "A"), utc("2026-03-01T09:00"), key="t-9")
    assert ledger.bind("F", token="token", fingerprints=mine, key="bind").code == "APPLIED"
    erase(ledger)
    ledger.touch("token", code_of(ledger, "B"), utc("2026-03-01T10:00"), key="t-10")
    ledger.purchase("F", amount=25_000, key="sale")
    assert pending(ledger, "A", "B") == shares


class TestOrder:
    """Which of several reasons is told."""

    def test_own_code(self, play: Play) -> None:
        """SELF comes before, OWN_CODE at the checkout after it."""
        ledger = without_x(play, "ABF")
        assert bind(ledger, "F", "F", PHONE) == "SELF"
        sold = ledger.purchase("F", amount=6_000, referral=by(ledger, "F"), key="sale/1")
        assert (sold.code, sold.referral) == ("APPLIED", "RETURNING")
        sold = ledger.purchase("A", amount=6_000, referral=by(ledger, "A"), key="sale/2")
        assert sold.referral == "OWN_CODE"

    def test_blocked(self, play: Play) -> None:
        ledger = without_x(play, "ABF")
        ledger.block("A", key="block")
        assert bind(ledger, "A", "F", PHONE) == "BLOCKED"

    def test_already_referred(self, play: Play) -> None:
        ledger = opened(play, "ABF")
        assert bind(ledger, "A", "F", PHONE) == "APPLIED"
        erase(ledger)
        assert bind(ledger, "B", "F", PHONE, key="again") == "ALREADY_REFERRED"

    def test_not_new(self, play: Play) -> None:
        ledger = without_x(play, "ABF", friend_must_be_new=True)
        ledger.purchase("F", amount=6_000, occurred_at=utc("2026-03-01T11:00"), key="older")
        assert bind(ledger, "A", "F", PHONE) == "NOT_NEW"

    def test_found_not_to_be_new_later(self, play: Play) -> None:
        ledger = without_x(play, "ABF", friend_must_be_new=True)
        assert bind(ledger, "A", "F", PHONE) == "RETURNING"
        ledger.purchase("F", amount=6_000, occurred_at=utc("2026-03-01T11:00"), key="older")
        assert edge(ledger)[2] == "NOT_NEW"

    def test_same_identity(self, play: Play) -> None:
        ledger = without_x(play, "BF")
        ledger.enroll("A", referral=ReferralBy(fingerprints=(PHONE, "mail:1")))
        assert bind(ledger, "A", "F", PHONE) == "RETURNING"
        ledger.enroll("G")
        assert bind(ledger, "A", "G", "mail:1", key="bind/G") == "SAME_IDENTITY"

    @pytest.mark.parametrize(("graph", "answer"), [("any", "CYCLE"), ("leaf_only", "HAS_REFERRALS")])
    def test_circles(self, play: Play, graph: str, answer: str) -> None:
        ledger = without_x(play, "ABF", graph=graph)
        assert bind(ledger, "F", "A", key="bind/A") == "APPLIED"
        assert bind(ledger, "A", "F", key="circle") == answer
        assert bind(ledger, "A", "F", PHONE, key="returning") == "RETURNING"

    def test_depth(self, play: Play) -> None:
        ledger = without_x(play, "ABCF", graph="any", depth=1)
        for advocate, friend in ("AB", "BC"):
            assert bind(ledger, advocate, friend, key=f"bind/{friend}") == "APPLIED"
        assert bind(ledger, "C", "F", key="deep") == "DEPTH"
        assert bind(ledger, "C", "F", PHONE, key="returning") == "RETURNING"


def test_moved_edges_ask_nothing(play: Play) -> None:
    ledger = opened(play, "ABF")
    assert bind(ledger, "A", "F", PHONE) == "APPLIED"
    erase(ledger)
    assert ledger.move("F", "B", key="move").code == "APPLIED"
    assert edge(ledger)[:2] == ("MOVED", "B")


def test_the_card_finds_the_new_member(play: Play) -> None:
    ledger = without_x(play).at("2026-03-02T12:00")
    ledger.enroll("F", {"card": CARD}, referral=by(ledger, "A"))
    assert ledger.accrue(Alias("card", CARD), 5, key="accrue").code == "APPLIED"
    assert available(ledger, "F", "X") == [5, 0]
