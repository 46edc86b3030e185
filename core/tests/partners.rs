//! Links of partners and one-time codes: what an entry says of them follows from the state, or the audit refuses it.

mod common;
mod neighbours;

use common::{Book, id, originals};
use loyalty_ledger::ledger::audit::audit;
use loyalty_ledger::ledger::entry::{Entry, Fact};
use loyalty_ledger::ledger::link::{LinkScope, LinkScopes};
use loyalty_ledger::ledger::rejection::Code;
use loyalty_ledger::ledger::request::*;
use loyalty_ledger::ledger::state::State;
use neighbours::every_neighbour_is_refused;

const PROGRAM: &str = "zone = \"Europe/Berlin\"\n[partners]\nverify_above = 300\n";

fn alias(kind: &str, hash: u8) -> Alias<'static> {
    Alias {
        kind: kind.to_owned().into(),
        hash: [hash; 16],
        last_digits: 0,
    }
}

fn code(hash: u8) -> MemberName<'static> {
    MemberName::Alias(alias("one_time", hash))
}

fn own() -> MemberName<'static> {
    MemberName::Alias(alias("partner:airline", 1))
}

fn issue(hash: u8, points: Option<i64>) -> Command<'static> {
    Command::IssueOneTimeCode(IssueOneTimeCode {
        member: id("m"),
        alias: alias("one_time", hash),
        partner: "airline".into(),
        points,
        ttl_micros: None,
    })
}

fn link(member: MemberName<'static>, hash: u8, daily_points: i64) -> Command<'static> {
    Command::LinkMember(Box::new(LinkMember {
        member,
        partner: "airline".into(),
        alias: alias("partner:airline", hash),
        scopes: LinkScopes::NONE.with(LinkScope::Redeem),
        daily_points: Some(daily_points),
        consent: "consent/1".into(),
        starts_at: None,
        ends_at: None,
    }))
}

fn redeem(member: MemberName<'static>, points: i64) -> Command<'static> {
    Command::Redeem(Redeem {
        member,
        wallet: "points".into(),
        points,
    })
}

fn of_airline(key: &str, command: Command<'static>) -> Request<'static> {
    let source = Source {
        partner: "airline".into(),
        ..Source::default()
    };
    Request {
        caller: "".into(),
        key: key.to_owned().into(),
        occurred_at: None,
        details: Details::boxed(None, source),
        command,
    }
}

/// A link made by a code, made anew, used and ended; points taken by code and by alias, and too many of them.
fn linked_book() -> Book {
    let mut book = Book::with_program(PROGRAM);
    book.go("2026-05-01T09:00:00Z").accrue("a", 2_000, None);
    let code_of = |answer: Result<_, _>| {
        let answer: loyalty_ledger::ledger::answer::Answer = answer.expect("it is decided");
        answer.code
    };
    assert_eq!(code_of(book.run("code/1", issue(11, None))), Code::Applied);
    let by_code = of_airline("link", link(code(11), 1, 1_000));
    assert_eq!(code_of(book.run_request(by_code)), Code::Applied);
    for (key, points, expected) in [
        ("r/1", 200, Code::Applied),
        ("r/2", 301, Code::VerificationRequired),
        ("r/3", 300, Code::Applied),
    ] {
        let asked = of_airline(key, redeem(own(), points));
        assert_eq!(code_of(book.run_request(asked)), expected, "{key}");
    }
    book.run("code/2", issue(12, Some(500))).expect("it is new");
    let more = of_airline("r/4", redeem(code(12), 501));
    assert_eq!(code_of(book.run_request(more)), Code::LimitExceeded);
    let most = of_airline("r/5", redeem(code(12), 500));
    assert_eq!(code_of(book.run_request(most)), Code::Applied);
    let over = of_airline("r/6", redeem(own(), 1));
    assert_eq!(code_of(book.run_request(over)), Code::LimitExceeded);
    book.run("again", link(id("m"), 2, 5_000))
        .expect("it is right");
    let unlink = UnlinkMember {
        member: id("m"),
        partner: "airline".into(),
        reason: "asked to".into(),
    };
    book.run("unlink", Command::UnlinkMember(unlink))
        .expect("it is there");
    book
}

#[test]
fn numbers_off_by_one_are_refused_where_partners_act() {
    let tried = every_neighbour_is_refused(&linked_book());
    assert!(tried > 300, "only {tried} neighbours were tried");
}

/// The state before an entry, by its key, and the entry.
fn before(book: &Book, key: &str) -> (State, Entry<'static>) {
    let mut state = Book::default().state;
    for entry in &book.entries {
        if entry.request.key == key {
            return (state, entry.clone());
        }
        loyalty_ledger::ledger::apply::apply(&mut state, entry);
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
    assert!(audit(&state, &wrong, &originals).is_err(), "{wrong:?}");
}

#[test]
fn facts_are_neither_left_out_nor_added() {
    let book = linked_book();
    for key in ["link", "again", "unlink", "code/1", "r/1", "r/5"] {
        let (_, entry) = before(&book, key);
        for place in 0..entry.facts.len() {
            refused(&book, key, |entry| drop(entry.facts.remove(place)));
        }
    }
    let used = || Fact::CodeUsed { hash: [12; 16] };
    refused(&book, "r/6", |entry| entry.facts.push(used()));
    refused(&book, "r/3", |entry| {
        entry.facts.push(Fact::Unlinked {
            member: 0,
            partner: "airline".into(),
        });
    });
}

#[test]
fn a_partner_is_who_it_is_and_a_link_is_its_own() {
    let book = linked_book();
    let speak_for = |entry: &mut Entry<'static>, partner: &'static str| {
        let details = entry.request.details.as_mut().expect("it is of a partner");
        details.source.partner = partner.into();
    };
    refused(&book, "r/1", |entry| speak_for(entry, "hotel"));
    refused(&book, "r/5", |entry| speak_for(entry, "hotel"));
    refused(&book, "r/1", |entry| match &mut entry.facts[0] {
        Fact::LinkUsed { partner, .. } => *partner = "hotel".into(),
        fact => panic!("{fact:?}"),
    });
    // What needed a proof had none.
    refused(&book, "r/2", |entry| {
        let details = entry.request.details.as_mut().expect("it is of a partner");
        details.source.verification = "pin/1".into();
    });
}
