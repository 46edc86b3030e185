"""Referrals from Python: arguments, answers, what is told of them, and rows of tables."""

from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pytest

import loyalty_ledger as ll
from loyalty_ledger import referral_wording as wording
from loyalty_ledger.referral_results import ReferralReward, ReferralState

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PROGRAM = """zone = "UTC"
[earning]
currency = "points"
points = 0
per_minor_units = 100
[referral.friends]
[[referral.friends.steps]]
step = "first_purchase"
minimum = 2500
[[referral.friends.rewards]]
role = "advocate"
points = 500
[[referral.friends.rewards]]
role = "friend"
points = 250
"""


@pytest.fixture
def friends(ledger: ll.Ledger) -> ll.Ledger:
    """With the program, an advocate A with the code ANN26, and a friend F."""
    ledger.publish(PROGRAM)
    ledger.enroll("A")
    ledger.enroll("F")
    ledger.issue_code("friends", "A", code="Ann-26", key="code")
    return ledger


def test_a_referral_from_code_to_reward(friends: ll.Ledger) -> None:
    assert friends.issue_code("friends", "A", code="ann 26", key="code").code == "ANN26"
    touched = friends.record_touch("friends", method="click", token="t", code="ANN26", touched_at=NOON, key="touch")
    assert touched.code == "APPLIED"
    bound = friends.bind_referral("friends", "F", token="t", fingerprints=["card:1"], key="bind")
    assert (bound.code, bound.referral) == ("APPLIED", None)
    friends.purchase("F", amount="60.00", key="sale")
    state = friends.referral("friends", "F")
    assert (state.friend, state.edge, state.advocate, state.progress, state.open) == (
        *("F", "BOUND", "A", "QUALIFIED"),
        "HOLD",
    )
    assert state.rewards == (
        ReferralReward("advocate", "A", 500, "PENDING"),
        ReferralReward("friend", "F", 250, "PENDING"),
    )
    assert friends.referrals("friends", "A") == (ll.Friend("F", "QUALIFIED", "HOLD", 500),)
    assert friends.referral_tree("friends", "F", up=True) == (ll.TreeMember(-1, "A", None),)
    assert friends.referral_tree("friends", "A") == (ll.TreeMember(1, "F", "A"),)
    assert friends.referral_tree("friends", "A", depth=0) == ()
    figures = friends.referral_kpis("friends")
    assert (figures.share_rate, figures.k_net.fraction) == (ll.Ratio(1, 2), Fraction(1))
    assert friends.explain_referral("friends", "F") == (
        "F was brought by A. All steps are done; rewards wait."
        " 500 points for A (advocate) are pending until their hold is over."
        " 250 points for F (friend) are pending until their hold is over."
        " Open: the hold of the rewards."
    )
    assert friends.explain_referral("friends", "A", "de") == (
        "A ist niemandem zugeordnet. Grund: kein Kontakt führt zu jemandem."
    )


def test_sign_ups_and_sales_report_what_became_of_it(friends: ll.Ledger) -> None:
    joined = friends.enroll("G", referral=ll.Referral(code="ANN26", token="t"))
    assert (joined.code, joined.referral) == ("APPLIED", "APPLIED")
    sold = friends.purchase("F", amount="60.00", referral=ll.Referral(code="NOBODY"), key="sale")
    assert (sold.code, sold.referral) == ("APPLIED", "UNKNOWN_CODE")
    quoted = friends.quote("A", amount="60.00", referral=ll.Referral(code="ANN26"))
    assert quoted.referral == "OWN_CODE"
    assert friends.enroll("H").referral is None


REFUSALS: dict[str, tuple[Callable[[Any], object], type[ll.LedgerError]]] = {
    "taken": (lambda led: led.issue_code("friends", "F", code="ANN26", key="k"), ll.CodeTaken),
    "unknown code": (lambda led: led.bind_referral("friends", "F", code="NOBODY", key="k"), ll.UnknownCode),
    "own": (lambda led: led.bind_referral("friends", "A", code="ANN26", key="k"), ll.Self),
    "mistyped": (lambda led: led.bind_referral("friends", "F", code="é", key="k"), ll.CodeMistyped),
    "nobody named": (lambda led: led.bind_referral("friends", "F", key="k"), ll.FieldInvalid),
    "unknown step": (lambda led: led.record_step("friends", "F", "dance", key="k"), ll.UnknownStep),
    "unknown program": (lambda led: led.referral("fiends", "F"), ll.UnknownProgram),
    "unknown member": (lambda led: led.referral("friends", "nobody"), ll.MemberNotFound),
    "month": (lambda led: led.close_period("friends", "2026-3", key="k"), ll.FieldInvalid),
    "not over": (lambda led: led.close_period("friends", "2026-03", key="k"), ll.PeriodNotOver),
    "decision": (
        lambda led: led.review_referral("friends", "F", "burn", reason="r", actor="a", key="k"),
        ll.FieldInvalid,
    ),
    "outcome": (lambda led: led.dispute("sale", outcome="maybe", key="k"), ll.FieldInvalid),
    "never disputed": (lambda led: led.dispute("sale", outcome="won", key="k"), ll.NotDisputed),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusals(friends: ll.Ledger, name: str) -> None:
    friends.purchase("F", amount="1.00", key="sale")
    call, expected = REFUSALS[name]
    with pytest.raises(expected):
        call(friends)


def test_wrong_types(friends: Any) -> None:
    for call, message in [
        (lambda: friends.enroll("G", referral="ANN26"), "referral must be a loyalty_ledger.Referral"),
        (lambda: friends.enroll("G", referral=ll.Referral(code=7)), "referral.code must be text"),
        (lambda: friends.bind_referral("friends", "F", fingerprints="card:1", key="k"), "fingerprints must be a list"),
        (lambda: friends.bind_referral("friends", "F", fingerprints=[1], key="k"), r"fingerprints\[0\] must be text"),
        (lambda: friends.record_touch("friends", method="click", code="A", touched_at=1, key="k"), "touched_at"),
        (lambda: friends.referral_tree("friends", "A", up=1), "up must be True or False"),
    ]:
        with pytest.raises(TypeError, match=message):
            call()


def test_rows_are_what_the_verbs_are(friends: ll.Ledger) -> None:
    """The same key asked by a row and by the verb is the same request; fingerprints are a list, or words."""
    row = {"program": "friends", "key": "k", "verb": "bind_referral", "friend": "F", "code": "Ann-26", "token": "t"}
    for prints in (pa.array([["ip:2", "card:1"]]), pa.array(["card:1 ip:2"])):
        columns = {name: pa.array([value]) for name, value in row.items()}
        answers = pa.table(friends.post_batch(pa.table({**columns, "fingerprints": prints})))
        assert answers["code"].to_pylist() == ["APPLIED"]
    again = friends.bind_referral(
        "friends", "F", code="ANN26", token="t", fingerprints=["card:1", "ip:2", "ip:2"], key="k"
    )
    assert again.replayed


def test_columns_of_all_that_names_a_referral(friends: ll.Ledger) -> None:
    rows = [
        {"verb": "issue_code", "key": "1", "program": "friends", "member": "A", "code": "MORE", "single_use": True},
        {"verb": "record_touch", "key": "2", "program": "friends", "method": "click", "code": "MORE", "token": "t"},
        {"verb": "enroll", "key": "3", "member": "G", "code": "more"},
        {"verb": "purchase", "key": "4", "member": "F", "amount": 6000, "program": "friends", "token": "t"},
        {"verb": "dispute", "key": "5", "original": "4", "outcome": "lost"},
    ]
    rows[1]["touched_at"] = NOON
    names = sorted({name for row in rows for name in row})
    table = pa.table({name: [row.get(name) for row in rows] for name in names})
    assert pa.table(friends.post_batch(table))["code"].to_pylist() == ["APPLIED"] * 5
    assert friends.referral("friends", "G").advocate == "A"


def test_a_word_that_is_null_in_a_list(friends: ll.Ledger) -> None:
    columns = {"verb": ["bind_referral"], "key": ["k"], "program": ["friends"], "friend": ["F"]}
    table = pa.table({**columns, "fingerprints": pa.array([["card:1", None]])})
    with pytest.raises(ll.TableError, match="null") as raised:
        friends.post_batch(table)
    assert (raised.value.column, raised.value.row) == ("fingerprints", 0)


def test_there_are_words_for_everything_in_both_languages() -> None:
    for words in (wording.EDGES, wording.PROGRESS, wording.ROLES, wording.REWARDS, wording.OPEN, wording.WHY):
        assert all(english and german and english != german for english, german in words.values())
    state = ReferralState("F", "BOUND", "A", "IN_PROGRESS(1/2)", (), "first_purchase,event:visit")
    assert wording.referral_text(state, "de") == (
        "F wurde von A geworben. 1 von 2 Schritten sind getan."
        " Offen: ein erster Einkauf, der groß genug ist, das Ereignis visit."
    )
    newer = ReferralState("F", "NEW_EDGE", None, "NEW", (ReferralReward("uncle", "A", 1, "NEW"),), "NEW_CODE")
    assert "NEW_EDGE" in wording.referral_text(newer, "en") and "NEW_CODE" in wording.referral_text(newer, "en")
