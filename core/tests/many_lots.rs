//! What is undone over very many lots takes time in proportion to them, and leaves them as they were.

mod common;

use std::time::Duration;

use common::{Book, at};
use loyalty_ledger::ledger::lot::Lot;
use loyalty_ledger::ledger::request::Part;
use rustix::time::{ClockId, clock_gettime};

const MANY: i64 = 40_000;
const FEWER: i64 = MANY / 8;
/// What eight times the lots may cost: work in proportion to their square would be 64 times as much.
const AT_MOST: u32 = 30;

/// A wallet with as many lots of one point each.
fn full(count: i64) -> Book {
    let mut book = Book::with_program("");
    for number in 0..count {
        book.accrue(&format!("a{number}"), 1, Some("2027-01-01T00:00:00Z"));
    }
    book
}

fn lots(book: &Book) -> Vec<Lot> {
    let wallet = book.state.objects.member(0).wallet(0);
    wallet.expect("it has entries").lots().to_vec()
}

/// What this thread has worked so far: unlike the time that passes, it is nobody else's.
fn worked() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).expect("time worked is not negative")
}

fn grows_in_proportion(work: fn(&mut Book, i64)) {
    let cost = |count| {
        let mut book = full(count);
        let before = worked();
        work(&mut book, count);
        worked() - before
    };
    let (fewer, many) = (cost(FEWER), cost(MANY));
    assert!(
        many < fewer * AT_MOST,
        "{FEWER} lots took {fewer:?}, {MANY} took {many:?}"
    );
}

#[test]
fn holds_over_many_lots() {
    grows_in_proportion(|book, count| {
        let before = lots(book);
        let hold = book.authorize("hold", count, 5).sequence;
        assert_eq!(lots(book), []);
        book.void("void", hold);
        assert_eq!(lots(book), before);
        let hold = book.authorize("second", count, 5).sequence;
        book.capture("part", hold, count / 2);
        assert_eq!(lots(book), before[before.len() / 2..]);
        assert_eq!(book.parts(), (0, count / 2, 0, 0));
    });
}

#[test]
fn a_lapse_over_many_lots() {
    grows_in_proportion(|book, count| {
        let before = lots(book);
        book.authorize("hold", count, 5);
        book.now.0 += 10 * 60 * 1_000_000;
        book.sweep();
        assert_eq!(lots(book), before);
    });
}

#[test]
fn reversals_over_many_lots() {
    grows_in_proportion(|book, count| {
        let before = lots(book);
        let redemption = book.redeem("all", count).sequence;
        book.reverse("half", redemption, Part::Points(count / 2));
        assert_eq!(lots(book), before[before.len() / 2..]);
        book.reverse("rest", redemption, Part::Rest);
        assert_eq!(lots(book), before);
    });
}

#[test]
fn grace_over_many_lots() {
    grows_in_proportion(|book, count| {
        let redemption = book.redeem("all", count).sequence;
        book.now = at("2027-02-01T00:00:00Z");
        book.reverse("late", redemption, Part::Rest);
        assert_eq!(lots(book).len(), count as usize);
        assert!(lots(book).iter().all(|lot| !lot.id.is_earned()));
    });
}
