//! Points that live as long as their member is active.

mod common;

use common::{Book, at, id};
use loyalty_ledger::ledger::answer::Answer;
use loyalty_ledger::ledger::entry::{Flow, WalletId};
use loyalty_ledger::ledger::request::*;
use loyalty_ledger::ledger::wallet::Wallet;

const SLIDING: &str =
    "zone = \"Europe/Berlin\"\n[currencies.points]\nexpiry = { sliding = \"P18M\" }\n";

fn occurred(book: &mut Book, key: &str, at_instant: &str, command: Command<'static>) -> Answer {
    book.run_request(Request {
        caller: "".into(),
        key: key.to_owned().into(),
        occurred_at: Some(at(at_instant)),
        details: None,
        command,
    })
    .expect("it is right")
}

fn accrual(points: i64, expires: Option<&str>) -> Command<'static> {
    Command::Accrue(Accrue {
        member: id("m"),
        wallet: "points".into(),
        points,
        activates_at: None,
        expires_at: expires.map(at),
        funder: None,
        price: None,
        enroll: false,
        joining: None,
    })
}

fn adjust(book: &mut Book, key: &str, points: i64) {
    let adjust = Adjust {
        member: id("m"),
        wallet: "points".into(),
        points,
        expires_at: None,
        reason: "goodwill".into(),
        actor: "desk".into(),
        overdraw: false,
    };
    book.run(key, Command::Adjust(adjust)).expect("it is right");
}

fn wallet(book: &Book) -> &Wallet {
    let id = WalletId {
        member: 0,
        currency: 0,
    };
    book.state.objects.wallet(id).expect("m has one")
}

/// 220 that expire on 2026-08-11.
fn active() -> Book {
    let mut book = Book::with_program(SLIDING);
    book.go("2026-01-10T11:00:00Z");
    occurred(&mut book, "a", "2024-11-05T11:00:00Z", accrual(250, None));
    assert_eq!(wallet(&book).inactive_at(), at("2026-05-05T22:00:00Z"));
    let redeem = Command::Redeem(Redeem {
        member: id("m"),
        wallet: "points".into(),
        points: 50,
    });
    occurred(&mut book, "r", "2025-02-10T11:00:00Z", redeem);
    adjust(&mut book, "goodwill", 20);
    assert_eq!(wallet(&book).inactive_at(), at("2026-08-10T22:00:00Z"));
    book
}

#[test]
fn all_points_go_on_one_day() {
    let mut book = active();
    book.go("2026-08-10T21:59:59Z");
    assert_eq!(book.parts(), (0, 220, 0, 0));
    book.go("2026-08-10T22:00:00Z");
    assert_eq!(book.parts(), (0, 0, 0, 0));
}

#[test]
fn late_activity_brings_back_what_it_would_have_kept() {
    for swept in [false, true] {
        let mut book = active();
        if swept {
            book.go("2026-08-11T08:00:00Z").sweep();
        }
        book.go("2026-08-12T10:00:00Z");
        let told = occurred(&mut book, "late", "2026-08-09T10:00:00Z", accrual(10, None));
        assert_eq!(told.awarded, 10);
        assert_eq!(book.parts(), (0, 230, 0, 0));
        assert_eq!(told.next_expiry, at("2028-02-09T23:00:00Z"));
        let last = book.entries.last().expect("it was recorded");
        let back: i64 = last.effects[0]
            .parts(Flow::Reinstated)
            .map(|lot| lot.amount)
            .sum();
        assert_eq!(back, 220);
    }
}

#[test]
fn what_occurred_after_the_expiry_brings_nothing_back() {
    let mut book = active();
    book.go("2026-08-12T10:00:00Z");
    occurred(&mut book, "late", "2026-08-10T22:00:00Z", accrual(10, None));
    assert_eq!(book.parts(), (0, 10, 0, 0));
}

#[test]
fn what_is_brought_back_pays_debt_first() {
    let mut book = active();
    book.go("2026-08-12T10:00:00Z");
    let source = Source {
        offline: true,
        ..Source::default()
    };
    book.run_request(Request {
        caller: "".into(),
        key: "owed".into(),
        occurred_at: None,
        details: Details::boxed(None, source),
        command: Command::Redeem(Redeem {
            member: id("m"),
            wallet: "points".into(),
            points: 100,
        }),
    })
    .expect("offline is never refused");
    assert_eq!(book.parts(), (0, 0, 0, 100));
    occurred(&mut book, "late", "2026-08-09T10:00:00Z", accrual(10, None));
    assert_eq!(book.parts(), (0, 130, 0, 0));
}

#[test]
fn a_first_activity_long_ago_ends_what_had_no_date() {
    let mut book = Book::with_program(SLIDING);
    adjust(&mut book, "goodwill", 30);
    book.go("2026-08-12T10:00:00Z");
    assert_eq!(book.parts(), (0, 30, 0, 0), "nobody was active yet");
    let redeem = Command::Redeem(Redeem {
        member: id("m"),
        wallet: "points".into(),
        points: 10,
    });
    occurred(&mut book, "r", "2024-01-01T10:00:00Z", redeem);
    assert_eq!(book.parts(), (0, 0, 0, 0));
}

#[test]
fn dates_of_their_own_stand_among_the_wallets() {
    let mut book = active();
    occurred(
        &mut book,
        "later",
        "2026-01-09T10:00:00Z",
        accrual(5, Some("2026-09-01T00:00:00Z")),
    );
    occurred(
        &mut book,
        "never",
        "2026-01-09T10:00:00Z",
        accrual(7, Some("9000-01-01T00:00:00Z")),
    );
    // The wallet's date is now 2027-07-10: after September, before the year 9000.
    book.redeem("r2", 6);
    let left: Vec<i64> = wallet(&book).lots().iter().map(|lot| lot.amount).collect();
    assert_eq!(left.iter().sum::<i64>(), 226);
    assert!(
        left.contains(&7),
        "the lot that outlives the wallet's date is untouched"
    );
    assert!(!left.contains(&5), "the earlier date goes first");
}
