"""Reads: balances in time, statements by pages, entries, ladders, totals, checks, copies."""

import copy
import pickle
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import loyalty_ledger as ll

SUMMER = datetime(2026, 7, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def busy(ledger: ll.Ledger, member: str, clock: ll.ManualClock) -> ll.Ledger:
    """The member's 100 points that stay, 40 that end in summer, 30 spent a day later."""
    ledger.accrue(member, 40, expires_at=SUMMER, key="short")
    clock.advance_to(clock.now() + timedelta(days=1))
    ledger.redeem(member, 30, key="spent")
    return ledger


def test_balance_now_before_and_ahead(busy: ll.Ledger, clock: ll.ManualClock) -> None:
    assert (busy.balance("m-1").available, busy.balance("m-1").next_expiry_points) == (110, 10)
    assert busy.balance("m-1").next_expiry == SUMMER
    assert busy.balance("m-1", at=clock.now() - MICROSECOND).available == 140
    assert busy.balance("m-1", at=SUMMER - MICROSECOND).available == 110
    ahead = busy.balance("m-1", at=SUMMER)
    assert (ahead.available, ahead.at, ahead.next_expiry, ahead.next_expiry_points) == (100, SUMMER, None, 0)


def test_at_means_the_end_of_its_microsecond(ledger: ll.Ledger, member: str, clock: ll.ManualClock) -> None:
    ledger.accrue(member, 1, key="same microsecond")
    ledger.accrue(member, 2, key="and again")
    clock.advance_to(clock.now() + MICROSECOND)
    ledger.accrue(member, 4, key="the next one")
    assert ledger.balance(member, at=clock.now() - MICROSECOND).available == 103
    assert ledger.balance(member, at=clock.now()).available == 107


def test_a_statement_page_by_page(busy: ll.Ledger, clock: ll.ManualClock) -> None:
    clock.advance_to(SUMMER)
    whole = busy.statement("m-1")
    assert [(row.reason, row.points, row.balance.available) for row in whole] == [
        ("expired", -10, 100),
        ("redemption", -30, 110),
        ("accrual", 40, 140),
        ("accrual", 100, 100),
    ]
    assert (whole.rows[0].sequence, whole.rows[0].key, whole.rows[1].key) == (None, None, "spent")
    assert whole.rows[1].moved[0].flow == "redeemed"
    paged: list[ll.StatementRow] = []
    before = None
    while len(paged) < 4:
        page = busy.statement("m-1", limit=1, before=before)
        paged += page
        before = page.next
    assert before is None
    assert [row.sequence for row in paged] == [row.sequence for row in whole]
    assert len(busy.statement(card="2760001")) == 4


def test_pages_have_bounds_and_positions_a_form(busy: ll.Ledger) -> None:
    for limit in (0, 1001, -1):
        with pytest.raises(ValueError, match="limit must be between 1 and 1,000"):
            busy.statement("m-1", limit=limit)
    with pytest.raises(ValueError, match="not a position"):
        busy.statement("m-1", before="yesterday")


def test_entries_by_sequence_key_and_range(busy: ll.Ledger) -> None:
    assert [entry.verb for entry in busy.entries()] == ["enroll", "accrue", "accrue", "redeem"]
    assert busy.entries(3, limit=1) == (busy.entry(3),)
    assert busy.entry(key="spent") == busy.entry(4)
    assert busy.entries(5) == ()
    with pytest.raises(ll.TransactionNotFound):
        busy.entry(99)
    with pytest.raises(ll.TransactionNotFound):
        busy.entry(key="never used")
    with pytest.raises(TypeError, match="one of the three"):
        busy.entry()


def test_the_ladder_is_a_mapping_of_dates(busy: ll.Ledger) -> None:
    ladder = busy.ladder()
    assert dict(ladder) == {date(2026, 7, 1): 10, None: 100}
    assert dict(busy.ladder("m-1")) == dict(ladder)
    assert ladder.steps == (ll.LadderStep(SUMMER, date(2026, 7, 1), 10),)
    with pytest.raises(ll.MemberNotFound):
        busy.ladder("nobody")


def test_the_trial_balance_adds_up_at_any_instant(busy: ll.Ledger, clock: ll.ManualClock) -> None:
    now = busy.trial_balance()
    assert (now.accrued, now.redeemed, now.available, now.balanced) == (140, 30, 110, True)
    past = busy.trial_balance(clock.now() - MICROSECOND)
    assert (past.accrued, past.redeemed, past.available) == (140, 0, 140)
    ahead = busy.trial_balance(SUMMER)
    assert (ahead.expired, ahead.available, ahead.outstanding) == (10, 100, 100)
    with pytest.raises(ll.UnknownCurrency):
        busy.trial_balance(wallet="stars")


def test_terms_have_accounts_of_their_own(ledger: ll.Ledger, member: str) -> None:
    ledger.accrue(member, 10, funder="bakery", price=1, key="funded")
    by_funder = {line.funder: line.accrued for line in ledger.trial_balance().terms}
    assert by_funder == {None: 100, "bakery": 10}
    assert ledger.trial_balance().accrued == 110


@pytest.mark.embedded
def test_verify_and_digest_agree_with_a_reopened_ledger(busy: ll.Ledger, path: Path, clock: ll.ManualClock) -> None:
    report = busy.verify()
    assert (report.ok, report.entries, report.members, report.problems) == (True, 4, 1, ())
    assert report.digest == busy.digest()
    busy.snapshot()
    busy.close()
    with ll.open(path, clock=clock) as again:
        assert again.digest() == report.digest
        assert again.checkpoint().sequence == 4


@pytest.mark.embedded
def test_backup_and_restore_to_a_sequence(busy: ll.Ledger, tmp_path: Path, clock: ll.ManualClock) -> None:
    assert busy.backup(tmp_path / "copy") == 4
    assert ll.restore(tmp_path / "copy", tmp_path / "restored", through=3) >= 3
    with ll.open(tmp_path / "restored", clock=clock) as restored:
        assert restored.balance("m-1").available == 140
        assert restored.balance(card="2760001").available == 140


@pytest.mark.embedded
def test_info_names_what_it_stands_on(busy: ll.Ledger, path: Path, clock: ll.ManualClock) -> None:
    info = busy.info()
    assert (info.path, info.clock, info.read_only, info.entries) == (str(path), "manual", False, 4)
    assert (info.members, info.zone, info.money, info.now) == (1, "UTC", "EUR", clock.now())
    assert info.journal_bytes > 0
    assert str(path) in repr(busy)


def test_results_are_frozen_equal_by_value_and_can_be_kept(busy: ll.Ledger) -> None:
    answer = busy.redeem("m-1", 1, key="kept")
    with pytest.raises(AttributeError):
        answer.awarded = 2  # type: ignore[misc]
    for kept in (pickle.loads(pickle.dumps(answer)), copy.deepcopy(answer)):
        assert kept == answer
        with pytest.raises(ValueError, match="ask the ledger"):
            kept.explain()
    assert busy.balance("m-1") == busy.balance("m-1")


def test_the_manual_clock_goes_forwards_only(clock: ll.ManualClock) -> None:
    start = clock.now()
    clock.advance_to(start + timedelta(hours=1))
    with pytest.raises(ValueError, match="cannot go to"):
        clock.advance_to(start)
    with pytest.raises(ValueError, match="naive"):
        clock.advance_to(datetime(2027, 1, 1))
    assert clock.now() == start + timedelta(hours=1)
