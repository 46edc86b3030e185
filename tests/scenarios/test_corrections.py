"""What staff puts right: expired points, dates, debt."""

from datetime import timedelta

from ledgers import PlayedLedger, program
from scenarios.conftest import Play


def opened(play: Play) -> PlayedLedger:
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 100, expires_at=ledger.local("2026-06-01T00:00"), key="A")
    ledger.accrue("m-1", 50, key="B")
    return ledger


def ladder(ledger: PlayedLedger) -> dict[str, int]:
    return {str(day): points for day, points in ledger.ladder("m-1").items()}


def test_expired_points_are_reinstated(play: Play) -> None:
    ledger = opened(play)
    lot, until = ledger.lot_of("m-1", "A"), ledger.local("2026-08-01T00:00")
    assert ledger.reinstate("m-1", 1, lot=lot, expires_at=until, key="r-0").code == "INSUFFICIENT_POINTS"
    ledger.at("2026-06-05T12:00").expect("m-1", available=50)
    assert ledger.reinstate("m-1", 30, lot=lot, expires_at=until, key="r-1").available == 80
    assert ledger.reinstate("m-1", lot=lot, expires_at=ledger.now(), key="r-2").code == "EXPIRY_IN_PAST"
    assert ledger.reinstate("m-1", lot=lot, expires_at=until, key="r-2").available == 150
    assert ladder(ledger) == {"2026-08-01": 100, "None": 50}
    figures = ledger.trial_balance()
    assert (figures["expired"], figures["reinstated"]) == (100, 100)
    ledger.reverse("A", key="A-back")
    ledger.expect("m-1", available=50)


def test_reinstated_points_pay_debt_first(play: Play) -> None:
    ledger = opened(play)
    lot = ledger.lot_of("m-1", "A")
    ledger.at("2026-06-05T12:00").adjust("m-1", -70, overdraw=True, key="minus")
    ledger.expect("m-1", debt=20)
    ledger.reinstate("m-1", lot=lot, expires_at=ledger.local("2026-08-01T00:00"), key="r-1")
    ledger.expect("m-1", available=80)


def test_lot_lives_longer(play: Play) -> None:
    ledger = opened(play)
    lot = ledger.lot_of("m-1", "A")
    assert ledger.extend_lot("m-1", lot=lot, expires_at=ledger.now(), key="e-1").code == "EXPIRY_IN_PAST"
    assert ledger.extend_lot("m-1", lot=lot, expires_at=ledger.local("2026-09-01T00:00"), key="e-1").awarded == 100
    assert ladder(ledger) == {"2026-09-01": 100, "None": 50}
    ledger.at("2026-06-01T00:00").expect("m-1", available=150)


def test_hold_lives_longer(play: Play) -> None:
    ledger = opened(play)
    ledger.authorize("m-1", 60, ttl=timedelta(minutes=10), key="hold")
    ledger.at("2026-05-01T12:05")
    assert ledger.extend_hold("hold", ttl=timedelta(days=7), key="e-0").code == "INVALID_TTL"
    assert ledger.extend_hold("hold", ttl=timedelta(minutes=30), key="e-1").code == "APPLIED"
    ledger.at("2026-05-01T12:34:59").expect("m-1", available=90, held=60)
    ledger.at("2026-05-01T12:35").expect("m-1", available=150)
    assert ledger.extend_hold("hold", ttl=timedelta(minutes=30), key="e-2").code == "AUTHORIZATION_EXPIRED"


def test_forgiven_debt(play: Play) -> None:
    ledger = opened(play)
    ledger.adjust("m-1", -200, overdraw=True, key="minus")
    ledger.expect("m-1", debt=50)
    assert ledger.forgive_debt("m-1", 20, key="f-1").awarded == 20
    ledger.expect("m-1", debt=30)
    assert ledger.forgive_debt("m-1", key="f-2").awarded == 30
    ledger.expect("m-1")
    assert ledger.trial_balance()["written_off"] == 50


def test_hold_of_what_there_is(play: Play) -> None:
    ledger = opened(play)
    held = ledger.authorize("m-1", 500, allow_partial=True, key="hold")
    assert (held.code, held.awarded, held.held) == ("APPLIED", 150, 150)
    assert ledger.authorize("m-1", 1, allow_partial=True, key="hold-2").code == "INSUFFICIENT_POINTS"
