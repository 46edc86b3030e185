//! The state machine against worked examples, without clock and disk.

mod common;

use common::{Book, at, id};
use loyalty_ledger::ledger::entry::Flow;
use loyalty_ledger::ledger::rejection::Code;
use loyalty_ledger::ledger::request::{Accrue, Adjust, Alias, ChangeAlias, Command, Part, Request};
use loyalty_ledger::ledger::state::State;
use loyalty_ledger::ledger::time::Instant;

const BERLIN: &str = "zone = \"Europe/Berlin\"\n";

fn original() -> String {
    format!("{BERLIN}[reversal]\nrestore = \"original\"\n")
}

#[test]
fn earliest_expiry_is_drawn_first() {
    let mut book = Book::with_program(BERLIN);
    book.go("2026-01-10T09:00:00Z")
        .accrue("a", 100, Some("2027-01-31T23:00:00Z"));
    book.go("2026-02-05T09:00:00Z")
        .accrue("b", 150, Some("2027-02-28T23:00:00Z"));
    book.go("2026-03-01T09:00:00Z")
        .accrue("c", 80, Some("2026-04-30T22:00:00Z"));
    book.go("2026-03-10T09:00:00Z");
    let goodwill = Adjust {
        member: id("m"),
        wallet: "points".into(),
        points: 50,
        reason: "goodwill".into(),
        actor: "desk".into(),
        expires_at: None,
        overdraw: false,
    };
    book.run("d", Command::Adjust(goodwill)).expect("right");
    assert_eq!(book.parts(), (0, 380, 0, 0));
    book.go("2026-04-15T09:00:00Z").redeem("r1", 120);
    let drawn: Vec<i64> = book.entries.last().expect("it").effects[0]
        .parts(Flow::Redeemed)
        .map(|l| l.amount)
        .collect();
    assert_eq!(drawn, [80, 40]);
    assert_eq!(book.parts().1, 260);
    book.go("2026-05-01T00:00:00Z");
    assert_eq!(book.parts().1, 260);
    book.go("2026-05-02T09:00:00Z").redeem("r2", 40);
    assert_eq!(book.parts().1, 220);
    book.go("2027-01-31T23:00:00Z");
    assert_eq!(book.parts().1, 200);
    book.go("2027-02-28T23:00:00Z");
    assert_eq!(book.parts().1, 50);
    let refused = book.redeem("r3", 60);
    assert_eq!(
        (refused.code, refused.balance.available),
        (Code::InsufficientPoints, 50)
    );
    assert_eq!(book.redeem("r4", 50).balance.available, 0);
    assert!(book.redeem("r3", 60).replayed);
}

/// Y 30, purchase of 80.00 making X 80, redeem 100, full refund: debt 70.
fn refund_after_spending() -> (Book, u64) {
    let mut book = Book::with_program(&original());
    book.go("2026-05-01T09:00:00Z")
        .accrue("y", 30, Some("2026-08-31T22:00:00Z"));
    let sale = book
        .go("2026-05-02T09:00:00Z")
        .purchase("x", 8_000)
        .sequence;
    let spent = book.go("2026-05-20T09:00:00Z").redeem("r", 100).sequence;
    book.go("2026-05-25T09:00:00Z")
        .reverse("refund", sale, Part::Rest);
    assert_eq!(book.parts(), (0, 0, 0, 70));
    (book, spent)
}

#[test]
fn a_refund_of_spent_points_is_debt_and_later_points_pay_it() {
    let (mut book, _) = refund_after_spending();
    book.go("2026-06-01T09:00:00Z").accrue("p", 50, None);
    assert_eq!(book.parts(), (0, 0, 0, 20));
    book.go("2026-06-05T09:00:00Z").accrue("q", 60, None);
    assert_eq!(book.parts(), (0, 40, 0, 0));
}

#[test]
fn a_reversed_redemption_pays_debt_first() {
    let (mut book, spent) = refund_after_spending();
    book.reverse("undo", spent, Part::Rest);
    assert_eq!(book.parts(), (0, 30, 0, 0));
    let again = book.reverse("undo again", spent, Part::Rest);
    assert_eq!(again.code, Code::AlreadyReversed);
    let more = book.reverse("undo more", spent, Part::Points(1));
    assert_eq!(more.code, Code::ReversalExceedsOriginal);
}

#[test]
fn expired_points_count_as_taken_back() {
    let mut book = Book::with_program(BERLIN);
    let sale = book
        .go("2026-01-02T09:00:00Z")
        .accrue("x", 80, Some("2026-02-28T23:00:00Z"))
        .sequence;
    book.accrue("z", 50, Some("2027-01-01T00:00:00Z"));
    book.go("2026-03-05T09:00:00Z")
        .reverse("refund", sale, Part::Points(30));
    book.reverse("refund the rest", sale, Part::Rest);
    assert_eq!(book.parts(), (0, 50, 0, 0));
    assert_eq!(
        book.entries.last().expect("it").figures.reversed_expired,
        80
    );
}

#[test]
fn what_a_hold_keeps_becomes_debt() {
    for capture in [false, true] {
        let mut book = Book::with_program(BERLIN);
        let sale = book.purchase("x", 8_000).sequence;
        let hold = book.authorize("h", 60, 30).sequence;
        book.reverse("refund", sale, Part::Rest);
        assert_eq!(book.parts(), (0, 0, 60, 60));
        if capture {
            book.capture("c", hold, 60);
            assert_eq!(book.parts(), (0, 0, 0, 60));
        } else {
            book.void("v", hold);
            assert_eq!(book.parts(), (0, 0, 0, 0));
        }
    }
}

#[test]
fn activating_points_pay_debt_before_they_can_expire() {
    for sweeps in [false, true] {
        let (mut book, _) = refund_after_spending();
        book.go("2026-06-01T09:00:00Z");
        book.accrue_from(
            "p1",
            50,
            Some("2026-06-10T00:00:00Z"),
            Some("2026-06-20T00:00:00Z"),
        );
        book.accrue_from("p2", 60, Some("2026-06-15T00:00:00Z"), None);
        for (day, parts) in [
            (9, (110, 0, 0, 70)),
            (10, (60, 0, 0, 20)),
            (15, (0, 40, 0, 0)),
            (20, (0, 40, 0, 0)),
        ] {
            book.go(&format!("2026-06-{day:02}T00:00:00Z"));
            if sweeps {
                book.sweep();
            }
            assert_eq!(book.parts(), parts, "on June {day}");
        }
    }
}

fn held_across_an_expiry() -> (Book, u64, u64) {
    let mut book = Book::with_program(BERLIN);
    book.go("2026-05-01T09:00:00Z")
        .accrue("a", 200, Some("2026-05-31T22:00:00Z"));
    book.accrue("b", 300, Some("2026-11-30T23:00:00Z"));
    let first = book
        .go("2026-05-31T21:50:00Z")
        .authorize("h1", 350, 30)
        .sequence;
    assert_eq!(book.parts(), (0, 150, 350, 0));
    book.go("2026-05-31T21:51:00Z");
    assert_eq!(book.authorize("hx", 200, 30).code, Code::InsufficientPoints);
    let second = book.authorize("h2", 150, 60).sequence;
    assert_eq!(book.parts(), (0, 0, 500, 0));
    (book, first, second)
}

#[test]
fn a_hold_protects_its_points_from_expiry() {
    let (mut book, first, second) = held_across_an_expiry();
    book.go("2026-05-31T22:05:00Z").capture("c1", first, 300);
    assert_eq!(book.parts(), (0, 50, 150, 0));
    assert!(book.capture("c1", first, 300).replayed);
    assert_eq!(book.capture("c2", first, 300).code, Code::AlreadyCaptured);
    book.go("2026-05-31T22:10:00Z").void("v", second);
    assert_eq!(book.parts(), (0, 200, 0, 0));
    assert_eq!(book.void("v2", first).code, Code::AlreadyCaptured);
    assert_eq!(book.capture("c3", second, 1).code, Code::AlreadyVoided);
}

#[test]
fn a_lapsed_hold_gives_back_what_has_not_expired() {
    let (mut book, first, _) = held_across_an_expiry();
    book.go("2026-05-31T22:20:00Z");
    assert_eq!(book.parts(), (0, 150, 150, 0));
    book.go("2026-05-31T22:21:00Z");
    assert_eq!(
        book.capture("late", first, 300).code,
        Code::AuthorizationExpired
    );
    let voided = book.void("late void", first);
    assert_eq!((voided.code, voided.awarded), (Code::Applied, 0));
    assert_eq!(
        book.capture("later", first, 300).code,
        Code::AuthorizationExpired
    );
    assert_eq!(book.parts(), (0, 150, 150, 0));
}

#[test]
fn points_back_to_an_expired_lot_get_grace_or_go() {
    for (program, expected) in [
        (original(), (0, 0, 0, 0)),
        (BERLIN.to_owned(), (0, 100, 0, 0)),
    ] {
        let mut book = Book::with_program(&program);
        book.go("2026-06-01T09:00:00Z")
            .accrue("a", 100, Some("2026-06-30T22:00:00Z"));
        let spent = book.go("2026-06-10T09:00:00Z").redeem("r", 100).sequence;
        let back = book
            .go("2026-07-20T09:00:00Z")
            .reverse("undo", spent, Part::Rest);
        assert_eq!(book.parts(), expected);
        if expected.1 > 0 {
            assert_eq!(back.next_expiry, at("2026-08-19T22:00:00Z"));
        }
    }
}

#[test]
fn returns_of_a_purchase_depend_only_on_their_sum() {
    for parts in [
        vec![1_000, 1_500, 1_490],
        vec![1_490, 1_000, 1_500],
        vec![3_990],
    ] {
        let mut book = Book::with_program(BERLIN);
        let sale = book.purchase("x", 3_990).sequence;
        for (number, cents) in parts.into_iter().enumerate() {
            let part = Part::Money(loyalty_ledger::ledger::request::Money {
                minor_units: cents,
                currency: *b"EUR",
            });
            assert_eq!(
                book.reverse(&format!("return {number}"), sale, part).code,
                Code::Applied
            );
        }
        assert_eq!(book.parts(), (0, 0, 0, 0));
    }
}

#[test]
fn undoing_what_was_refused_is_applied_and_does_nothing() {
    let mut book = Book::with_program(BERLIN);
    book.accrue("a", 40, None);
    let hold = book.authorize("h", 60, 30);
    let spent = book.redeem("r", 60);
    for refused in [&hold, &spent] {
        assert_eq!(refused.code, Code::InsufficientPoints);
    }
    let undone = [
        book.void("v", hold.sequence),
        book.void("v again", hold.sequence),
        book.reverse("undo", spent.sequence, Part::Rest),
    ];
    for answer in undone {
        assert_eq!((answer.code, answer.awarded), (Code::Applied, 0));
        assert_eq!(answer.balance.available, 40);
        assert!([hold.sequence, spent.sequence].contains(&answer.original));
    }
}

fn card() -> Alias<'static> {
    Alias {
        kind: "card".into(),
        hash: [3; 16],
        last_digits: 1,
    }
}

/// "a" holds the card on May 1, "b" from May 3 on, nobody in between.
fn card_with_two_holders() -> Book {
    let mut book = Book::with_program(BERLIN);
    for (day, member, adds) in [(1, "a", true), (2, "a", false), (3, "b", true)] {
        book.go(&format!("2026-05-{day:02}T00:00:00Z"));
        if adds {
            book.enroll(member);
        }
        let change = ChangeAlias {
            member: id(member),
            alias: card(),
        };
        let command = if adds {
            Command::AddAlias(change)
        } else {
            Command::RemoveAlias(change)
        };
        book.run(&format!("alias on {day}"), command)
            .expect("the card is free or held");
    }
    book
}

#[test]
fn a_late_sale_finds_who_held_the_card_then() {
    let book = card_with_two_holders();
    let indexed_anew = State::around(book.state.objects.clone(), [9; 16]);
    for state in [&book.state, &indexed_anew] {
        let holder = |text| {
            let member = state.find_alias_at(&card(), at(text));
            member.map(|member| state.objects.member_id(member).to_owned())
        };
        let holder = |text| holder(text).unwrap_or_default();
        assert_eq!(holder("2026-05-01T00:00:00Z"), "a");
        assert_eq!(holder("2026-05-01T23:59:59.999999Z"), "a");
        assert_eq!(holder("2026-05-02T00:00:00Z"), "");
        assert_eq!(holder("2026-05-02T23:59:59.999999Z"), "");
        assert_eq!(holder("2026-05-03T00:00:00Z"), "b");
        assert_eq!(holder("2027-05-03T00:00:00Z"), "b");
        // Before anybody had it: its first holder.
        assert_eq!(holder("2026-04-30T00:00:00Z"), "a");
    }
}

#[test]
fn a_purchase_of_nothing_is_reversed_once() {
    let mut book = Book::with_program(BERLIN);
    let sale = book.purchase("x", 0).sequence;
    assert_eq!(book.reverse("one", sale, Part::Rest).code, Code::Applied);
    let again = book.reverse("two", sale, Part::Rest);
    assert_eq!(again.code, Code::AlreadyReversed);
}

#[test]
fn points_given_by_hand_pay_debt_at_once_also_if_the_callers_clock_runs_ahead() {
    let (mut book, _) = refund_after_spending();
    let request = Request {
        caller: "".into(),
        key: "ahead".into(),
        occurred_at: Some(at("2026-05-25T09:10:00Z")),
        command: Command::Adjust(Adjust {
            member: id("m"),
            wallet: "points".into(),
            points: 90,
            reason: "goodwill".into(),
            actor: "desk".into(),
            expires_at: None,
            overdraw: false,
        }),
        details: None,
    };
    book.run_request(request).expect("right");
    assert_eq!(book.parts(), (0, 20, 0, 0));
}

#[test]
fn a_sweep_leaves_no_chunk_due_whose_wallets_are_settled() {
    let mut book = Book::with_program(BERLIN);
    book.go("2026-01-10T09:00:00Z")
        .accrue("a", 100, Some("2026-02-01T00:00:00Z"));
    book.go("2026-02-02T09:00:00Z").accrue("settles", 1, None);
    book.sweep();
    assert_eq!(book.state.objects.chunks[0].due, Instant::NEVER);
}

#[test]
fn a_wallet_takes_65_536_lots_and_not_one_more() {
    let mut book = Book::with_program(BERLIN);
    let first = book.now.0 + 1_000_000_000;
    for number in 0..65_536_i64 {
        let entry = accrual(1, Some(Instant(first + number)));
        assert_eq!(
            book.run(&format!("lot {number}"), entry)
                .expect("right")
                .code,
            Code::Applied
        );
    }
    let more = book.run("one more", accrual(1, None)).expect("right");
    assert_eq!(more.code, Code::TooManyLots);
    assert_eq!(book.redeem("some", 65_000).code, Code::Applied);
    assert_eq!(book.accrue("again", 1, None).code, Code::Applied);
    assert_eq!(book.parts(), (0, 537, 0, 0));
}

#[test]
fn a_wallet_holds_2_to_the_62_points_and_not_one_more() {
    let mut book = Book::with_program(BERLIN);
    for number in 0..512 {
        let entry = accrual(1 << 53, None);
        assert_eq!(
            book.run(&format!("lot {number}"), entry)
                .expect("right")
                .code,
            Code::Applied
        );
    }
    assert_eq!(book.parts(), (0, 1 << 62, 0, 0));
    let more = book.run("one more", accrual(1, None)).expect("right");
    assert_eq!(
        (more.code, more.balance.available),
        (Code::BalanceLimit, 1 << 62)
    );
    let shape = book
        .run("too large", accrual((1 << 53) + 1, None))
        .expect_err("too large");
    assert_eq!(shape.code, Code::PointsTooLarge);
}

fn accrual(points: i64, expires_at: Option<Instant>) -> Command<'static> {
    Command::Accrue(Accrue {
        member: id("m"),
        wallet: "points".into(),
        points,
        activates_at: None,
        expires_at,
        funder: None,
        price: None,
        enroll: false,
        joining: None,
    })
}
