//! What later formats can say, applied by hand: every flow is booked to zero, and images keep all it leaves.

mod common;

use std::sync::Arc;

use common::{Book, id};
use loyalty_ledger::ledger::accounts::Account;
use loyalty_ledger::ledger::apply::apply;
use loyalty_ledger::ledger::audit::audit;
use loyalty_ledger::ledger::decide::Originals;
use loyalty_ledger::ledger::digest::digest;
use loyalty_ledger::ledger::entry::*;
use loyalty_ledger::ledger::image::{Assembly, write_chunk, write_head};
use loyalty_ledger::ledger::lot::{Lot, LotId, TermsId};
use loyalty_ledger::ledger::members::Status;
use loyalty_ledger::ledger::rejection::Code;
use loyalty_ledger::ledger::request::*;
use loyalty_ledger::ledger::state::State;
use loyalty_ledger::ledger::time::Instant;
use loyalty_ledger::ledger::wallet::Wallet;

const M: WalletId = WalletId {
    member: 0,
    currency: 0,
};

fn receipt(number: &str) -> Receipt<'static> {
    Receipt {
        store: "s1".into(),
        terminal: "t1".into(),
        business_date: 20_500,
        number: number.to_owned().into(),
    }
}

fn sale(key: &'static str, number: &str) -> Request<'static> {
    Request {
        caller: "".into(),
        key: key.into(),
        occurred_at: None,
        details: Details::boxed(Some(receipt(number)), Source::default()),
        command: Command::Purchase(Purchase {
            member: id("m"),
            amount: Money {
                minor_units: 0,
                currency: *b"EUR",
            },
            enroll: false,
            basket: None,
        }),
    }
}

fn void(key: &'static str, reference: Reference<'static>) -> Request<'static> {
    Request {
        details: None,
        command: Command::Void(Void {
            authorization: reference,
        }),
        ..sale(key, "0")
    }
}

/// The next entry of a state, about no wallet.
fn entry(state: &State, request: Request<'static>, code: Code) -> Entry<'static> {
    Entry {
        sequence: state.objects.sequence + 1,
        recorded_at: RecordedAt(state.objects.recorded_at.0 + 1_000),
        program: state.objects.program_version(),
        request,
        code,
        figures: Figures::default(),
        original: 0,
        facts: Default::default(),
        effects: Default::default(),
    }
}

fn book() -> Book {
    let mut book = Book::with_program("");
    book.accrue("a", 100, None);
    book
}

fn taken(state: &mut State, entry: &Entry<'_>) {
    audit(state, entry, &Originals::default()).expect("the entry is right");
    apply(state, entry);
}

fn refused(state: &State, entry: &Entry<'_>) -> String {
    let error = audit(state, entry, &Originals::default());
    error.expect_err("the entry is wrong").reason
}

fn stored(state: &State) -> State {
    let mut head = Vec::new();
    write_head(&state.objects, &mut head);
    let mut assembly = Assembly::new(&head).expect("a head that was written is read");
    let reader = assembly.chunk_reader();
    for chunk in &state.objects.chunks {
        let mut bytes = Vec::new();
        write_chunk(chunk, &mut bytes);
        let piece = reader
            .read(&bytes)
            .expect("a chunk that was written is read");
        assembly.add(piece).expect("chunks stand in order");
    }
    let objects = assembly.finish().expect("all chunks were added");
    let mut other = State::around(objects, [7; 16]);
    other.keys = state.keys.clone();
    other.receipts = state.receipts.clone();
    other.parked = state.parked.clone();
    for follow_up in state.follow_ups() {
        other.set_follow_up(follow_up);
    }
    other
}

fn lot(sequence: u64, amount: i64) -> Lot {
    Lot {
        id: LotId::earned(sequence),
        amount,
        activates_at: Instant(0),
        expires_at: Instant::NEVER,
        origin: sequence,
        terms: TermsId::NONE,
        pending: false,
    }
}

fn nothing(amount: i64) -> Lot {
    Lot {
        id: LotId::default(),
        expires_at: Instant(0),
        origin: 0,
        ..lot(0, amount)
    }
}

fn movement(flow: Flow, lot: Lot) -> Movement {
    let undoes = matches!(
        flow,
        Flow::MadeGood | Flow::WriteOffUndone | Flow::RewardWriteOffUndone
    );
    let names = flow.writes_off() || undoes;
    Movement {
        flow,
        due_at: None,
        lot,
        paid: 0,
        hold: if names { 9 } else { 0 },
    }
}

#[test]
fn a_receipt_is_used_up_once_and_counts_on_its_till() {
    let mut state = book().state;
    let one = entry(&state, sale("one", "4711"), Code::Applied);
    taken(&mut state, &one);
    let found = state.find_receipt(ReceiptKind::Sale, &receipt("4711"));
    assert_eq!(found, Some(one.sequence));
    assert_eq!(
        state.find_receipt(ReceiptKind::Return, &receipt("4711")),
        None
    );
    let again = entry(&state, sale("two", "4711"), Code::Applied);
    assert_eq!(refused(&state, &again), "its receipt was used");
    let mut declined = entry(&state, sale("three", "4712"), Code::InsufficientPoints);
    declined.figures.available = 100;
    taken(&mut state, &declined);
    assert_eq!(
        state.find_receipt(ReceiptKind::Sale, &receipt("4712")),
        None
    );
    let day = state.objects.tills.day(20_500).expect("the day is there");
    let lines: Vec<_> = day
        .values()
        .flatten()
        .map(|line| (line.code, line.count))
        .collect();
    assert_eq!(lines, [(Code::Applied, 1), (Code::InsufficientPoints, 1)]);
    assert_eq!(digest(&stored(&state)), digest(&state));
}

#[test]
fn what_waits_forms_a_chain_and_refuses_what_comes_late() {
    let mut state = book().state;
    let unseen = || Reference::Key("late".into());
    let mut first = entry(&state, void("v1", unseen()), Code::Parked);
    first.facts.push(Fact::Parked { previous: 0 });
    taken(&mut state, &first);
    let mut second = entry(&state, void("v2", unseen()), Code::Parked);
    second.facts.push(Fact::Parked { previous: 0 });
    assert_eq!(refused(&state, &second), "it waits behind another entry");
    second.facts[0] = Fact::Parked {
        previous: first.sequence,
    };
    taken(&mut state, &second);
    assert_eq!(state.find_parked("", &unseen()), Some(second.sequence));
    let mut late = entry(&state, sale("late", "4713"), Code::AlreadyReversed);
    late.figures.available = 100;
    let says = refused(&state, &late);
    assert_eq!(says, "nothing that undoes it had waited for it");
    late.original = second.sequence;
    let waited = Originals {
        parked: vec![Arc::new(second.clone())],
        ..Originals::default()
    };
    audit(&state, &late, &waited).expect("the entry is right");
    apply(&mut state, &late);
    let mut third = entry(&state, void("v3", unseen()), Code::Parked);
    third.facts.push(Fact::Parked {
        previous: second.sequence,
    });
    assert_eq!(refused(&state, &third), "it waits for what has arrived");
}

#[test]
fn facts_change_status_aliases_stores_and_allowances() {
    let mut book = book();
    let card = |number: u8| Alias {
        kind: "card".into(),
        hash: [number; 16],
        last_digits: 1_234,
    };
    let (lost, other) = (card(3), card(4));
    let added = Fact::AliasAdded {
        member: 0,
        alias: lost.clone(),
    };
    let add = Command::AddAlias(ChangeAlias {
        member: id("m"),
        alias: lost.clone(),
    });
    let replace = Command::ReplaceAlias(ReplaceAlias {
        member: id("m"),
        old: lost.clone(),
        new: other,
        reason: "".into(),
    });
    let block = Command::Block(ManageMember {
        member: id("m"),
        reason: "fraud".into(),
        actor: "desk".into(),
    });
    for (key, command) in [("add", add), ("replace", replace), ("block", block)] {
        book.run(key, command).expect("it is right");
    }
    let mut state = book.state;
    let mut keys = ["k1", "k2", "k3"].into_iter();
    let mut next = |state: &State, facts: Vec<Fact<'static>>| {
        let key = keys.next().expect("there are enough keys");
        let mut entry = entry(state, sale(key, key), Code::Applied);
        entry.facts.extend(facts);
        entry
    };
    assert_eq!(
        (state.find_alias(&lost), state.find_lost(&lost)),
        (None, Some(0))
    );
    let again = next(&state, vec![added]);
    assert_eq!(
        refused(&state, &again),
        "it adds an alias that is held or lost"
    );
    let charge = Fact::StoreCharged {
        store: "s1".into(),
        currency: 0,
        points: 400,
    };
    let mut charged = next(&state, vec![charge]);
    assert!(refused(&state, &charged).contains("another sum"));
    charged.figures.charged = 400;
    assert!(refused(&state, &charged).contains("not spent there offline"));
    let details = charged.request.details.as_mut();
    details.expect("it has a receipt").source.offline = true;
    taken(&mut state, &charged);
    let use_up = Fact::OfflineUsed {
        member: 0,
        day: 20_500,
        points: 400,
    };
    let used = next(&state, vec![use_up]);
    assert!(refused(&state, &used).contains("allowance of another member"));
    apply(&mut state, &used);
    assert_eq!(state.objects.member(0).status, Status::Blocked);
    assert_eq!(state.objects.stores.get(&(Box::from("s1"), 0)), Some(&400));
    assert_eq!(state.objects.offline.get(&(0, 20_500)), Some(&400));
    assert_eq!(digest(&stored(&state)), digest(&state));
}

/// Lots of 10 and debt of 50 apart: what each flow needs to find.
fn ready_for(flow: Flow) -> Wallet {
    let debt = match flow.way() {
        Way::Forgiven => 50,
        _ => 0,
    };
    let lots = match flow.way() {
        Way::Out | Way::Taken => vec![lot(5, 10)],
        _ => Vec::new(),
    };
    let mut wallet = Wallet::from_parts(lots, Vec::new(), debt, 8);
    if matches!(
        flow,
        Flow::MadeGood | Flow::WriteOffUndone | Flow::RewardWriteOffUndone
    ) {
        wallet.apply(&movement(Flow::WrittenOff, nothing(10)));
    }
    wallet
}

#[test]
fn every_new_flow_moves_what_its_way_says_and_is_booked_to_zero() {
    for flow in Flow::ALL.into_iter().filter(|flow| *flow as u8 > 13) {
        let mut wallet = ready_for(flow);
        let before = wallet.balance().outstanding();
        let moving = match flow.has_no_lot() {
            true => nothing(10),
            false => lot(5, 10),
        };
        let movement = movement(flow, moving);
        assert_eq!(wallet.check(&movement), Ok(()), "{flow:?}");
        wallet.apply(&movement);
        wallet.settle_down();
        let gained = match flow.way() {
            Way::New | Way::Back | Way::Restored | Way::Forgiven => 10,
            Way::Out | Way::Taken | Way::Owes => -10,
            _ => 0,
        };
        let change = wallet.balance().outstanding() - before;
        assert_eq!(change, gained, "{flow:?}");
        assert_eq!(wallet.recomputed(), wallet.balance(), "{flow:?}");
        let mut state = book().state;
        let accounts = &mut state.objects.accounts;
        let outstanding = accounts.sums(0, TermsId::NONE)[Account::Outstanding as usize];
        accounts.book(0, &movement);
        assert!(accounts.balanced(), "{flow:?}");
        let booked = accounts.sums(0, TermsId::NONE)[Account::Outstanding as usize] - outstanding;
        let moves_over = matches!(flow, Flow::MovedOut | Flow::MovedIn);
        assert_eq!(booked, if moves_over { 0 } else { gained }, "{flow:?}");
    }
}

#[test]
fn what_a_movement_must_not_do_is_refused() {
    let wallet = Wallet::from_parts(vec![lot(5, 10)], Vec::new(), 0, 8);
    let cases = [
        (Flow::RedeemOverdrawn, nothing(10), "nothing is available"),
        (Flow::DebtForgiven, nothing(10), "more debt goes"),
        (Flow::TransferredOut, lot(5, 11), "less than is drawn"),
        (Flow::Forfeited, lot(6, 1), "no such lot"),
        (Flow::MadeGood, lot(5, 10), "less is written off"),
        (
            Flow::TransferredIn,
            Lot {
                pending: true,
                ..lot(7, 1)
            },
            "come back available",
        ),
    ];
    for (flow, lot, says) in cases {
        let refused = wallet.check(&movement(flow, lot)).expect_err("it is wrong");
        assert!(refused.contains(says), "{flow:?}: {refused}");
    }
}

#[test]
fn write_offs_are_made_good_once_and_kept_in_images() {
    let mut state = book().state;
    let wallet = std::sync::Arc::make_mut(&mut state.objects.chunks[0])
        .member_mut(0)
        .wallet_mut(0);
    wallet.apply(&movement(Flow::WrittenOff, nothing(70)));
    wallet.set_inactive_at(Instant(5_000_000));
    wallet.settle_down();
    assert_eq!(wallet.write_offs().len(), 1);
    let read = stored(&state);
    assert_eq!(read.objects.wallet(M), state.objects.wallet(M));
    let mut wallet = read.objects.wallet(M).expect("it is there").clone();
    let drawn = wallet.lots()[0].part(70);
    let made_good = movement(Flow::MadeGood, drawn);
    assert_eq!(wallet.check(&made_good), Ok(()));
    wallet.apply(&made_good);
    assert!(wallet.write_offs().is_empty() && wallet.check(&made_good).is_err());
}
