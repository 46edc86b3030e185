//! Statements of hand-made and of random histories, with and without sweeps.

use proptest::prelude::*;

use super::super::balance::BalanceView;
use super::super::sample::{ANN, BOB, Sample, steps};
use super::*;
use crate::ledger::entry::Balance;

fn page(sample: &Sample, id: WalletId, limit: usize, before: Option<Position>) -> Page {
    let now = Instant(sample.now);
    statement(sample, sample.wallet(id), id, now, limit, before).expect("all is there")
}

fn rows(sample: &Sample, id: WalletId) -> Vec<StatementRow> {
    let page = page(sample, id, PAGE_ROWS, None);
    assert_eq!(page.next, None);
    page.rows
}

fn short(rows: &[StatementRow]) -> Vec<(i64, &'static str, i64, i64)> {
    let short = |row: &StatementRow| {
        (
            row.at.instant().0,
            row.reason,
            row.points,
            row.balance.available,
        )
    };
    rows.iter().map(short).collect()
}

fn paged(sample: &Sample, id: WalletId, limit: usize) -> Vec<StatementRow> {
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let page = page(sample, id, limit, before);
        assert!(page.rows.len() <= limit);
        all.extend(page.rows);
        match page.next {
            None => return all,
            next => before = next,
        }
    }
}

/// A 200 (until 60), B 300 (until 600): held, lapsed and expired, with a purchase-like accrual on the way.
fn sample() -> Sample {
    let mut sample = Sample::new();
    sample.at(10).accrue(ANN, 200, 10, 60);
    sample.at(20).accrue(ANN, 300, 40, 600);
    sample.at(50).authorize(ANN, 350, 80);
    sample.at(90);
    sample
}

#[test]
fn what_time_moves_stands_at_its_own_instant() {
    let mut sample = sample();
    let expected = [
        (80, "expired", -200, 300),
        (80, "hold_lapsed", 350, 500),
        (50, "authorization", -350, 150),
        (40, "activated", 300, 500),
        (20, "accrual", 0, 200),
        (10, "accrual", 200, 200),
    ];
    assert_eq!(short(&rows(&sample, ANN)), expected);
    let before = rows(&sample, ANN);
    sample.sweep();
    assert_eq!(rows(&sample, ANN), before);
    sample.redeem(ANN, 100);
    let after = rows(&sample, ANN);
    assert_eq!(after[1..].len(), before.len());
    assert_eq!(
        (after[0].reason, after[0].balance.available),
        ("redemption", 200)
    );
    assert_eq!(short(&after[1..]), short(&before));
}

#[test]
fn a_row_names_entry_key_lots_and_original() {
    let sample = sample();
    let rows = rows(&sample, ANN);
    let authorization = &rows[2];
    assert_eq!(
        (authorization.sequence, authorization.verb),
        (5, "authorize")
    );
    assert_eq!(authorization.key, "k5");
    let moved: Vec<(i64, i64)> = authorization
        .lots
        .iter()
        .map(|part| (part.lot.amount, part.lot.expires_at.0))
        .collect();
    assert_eq!(moved, [(200, 60), (150, 600)]);
    assert_eq!(authorization.change.held, 350);
    let lapsed = &rows[1];
    assert_eq!((lapsed.sequence, lapsed.verb), (0, "time"));
    assert_eq!((lapsed.original, lapsed.key.as_str()), (5, ""));
    assert_eq!(lapsed.balance.held, 0);
}

#[test]
fn points_that_come_too_late_expire_in_the_same_entry() {
    let mut sample = Sample::new();
    sample.at(10).accrue(ANN, 50, 1, 5);
    let expected = [(10, "expired", -50, 0), (10, "accrual", 50, 50)];
    assert_eq!(short(&rows(&sample, ANN)), expected);
    assert!(rows(&sample, ANN).iter().all(|row| row.sequence == 3));
}

#[test]
fn debt_made_and_paid_shows_in_the_changes() {
    let mut sample = Sample::new();
    sample.at(10).take_back(ANN, 70);
    sample.accrue(ANN, 50, 20, 90);
    sample.at(30).accrue(ANN, 60, 30, 90);
    let rows = rows(&sample, ANN);
    let debts: Vec<(&str, i64, i64)> = rows
        .iter()
        .map(|row| (row.reason, row.change.debt, row.balance.debt))
        .collect();
    let expected = [
        ("accrual", -20, 0),
        ("activated", -50, 20),
        ("accrual", 0, 70),
        ("accrual_reversed", 70, 70),
    ];
    assert_eq!(debts, expected);
    assert_eq!(rows[0].points, 40);
}

#[test]
fn a_page_reads_only_what_it_shows() {
    let mut sample = Sample::new();
    for now in 1..500 {
        sample.at(now).accrue(ANN, 1, now, 100_000);
        sample.accrue(BOB, 1, now, 100_000);
    }
    let mut before = None;
    for _ in 0..5 {
        sample.reads.set(0);
        let page = page(&sample, ANN, 50, before);
        assert_eq!(page.rows.len(), 50);
        assert!(sample.reads.get() <= 53, "{} reads", sample.reads.get());
        before = page.next;
    }
}

#[test]
fn a_position_of_elsewhere_starts_from_the_newest() {
    let sample = sample();
    let whole = rows(&sample, ANN);
    let wanted = &whole[3..];
    for entry in [0, 1, 3, 99, whole[2].position.entry()] {
        let before = whole[2].position.entered_at(entry);
        assert_eq!(page(&sample, ANN, 10, Some(before)).rows, wanted);
    }
}

#[test]
fn a_damaged_chain_is_an_error() {
    let mut sample = sample();
    sample.entries[4].effects[0].previous = 5;
    let wallet = sample.wallet(ANN);
    let told = statement(&sample, wallet, ANN, Instant(90), 10, None);
    assert!(matches!(
        told,
        Err(HistoryError::Damaged { sequence: 5, .. })
    ));
    sample.entries[4].effects[0].previous = 2;
    let told = statement(&sample, sample.wallet(ANN), ANN, Instant(90), 10, None);
    assert!(matches!(
        told,
        Err(HistoryError::Damaged { sequence: 2, .. })
    ));
}

proptest! {
    #[test]
    fn running_balances_lead_from_nothing_to_the_balance(steps in steps()) {
        let mut sample = Sample::new();
        sample.play(&steps, |_| {});
        for id in [ANN, BOB] {
            let mut running = Balance::default();
            let all = rows(&sample, id);
            for row in all.iter().rev() {
                running = running + row.change;
                prop_assert_eq!(running, row.balance);
                let parts = [running.pending, running.available, running.held, running.debt];
                prop_assert!(parts.iter().all(|part| *part >= 0), "{:?}", row);
                prop_assert_eq!(row.points, row.change.available);
            }
            let now = BalanceView::ahead(sample.wallet(id), Instant(sample.now));
            prop_assert_eq!(running, now.balance);
            prop_assert!(all.is_sorted_by(|newer, older| older.position.is_before(&newer.position)));
        }
    }

    #[test]
    fn pages_of_any_size_make_the_whole(steps in steps(), limit in 1usize..7) {
        let mut sample = Sample::new();
        sample.play(&steps, |_| {});
        prop_assert_eq!(paged(&sample, ANN, limit), rows(&sample, ANN));
    }

    #[test]
    fn a_sweep_changes_no_row_and_no_position(steps in steps(), limit in 1usize..7) {
        let mut sample = Sample::new();
        sample.play(&steps, |sample| {
            let whole = rows(sample, ANN);
            let first = page(sample, ANN, limit, None);
            sample.sweep();
            assert_eq!(rows(sample, ANN), whole);
            assert_eq!(page(sample, ANN, limit, None), first);
            if first.next.is_some() {
                assert_eq!(page(sample, ANN, PAGE_ROWS, first.next).rows, whole[limit..]);
            }
        });
    }

    #[test]
    fn a_position_holds_while_more_is_recorded(steps in steps(), more in steps()) {
        let mut sample = Sample::new();
        sample.play(&steps, |_| {});
        let whole = rows(&sample, ANN);
        sample.play(&more, |sample| {
            sample.sweep();
        });
        for (place, row) in whole.iter().enumerate() {
            let rest = page(&sample, ANN, PAGE_ROWS, Some(row.position)).rows;
            prop_assert_eq!(short(&rest), short(&whole[place + 1..]));
        }
    }

    #[test]
    fn swept_and_unswept_ledgers_tell_the_same(steps in steps(), sweeps in any::<u64>()) {
        let (mut swept, mut plain) = (Sample::new(), Sample::new());
        plain.play(&steps, |_| {});
        let mut turn = sweeps;
        swept.play(&steps, |sample| {
            turn = turn.rotate_left(1);
            if turn & 1 == 1 {
                sample.sweep();
            }
        });
        for id in [ANN, BOB] {
            prop_assert_eq!(short(&rows(&swept, id)), short(&rows(&plain, id)));
        }
    }
}
