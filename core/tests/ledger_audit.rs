//! Any amount, lot number or link of an entry that is off by one is refused by the audit.

mod common;
mod neighbours;

use common::{Book, id, originals};
use loyalty_ledger::ledger::apply::apply;
use loyalty_ledger::ledger::audit::audit;
use loyalty_ledger::ledger::entry::{Entry, Fact, Flow};
use loyalty_ledger::ledger::lot::LotId;
use loyalty_ledger::ledger::request::*;
use loyalty_ledger::ledger::time::Instant;
use neighbours::every_neighbour_is_refused;

/// All verbs on one wallet: terms, pending lots, holds, expiry, debt, grace.
fn eventful_book() -> Book {
    let mut book = Book::with_program("zone = \"Europe/Berlin\"\n");
    book.go("2026-01-02T09:00:00Z")
        .accrue("a", 100, Some("2026-03-01T00:00:00Z"));
    let funded = Accrue {
        member: id("m"),
        wallet: "points".into(),
        points: 70,
        activates_at: Some(Instant(book.now.0 + 86_400_000_000)),
        expires_at: None,
        funder: Some("bakery".into()),
        price: Some(Price {
            micros: 9_000,
            currency: *b"EUR",
        }),
        enroll: false,
        joining: None,
    };
    book.run("funded", Command::Accrue(funded)).expect("right");
    let sale = book.purchase("sale", 8_050).sequence;
    let spent = book
        .go("2026-01-20T09:00:00Z")
        .redeem("spent", 150)
        .sequence;
    let hold = book.authorize("hold", 60, 10).sequence;
    book.capture("capture", hold, 25);
    let lapses = book.authorize("lapses", 30, 10).sequence;
    book.go("2026-01-21T09:00:00Z");
    book.capture("too late", lapses, 30);
    book.reverse("refund", sale, Part::Rest);
    book.go("2026-03-05T09:00:00Z")
        .accrue("pays debt", 20, None);
    book.reverse("undo", spent, Part::Points(90));
    book.sweep();
    let adjust = |points| Adjust {
        member: id("m"),
        wallet: "points".into(),
        points,
        reason: "goodwill".into(),
        actor: "desk".into(),
        expires_at: None,
        overdraw: false,
    };
    book.run("up", Command::Adjust(adjust(12))).expect("right");
    book.run("down", Command::Adjust(adjust(-7)))
        .expect("right");
    book.redeem("too much", 1_000_000);
    book
}

/// What is done by hand: expired points that come back, later ends, forgiven debt, points activated by an event.
fn corrected_book() -> Book {
    let mut book = Book::with_program(
        "zone = \"Europe/Berlin\"\n[currencies.points]\npending = \"on_event\"\nexpiry = { rolling = \"P12M\" }\n",
    );
    book.go("2026-01-02T09:00:00Z");
    let (member, wallet) = (id("m"), Text::from("points"));
    let (reason, actor) = (Text::from("goodwill"), Text::from("desk"));
    let dated = book.accrue_from(
        "a",
        100,
        Some("2026-01-02T09:00:00Z"),
        Some("2026-03-01T00:00:00Z"),
    );
    let waiting = book.purchase("p", 4_050).sequence;
    let hold = book.authorize("h", 30, 10).sequence;
    let extend = |lot, expires_at| ExtendLot {
        member: member.clone(),
        wallet: wallet.clone(),
        lot,
        expires_at,
        reason: reason.clone(),
        actor: actor.clone(),
    };
    let hold = ExtendHold {
        authorization: Reference::Sequence(hold),
        ttl_micros: 3_600_000_000,
    };
    let reinstate = |lot, points| Reinstate {
        member: member.clone(),
        wallet: wallet.clone(),
        lot,
        points,
        expires_at: Some(common::at("2027-01-01T00:00:00Z")),
        reason: reason.clone(),
        actor: actor.clone(),
    };
    let forgive = ForgiveDebt {
        member: member.clone(),
        wallet: wallet.clone(),
        points: Some(13),
        reason: reason.clone(),
        actor: actor.clone(),
    };
    let activate = Activate {
        original: Reference::Sequence(waiting),
        member: None,
    };
    let lot = LotId::earned(dated.sequence);
    book.run("hold", Command::ExtendHold(hold)).expect("right");
    book.go("2026-01-03T09:00:00Z");
    let later = extend(lot, common::at("2026-04-01T00:00:00Z"));
    let extended = book
        .run("lot", Command::ExtendLot(later))
        .expect("right")
        .sequence;
    book.go("2026-04-02T09:00:00Z");
    let lot = LotId::new(extended, 1).moved();
    book.run("again", Command::Reinstate(reinstate(lot, Some(100))))
        .expect("right");
    book.redeem("r", 60);
    book.reverse("back", dated.sequence, Part::Rest);
    book.run("forgive", Command::ForgiveDebt(forgive))
        .expect("right");
    book.run("rest", Command::Reinstate(reinstate(lot, Some(1))))
        .expect("refused");
    book.run("activate", Command::Activate(activate))
        .expect("right");
    book
}

/// Gifts and corrections, reversed in parts and undone; debt, expiry, exit.
fn book_of_two() -> Book {
    let mut book = Book::with_program("[reversal]\ntransfer = \"debt\"\nrestore = \"grace\"\n");
    book.enroll("n");
    book.go("2026-01-02T09:00:00Z")
        .accrue("a", 100, Some("2026-03-01T00:00:00Z"));
    book.accrue("b", 70, None);
    let manage = |member: &'static str| ManageMember {
        member: id(member),
        reason: "wish".into(),
        actor: "desk".into(),
    };
    let transfer = |giver: &'static str, receiver: &'static str, points| {
        Command::Transfer(Transfer {
            giver: id(giver),
            receiver: id(receiver),
            wallet: "points".into(),
            points,
        })
    };
    let adjust = |member: &'static str, points| {
        Command::Adjust(Adjust {
            member: id(member),
            wallet: "points".into(),
            points,
            reason: "fraud".into(),
            actor: "desk".into(),
            expires_at: None,
            overdraw: true,
        })
    };
    let run = |book: &mut Book, key: &str, command: Command<'static>| {
        book.run(key, command).expect("right").sequence
    };
    let gift = run(&mut book, "gift", transfer("m", "n", 150));
    run(&mut book, "onward", transfer("n", "m", 20));
    let minus = run(&mut book, "minus", adjust("n", -40));
    let part = book.reverse("part", gift, Part::Points(60)).sequence;
    book.reverse("again", part, Part::Rest);
    book.go("2026-03-05T09:00:00Z");
    let late = book.reverse("late", gift, Part::Points(95)).sequence;
    book.reverse("late again", late, Part::Rest);
    let back = book.reverse("back", minus, Part::Points(30)).sequence;
    book.reverse("minus again", back, Part::Rest);
    let plus = run(&mut book, "plus", adjust("n", 25));
    // What comes back of `more` is a lot as of `more`, or one of another origin that was drawn on.
    book.sweep();
    let more = run(&mut book, "more", adjust("n", -90));
    let taken = book.reverse("taken", plus, Part::Points(20)).sequence;
    book.reverse("given", taken, Part::Rest);
    book.reverse("phantoms", more, Part::Rest);
    run(&mut book, "block", Command::Block(manage("m")));
    book.reverse("whole", gift, Part::Points(5));
    run(&mut book, "debt", adjust("n", -500));
    run(&mut book, "close", Command::CloseMember(manage("n")));
    let closed = book.reverse("after", plus, Part::Rest).sequence;
    book.reverse("after again", closed, Part::Rest);
    book.reverse("rest", gift, Part::Rest);
    book
}

#[test]
fn corrections_off_by_one_are_refused() {
    let book = corrected_book();
    assert_eq!(book.parts(), (0, 0, 0, 7));
    let tried = every_neighbour_is_refused(&book);
    assert!(tried > 500, "only {tried} neighbours were tried");
}

#[test]
fn numbers_off_by_one_are_refused_between_two() {
    let tried = every_neighbour_is_refused(&book_of_two());
    assert!(tried > 1_000, "only {tried} neighbours were tried");
}

#[test]
fn numbers_off_by_one_are_refused() {
    let tried = every_neighbour_is_refused(&eventful_book());
    assert!(tried > 500, "only {tried} neighbours were tried");
}

/// Points that live while their member is active, tills that were offline, stores that pay.
fn late_book() -> Book {
    let program = "zone = \"Europe/Berlin\"\n[currencies.points]\nexpiry = { sliding = \"P1M\" }\n";
    let limited = format!("{program}[offline]\nfloor_limit = 300\n");
    let mut book = Book::with_program(&limited);
    let request = |key: &str, occurred: Option<&str>, offline: bool, command| Request {
        caller: "".into(),
        key: key.to_owned().into(),
        occurred_at: occurred.map(common::at),
        details: Details::boxed(
            None,
            Source {
                store: "12".into(),
                offline,
                ..Source::default()
            },
        ),
        command,
    };
    let redeem = |points| {
        Command::Redeem(Redeem {
            member: id("m"),
            wallet: "points".into(),
            points,
        })
    };
    book.go("2026-01-02T09:00:00Z").accrue("a", 100, None);
    book.accrue("dated", 40, Some("2026-01-20T00:00:00Z"));
    let hold = book.authorize("hold", 60, 10).sequence;
    book.go("2026-02-05T09:00:00Z").sweep();
    let capture = Command::Capture(Capture {
        authorization: Reference::Sequence(hold),
        points: None,
    });
    let mut tell = |request| book.run_request(request).expect("it is told right");
    tell(request(
        "captured",
        Some("2026-01-02T09:05:00Z"),
        true,
        capture,
    ));
    tell(request(
        "kept",
        Some("2026-02-01T09:00:00Z"),
        false,
        redeem(10),
    ));
    tell(request(
        "owed",
        Some("2026-02-05T08:00:00Z"),
        true,
        redeem(200),
    ));
    let left = tell(request(
        "left",
        Some("2026-02-05T08:10:00Z"),
        true,
        redeem(150),
    ));
    assert_eq!(left.charged, 150);
    book.reverse("credit", left.sequence, Part::Points(50));
    book.go("2026-05-05T09:00:00Z").purchase("sale", 0);
    book
}

#[test]
fn what_is_told_late_is_as_exact() {
    let book = late_book();
    let flows = |flow| {
        let effects = book.entries.iter().flat_map(|entry| &entry.effects);
        effects.flat_map(|effect| effect.parts(flow)).count()
    };
    assert!(flows(Flow::Reinstated) >= 2 && flows(Flow::RedeemOverdrawn) == 1);
    let tried = every_neighbour_is_refused(&book);
    assert!(tried > 200, "only {tried} neighbours were tried");
}

#[test]
fn facts_of_offline_tills_fit_their_entry() {
    let book = late_book();
    let mut state = Book::default().state;
    for entry in &book.entries {
        let originals = originals(&state, &book.entries, &entry.request, entry.recorded_at);
        let refused = |wrong: &Entry<'static>| audit(&state, wrong, &originals).is_err();
        let mut silent = entry.clone();
        let late =
            |fact: &Fact<'_>| matches!(fact, Fact::StoreCharged { .. } | Fact::OfflineUsed { .. });
        silent.facts.retain(|fact| !late(fact));
        assert!(silent == *entry || refused(&silent));
        let mut elsewhere = entry.clone();
        for fact in &mut elsewhere.facts {
            match fact {
                Fact::StoreCharged { store, .. } => *store = "13".into(),
                Fact::OfflineUsed { member, .. } => *member += 1,
                _ => {}
            }
        }
        assert!(elsewhere == *entry || refused(&elsewhere));
        let mut online = entry.clone();
        online.request.details = None;
        assert!(!entry.request.is_offline() || refused(&online));
        let mut active = entry.clone();
        let authorizes = matches!(entry.request.command, Command::Authorize(_));
        if authorizes {
            active.effects[0].inactive_at = Instant(entry.effects[0].next_expiry.0 + 1);
        }
        assert!(!authorizes || refused(&active));
        apply(&mut state, entry);
    }
}
