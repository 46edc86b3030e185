//! What is undone over very many lots takes time in proportion to them, and leaves them as they were.

mod common;

use std::time::{Duration, Instant as Timer};

use common::{Book, at};
use loyalty_ledger::ledger::lot::Lot;
use loyalty_ledger::ledger::request::Part;

const LOTS: i64 = 40_000;
/// Time in proportion to the square of the lots would be several times as long; in proportion to them it is a
/// fraction.
const LONG_ENOUGH: Duration = Duration::from_millis(1_000);

/// A wallet with as many lots of one point each.
fn full() -> Book {
    let mut book = Book::with_program("");
    for number in 0..LOTS {
        book.accrue(&format!("a{number}"), 1, Some("2027-01-01T00:00:00Z"));
    }
    book
}

fn lots(book: &Book) -> Vec<Lot> {
    let wallet = book.state.objects.member(0).wallet(0);
    wallet.expect("it has entries").lots().to_vec()
}

fn quickly(work: impl FnOnce()) {
    let start = Timer::now();
    work();
    let took = start.elapsed();
    assert!(took < LONG_ENOUGH, "it took {took:?}");
}

#[test]
fn holds_over_many_lots() {
    let mut book = full();
    let before = lots(&book);
    quickly(|| {
        let hold = book.authorize("hold", LOTS, 5).sequence;
        assert_eq!(lots(&book), []);
        book.void("void", hold);
    });
    assert_eq!(lots(&book), before);
    quickly(|| {
        let hold = book.authorize("second", LOTS, 5).sequence;
        book.capture("part", hold, LOTS / 2);
    });
    assert_eq!(lots(&book), before[before.len() / 2..]);
    assert_eq!(book.parts(), (0, LOTS / 2, 0, 0));
}

#[test]
fn a_lapse_over_many_lots() {
    let mut book = full();
    let before = lots(&book);
    quickly(|| {
        book.authorize("hold", LOTS, 5);
        book.now.0 += 10 * 60 * 1_000_000;
        book.sweep();
    });
    assert_eq!(lots(&book), before);
}

#[test]
fn reversals_over_many_lots() {
    let mut book = full();
    let before = lots(&book);
    quickly(|| {
        let redemption = book.redeem("all", LOTS).sequence;
        book.reverse("half", redemption, Part::Points(LOTS / 2));
        assert_eq!(lots(&book), before[before.len() / 2..]);
        book.reverse("rest", redemption, Part::Rest);
    });
    assert_eq!(lots(&book), before);
}

#[test]
fn grace_over_many_lots() {
    let mut book = full();
    let redemption = book.redeem("all", LOTS).sequence;
    book.now = at("2027-02-01T00:00:00Z");
    quickly(|| {
        book.reverse("late", redemption, Part::Rest);
    });
    assert_eq!(lots(&book).len(), LOTS as usize);
    assert!(lots(&book).iter().all(|lot| !lot.id.is_earned()));
}
