//! What staff puts right: expired points, later ends, forgiven debt, points that wait for an event.

mod common;

use common::{Book, at, id};
use loyalty_ledger::ledger::answer::Answer;
use loyalty_ledger::ledger::lot::LotId;
use loyalty_ledger::ledger::rejection::{Code, Rejection};
use loyalty_ledger::ledger::request::*;
use loyalty_ledger::ledger::time::Instant;

const PROGRAM: &str = "zone = \"Europe/Berlin\"\n";
const WAITING: &str = "zone = \"Europe/Berlin\"\n[currencies.points]\npending = \"on_event\"\n\
                       expiry = { rolling = \"P12M\" }\n";

fn reinstate(
    book: &mut Book,
    key: &str,
    lot: LotId,
    points: Option<i64>,
    until: Option<&str>,
) -> Result<Answer, Rejection> {
    book.run(
        key,
        Command::Reinstate(Reinstate {
            member: id("m"),
            wallet: "points".into(),
            lot,
            points,
            expires_at: until.map(at),
            reason: "goodwill".into(),
            actor: "desk".into(),
        }),
    )
}

fn extend(
    book: &mut Book,
    key: &str,
    member: &str,
    lot: LotId,
    until: Instant,
) -> Result<Answer, Rejection> {
    book.run(
        key,
        Command::ExtendLot(ExtendLot {
            member: id(member),
            wallet: "points".into(),
            lot,
            expires_at: until,
            reason: "goodwill".into(),
            actor: "desk".into(),
        }),
    )
}

fn extend_hold(book: &mut Book, key: &str, hold: u64, minutes: i64) -> Result<Answer, Rejection> {
    book.run(
        key,
        Command::ExtendHold(ExtendHold {
            authorization: Reference::Sequence(hold),
            ttl_micros: minutes * 60_000_000,
        }),
    )
}

fn forgive(book: &mut Book, key: &str, points: Option<i64>) -> Result<Answer, Rejection> {
    book.run(
        key,
        Command::ForgiveDebt(ForgiveDebt {
            member: id("m"),
            wallet: "points".into(),
            points,
            reason: "goodwill".into(),
            actor: "desk".into(),
        }),
    )
}

fn activate(book: &mut Book, key: &str, original: u64) -> Result<Answer, Rejection> {
    book.run(
        key,
        Command::Activate(Activate {
            original: Reference::Sequence(original),
            member: None,
        }),
    )
}

fn code(result: Result<Answer, Rejection>) -> Code {
    match result {
        Ok(answer) => answer.code,
        Err(rejection) => rejection.code,
    }
}

/// A: 100 points until March.
fn with_lot() -> (Book, LotId) {
    let mut book = Book::with_program(PROGRAM);
    let made = book.accrue("a", 100, Some("2026-03-01T00:00:00Z")).sequence;
    (book, LotId::earned(made))
}

#[test]
fn reinstated_points_are_counted_once() {
    let (mut book, lot) = with_lot();
    book.redeem("r", 30);
    let made = lot.sequence();
    book.go("2026-03-02T00:00:00Z");
    let first = reinstate(
        &mut book,
        "i-1",
        lot,
        Some(50),
        Some("2026-06-01T00:00:00Z"),
    );
    assert_eq!(first.expect("50 of 70").awarded, 50);
    let more = reinstate(&mut book, "i-2", lot, Some(21), None);
    assert_eq!(code(more), Code::InsufficientPoints);
    let rest = reinstate(&mut book, "i-3", lot, None, None).expect("20 are left");
    assert_eq!((rest.awarded, rest.balance.available), (20, 70));
    let none = reinstate(&mut book, "i-4", lot, None, None).expect("nothing is left");
    assert_eq!(none.awarded, 0);
    // They are back, so taking the accrual back finds nothing expired: 70 are taken, 30 are owed.
    book.reverse("back", made, Part::Rest);
    assert_eq!(book.parts(), (0, 0, 0, 30));
}

#[test]
fn what_was_counted_as_taken_is_not_reinstated() {
    let (mut book, lot) = with_lot();
    book.go("2026-03-02T00:00:00Z");
    book.reverse("back", lot.sequence(), Part::Points(60));
    let rest = reinstate(&mut book, "i", lot, None, None).expect("40 are left");
    assert_eq!(rest.awarded, 40);
    book.reverse("back again", lot.sequence(), Part::Rest);
    assert_eq!(book.parts(), (0, 0, 0, 0));
}

#[test]
fn a_reinstated_lot_may_expire_and_be_reinstated_again() {
    let (mut book, lot) = with_lot();
    book.go("2026-03-02T00:00:00Z");
    let first = reinstate(&mut book, "i-1", lot, None, Some("2026-03-03T00:00:00Z"));
    let again = LotId::new(first.expect("right").sequence, 1).moved();
    book.go("2026-03-04T00:00:00Z");
    assert_eq!(
        reinstate(&mut book, "i-2", again, None, None)
            .expect("right")
            .awarded,
        100
    );
    assert_eq!(
        code(reinstate(&mut book, "i-3", lot, Some(1), None)),
        Code::InsufficientPoints
    );
}

#[test]
fn lots_of_nobody_or_of_another_are_not_found() {
    let (mut book, lot) = with_lot();
    book.enroll("other");
    let strange = [
        LotId(0),
        LotId::earned(9_999),
        LotId::new(lot.sequence(), 1),
    ];
    for (place, lot) in strange.into_iter().enumerate() {
        let key = format!("k-{place}");
        assert_eq!(
            code(reinstate(&mut book, &key, lot, None, None)),
            Code::LotNotFound
        );
        let until = at("2027-01-01T00:00:00Z");
        assert_eq!(
            code(extend(&mut book, &key, "m", lot, until)),
            Code::LotNotFound
        );
    }
    let until = at("2027-01-01T00:00:00Z");
    assert_eq!(
        code(extend(&mut book, "k", "other", lot, until)),
        Code::LotNotFound
    );
    assert_eq!(
        code(extend(&mut book, "k", "nobody", lot, until)),
        Code::MemberNotFound
    );
}

#[test]
fn new_ends_lie_ahead_and_never_come_sooner() {
    let (mut book, lot) = with_lot();
    let now = book.now;
    assert_eq!(
        code(extend(&mut book, "k", "m", lot, now)),
        Code::ExpiryInPast
    );
    let sooner = at("2026-02-28T23:59:59Z");
    assert_eq!(
        code(extend(&mut book, "k", "m", lot, sooner)),
        Code::ExpiryInPast
    );
    assert_eq!(
        code(extend(&mut book, "k", "m", lot, Instant::NEVER)),
        Code::Applied
    );
    book.go("2026-03-02T00:00:00Z");
    assert_eq!(book.parts(), (0, 100, 0, 0));
    let late = book.accrue("b", 5, Some("2026-03-03T00:00:00Z")).sequence;
    book.go("2026-03-03T00:00:00Z");
    let (now, key) = (book.now, "2026-03-03T00:00:00Z");
    let lot = LotId::earned(late);
    assert_eq!(
        code(reinstate(&mut book, "k-2", lot, None, Some(key))),
        Code::ExpiryInPast
    );
    assert_eq!(
        extend(&mut book, "k-3", "m", lot, Instant(now.0 + 1))
            .expect("gone")
            .awarded,
        0
    );
}

#[test]
fn only_what_is_there_of_a_lot_is_extended() {
    let (mut book, lot) = with_lot();
    book.redeem("r", 30);
    book.authorize("h", 20, 60);
    let until = at("2026-09-01T00:00:00Z");
    assert_eq!(
        extend(&mut book, "e", "m", lot, until)
            .expect("right")
            .awarded,
        50
    );
    book.go("2026-03-02T00:00:00Z");
    assert_eq!(book.parts(), (0, 50, 0, 0));
    // What was spent of it before gets grace, what was extended too.
    book.redeem("r-2", 50);
    book.go("2026-09-02T00:00:00Z");
    let spent = book.entries.len() as u64;
    book.reverse("back", spent, Part::Rest);
    assert_eq!(book.parts(), (0, 50, 0, 0));
}

#[test]
fn a_pending_lot_does_not_end_before_it_starts() {
    let mut book = Book::with_program(PROGRAM);
    let starts = "2026-02-01T00:00:00Z";
    let made = book.accrue_from("a", 100, Some(starts), Some("2026-02-02T00:00:00Z"));
    let lot = LotId::earned(made.sequence);
    assert_eq!(
        code(extend(&mut book, "e", "m", lot, at(starts))),
        Code::ExpiryBeforeActivation
    );
    let later = at("2026-03-01T00:00:00Z");
    assert_eq!(
        extend(&mut book, "e", "m", lot, later)
            .expect("right")
            .awarded,
        100
    );
    assert_eq!(book.parts(), (100, 0, 0, 0));
    book.go("2026-02-03T00:00:00Z");
    assert_eq!(book.parts(), (0, 100, 0, 0));
}

#[test]
fn a_hold_lives_seven_days_at_most() {
    let (mut book, _) = with_lot();
    book.go("2026-01-02T00:00:00Z");
    let hold = book.authorize("h", 60, 10).sequence;
    book.go("2026-01-02T00:09:59Z");
    let week = 7 * 24 * 60;
    assert_eq!(
        code(extend_hold(&mut book, "e-1", hold, week)),
        Code::InvalidTtl
    );
    assert_eq!(
        code(extend_hold(&mut book, "e-1", hold, 0)),
        Code::InvalidTtl
    );
    assert_eq!(
        code(extend_hold(&mut book, "e-1", hold, week - 10)),
        Code::Applied
    );
    book.go("2026-01-08T23:59:58Z");
    assert_eq!(book.parts(), (0, 40, 60, 0));
    assert_eq!(
        code(extend_hold(&mut book, "e-2", hold, 1)),
        Code::InvalidTtl
    );
    book.capture("c", hold, 60);
    assert_eq!(
        code(extend_hold(&mut book, "e-3", hold, 1)),
        Code::AlreadyCaptured
    );
    assert_eq!(
        code(extend_hold(&mut book, "e-4", 2, 1)),
        Code::NotAnAuthorization
    );
    assert_eq!(
        code(extend_hold(&mut book, "e-5", 99, 1)),
        Code::TransactionNotFound
    );
}

#[test]
fn debt_is_forgiven_as_far_as_there_is_any() {
    let (mut book, lot) = with_lot();
    book.redeem("r", 100);
    book.reverse("back", lot.sequence(), Part::Rest);
    assert_eq!(book.parts(), (0, 0, 0, 100));
    assert_eq!(
        code(forgive(&mut book, "f-1", Some(101))),
        Code::InsufficientPoints
    );
    assert_eq!(
        forgive(&mut book, "f-2", Some(60))
            .expect("right")
            .balance
            .debt,
        40
    );
    assert_eq!(forgive(&mut book, "f-3", None).expect("right").awarded, 40);
    assert_eq!(
        forgive(&mut book, "f-4", None)
            .expect("nothing to do")
            .awarded,
        0
    );
    assert_eq!(book.parts(), (0, 0, 0, 0));
}

#[test]
fn waiting_points_start_their_clock_when_they_are_activated() {
    let mut book = Book::with_program(WAITING);
    let bought = book.purchase("p", 4_000).sequence;
    book.purchase("q", 700);
    book.go("2030-01-15T12:00:00Z");
    assert_eq!(book.parts(), (47, 0, 0, 0));
    assert_eq!(activate(&mut book, "x", bought).expect("right").awarded, 40);
    assert_eq!(activate(&mut book, "y", bought).expect("again").awarded, 0);
    book.go("2031-01-15T22:59:59Z");
    assert_eq!(book.parts(), (7, 40, 0, 0));
    book.go("2031-01-15T23:00:00Z");
    assert_eq!(book.parts(), (7, 0, 0, 0));
    // What expired of them counts as taken, whatever date they had before.
    book.reverse("back", bought, Part::Rest);
    assert_eq!(book.parts(), (7, 0, 0, 0));
    assert_eq!(code(activate(&mut book, "z", 1)), Code::TransactionNotFound);
    assert_eq!(
        code(activate(&mut book, "z", 99)),
        Code::TransactionNotFound
    );
}

#[test]
fn points_are_activated_ahead_of_their_day() {
    let mut book = Book::with_program(PROGRAM);
    let made = book.accrue_from(
        "a",
        100,
        Some("2026-02-01T00:00:00Z"),
        Some("2026-04-01T00:00:00Z"),
    );
    assert_eq!(
        activate(&mut book, "x", made.sequence)
            .expect("right")
            .awarded,
        100
    );
    assert_eq!(book.parts(), (0, 100, 0, 0));
    book.go("2026-04-01T00:00:00Z");
    assert_eq!(book.parts(), (0, 0, 0, 0));
}
