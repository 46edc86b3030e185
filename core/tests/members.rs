//! Members who are blocked or leave, lost cards, and points that change hands: rules, and what the audit refuses.

mod common;

use common::{Book, at, id};
use loyalty_ledger::ledger::answer::Answer;
use loyalty_ledger::ledger::audit::audit;
use loyalty_ledger::ledger::bounds::{REQUEST_POINTS, WALLET_LOTS, WALLET_POINTS};
use loyalty_ledger::ledger::decide::Originals;
use loyalty_ledger::ledger::digest::digest;
use loyalty_ledger::ledger::entry::{Balance, Entry, Fact, Flow, WalletId};
use loyalty_ledger::ledger::link::{LinkScope, LinkScopes};
use loyalty_ledger::ledger::lot::Lot;
use loyalty_ledger::ledger::members::Status;
use loyalty_ledger::ledger::rejection::{Code, Rejection};
use loyalty_ledger::ledger::request::*;
use loyalty_ledger::ledger::state::State;

type Verb = fn(ManageMember<'static>) -> Command<'static>;

fn manage(verb: Verb, member: &str) -> Command<'static> {
    verb(ManageMember {
        member: id(member),
        reason: "wish".into(),
        actor: "desk".into(),
    })
}

fn transfer(giver: &str, receiver: &str, points: i64) -> Command<'static> {
    Command::Transfer(Transfer {
        giver: id(giver),
        receiver: id(receiver),
        wallet: "points".into(),
        points,
    })
}

fn accrue_for(member: &str, points: i64) -> Command<'static> {
    Command::Accrue(Accrue {
        member: id(member),
        wallet: "points".into(),
        points,
        activates_at: None,
        expires_at: None,
        funder: None,
        price: None,
        enroll: false,
        joining: None,
    })
}

fn adjust(points: i64, overdraw: bool) -> Command<'static> {
    Command::Adjust(Adjust {
        member: id("m"),
        wallet: "points".into(),
        points,
        reason: "goodwill".into(),
        actor: "desk".into(),
        expires_at: None,
        overdraw,
    })
}

fn card(number: u8) -> Alias<'static> {
    Alias {
        kind: "card".into(),
        hash: [number; 16],
        last_digits: u16::from(number),
    }
}

fn replace(old: u8, new: u8) -> Command<'static> {
    Command::ReplaceAlias(ReplaceAlias {
        member: id("m"),
        old: card(old),
        new: card(new),
        reason: "lost".into(),
    })
}

/// Members `m` and `n`; `m` has 100 until September and 50 for ever, and the card 1.
fn book() -> Book {
    let mut book = Book::with_program("");
    book.enroll("n");
    book.go("2026-02-01T09:00:00Z")
        .accrue("a", 100, Some("2026-09-01T00:00:00Z"));
    book.accrue("b", 50, None);
    let add = ChangeAlias {
        member: id("m"),
        alias: card(1),
    };
    book.run("card", Command::AddAlias(add)).expect("right");
    book
}

fn run(book: &mut Book, key: &str, command: Command<'static>) -> Answer {
    book.run(key, command).expect("it is answered")
}

fn code(answer: Result<Answer, Rejection>) -> Code {
    answer.map_or_else(|rejection| rejection.code, |answer| answer.code)
}

fn wallet_of(book: &Book, member: &str) -> (Vec<Lot>, Balance) {
    let member = book.state.find_id(member).expect("it is enrolled");
    let wallet = book.state.objects.wallet(WalletId {
        member,
        currency: 0,
    });
    let wallet = wallet.expect("it is there");
    (wallet.lots().to_vec(), wallet.balance())
}

fn refused(state: &State, entry: &Entry<'_>) -> String {
    let error = audit(state, entry, &Originals::default());
    error.expect_err("the entry is wrong").reason
}

/// The last entry of a book, and the state before it.
fn last(book: &Book) -> (State, Entry<'static>) {
    let mut state = Book::default().state;
    let (entry, before) = book.entries.split_last().expect("there are entries");
    for entry in before {
        loyalty_ledger::ledger::apply::apply(&mut state, entry);
    }
    (state, entry.clone())
}

#[test]
fn answers_about_a_member_show_the_balance() {
    let mut book = book();
    for (key, command) in [
        ("replace", replace(1, 2)),
        ("block", manage(Command::Block, "m")),
        ("block again", manage(Command::Block, "m")),
        ("unblock", manage(Command::Unblock, "m")),
    ] {
        let told = run(&mut book, key, command);
        assert_eq!((told.code, told.balance.available), (Code::Applied, 150));
        assert_eq!(told.next_expiry, at("2026-09-01T00:00:00Z"));
    }
    let facts: Vec<usize> = book.entries[6..]
        .iter()
        .map(|entry| entry.facts.len())
        .collect();
    assert_eq!(facts, [2, 1, 0, 1]);
}

#[test]
fn moved_lots_keep_what_they_are() {
    let mut book = book();
    run(&mut book, "gift", transfer("m", "n", 120));
    let (given, _) = wallet_of(&book, "m");
    let (received, balance) = wallet_of(&book, "n");
    assert_eq!(given.iter().map(|lot| lot.amount).collect::<Vec<_>>(), [30]);
    let dates = |lot: &Lot| (lot.amount, lot.expires_at, lot.origin, lot.id.is_grace());
    let sources = [&book.entries[3], &book.entries[4]].map(|entry| entry.sequence);
    let never = loyalty_ledger::ledger::time::Instant::NEVER;
    let expected = [
        (100, at("2026-09-01T00:00:00Z"), sources[0], false),
        (20, never, sources[1], false),
    ];
    assert_eq!(received.iter().map(dates).collect::<Vec<_>>(), expected);
    assert_eq!(balance.available, 120);
    let places: Vec<u32> = received
        .iter()
        .map(|lot| lot.id.unmarked().place())
        .collect();
    assert_eq!(places, [1, 2]);
}

#[test]
fn wrong_transfers_are_refused_by_the_audit() {
    let mut book = book();
    run(&mut book, "gift", transfer("m", "n", 120));
    let (state, right) = last(&book);
    audit(&state, &right, &Originals::default()).expect("the entry itself is right");
    let wrong = |change: &dyn Fn(&mut Entry<'static>)| {
        let mut wrong = right.clone();
        change(&mut wrong);
        refused(&state, &wrong)
    };
    let says = wrong(&|entry| entry.effects[1].movements.swap(0, 1));
    assert!(says.contains("what arrives is not what left"), "{says}");
    let says = wrong(&|entry| entry.effects.swap(0, 1));
    assert!(says.contains("wallet of another member"), "{says}");
    let says = wrong(&|entry| {
        for effect in &mut entry.effects {
            effect.movements[0].lot.terms.0 += 1;
        }
    });
    assert!(!says.is_empty());
    let says = wrong(&|entry| {
        entry.facts.push(Fact::StatusChanged {
            member: 1,
            status: Status::Blocked,
        });
    });
    assert!(says.contains("by the way"), "{says}");
}

#[test]
fn wrong_changes_of_members_are_refused_by_the_audit() {
    let mut book = book();
    run(&mut book, "block", manage(Command::Block, "m"));
    let (state, right) = last(&book);
    let mut other = right.clone();
    other.facts[0] = Fact::StatusChanged {
        member: 0,
        status: Status::Closed,
    };
    assert!(refused(&state, &other).contains("another way"));
    let mut silent = right.clone();
    silent.facts.clear();
    assert!(refused(&state, &silent).contains("another way"));
    let mut hidden = right.clone();
    hidden.effects.clear();
    assert!(refused(&state, &hidden).contains("first wallet"));
    for (code, says) in [
        (Code::MemberBlocked, "blocked who is not"),
        (Code::MemberClosed, "closed who is not"),
        (Code::HoldsOpen, "holds that are not there"),
        (Code::CardLost, "lost that is not"),
    ] {
        let mut no = right.clone();
        (no.code, no.facts, no.effects) = (code, Default::default(), Default::default());
        let told = refused(&state, &no);
        assert!(told.contains(says), "{told}");
    }
    run(&mut book, "close", manage(Command::CloseMember, "m"));
    let (state, right) = last(&book);
    let mut greedy = right.clone();
    let gone = greedy.effects[0].movements.pop().expect("two lots went");
    greedy.effects[0].after.available += gone.lot.amount;
    greedy.effects[0].next_expiry = gone.lot.expires_at;
    greedy.figures.awarded -= gone.lot.amount;
    let says = refused(&state, &greedy);
    assert!(says.contains("something is left"), "{says}");
}

#[test]
fn whoever_left_gets_nothing_more() {
    let mut book = book();
    run(&mut book, "debt", adjust(-160, true));
    assert_eq!(book.parts(), (0, 0, 0, 10));
    let told = run(&mut book, "close", manage(Command::CloseMember, "m"));
    assert_eq!((told.awarded, book.parts()), (0, (0, 0, 0, 0)));
    let mut expected = Vec::new();
    for (number, command) in [
        accrue_for("m", 5),
        adjust(5, false),
        transfer("m", "n", 5),
        transfer("n", "m", 5),
        manage(Command::Block, "m"),
        manage(Command::Unblock, "m"),
        manage(Command::CloseMember, "m"),
        replace(1, 3),
    ]
    .into_iter()
    .enumerate()
    {
        let key = format!("late {number}");
        let first = run(&mut book, &key, command.clone());
        assert_eq!(first.code, Code::MemberClosed, "{}", command.verb());
        assert!(run(&mut book, &key, command).replayed);
        expected.push(first.sequence);
    }
    let remove = ChangeAlias {
        member: id("m"),
        alias: card(1),
    };
    let told = run(&mut book, "remove", Command::RemoveAlias(remove));
    assert_eq!(told.code, Code::Applied);
}

/// `m` with a lost card, two others, and a partner's link.
fn tied_book() -> Book {
    let mut book = book();
    run(&mut book, "replace", replace(1, 2));
    let add = ChangeAlias {
        member: id("m"),
        alias: card(5),
    };
    run(&mut book, "more", Command::AddAlias(add));
    let link = LinkMember {
        member: id("m"),
        partner: "airline".into(),
        alias: Alias {
            kind: "partner:airline".into(),
            ..card(9)
        },
        scopes: LinkScopes::NONE.with(LinkScope::Earn),
        daily_points: None,
        consent: "form 7".into(),
        starts_at: None,
        ends_at: None,
    };
    run(&mut book, "link", Command::LinkMember(Box::new(link)));
    book
}

#[test]
fn nothing_but_its_id_finds_an_erased_member() {
    for closed_before in [false, true] {
        let mut book = tied_book();
        let mut awarded = 150;
        if closed_before {
            run(&mut book, "close", manage(Command::CloseMember, "m"));
            awarded = 0;
        }
        let erase = manage(Command::EraseMember, "m");
        let told = run(&mut book, "erase", erase.clone());
        assert_eq!((told.code, told.awarded), (Code::Applied, awarded));
        assert!(run(&mut book, "erase", erase.clone()).replayed);
        let again = run(&mut book, "again", erase);
        assert_eq!(again.code, Code::MemberClosed);
        let member = book.state.find_id("m").expect("the id is kept");
        let objects = &book.state.objects;
        assert_eq!(objects.member(member).status, Status::Erased);
        assert_eq!(objects.told_id(member), format!("@{}", member + 1));
        assert!(objects.member(member).links().is_empty());
        for number in [2, 5, 9] {
            assert_eq!(book.state.find_alias(&card(number)), None);
            assert!(
                book.state
                    .was_held(&card(number).hash, |holder| holder == member)
            );
        }
        assert_eq!(book.state.find_lost(&card(1)), Some(member));
        for (card, free) in [(card(2), true), (card(1), false)] {
            let add = ChangeAlias {
                member: id("n"),
                alias: card,
            };
            let told = book.run("take", Command::AddAlias(add));
            assert_eq!(told.is_ok(), free, "{told:?}");
        }
        let mut replayed = Book::default().state;
        for entry in &book.entries {
            loyalty_ledger::ledger::apply::apply(&mut replayed, entry);
        }
        assert_eq!(digest(&replayed), digest(&book.state));
    }
}

#[test]
fn wrong_erasures_are_refused_by_the_audit() {
    let mut book = tied_book();
    run(&mut book, "erase", manage(Command::EraseMember, "m"));
    let (state, right) = last(&book);
    // The lost card is no alias any more.
    let told = right
        .facts
        .iter()
        .map(|fact| match fact {
            Fact::AliasRemoved { .. } => "alias",
            Fact::Unlinked { .. } => "link",
            Fact::StatusChanged {
                status: Status::Erased,
                ..
            } => "status",
            _ => "other",
        })
        .collect::<Vec<_>>();
    assert_eq!(told, ["alias", "alias", "alias", "link", "status"]);
    for place in 0..right.facts.len() {
        let mut less = right.clone();
        less.facts.remove(place);
        assert!(
            refused(&state, &less).contains("another way"),
            "fact {place}"
        );
    }
    let mut closed = right.clone();
    *closed.facts.last_mut().expect("it has facts") = Fact::StatusChanged {
        member: 1,
        status: Status::Closed,
    };
    assert!(refused(&state, &closed).contains("another way"));
    let mut kept = right.clone();
    let gone = kept.effects[0].movements.pop().expect("two lots went");
    kept.effects[0].after.available += gone.lot.amount;
    kept.effects[0].next_expiry = gone.lot.expires_at;
    kept.figures.awarded -= gone.lot.amount;
    assert!(refused(&state, &kept).contains("something is left"));
    let mut again = right.clone();
    again.sequence += 1;
    again.request.key = "again".into();
    again.recorded_at.0 += 1;
    again.figures = Default::default();
    again.effects[0].movements.clear();
    again.effects[0].previous = right.sequence;
    again.facts.clear();
    let says = audit(&book.state, &again, &Originals::default()).expect_err("it was erased");
    assert!(says.reason.contains("its member has left"), "{says:?}");
}

#[test]
fn lost_cards() {
    let mut book = book();
    let redeem = || {
        Command::Redeem(Redeem {
            member: MemberName::Alias(card(1)),
            wallet: "points".into(),
            points: 5,
        })
    };
    book.go("2026-03-01T09:00:00Z");
    run(&mut book, "lost", replace(1, 2));
    assert_eq!(code(book.run("r", redeem())), Code::CardLost);
    assert!(run(&mut book, "r", redeem()).replayed);
    assert_eq!(code(book.run("again", replace(1, 3))), Code::AliasUnknown);
    assert_eq!(code(book.run("back", replace(2, 1))), Code::AliasInUse);
    let late = Request {
        caller: "".into(),
        key: "late".into(),
        occurred_at: Some(at("2026-02-20T09:00:00Z")),
        details: None,
        command: redeem(),
    };
    let told = book.run_request(late).expect("it is right");
    assert_eq!((told.code, told.balance.available), (Code::Applied, 145));
    let blocked = run(&mut book, "block", manage(Command::Block, "m"));
    assert_eq!(blocked.code, Code::Applied);
    assert_eq!(code(book.run("r", redeem())), Code::CardLost);
}

/// `n` with as many points as a wallet holds, less `room`.
fn nearly_full(room: i64) -> Book {
    let mut book = book();
    let mut left = WALLET_POINTS - room;
    let mut number = 0;
    while left > 0 {
        let points = left.min(REQUEST_POINTS);
        let told = run(&mut book, &format!("n{number}"), accrue_for("n", points));
        assert_eq!(told.code, Code::Applied);
        left -= points;
        number += 1;
    }
    book
}

#[test]
fn wallets_have_room_for_so_many_points() {
    let mut book = nearly_full(10);
    let told = run(&mut book, "gift", transfer("m", "n", 11));
    assert_eq!(
        (told.code, told.balance.available),
        (Code::BalanceLimit, 150)
    );
    let told = run(&mut book, "more", accrue_for("n", 11));
    let has = WALLET_POINTS - 10;
    assert_eq!(
        (told.code, told.balance.available),
        (Code::BalanceLimit, has)
    );
    let told = run(&mut book, "fits", transfer("m", "n", 10));
    assert_eq!((told.code, told.balance.available), (Code::Applied, 140));
    assert_eq!(wallet_of(&book, "n").1.available, WALLET_POINTS);
    let told = run(&mut book, "close", manage(Command::CloseMember, "n"));
    assert_eq!((told.code, told.awarded), (Code::Applied, WALLET_POINTS));
}

#[test]
fn debt_has_a_bound_and_goes_at_the_exit() {
    let mut book = book();
    let mut owed = 0;
    let mut number = 0;
    run(&mut book, "first", adjust(-150, false));
    while owed < WALLET_POINTS {
        let points = REQUEST_POINTS.min(WALLET_POINTS - owed);
        let told = run(&mut book, &format!("d{number}"), adjust(-points, true));
        owed += points;
        number += 1;
        assert_eq!((told.code, told.balance.debt), (Code::Applied, owed));
    }
    let told = run(&mut book, "beyond", adjust(-1, true));
    assert_eq!((told.code, told.balance.debt), (Code::BalanceLimit, owed));
    let told = run(&mut book, "close", manage(Command::CloseMember, "m"));
    assert_eq!((told.code, book.parts()), (Code::Applied, (0, 0, 0, 0)));
    let exit = &book.entries.last().expect("it is there").effects[0];
    assert_eq!(exit.parts(Flow::DebtForgiven).count(), number);
}

#[test]
fn wallets_have_room_for_so_many_lots() {
    let mut book = book();
    for number in 0..WALLET_LOTS - 1 {
        run(&mut book, &format!("n{number}"), accrue_for("n", 1));
    }
    let told = run(&mut book, "gift", transfer("m", "n", 120));
    assert_eq!(
        (told.code, told.balance.available),
        (Code::TooManyLots, 150)
    );
    let told = run(&mut book, "one lot", transfer("m", "n", 100));
    assert_eq!((told.code, told.balance.available), (Code::Applied, 50));
    assert_eq!(wallet_of(&book, "n").0.len(), WALLET_LOTS);
    let told = run(&mut book, "one more", accrue_for("n", 1));
    assert_eq!(told.code, Code::TooManyLots);
}

#[test]
fn points_that_were_never_there_come_back_to_the_lot_that_stood_in_for_them() {
    let mut book = Book::with_program(
        "[currencies.points]\nexpiry = { rolling = \"P3M\" }\n[reversal]\nrestore = \"original\"\n",
    );
    let minus = run(&mut book, "minus", adjust(-1, true)).sequence;
    run(&mut book, "pays", accrue_for("m", 1));
    assert_eq!(book.parts(), (0, 0, 0, 0));
    let back = book
        .go("2026-02-01T09:00:00Z")
        .reverse("back", minus, Part::Rest)
        .sequence;
    assert_eq!(book.parts(), (0, 1, 0, 0));
    book.go("2026-09-01T09:00:00Z")
        .reverse("undone", back, Part::Rest);
    book.reverse("back again", minus, Part::Rest);
    assert_eq!(book.parts(), (0, 0, 0, 0), "their lot has expired");
}
