//! Purchases that points paid for, returns of expired points, days and dates of the calendar: none is off by one.

mod common;
mod neighbours;

use common::{Book, at, id, originals};
use loyalty_ledger::ledger::apply::apply;
use loyalty_ledger::ledger::audit::audit;
use loyalty_ledger::ledger::entry::{Entry, Fact, Flow};
use loyalty_ledger::ledger::lot::LotId;
use loyalty_ledger::ledger::request::*;
use loyalty_ledger::ledger::time::Instant;
use neighbours::every_neighbour_is_refused;

fn sale(cents: i64, spend: Option<Spend<'static>>) -> Command<'static> {
    Command::Purchase(Purchase {
        member: id("m"),
        amount: Money {
            minor_units: cents,
            currency: *b"EUR",
        },
        enroll: false,
        basket: Some(Box::new(Basket {
            spend,
            ..Basket::default()
        })),
    })
}

fn offline(key: &str, occurred_at: &str, command: Command<'static>) -> Request<'static> {
    let source = Source {
        store: "12".into(),
        offline: true,
        ..Source::default()
    };
    Request {
        caller: "".into(),
        key: key.to_owned().into(),
        occurred_at: Some(at(occurred_at)),
        details: Details::boxed(None, source),
        command,
    }
}

fn money(minor_units: i64) -> Part {
    Part::Money(Money {
        minor_units,
        currency: *b"EUR",
    })
}

/// Sales that a till made while it was offline: borne by the member, by the store, from a hold that has lapsed;
/// returned in parts, and one of these undone.
fn offline_sales(program: &str) -> Book {
    let mut book = Book::with_program(program);
    book.go("2026-05-01T10:00:00Z");
    book.accrue("a", 200, Some("2026-06-01T10:05:00Z"));
    // So that no lot's origin is the neighbour of another's.
    book.sweep();
    book.accrue("b", 300, Some("2026-11-30T23:00:00Z"));
    book.go("2026-06-01T09:50:00Z");
    let hold = book.authorize("h", 350, 30).sequence;
    book.go("2026-06-01T11:00:00Z");
    let capture = Spend::Capture {
        authorization: Reference::Sequence(hold),
        points: Some(340),
    };
    let redeem = Spend::Redeem { points: 250 };
    let tell = |book: &mut Book, request| {
        let told = book.run_request(request).expect("it is told right");
        told.sequence
    };
    let captured = offline("held", "2026-06-01T10:10:00Z", sale(5_000, Some(capture)));
    let captured = tell(&mut book, captured);
    book.sweep();
    let redeemed = offline("sale", "2026-06-01T09:00:00Z", sale(4_000, Some(redeem)));
    let redeemed = tell(&mut book, redeemed);
    let part = book.reverse("part", redeemed, money(1_600)).sequence;
    book.reverse("again", part, Part::Rest);
    book.reverse("rest", redeemed, Part::Rest);
    book.reverse("held back", captured, money(2_500));
    book
}

/// What a purchase earned has expired when it is returned: first in part, which is undone, then as a whole.
fn returned_when_expired() -> Book {
    let mut book = Book::with_program(
        "zone = \"Europe/Berlin\"\n[currencies.points]\nexpiry = { rolling = \"P1M\" }\n",
    );
    book.go("2026-01-02T09:00:00Z");
    let sale = book.purchase("x", 8_000).sequence;
    book.accrue("z", 50, Some("2027-01-01T00:00:00Z"));
    book.go("2026-03-05T09:00:00Z").sweep();
    let part = book.reverse("part", sale, money(3_000)).sequence;
    book.reverse("undone", part, Part::Rest);
    book.reverse("whole", sale, Part::Rest);
    book
}

fn flows(book: &Book, flow: Flow) -> usize {
    let effects = book.entries.iter().flat_map(|entry| &entry.effects);
    effects.flat_map(|effect| effect.parts(flow)).count()
}

#[test]
fn what_members_owe_for_offline_sales_is_exact() {
    let book = offline_sales("zone = \"Europe/Berlin\"\n");
    assert!(flows(&book, Flow::RedeemOverdrawn) > 0 && flows(&book, Flow::Reinstated) > 0);
    let tried = every_neighbour_is_refused(&book);
    assert!(tried > 300, "only {tried} neighbours were tried");
}

#[test]
fn what_stores_bear_of_offline_sales_is_exact() {
    let program = "zone = \"Europe/Berlin\"\n[offline]\noverdraft = \"decline_to_merchant\"\n";
    let book = offline_sales(program);
    let charged: i64 = book.entries.iter().map(|entry| entry.figures.charged).sum();
    assert_eq!(
        charged, 0,
        "250 charged, 100 given back, charged again, 250 given back"
    );
    let tried = every_neighbour_is_refused(&book);
    assert!(tried > 300, "only {tried} neighbours were tried");
}

#[test]
fn expired_points_that_count_as_taken_are_those_of_their_lot() {
    let book = returned_when_expired();
    assert_eq!(
        (
            flows(&book, Flow::ExpiryReversed),
            flows(&book, Flow::ExpiryRestored)
        ),
        (2, 1)
    );
    let tried = every_neighbour_is_refused(&book);
    assert!(tried > 100, "only {tried} neighbours were tried");
}

/// Every entry as it is, with one thing changed that makes it contradict the calendar or its wallet's past.
fn refuses(book: &Book, wrong: impl Fn(&mut Entry<'static>)) -> usize {
    let mut state = Book::default().state;
    let mut refused = 0;
    for entry in &book.entries {
        let originals = originals(&state, &book.entries, &entry.request, entry.recorded_at);
        let mut changed = entry.clone();
        wrong(&mut changed);
        if changed != *entry {
            audit(&state, &changed, &originals).expect_err("it contradicts the state");
            refused += 1;
        }
        apply(&mut state, entry);
    }
    refused
}

#[test]
fn points_of_another_lot_do_not_count_as_taken() {
    let refused = refuses(&returned_when_expired(), |entry| {
        for movement in entry
            .effects
            .iter_mut()
            .flat_map(|effect| &mut effect.movements)
        {
            if movement.flow == Flow::ExpiryReversed {
                movement.lot.id = LotId::earned(movement.lot.origin + 1);
                movement.lot.origin += 1;
            }
        }
    });
    assert_eq!(refused, 2);
}

#[test]
fn an_allowance_is_of_the_day_on_which_it_was_used() {
    for days in [-400, -1, 1, 400] {
        let refused = refuses(&offline_sales("zone = \"Europe/Berlin\"\n"), |entry| {
            for fact in &mut entry.facts {
                if let Fact::OfflineUsed { day, .. } = fact {
                    *day += days;
                }
            }
        });
        assert!(refused >= 2, "{refused}");
    }
}

#[test]
fn a_wallets_date_follows_from_its_use() {
    let program = "zone = \"Europe/Berlin\"\n[currencies.points]\nexpiry = { sliding = \"P1M\" }\n";
    let mut book = Book::with_program(program);
    book.go("2026-05-05T09:00:00Z").purchase("nothing", 0);
    book.accrue("dated", 40, Some("2027-01-20T00:00:00Z"));
    for micros in [-1, 1, -86_400_000_000, 86_400_000_000] {
        let refused = refuses(&book, |entry| {
            for effect in &mut entry.effects {
                if effect.inactive_at != Instant::NEVER {
                    effect.inactive_at.0 += micros;
                }
            }
        });
        assert_eq!(refused, 1);
    }
    let mut plain = Book::with_program("zone = \"Europe/Berlin\"\n");
    plain.go("2026-05-05T09:00:00Z").purchase("sale", 100);
    let refused = refuses(&plain, |entry| {
        for effect in &mut entry.effects {
            effect.inactive_at = at("2026-06-05T22:00:00Z");
        }
    });
    assert_eq!(refused, 1, "its points have dates of their own");
}
