//! Referrals: what an entry says of a friend follows the books, and what it says to have moved has moved, or the audit
//! refuses it.

mod common;
mod neighbours;

use common::{Book, at, id, originals};
use loyalty_ledger::ledger::apply::apply;
use loyalty_ledger::ledger::audit::audit;
use loyalty_ledger::ledger::digest::digest;
use loyalty_ledger::ledger::entry::{Entry, Fact};
use loyalty_ledger::ledger::referral::commands::{Month, ReviewDecision};
use loyalty_ledger::ledger::referral::file::File;
use loyalty_ledger::ledger::referral::touch::Method;
use loyalty_ledger::ledger::rejection::Code;
use loyalty_ledger::ledger::request::*;
use loyalty_ledger::ledger::state::State;
use neighbours::every_neighbour_is_refused;

const PROGRAM: &str = r#"
zone = "Europe/Berlin"
[earning]
currency = "points"
points = 1
per_minor_units = 100
[referral.friends]
vest = "at_close"
[[referral.friends.steps]]
step = "first_purchase"
minimum = 2500
[[referral.friends.rewards]]
role = "advocate"
percent_bp = 500
[[referral.friends.rewards]]
role = "friend"
points = 250
[referral.friends.caps]
advocate = 2
"#;

fn issue(code: &str) -> Command<'static> {
    Command::IssueCode(Box::new(IssueCode {
        program: "friends".into(),
        member: id("m"),
        code: Some(code.to_owned().into()),
        single_use: true,
        expires_at: None,
    }))
}

fn touch(token: &str, code: &str) -> Command<'static> {
    Command::RecordTouch(Box::new(RecordTouch {
        program: "friends".into(),
        method: Method::Click,
        token: Some(token.to_owned().into()),
        code: code.to_owned().into(),
        touched_at: at("2026-03-01T09:00:00Z"),
    }))
}

fn bind(friend: &str, token: &str) -> Command<'static> {
    let prints = vec!["card:1".into()];
    let token = Some(token.to_owned().into());
    Command::BindReferral(Box::new(BindReferral {
        friend: MemberName::Id(friend.to_owned().into()),
        naming: Naming::of("friends".into(), None, token, prints),
    }))
}

fn buy(friend: &str, cents: i64) -> Command<'static> {
    Command::Purchase(Purchase {
        member: MemberName::Id(friend.to_owned().into()),
        amount: Money {
            minor_units: cents,
            currency: *b"EUR",
        },
        enroll: false,
        basket: None,
    })
}

fn back(sale: &str, part: Part, dispute: Option<DisputeOutcome>) -> Command<'static> {
    Command::Reverse(Reverse {
        original: Reference::Key(sale.to_owned().into()),
        part,
        member: None,
        shortfall: None,
        restore: None,
        dispute,
    })
}

fn review(decision: ReviewDecision) -> Command<'static> {
    Command::ReviewReferral(Box::new(ReviewReferral {
        program: "friends".into(),
        friend: id("f"),
        decision,
        to: None,
        reason: "looked at".into(),
        actor: "desk-1".into(),
        approved_by: "".into(),
    }))
}

/// A friend who joins late, buys, gives a part back, is frozen and let go, whose sale is charged back and won again; a
/// month that is closed; another friend who may not be brought.
fn book() -> Book {
    let mut book = Book::with_program(PROGRAM);
    book.enroll("f");
    book.enroll("g");
    let part = Part::Money(Money {
        minor_units: 2_000,
        currency: *b"EUR",
    });
    let close = ClosePeriod {
        program: "friends".into(),
        month: Month::of(2026, 3),
    };
    let (lost, won) = (DisputeOutcome::Lost, DisputeOutcome::Won);
    book.go("2026-03-01T09:00:00Z");
    for (time, key, command, code) in [
        (
            "2026-03-01T09:00:00Z",
            "code",
            issue("MARIA"),
            Code::Applied,
        ),
        ("2026-03-01T09:05:00Z", "bind", bind("f", "t"), Code::Parked),
        (
            "2026-03-01T09:10:00Z",
            "touch",
            touch("t", "MARIA"),
            Code::Applied,
        ),
        (
            "2026-03-01T09:20:00Z",
            "second",
            bind("g", "t"),
            Code::CodeUsed,
        ),
        (
            "2026-03-05T10:00:00Z",
            "sale",
            buy("f", 12_000),
            Code::Applied,
        ),
        (
            "2026-03-05T11:00:00Z",
            "return",
            back("sale", part, None),
            Code::Applied,
        ),
        (
            "2026-03-05T12:00:00Z",
            "freeze",
            review(ReviewDecision::Freeze),
            Code::Applied,
        ),
        (
            "2026-03-05T13:00:00Z",
            "release",
            review(ReviewDecision::Release),
            Code::Applied,
        ),
        (
            "2026-03-06T10:00:00Z",
            "lost",
            back("sale", Part::Rest, Some(lost)),
            Code::Applied,
        ),
        (
            "2026-03-07T10:00:00Z",
            "won",
            back("sale", Part::Rest, Some(won)),
            Code::Applied,
        ),
        (
            "2026-04-02T10:00:00Z",
            "close",
            Command::ClosePeriod(close),
            Code::Applied,
        ),
        (
            "2026-04-03T10:00:00Z",
            "again",
            back("sale", Part::Rest, None),
            Code::Applied,
        ),
    ] {
        let told = book.go(time).run(key, command).expect(key);
        assert_eq!(told.code, code, "{key}");
    }
    book
}

#[test]
fn a_referral_from_claim_to_clawback() {
    let book = book();
    let objects = &book.state.objects;
    let friends = objects.referrals.book(0);
    assert_eq!((friends.spent(), friends.given(0)), (0, 0));
    assert!(friends.is_month_closed(Month::of(2026, 3)));
    let mut again = State::new([7; 16]);
    for entry in &book.entries {
        let past = originals(&again, &book.entries, &entry.request, entry.recorded_at);
        audit(&again, entry, &past).expect("it was right");
        apply(&mut again, entry);
    }
    assert_eq!(digest(&again), digest(&book.state));
}

#[test]
fn numbers_off_by_one_are_refused_where_friends_are_rewarded() {
    let tried = every_neighbour_is_refused(&book());
    assert!(tried > 300, "only {tried} neighbours were tried");
}

/// The state before an entry, by its key, and the entry.
fn before(book: &Book, key: &str) -> (State, Entry<'static>) {
    let mut state = Book::default().state;
    for entry in &book.entries {
        if entry.request.key == key {
            return (state, entry.clone());
        }
        apply(&mut state, entry);
    }
    panic!("no entry has the key {key}");
}

fn refused(book: &Book, key: &str, change: impl FnOnce(&mut Entry<'static>)) {
    let (state, right) = before(book, key);
    let mut wrong = right.clone();
    change(&mut wrong);
    let originals = originals(&state, &book.entries, &right.request, right.recorded_at);
    audit(&state, &right, &originals).expect("the entry itself is right");
    assert_ne!(wrong, right);
    assert!(
        audit(&state, &wrong, &originals).is_err(),
        "{key}: {wrong:?}"
    );
}

fn file_of<'e>(entry: &'e mut Entry<'static>) -> &'e mut File {
    let file = entry.facts.iter_mut().find_map(|fact| match fact {
        Fact::Referral { file, .. } => Some(file),
        _ => None,
    });
    file.expect("it tells of a friend")
}

#[test]
fn what_was_told_is_not_left_out() {
    let book = book();
    for key in [
        "code", "bind", "touch", "sale", "return", "freeze", "release", "lost", "won", "close",
        "again",
    ] {
        let (_, entry) = before(&book, key);
        for (place, fact) in entry.facts.iter().enumerate() {
            // Whether a touch wins is for the rules to say.
            let is_needed = match fact {
                Fact::Referral { .. } => key != "touch",
                Fact::ReferralCodeIssued { .. } | Fact::Touched { .. } => true,
                _ => false,
            };
            if is_needed {
                refused(&book, key, |entry| drop(entry.facts.remove(place)));
            }
        }
    }
}

#[test]
fn rewards_keep_what_moved() {
    let book = book();
    for (key, rewards) in [
        ("sale", 2),
        ("return", 1),
        ("lost", 2),
        ("won", 2),
        ("again", 2),
    ] {
        for reward in 0..rewards {
            for by in [-1, 1] {
                refused(&book, key, |entry| {
                    file_of(entry).conversions[0].rewards[reward].kept += by;
                });
            }
        }
    }
    refused(&book, "sale", |entry| {
        file_of(entry).conversions[0].rewards[0].points += 1
    });
    refused(&book, "return", |entry| {
        file_of(entry).conversions[0].rewards[1].points += 1
    });
    refused(&book, "return", |entry| {
        file_of(entry).conversions[0].rewards[0].member = 1
    });
    refused(&book, "sale", |entry| {
        file_of(entry).conversions[0].rewards[0].origin += 1
    });
}

#[test]
fn edges_lead_to_whose_code_it_was_and_never_back() {
    let book = book();
    let edge = |entry: &mut Entry<'static>, advocate| {
        let file = file_of(entry);
        file.edge.as_mut().expect("the touch has won").advocate = advocate;
    };
    for advocate in [1, 2, 99] {
        refused(&book, "touch", |entry| edge(entry, advocate));
    }
    refused(&book, "touch", |entry| {
        let again = entry
            .facts
            .iter()
            .find(|fact| matches!(fact, Fact::Referral { .. }));
        let again = again.expect("it tells of the friend").clone();
        entry.facts.push(again);
    });
    refused(&book, "sale", |entry| file_of(entry).is_void = true);
}
