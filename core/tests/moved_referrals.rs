//! Referrals that a person gives to another advocate: who is paid then, what may not be, and what the audit asks.

mod common;
mod neighbours;

use common::{Book, id, originals};
use loyalty_ledger::ledger::apply::apply;
use loyalty_ledger::ledger::audit::audit;
use loyalty_ledger::ledger::digest::digest;
use loyalty_ledger::ledger::entry::{Entry, Fact};
use loyalty_ledger::ledger::referral::commands::ReviewDecision;
use loyalty_ledger::ledger::referral::coupon::Coupon;
use loyalty_ledger::ledger::referral::file::File;
use loyalty_ledger::ledger::rejection::Code;
use loyalty_ledger::ledger::request::*;
use loyalty_ledger::ledger::state::State;
use neighbours::every_neighbour_is_refused;

const PROGRAM: &str = r#"
[earning]
points = 0
[referral.friends]
graph = "any"
depth = 1
steps = [{ step = "every_purchase", minimum = 1_000 }]
rewards = [
    { role = "advocate", percent_bp = 500 },
    { role = "friend", points = 250 },
    { role = "upline", percent_bp = 100 },
]
"#;

fn issue(member: &str, code: &str) -> Command<'static> {
    Command::IssueCode(Box::new(IssueCode {
        program: "friends".into(),
        member: id(member),
        code: Some(code.to_owned().into()),
        single_use: code == "MARIA",
        expires_at: None,
    }))
}

fn bind(friend: &str, code: &str) -> Command<'static> {
    let code = Some(code.to_owned().into());
    Command::BindReferral(Box::new(BindReferral {
        friend: id(friend),
        naming: Naming::of("friends".into(), code, None, Vec::new()),
    }))
}

fn buy(cents: i64) -> Command<'static> {
    Command::Purchase(Purchase {
        member: id("f"),
        amount: Money {
            minor_units: cents,
            currency: *b"EUR",
        },
        enroll: false,
        basket: None,
    })
}

fn back(sale: &str, part: Part) -> Command<'static> {
    Command::Reverse(Reverse {
        original: Reference::Key(sale.to_owned().into()),
        part,
        member: None,
        shortfall: None,
        restore: None,
        dispute: None,
    })
}

fn review(
    decision: ReviewDecision,
    to: Option<&str>,
    approved_by: &str,
) -> ReviewReferral<'static> {
    ReviewReferral {
        program: "friends".into(),
        friend: id("f"),
        decision,
        to: to.map(id),
        reason: "mistyped".into(),
        actor: "desk-1".into(),
        approved_by: approved_by.to_owned().into(),
    }
}

fn reviewed(decision: ReviewDecision) -> Command<'static> {
    Command::ReviewReferral(Box::new(review(decision, None, "")))
}

fn moved(to: &str) -> Command<'static> {
    let review = review(ReviewDecision::Move, Some(to), "lead-1");
    Command::ReviewReferral(Box::new(review))
}

const F: u32 = 1;

fn file(book: &Book) -> File {
    let file = book.state.objects.referrals.book(0).file(F);
    file.expect("the friend has a file")
}

/// Role, member, points decided and kept of every reward of a conversion.
fn rewards(book: &Book, conversion: usize) -> Vec<(u8, u32, i64, i64)> {
    let file = file(book);
    let rewards = file.conversions[conversion].rewards.iter();
    let told = rewards.map(|one| (one.role.0, one.member, one.points, one.kept));
    told.collect()
}

/// `f` (1) is brought by `m` (0), has bought three times and given back a part and a whole; `n` (2) is brought by `u`
/// (3), `x` (4) by `n`, `k` (5) by `f`.
fn book() -> Book {
    let mut book = Book::with_program(PROGRAM);
    for friend in ["f", "n", "u", "x", "k"] {
        book.enroll(friend);
    }
    book.go("2026-03-01T09:00:00Z");
    let part = Part::Money(Money {
        minor_units: 2_000,
        currency: *b"EUR",
    });
    for (key, command) in [
        ("code/m", issue("m", "MARIA")),
        ("code/u", issue("u", "UWE")),
        ("code/n", issue("n", "NINA")),
        ("code/f", issue("f", "FINN")),
        ("bind/f", bind("f", "MARIA")),
        ("bind/n", bind("n", "UWE")),
        ("bind/x", bind("x", "NINA")),
        ("bind/k", bind("k", "FINN")),
        ("sale/1", buy(12_000)),
        ("sale/2", buy(6_000)),
        ("sale/3", buy(4_000)),
        ("return/1", back("sale/1", part)),
        ("return/2", back("sale/2", Part::Rest)),
    ] {
        let told = book.run(key, command).expect(key);
        assert_eq!(told.code, Code::Applied, "{key}");
    }
    book
}

#[test]
fn whom_it_is_moved_to_is_paid_and_the_friend_keeps_what_it_has() {
    let mut book = book();
    assert_eq!(rewards(&book, 0), [(1, 0, 600, 500), (0, F, 250, 250)]);
    let friends = file(&book).conversions[0].rewards[1].clone();
    let reversed = rewards(&book, 1);
    book.go("2026-03-02T09:00:00Z");
    let told = book.run("move", moved("n")).expect("it is asked right");
    assert_eq!(told.code, Code::Applied);
    let file = file(&book);
    let edge = file.edge.as_ref().expect("it is bound");
    assert_eq!(
        (edge.advocate, &*edge.code, file.is_moved),
        (2, "MARIA", true)
    );
    assert_eq!(file.conversions[0].rewards[1], friends);
    let whole = [(1, 2, 600, 500), (0, F, 250, 250), (2, 3, 120, 100)];
    assert_eq!(rewards(&book, 0), whole);
    assert_eq!(rewards(&book, 1), reversed);
    assert_eq!(
        rewards(&book, 2),
        [(1, 2, 200, 200), (0, F, 250, 250), (2, 3, 40, 40)]
    );
    let known = book.state.objects.referrals.book(0);
    assert_eq!([0, 2].map(|advocate| known.given(advocate)), [0, 2]);
    assert_eq!(known.spent(), 500 + 250 + 100 + 200 + 250 + 40);
    let coupon = known.code("MARIA").and_then(|code| code.coupon);
    assert_eq!(coupon, Some(Coupon::Bound(F)));
    assert!(known.friends(2).eq([F, 4]) && !known.has_friends(0));
}

#[test]
fn a_moved_edge_is_bound_in_everything_and_may_be_moved_again() {
    let mut book = book();
    book.go("2026-03-01T10:00:00Z");
    for (key, command, code) in [
        ("move/1", moved("n"), Code::Applied),
        ("again", bind("f", "UWE"), Code::AlreadyReferred),
        ("sale/4", buy(2_000), Code::Applied),
        ("freeze", reviewed(ReviewDecision::Freeze), Code::Applied),
        ("move/2", moved("m"), Code::Applied),
    ] {
        assert_eq!(book.run(key, command).expect(key).code, code, "{key}");
    }
    assert_eq!(rewards(&book, 3), [(1, 0, 100, 100), (0, F, 250, 250)]);
    let of_all = |book: &Book| {
        let file = file(book);
        let all = file.rewards().map(|(_, one)| one.clone());
        all.filter(|one| one.ended.is_none()).collect::<Vec<_>>()
    };
    let never = loyalty_ledger::ledger::time::Instant::NEVER;
    assert!(of_all(&book).iter().all(|one| one.frozen_until != never));
    for (key, command) in [
        ("release", reviewed(ReviewDecision::Release)),
        ("deny", reviewed(ReviewDecision::Deny)),
    ] {
        assert_eq!(book.run(key, command).expect(key).code, Code::Applied);
    }
    assert!(file(&book).is_void && of_all(&book).is_empty());
    let told = book.run("move/3", moved("n")).expect("it is remembered");
    assert_eq!(told.code, Code::NoAttribution);
    let mut anew = State::new([7; 16]);
    for entry in &book.entries {
        let past = originals(&anew, &book.entries, &entry.request, entry.recorded_at);
        audit(&anew, entry, &past).expect("it was right");
        apply(&mut anew, entry);
    }
    assert_eq!(digest(&anew), digest(&book.state));
}

#[test]
fn each_refusal_of_a_move_has_one_reason() {
    let mut book = book();
    for member in ["blocked", "left"] {
        book.enroll(member);
    }
    let manage = |member| ManageMember {
        member: id(member),
        reason: "asked".into(),
        actor: "desk-1".into(),
    };
    book.run("block", Command::Block(manage("blocked")))
        .expect("right");
    book.run("close", Command::CloseMember(manage("left")))
        .expect("right");
    for (to, code) in [
        ("left", Code::MemberClosed),
        ("blocked", Code::Blocked),
        ("f", Code::SelfReferral),
        ("m", Code::AlreadyReferred),
        ("k", Code::Cycle),
        ("x", Code::Depth),
    ] {
        let told = book.run(&format!("move/{to}"), moved(to));
        assert_eq!(told.expect("it is remembered").code, code, "{to}");
    }
    let unbound = ReviewReferral {
        friend: id("u"),
        ..review(ReviewDecision::Move, Some("nobody"), "lead-1")
    };
    let told = book.run("unbound", Command::ReviewReferral(Box::new(unbound)));
    assert_eq!(told.expect("it is remembered").code, Code::NoAttribution);
    for (decision, to, approved_by, code) in [
        (
            ReviewDecision::Move,
            Some("nobody"),
            "lead-1",
            Code::MemberNotFound,
        ),
        (ReviewDecision::Move, None, "lead-1", Code::FieldInvalid),
        (ReviewDecision::Deny, Some("n"), "", Code::FieldInvalid),
        (ReviewDecision::Freeze, None, "lead-1", Code::FieldInvalid),
        (ReviewDecision::Move, Some("n"), "", Code::ApproverMissing),
        (ReviewDecision::Move, Some("n"), "  ", Code::ApproverMissing),
        (
            ReviewDecision::Move,
            Some("n"),
            " Desk-1 ",
            Code::ApproverMissing,
        ),
        (ReviewDecision::Move, Some("n@"), "lead-1", Code::InvalidId),
    ] {
        let asked = Command::ReviewReferral(Box::new(review(decision, to, approved_by)));
        let told = book.run("wrong", asked).expect_err("it is not remembered");
        assert_eq!(told.code, code, "{decision:?} {to:?} {approved_by:?}");
    }
}

#[test]
fn who_has_friends_may_be_moved_where_all_are_leaves_but_not_below_itself() {
    let mut book = Book::with_program(
        &PROGRAM
            .replace("\"any\"", "\"leaf_only\"")
            .replace("    { role = \"upline\", percent_bp = 100 },\n", ""),
    );
    for friend in ["f", "n", "k"] {
        book.enroll(friend);
    }
    for (key, command) in [
        ("code/m", issue("m", "MAX")),
        ("code/f", issue("f", "FINN")),
        ("bind/f", bind("f", "MAX")),
        ("bind/k", bind("k", "FINN")),
    ] {
        assert_eq!(book.run(key, command).expect(key).code, Code::Applied);
    }
    let told = book.run("below", moved("k")).expect("it is remembered");
    assert_eq!(told.code, Code::HasReferrals);
    let told = book.run("beside", moved("n")).expect("it is asked right");
    assert_eq!(told.code, Code::Applied);
}

fn refused(key: &str, change: impl FnOnce(&mut Entry<'static>)) {
    let mut book = book();
    book.run("move", moved("n")).expect("it is asked right");
    book.run("later", buy(2_000)).expect("it is asked right");
    let mut state = Book::default().state;
    for entry in &book.entries {
        if entry.request.key == key {
            let past = originals(&state, &book.entries, &entry.request, entry.recorded_at);
            let mut wrong = entry.clone();
            change(&mut wrong);
            assert_ne!(wrong, *entry);
            audit(&state, entry, &past).expect("the entry itself is right");
            assert!(audit(&state, &wrong, &past).is_err(), "{key}: {wrong:?}");
            return;
        }
        apply(&mut state, entry);
    }
    panic!("no entry has the key {key}");
}

fn file_of<'e>(entry: &'e mut Entry<'static>) -> &'e mut File {
    let file = entry.facts.iter_mut().find_map(|fact| match fact {
        Fact::Referral { file, .. } => Some(file),
        _ => None,
    });
    file.expect("it tells of a friend")
}

#[test]
fn an_edge_is_moved_only_by_a_move_and_to_whom_it_names() {
    let edge = |entry: &mut Entry<'static>, advocate| {
        let edge = file_of(entry).edge.as_mut();
        edge.expect("it is bound").advocate = advocate;
    };
    for advocate in [0, 1, 3, 5, 99] {
        refused("move", |entry| edge(entry, advocate));
        refused("later", |entry| edge(entry, advocate));
    }
    refused("move", |entry| file_of(entry).is_moved = false);
    refused("later", |entry| file_of(entry).is_moved = false);
    refused("sale/3", |entry| file_of(entry).is_moved = true);
    refused("move", |entry| file_of(entry).is_void = true);
    refused("later", |entry| file_of(entry).edge = None);
    refused("move", |entry| entry.facts.clear());
    refused("move", |entry| {
        let edge = file_of(entry).edge.as_mut();
        edge.expect("it is bound").code = "UWE".into();
    });
    for by in [-1, 1] {
        for reward in 0..3 {
            refused("move", |entry| {
                file_of(entry).conversions[0].rewards[reward].kept += by;
            });
        }
    }
}

#[test]
fn numbers_off_by_one_are_refused_where_edges_are_moved() {
    let mut book = book();
    book.run("move", moved("n")).expect("it is asked right");
    let tried = every_neighbour_is_refused(&book);
    assert!(tried > 300, "only {tried} neighbours were tried");
}
