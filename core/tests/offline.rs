//! What tills did while they were offline, told later: overdrafts, floor limits, captures of holds that have lapsed.

mod common;

use common::{Book, at, id};
use loyalty_ledger::ledger::answer::Answer;
use loyalty_ledger::ledger::rejection::Code;
use loyalty_ledger::ledger::request::*;
use loyalty_ledger::ledger::time::Instant;

const DEBT: &str = "zone = \"Europe/Berlin\"\n";
const LIMITED: &str = "zone = \"Europe/Berlin\"\n[offline]\nfloor_limit = 500\n";
const DECLINE: &str = "zone = \"Europe/Berlin\"\n[offline]\noverdraft = \"decline_to_merchant\"\n";

fn offline(book: &mut Book, key: &str, occurred_at: &str, command: Command<'static>) -> Answer {
    let source = Source {
        store: "12".into(),
        offline: true,
        ..Source::default()
    };
    book.run_request(Request {
        caller: "".into(),
        key: key.to_owned().into(),
        occurred_at: Some(at(occurred_at)),
        details: Details::boxed(None, source),
        command,
    })
    .expect("it is told in the right shape")
}

fn redeem(book: &mut Book, key: &str, occurred_at: &str, points: i64) -> Answer {
    let command = Command::Redeem(Redeem {
        member: id("m"),
        wallet: "points".into(),
        points,
    });
    offline(book, key, occurred_at, command)
}

fn capture(book: &mut Book, key: &str, occurred_at: &str, hold: u64, points: i64) -> Answer {
    let command = Command::Capture(Capture {
        authorization: Reference::Sequence(hold),
        points: Some(points),
    });
    offline(book, key, occurred_at, command)
}

fn charged_to_store(book: &Book) -> i128 {
    let account = (Box::from("12"), 0);
    book.state
        .objects
        .stores
        .get(&account)
        .copied()
        .unwrap_or(0)
}

/// A 200 expired when a hold of 350 lapsed, B 300 lives; the hold.
fn lapsed(program: &str) -> (Book, u64) {
    let mut book = Book::with_program(program);
    book.go("2026-05-01T10:00:00Z");
    book.accrue("a", 200, Some("2026-05-31T22:00:00Z"));
    book.accrue("b", 300, Some("2026-11-30T23:00:00Z"));
    book.go("2026-05-31T21:50:00Z");
    let hold = book.authorize("h", 350, 30).sequence;
    book.go("2026-05-31T22:30:00Z");
    assert_eq!(book.parts(), (0, 300, 0, 0));
    (book, hold)
}

#[test]
fn a_capture_takes_what_it_would_have_taken() {
    let (mut book, hold) = lapsed(DEBT);
    let told = capture(&mut book, "c", "2026-05-31T22:10:00Z", hold, 300);
    assert_eq!(
        (told.code, told.awarded, told.overdrawn),
        (Code::Applied, 300, false)
    );
    assert_eq!(book.parts(), (0, 200, 0, 0));
    let again = capture(&mut book, "d", "2026-05-31T22:10:00Z", hold, 300);
    assert_eq!(again.code, Code::AlreadyCaptured);
    book.reverse("r", told.sequence, Part::Rest);
    assert_eq!(
        book.parts(),
        (0, 500, 0, 0),
        "the dead lot's points get a grace lot"
    );
}

#[test]
fn what_was_spent_meanwhile_is_owed_or_left_to_the_store() {
    let (mut book, hold) = lapsed(DEBT);
    book.redeem("m", 300);
    let told = capture(&mut book, "c", "2026-05-31T22:10:00Z", hold, 350);
    assert_eq!((told.awarded, told.overdrawn), (350, true));
    assert_eq!(book.parts(), (0, 0, 0, 150));

    let (mut book, hold) = lapsed(DECLINE);
    book.redeem("m", 300);
    let told = capture(&mut book, "c", "2026-05-31T22:10:00Z", hold, 350);
    assert_eq!((told.awarded, told.charged), (0, 350));
    assert_eq!((book.parts(), charged_to_store(&book)), ((0, 0, 0, 0), 350));
    let late = book.void("v", hold);
    assert_eq!(late.code, Code::AlreadyCaptured);
}

#[test]
fn dead_points_pay_debt_before_they_are_captured() {
    let (mut book, hold) = lapsed(DEBT);
    redeem(&mut book, "m", "2026-05-31T22:20:00Z", 340);
    assert_eq!(book.parts(), (0, 0, 0, 40));
    let told = capture(&mut book, "c", "2026-05-31T22:10:00Z", hold, 200);
    assert_eq!((told.awarded, told.overdrawn), (200, true));
    assert_eq!(book.parts(), (0, 0, 0, 40));
}

#[test]
fn a_capture_outside_its_hold_or_of_nothing_is_as_online() {
    let (mut book, hold) = lapsed(DEBT);
    for (key, occurred) in [("x", "2026-05-31T21:49:59Z"), ("y", "2026-05-31T22:20:00Z")] {
        let told = capture(&mut book, key, occurred, hold, 300);
        assert_eq!(told.code, Code::AuthorizationExpired);
    }
    let nothing = capture(&mut book, "z", "2026-05-31T22:10:00Z", hold, 0);
    assert_eq!((nothing.code, nothing.awarded), (Code::Applied, 0));
    let all = capture(&mut book, "c", "2026-05-31T21:50:00Z", hold, 350);
    assert_eq!((all.code, all.awarded), (Code::Applied, 350));
}

#[test]
fn the_floor_limit_is_per_member_and_local_day() {
    let mut book = Book::with_program(LIMITED);
    book.go("2026-06-01T12:00:00Z");
    book.accrue("a", 100, None);
    // 21:30 UTC is still the first of June in Berlin, 22:30 no longer.
    let charged = [
        ("1", "2026-06-01T10:00:00Z", 300),
        ("2", "2026-06-01T11:00:00Z", 201),
        ("3", "2026-06-01T11:30:00Z", 200),
        ("4", "2026-06-01T11:40:00Z", 1),
        ("5", "2026-05-31T21:30:00Z", 500),
        ("6", "2026-05-31T22:30:00Z", 1),
    ]
    .map(|(key, occurred, points)| redeem(&mut book, key, occurred, points).charged);
    assert_eq!(charged, [0, 201, 0, 1, 0, 1]);
    assert_eq!(
        (book.parts(), charged_to_store(&book)),
        ((0, 0, 0, 900), 203)
    );
}

#[test]
fn a_reversal_credits_the_store() {
    let mut book = Book::with_program(DECLINE);
    book.go("2026-06-01T12:00:00Z");
    book.accrue("a", 10, None);
    let sale = redeem(&mut book, "s", "2026-06-01T11:00:00Z", 100);
    let part = book.reverse("r1", sale.sequence, Part::Points(60));
    assert_eq!(
        (part.awarded, part.charged, charged_to_store(&book)),
        (0, -60, 40)
    );
    let over = book.reverse("r2", sale.sequence, Part::Points(41));
    assert_eq!(over.code, Code::ReversalExceedsOriginal);
    book.reverse("r3", sale.sequence, Part::Rest);
    let again = book.reverse("r4", sale.sequence, Part::Rest);
    assert_eq!(
        (again.code, charged_to_store(&book)),
        (Code::AlreadyReversed, 0)
    );
    assert_eq!(book.parts(), (0, 10, 0, 0));
}

#[test]
fn an_overdraft_comes_back_as_what_paid_it() {
    let mut book = Book::with_program(DEBT);
    book.go("2026-06-01T12:00:00Z");
    book.accrue("a", 100, None);
    let sale = redeem(&mut book, "s", "2026-06-01T11:00:00Z", 140);
    book.accrue("b", 60, None);
    assert_eq!(book.parts(), (0, 20, 0, 0));
    book.reverse("r", sale.sequence, Part::Rest);
    assert_eq!(book.parts(), (0, 160, 0, 0));
}

#[test]
fn points_that_activated_later_go_last() {
    let mut book = Book::with_program(DEBT);
    book.go("2026-06-01T08:00:00Z");
    book.accrue_from(
        "late",
        50,
        Some("2026-06-01T11:30:00Z"),
        Some("2026-07-01T00:00:00Z"),
    );
    book.accrue("early", 50, None);
    book.go("2026-06-01T12:00:00Z");
    redeem(&mut book, "s", "2026-06-01T11:00:00Z", 60);
    let wallet = book.state.objects.member(0).wallet(0).expect("it is there");
    let left: Vec<(u64, i64)> = wallet
        .lots()
        .iter()
        .map(|lot| (lot.origin, lot.amount))
        .collect();
    assert_eq!(left, [(3, 40)]);
}

/// What a named till tells of long ago is refused, whatever it was; the embedding process may look back without limit.
#[test]
fn only_the_embedding_process_tells_of_long_ago() {
    let spends: [fn(u64) -> Command<'static>; 3] = [
        |_| paid_with(10),
        |_| {
            Command::Redeem(Redeem {
                member: id("m"),
                wallet: "points".into(),
                points: 10,
            })
        },
        |hold| {
            Command::Capture(Capture {
                authorization: Reference::Sequence(hold),
                points: Some(10),
            })
        },
    ];
    for (place, command) in spends.into_iter().enumerate() {
        let (mut book, hold) = lapsed(DEBT);
        book.go("2026-09-01T12:00:00Z");
        let mut tell = |caller: &str, key: &str, occurred_at| {
            let request = Request {
                caller: caller.to_owned().into(),
                key: format!("{key}/{place}").into(),
                occurred_at,
                details: Details::boxed(
                    None,
                    Source {
                        store: "12".into(),
                        offline: true,
                        ..Source::default()
                    },
                ),
                command: command(hold),
            };
            book.run_request(request).map(|told| told.code)
        };
        let now = at("2026-09-01T12:00:00Z");
        let long_ago = Some(Instant(now.0 - 60 * 86_400_000_000 - 1));
        assert_eq!(tell("till-7", "old", long_ago), Ok(Code::TooOld));
        let told = tell("", "old", long_ago).expect("it is not too old");
        assert_ne!(told, Code::TooOld);
        let just = Some(Instant(now.0 - 60 * 86_400_000_000));
        assert_ne!(tell("till-7", "just", just), Ok(Code::TooOld));
        let ahead = Some(Instant(now.0 + 15 * 60_000_000 + 1));
        for caller in ["till-7", ""] {
            let refused = tell(caller, "ahead", ahead).expect_err("it has not happened");
            assert_eq!(refused.code, Code::OccurredInFuture);
            assert!(
                refused.message.contains("send it again"),
                "{}",
                refused.message
            );
        }
        let soon = Some(Instant(now.0 + 15 * 60_000_000));
        assert!(tell("till-7", "soon", soon).is_ok());
    }
}

#[test]
fn who_cannot_spend_leaves_the_points_of_a_sale_to_the_store() {
    let mut book = Book::with_program(DEBT);
    book.go("2026-06-01T12:00:00Z");
    book.accrue("a", 100, None);
    let manage = ManageMember {
        member: id("m"),
        reason: "wish".into(),
        actor: "desk".into(),
    };
    book.run("close", Command::CloseMember(manage))
        .expect("right");
    let command = paid_with(50);
    let sold = offline(&mut book, "s", "2026-06-01T11:00:00Z", command);
    assert_eq!(
        (sold.code, sold.awarded, sold.charged, sold.cash),
        (Code::Applied, 0, 50, 3_950)
    );
    assert_eq!((book.parts(), charged_to_store(&book)), ((0, 0, 0, 0), 50));
    let back = book.reverse("r", sold.sequence, Part::Rest);
    assert_eq!(
        (back.awarded, back.charged, charged_to_store(&book)),
        (0, -50, 0)
    );
}

fn paid_with(points: i64) -> Command<'static> {
    Command::Purchase(Purchase {
        member: id("m"),
        amount: Money {
            minor_units: 4_000,
            currency: *b"EUR",
        },
        enroll: false,
        basket: Some(Box::new(Basket {
            spend: Some(Spend::Redeem { points }),
            ..Basket::default()
        })),
    })
}
