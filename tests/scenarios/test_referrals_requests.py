"""Sign-ups and sales that name a referral are requests like any other: quoted, replayed, refused without a trace."""

from datetime import timedelta
from random import Random

import pytest

from ledgers import PlayedLedger, PlayedModel
from ledgers.referrals import ReferralBy
from model import Source
from scenarios.conftest import Play
from scenarios.referral_program import code_of, pending, referral_program, rewards, utc


def opened(play: Play, **settings: object) -> PlayedLedger:
    ledger = play(referral_program(**settings), "2026-02-01T00:00").at("2026-03-01T12:00")
    for member in ("A", "B"):
        ledger.enroll(member)
        code_of(ledger, member)
    return ledger


def test_quote_and_training_leave_nothing(play: Play) -> None:
    ledger = opened(play)
    ledger.enroll("F")
    named = ReferralBy(code=code_of(ledger, "A"))
    assert ledger.quote("F", amount="60.00", referral=named).referral == "APPLIED"
    trained = ledger.purchase("F", amount="60.00", referral=named, source=Source(training=True), key="sale")
    assert (trained.referral, ledger.referral("F").edge, pending(ledger, "A", "F")) == ("APPLIED", "UNBOUND", [0, 0])


def test_refused_sale_leaves_no_claim(play: Play) -> None:
    ledger = opened(play)
    named = ReferralBy(code=code_of(ledger, "A"), fingerprints=("phone:1",))
    sold = ledger.purchase("F", amount="60.00", redeem=10, enroll=True, referral=named, key="sale/1")
    assert (sold.code, ledger.referrals("A")) == ("INSUFFICIENT_POINTS", [])
    assert ledger.purchase("F", amount="60.00", enroll=True, referral=named, key="sale/2").referral == "APPLIED"
    assert rewards(ledger, "F") == {"advocate": (500, "PENDING"), "friend": (250, "PENDING")}


def test_replays_and_other_content(play: Play) -> None:
    ledger = opened(play)
    named = ReferralBy(code=code_of(ledger, "A"))
    first = ledger.enroll("F", referral=named)
    assert (first.referral, ledger.enroll("F", referral=named).referral) == ("APPLIED", "APPLIED")
    assert ledger.enroll("F", referral=ReferralBy(code=code_of(ledger, "B"))).code == "KEY_REUSED"
    assert ledger.bind("G", code="SUMMER", key="bind").code == "MEMBER_NOT_FOUND"
    ledger.enroll("G")
    assert ledger.bind("G", code="SUMMER", key="bind").code == "UNKNOWN_CODE"
    assert ledger.bind("G", code="WINTER", key="bind").code == "KEY_REUSED"


def test_earlier_click_within_grace_moves_the_edge_and_what_hangs_on_it(play: Play) -> None:
    ledger = opened(play)
    ledger.enroll("F")
    ledger.touch("token", code_of(ledger, "B"), utc("2026-03-01T11:00"), key="later")
    ledger.bind("F", token="token", key="bind")
    ledger.purchase("F", amount="60.00", key="sale")
    assert pending(ledger, "A", "B", "F") == [0, 500, 250]
    ledger.at("2026-03-02T11:59").touch("token", code_of(ledger, "A"), utc("2026-03-01T10:00"), key="earlier")
    assert pending(ledger, "A", "B", "F") == [500, 0, 250]
    assert ledger.referral("F").touches == (("earlier", "WON"), ("later", "LOST"))
    ledger.at("2026-03-02T12:00").touch("token", code_of(ledger, "B"), utc("2026-03-01T09:00"), key="too late")
    assert ledger.referral("F").advocate == "A"


def test_earlier_order_within_grace_is_the_one_that_counts(play: Play) -> None:
    ledger = opened(play, rewards=[{"role": "advocate", "percent_bp": 500}])
    ledger.enroll("F", referral=ReferralBy(code=code_of(ledger, "A")))
    ledger.at("2026-03-01T18:00").purchase("F", amount="60.00", key="evening")
    ledger.expect("A", pending=300)
    ledger.at("2026-03-02T17:59").purchase("F", amount="40.00", occurred_at=utc("2026-03-01T15:00"), key="afternoon")
    ledger.expect("A", pending=200)
    ledger.at("2026-03-02T18:00").purchase("F", amount="90.00", occurred_at=utc("2026-03-01T13:00"), key="noon")
    ledger.expect("A", pending=200)


def test_terms_are_those_of_the_version_at_qualification(play: Play) -> None:
    ledger = opened(play)
    ledger.enroll("F", referral=ReferralBy(code=code_of(ledger, "A")))
    ledger.enroll("G", referral=ReferralBy(code=code_of(ledger, "A")))
    ledger.purchase("F", amount="60.00", key="sale/F")
    ledger.write("publish", referral_program(rewards=[{"role": "advocate", "points": 7}], hold="P2D"))
    ledger.purchase("G", amount="60.00", key="sale/G")
    assert pending(ledger, "A", "F", "G") == [507, 250, 0]
    ledger.at("2026-03-03T12:00").expect("A", available=7, pending=500)


@pytest.mark.parametrize("seed", range(12))
def test_any_history_is_sound(seed: int) -> None:
    """Random requests about a few members: balances add up, live rewards are in their wallets, no REVERSED pays."""
    chance = Random(seed)
    settings = {
        "graph": chance.choice(["any", "leaf_only"]),
        "vest": chance.choice(["at_hold_end", "at_close"]),
        "shortfall": chance.choice(["debt", "clamp", "review"]),
        "friend_must_be_new": chance.random() < 0.3,
        "clawback": chance.choice(["P10D", "P60D"]),
        "steps": [{"step": chance.choice(["first_purchase", "every_purchase"]), "minimum": 2500}],
    }
    shares = chance.choice([{"levels": [500, 200, 100], "rewards": []}, {}])
    ledger = PlayedModel(referral_program(earning=(1, 100), **settings, **shares), utc("2026-03-01T12:00"))
    for member in MEMBERS:
        ledger.enroll(member)
        code_of(ledger, member)
    for number in range(150):
        ledger.advance_to(ledger.now() + timedelta(hours=chance.choice([0, 1, 5, 30])))
        act(ledger, chance, number)
    ledger.assert_sound()
    for friend in MEMBERS:
        view = ledger.referral(friend)
        assert view.progress != "REVERSED" or all(one.points == 0 for one in view.rewards)
        assert all(one.points > 0 for one in view.rewards if one.state in ("PENDING", "AVAILABLE", "FROZEN", "WAITING"))


MEMBERS = ("A", "B", "C", "D", "E")


def act(ledger: PlayedLedger, chance: Random, number: int) -> None:
    friend, other, sale = chance.choice(MEMBERS), chance.choice(MEMBERS), f"sale/{chance.randrange(number + 1)}"
    occurred = ledger.now() - timedelta(hours=chance.choice([0, 0, 1, 40]))
    verb = chance.choice(
        ["bind", "touch", "sale", "sale", "sale", "back", "undo", "dispute", "review", "spend", "close"]
    )
    if verb == "bind":
        named = {"token": f"token/{friend}"} if chance.random() < 0.5 else {"code": code_of(ledger, other)}
        ledger.bind(friend, occurred_at=occurred, key=f"bind/{number}", **named)
    elif verb == "touch":
        ledger.touch(f"token/{friend}", code_of(ledger, other), occurred, key=f"touch/{number}")
    elif verb == "sale":
        ledger.purchase(friend, amount=chance.choice([1000, 2500, 19_999]), occurred_at=occurred, key=f"sale/{number}")
    elif verb == "back":
        part = {} if chance.random() < 0.3 else {"amount": chance.randint(1, 5000)}
        ledger.reverse(sale, key=f"back/{number}", **part)
    elif verb == "undo":
        ledger.reverse(f"back/{chance.randrange(number + 1)}", key=f"undo/{number}")
    elif verb == "dispute":
        ledger.dispute(sale, chance.choice(["lost", "won"]), key=f"dispute/{number}")
    elif verb == "review":
        ledger.review(friend, chance.choice(["freeze", "freeze", "release", "deny"]), key=f"review/{number}")
    elif verb == "spend":
        available = ledger.balance(friend).available
        ledger.redeem(friend, chance.randint(1, available or 1), key=f"spend/{number}")
    elif chance.random() < 0.1:
        ledger.close_member(friend, key=f"close/{number}")
    else:
        ledger.close_period(f"{ledger.now() - timedelta(days=31):%Y-%m}", key=f"close/{number}")
