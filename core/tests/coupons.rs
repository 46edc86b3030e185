//! Coupons at the till: reserved, used and given free over several entries, as the audit follows them.

mod common;
mod neighbours;

use common::{Book, at, id, originals};
use loyalty_ledger::ledger::apply::apply;
use loyalty_ledger::ledger::audit::audit;
use loyalty_ledger::ledger::digest::digest;
use loyalty_ledger::ledger::entry::{Entry, Fact};
use loyalty_ledger::ledger::referral::coupon::{Coupon, CouponAction};
use loyalty_ledger::ledger::rejection::Code;
use loyalty_ledger::ledger::request::*;
use loyalty_ledger::ledger::state::State;
use loyalty_ledger::ledger::time::Instant;
use neighbours::every_neighbour_is_refused;

use CouponAction::{Release, Reserve, Use};

const PROGRAM: &str = r#"
[earning]
points = 0
[referral.friends]
steps = [{ step = "first_purchase" }]
rewards = [{ role = "advocate", points = 500 }]
[referral.others]
steps = [{ step = "first_purchase" }]
rewards = [{ role = "advocate", points = 500 }]
"#;

fn issue(code: &str, single_use: bool) -> Command<'static> {
    Command::IssueCode(Box::new(IssueCode {
        program: "friends".into(),
        member: id("m"),
        code: Some(code.to_owned().into()),
        single_use,
        expires_at: (code == "SOON").then(|| at("2026-03-01T12:00:00Z")),
    }))
}

fn change(
    action: CouponAction,
    code: &str,
    member: &str,
    minutes: Option<i64>,
) -> Command<'static> {
    Command::ChangeCoupon(Box::new(ChangeCoupon {
        program: "friends".into(),
        code: code.to_owned().into(),
        member: id(member),
        action,
        ttl_micros: minutes.map(|minutes| minutes * 60_000_000),
    }))
}

fn bind(friend: &str, code: &str) -> Command<'static> {
    let code = Some(code.to_owned().into());
    Command::BindReferral(Box::new(BindReferral {
        friend: id(friend),
        naming: Naming::of("friends".into(), code, None, Vec::new()),
    }))
}

fn manage(member: &str) -> ManageMember<'static> {
    ManageMember {
        member: id(member),
        reason: "asked".into(),
        actor: "desk-1".into(),
    }
}

fn coupon(book: &Book, code: &str) -> Option<Coupon<u32>> {
    let book = book.state.objects.referrals.book(0);
    book.code(code).and_then(|code| code.coupon)
}

fn reserved(friend: u32, ends_at: Instant) -> Option<Coupon<u32>> {
    Some(Coupon::Reserved { friend, ends_at })
}

const F: u32 = 1;
const G: u32 = 2;

/// Two friends and what they do with one coupon.
fn book() -> Book {
    let mut book = Book::with_program(PROGRAM);
    for friend in ["f", "g"] {
        book.enroll(friend);
    }
    book.go("2026-03-01T09:00:00Z");
    book.run("once", issue("ONCE", true)).expect("it is new");
    let ends = |minute: &str| at(&format!("2026-03-01T{minute}:00Z"));
    let never = Instant::NEVER;
    let applied = Code::Applied;
    for (minute, command, code, after) in [
        (
            "09:00",
            change(Reserve, "ONCE", "f", Some(60)),
            applied,
            reserved(F, ends("10:00")),
        ),
        (
            "09:10",
            change(Reserve, "ONCE", "g", None),
            Code::CodeUsed,
            reserved(F, ends("10:00")),
        ),
        (
            "09:11",
            change(Use, "ONCE", "g", None),
            Code::CodeUsed,
            reserved(F, ends("10:00")),
        ),
        (
            "09:12",
            change(Release, "ONCE", "g", None),
            Code::CodeUsed,
            reserved(F, ends("10:00")),
        ),
        (
            "09:13",
            bind("g", "ONCE"),
            Code::CodeUsed,
            reserved(F, ends("10:00")),
        ),
        (
            "09:30",
            change(Reserve, "ONCE", "f", Some(10)),
            applied,
            reserved(F, ends("09:40")),
        ),
        (
            "09:40",
            change(Reserve, "ONCE", "g", None),
            applied,
            reserved(G, never),
        ),
        (
            "09:41",
            change(Use, "ONCE", "g", None),
            applied,
            Some(Coupon::Used(G)),
        ),
        (
            "09:42",
            change(Use, "ONCE", "g", None),
            Code::CodeUsed,
            Some(Coupon::Used(G)),
        ),
        (
            "09:43",
            change(Reserve, "ONCE", "g", None),
            Code::CodeUsed,
            Some(Coupon::Used(G)),
        ),
        (
            "09:44",
            change(Release, "ONCE", "f", None),
            Code::CodeUsed,
            Some(Coupon::Used(G)),
        ),
        (
            "09:45",
            change(Release, "ONCE", "g", None),
            applied,
            Some(Coupon::Open),
        ),
        (
            "09:46",
            change(Release, "ONCE", "f", None),
            applied,
            Some(Coupon::Open),
        ),
        (
            "09:47",
            change(Reserve, "ONCE", "f", None),
            applied,
            reserved(F, never),
        ),
        ("09:48", bind("f", "ONCE"), applied, Some(Coupon::Bound(F))),
        (
            "09:49",
            change(Use, "ONCE", "f", None),
            Code::CodeUsed,
            Some(Coupon::Bound(F)),
        ),
        (
            "09:50",
            change(Release, "ONCE", "f", None),
            Code::CodeUsed,
            Some(Coupon::Bound(F)),
        ),
    ] {
        let told = book
            .go(&format!("2026-03-01T{minute}:00Z"))
            .run(minute, command);
        assert_eq!(told.expect(minute).code, code, "{minute}");
        assert_eq!(coupon(&book, "ONCE"), after, "{minute}");
    }
    book
}

#[test]
fn a_coupon_goes_from_hand_to_hand() {
    let mut book = book();
    let again = change(Reserve, "ONCE", "f", Some(60));
    let told = book.run("09:00", again).expect("it is the same request");
    assert_eq!((told.replayed, told.code), (true, Code::Applied));
    let mut anew = State::new([7; 16]);
    for entry in &book.entries {
        let past = originals(&anew, &book.entries, &entry.request, entry.recorded_at);
        audit(&anew, entry, &past).expect("it was right");
        apply(&mut anew, entry);
    }
    assert_eq!(digest(&anew), digest(&book.state));
}

#[test]
fn what_was_used_at_the_till_may_still_bind_the_friend() {
    let mut book = Book::with_program(PROGRAM);
    book.enroll("f");
    book.run("once", issue("ONCE", true)).expect("it is new");
    book.run("use", change(Use, "ONCE", "f", None))
        .expect("it is open");
    let told = book
        .run("bind", bind("f", "ONCE"))
        .expect("it is asked right");
    assert_eq!(told.code, Code::Applied);
    assert_eq!(coupon(&book, "ONCE"), Some(Coupon::Bound(1)));
}

#[test]
fn each_refusal_has_one_reason() {
    let mut book = Book::with_program(PROGRAM);
    for friend in ["f", "blocked", "left"] {
        book.enroll(friend);
    }
    book.go("2026-03-01T09:00:00Z");
    for (code, single_use) in [
        ("ONCE", true),
        ("SOON", true),
        ("OVER", true),
        ("MANY", false),
    ] {
        book.run(code, issue(code, single_use)).expect("it is new");
    }
    let disable = DisableCode {
        program: "friends".into(),
        code: "OVER".into(),
        reason: "abuse".into(),
        actor: "desk-1".into(),
    };
    let commands = [
        change(Reserve, "OVER", "f", None),
        change(Reserve, "SOON", "f", None),
        change(Reserve, "ONCE", "blocked", None),
        Command::DisableCode(Box::new(disable)),
        Command::Block(manage("blocked")),
        Command::CloseMember(manage("left")),
    ];
    for (place, command) in commands.into_iter().enumerate() {
        book.run(&format!("first/{place}"), command)
            .expect("it is right");
    }
    book.go("2026-03-01T12:00:00Z");
    let cases = [
        (Use, "ONCE", "left", Code::MemberClosed),
        (Release, "ONCE", "left", Code::MemberClosed),
        (Use, "ONCE", "blocked", Code::MemberBlocked),
        (Reserve, "ONCE", "blocked", Code::MemberBlocked),
        (Release, "ONCE", "blocked", Code::Applied),
        (Use, "NONE", "f", Code::UnknownCode),
        (Release, "NONE", "f", Code::UnknownCode),
        (Use, "MANY", "f", Code::UnknownCode),
        (Use, "OVER", "f", Code::CodeDisabled),
        (Reserve, "SOON", "f", Code::CodeExpired),
        (Release, "OVER", "f", Code::Applied),
        (Release, "SOON", "f", Code::Applied),
    ];
    for (place, (action, code, member, expected)) in cases.into_iter().enumerate() {
        let told = book.run(
            &format!("second/{place}"),
            change(action, code, member, None),
        );
        assert_eq!(told.expect("it is remembered").code, expected, "{place}");
    }
    for (command, expected) in [
        (change(Use, "ONCE", "nobody", None), Code::MemberNotFound),
        (change(Use, "ONCE", "f", Some(1)), Code::FieldInvalid),
        (change(Release, "ONCE", "f", Some(1)), Code::FieldInvalid),
        (change(Reserve, "ONCE", "f", Some(0)), Code::InvalidTtl),
        (
            change(Reserve, "ONCE", "f", Some(365 * 1_440 + 1)),
            Code::InvalidTtl,
        ),
        (change(Use, "37C8QM8D8", "f", None), Code::CodeMistyped),
        (change(Use, "ONCE", "f@g", None), Code::InvalidId),
    ] {
        let told = book
            .run("third", command)
            .expect_err("it is not remembered");
        assert_eq!(told.code, expected);
    }
    let longest = change(Reserve, "ONCE", "f", Some(365 * 1_440));
    assert_eq!(
        book.run("third", longest).map(|told| told.code),
        Ok(Code::Applied)
    );
}

#[test]
fn numbers_off_by_one_are_refused_where_coupons_change() {
    let tried = every_neighbour_is_refused(&book());
    assert!(tried > 100, "only {tried} neighbours were tried");
}

fn refused(book: &Book, key: &str, change: impl FnOnce(&mut Entry<'static>)) {
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

#[test]
fn a_coupon_takes_only_the_ways_that_there_are() {
    let book = book();
    let coupon_of = |entry: &mut Entry<'static>, coupon| {
        for fact in &mut entry.facts {
            if let Fact::CouponChanged { coupon: told, .. } = fact {
                *told = coupon;
            }
        }
    };
    let others = [
        Coupon::Open,
        Coupon::Used(F),
        Coupon::Used(0),
        Coupon::Bound(G),
    ];
    for other in others {
        refused(&book, "09:40", |entry| coupon_of(entry, other));
        refused(&book, "09:41", |entry| coupon_of(entry, other));
    }
    refused(&book, "09:41", |entry| entry.facts.clear());
    refused(&book, "09:42", |entry| {
        entry.facts.push(Fact::CouponChanged {
            program: 0,
            code: "ONCE".into(),
            coupon: Coupon::Used(G),
        });
    });
    refused(&book, "09:48", |entry| {
        entry.facts.push(Fact::CouponChanged {
            program: 0,
            code: "ONCE".into(),
            coupon: Coupon::Used(F),
        });
    });
    for key in ["09:41", "09:46"] {
        refused(&book, key, |entry| {
            for fact in &mut entry.facts {
                if let Fact::CouponChanged { program, .. } = fact {
                    *program = 1;
                }
            }
        });
    }
}
