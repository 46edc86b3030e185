"""Authorizations at the till: captured, voided or lapsed, also while their lots expire."""

from datetime import timedelta

from ledgers import PlayedLedger, program
from scenarios.conftest import Play


def hold_across_an_expiry(play: Play) -> PlayedLedger:
    """A 200 expires at midnight, B 300 in December; H1 holds 350 for half an hour, H2 150 for an hour."""
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 200, expires_at=ledger.local("2026-06-01T00:00"), key="A")
    ledger.accrue("m-1", 300, expires_at=ledger.local("2026-12-01T00:00"), key="B")
    ledger.at("2026-05-31T23:50").authorize("m-1", 350, ttl=timedelta(minutes=30), key="H1")
    ledger.expect("m-1", available=150, held=350)
    assert ledger.at("2026-05-31T23:51").authorize("m-1", 200, key="H0").code == "INSUFFICIENT_POINTS"
    ledger.authorize("m-1", 150, ttl=timedelta(minutes=60), key="H2")
    ledger.expect("m-1", held=500)
    return ledger


def test_hold_protects_its_lots_from_expiry(play: Play) -> None:
    ledger = hold_across_an_expiry(play)
    first = ledger.at("2026-06-01T00:05").capture("H1", points=300, key="c-1")
    assert (first.code, first.available, first.held) == ("APPLIED", 50, 150)
    again = ledger.capture("H1", points=300, key="c-1")
    assert (again.code, again.available, again.held, again.replayed) == ("APPLIED", 50, 150, True)
    assert ledger.capture("H1", points=300, key="c-2").code == "ALREADY_CAPTURED"
    ledger.at("2026-06-01T00:10").void("H2", key="v-2")
    ledger.expect("m-1", available=200)
    assert ledger.trial_balance()["expired"] == 0


def test_lapsed_hold_lets_its_lot_expire(play: Play) -> None:
    ledger = hold_across_an_expiry(play)
    ledger.at("2026-06-01T00:19:59").expect("m-1", held=500)
    ledger.at("2026-06-01T00:20").expect("m-1", available=150, held=150)
    assert ledger.trial_balance()["expired"] == 200
    assert ledger.at("2026-06-01T00:21").capture("H1", points=300, key="c-1").code == "AUTHORIZATION_EXPIRED"
    ledger.expect("m-1", available=150, held=150)


def test_voided_hold_lets_its_lot_expire_at_once(play: Play) -> None:
    ledger = hold_across_an_expiry(play)
    ledger.at("2026-06-01T00:05").void("H1", key="v-1")
    ledger.expect("m-1", available=150, held=150)
    assert ledger.trial_balance()["expired"] == 200


def open_two_lots(play: Play) -> PlayedLedger:
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 100, expires_at=ledger.local("2026-06-01T00:00"), key="A")
    ledger.accrue("m-1", 100, expires_at=ledger.local("2026-12-01T00:00"), key="B")
    ledger.authorize("m-1", 150, key="hold")
    ledger.expect("m-1", available=50, held=150)
    return ledger


def test_partial_capture_takes_the_first_lots_and_gives_back_the_last(play: Play) -> None:
    ledger = open_two_lots(play)
    captured = ledger.capture("hold", points=120, key="c-1")
    assert (captured.available, captured.held) == (80, 0)
    assert list(ledger.ladder("m-1").values()) == [80]
    assert ledger.trial_balance()["redeemed"] == 120
    ledger.at("2026-06-01T00:00").expect("m-1", available=80)


def test_capture_without_points_takes_the_whole_hold(play: Play) -> None:
    ledger = open_two_lots(play)
    assert ledger.capture("hold", key="c-1").code == "APPLIED"
    ledger.expect("m-1", available=50)


def test_capture_above_the_hold_is_refused_and_the_hold_stays(play: Play) -> None:
    ledger = open_two_lots(play)
    assert ledger.capture("hold", points=151, key="c-1").code == "CAPTURE_EXCEEDS_AUTHORIZATION"
    ledger.expect("m-1", available=50, held=150)
    assert ledger.capture("hold", points=150, key="c-2").code == "APPLIED"


def test_capture_of_nothing_is_a_void(play: Play) -> None:
    ledger = open_two_lots(play)
    assert ledger.capture("hold", points=0, key="c-1").code == "APPLIED"
    ledger.expect("m-1", available=200)
    assert ledger.capture("hold", points=10, key="c-2").code == "ALREADY_VOIDED"
    assert ledger.trial_balance()["redeemed"] == 0


def test_what_may_follow_a_void(play: Play) -> None:
    ledger = open_two_lots(play)
    assert ledger.void("hold", key="v-1").code == "APPLIED"
    ledger.expect("m-1", available=200)
    assert ledger.void("hold", key="v-2").code == "APPLIED"
    assert ledger.capture("hold", key="c-1").code == "ALREADY_VOIDED"
    ledger.expect("m-1", available=200)


def test_what_may_follow_a_capture(play: Play) -> None:
    ledger = open_two_lots(play)
    ledger.capture("hold", points=150, key="c-1")
    assert ledger.void("hold", key="v-1").code == "ALREADY_CAPTURED"
    assert ledger.capture("hold", key="c-2").code == "ALREADY_CAPTURED"
    assert ledger.reverse("c-1", points=120, key="back-1").code == "APPLIED"
    ledger.expect("m-1", available=170)
    assert ledger.reverse("c-1", key="back-2").code == "APPLIED"
    ledger.expect("m-1", available=200)
    assert sorted(ledger.ladder("m-1").values()) == [100, 100]


def test_what_may_follow_a_lapse(play: Play) -> None:
    """Without a ttl a hold lives for fifteen minutes, the last instant excluded."""
    ledger = open_two_lots(play)
    ledger.at("2026-05-01T12:14:59.999999").expect("m-1", available=50, held=150)
    ledger.at("2026-05-01T12:15").expect("m-1", available=200)
    assert ledger.capture("hold", key="c-1").code == "AUTHORIZATION_EXPIRED"
    assert ledger.void("hold", key="v-1").code == "APPLIED"
    assert ledger.capture("hold", key="c-2").code == "AUTHORIZATION_EXPIRED"
    ledger.expect("m-1", available=200)


def test_capture_in_the_last_microsecond(play: Play) -> None:
    ledger = open_two_lots(play)
    assert ledger.at("2026-05-01T12:14:59.999999").capture("hold", key="c-1").code == "APPLIED"
    ledger.expect("m-1", available=50)


def test_void_of_a_refused_authorization_does_nothing(play: Play) -> None:
    ledger = open_two_lots(play)
    assert ledger.authorize("m-1", 51, key="refused").code == "INSUFFICIENT_POINTS"
    assert ledger.void("refused", key="v-1").code == "APPLIED"
    ledger.expect("m-1", available=50, held=150)


def test_unknown_authorization(play: Play) -> None:
    ledger = open_two_lots(play)
    assert ledger.capture("never-seen", key="c-1").code == "TRANSACTION_NOT_FOUND"
    ledger.expect("m-1", available=50, held=150)
