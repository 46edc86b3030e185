//! The image of the state and its digest: nothing is lost, nothing unsound is read, every field counts.

mod common;
mod objects;

use std::sync::Arc;

use loyalty_ledger::ledger::digest::digest;
use loyalty_ledger::ledger::image::Assembly;
use loyalty_ledger::ledger::keys::Slot;
use loyalty_ledger::ledger::lot::{Lot, LotId, TermsId};
use loyalty_ledger::ledger::members::{Chunk, HeldAlias};
use loyalty_ledger::ledger::program::Program;
use loyalty_ledger::ledger::request::Price;
use loyalty_ledger::ledger::state::{FollowUp, Objects, State};
use loyalty_ledger::ledger::time::Instant;
use loyalty_ledger::ledger::wallet::{Hold, Wallet};
use objects::{SECRET, assembled, full, image, member_mut};
use proptest::collection::vec;
use proptest::prelude::*;

/// A state around other objects, with the keys and follow-ups of this one.
fn around(state: &State, objects: Objects) -> State {
    let mut other = State::around(objects, SECRET);
    for slot in state.keys.sorted() {
        other.keys.insert(slot);
    }
    for follow_up in state.follow_ups() {
        other.set_follow_up(follow_up);
    }
    other
}

#[test]
fn the_state_has_every_kind_of_object() {
    let book = full();
    let objects = &book.state.objects;
    assert_eq!(
        (
            objects.chunks.len(),
            objects.terms.len(),
            objects.programs.len()
        ),
        (2, 2, 2)
    );
    let m = objects.member(book.state.find_id("m").expect("m is there"));
    let counts = (m.aliases().len(), m.links().len(), m.wallets().count());
    assert_eq!(counts, (3, 1, 2));
    assert_eq!(objects.codes.iter().len(), 1);
    let wallet = m.wallet(0).expect("it is there");
    assert!(wallet.balance().pending > 0 && wallet.balance().available > 0);
    assert!(wallet.holds().len() >= 2);
    let debtor = objects.member(book.state.find_id("debtor").expect("it is there"));
    assert!(debtor.wallet(0).expect("it is there").debt() > 0);
    assert!(!book.state.follow_ups().is_empty());
}

#[test]
fn objects_come_back_from_their_image() {
    let book = full();
    let (head, chunks) = image(&book.state.objects);
    let read = assembled(&head, &chunks).expect("what was written is read");
    assert_eq!(image(&read), (head, chunks));
    assert_eq!(read.schedule, book.state.objects.schedule);
    for (read, written) in read.chunks.iter().zip(&book.state.objects.chunks) {
        let mut written = Chunk::clone(written);
        written.find_due();
        assert_eq!(read.due, written.due);
    }
    assert_eq!(digest(&around(&book.state, read)), digest(&book.state));
}

#[test]
fn an_empty_state_comes_back() {
    let empty = State::new(SECRET);
    let (head, chunks) = image(&empty.objects);
    let read = assembled(&head, &chunks).expect("what was written is read");
    assert_eq!(digest(&State::around(read, SECRET)), digest(&empty));
}

#[test]
fn chunks_are_neither_missing_nor_swapped() {
    let (head, mut chunks) = image(&full().state.objects);
    assert!(assembled(&head, &chunks[..1]).is_err());
    chunks.swap(0, 1);
    assert!(assembled(&head, &chunks).is_err());
}

#[test]
fn every_cut_is_refused() {
    let (head, chunks) = image(&full().state.objects);
    for length in 0..head.len() {
        assert!(assembled(&head[..length], &chunks).is_err());
    }
    let reader = Assembly::new(&head).expect("it is right").chunk_reader();
    for length in 0..chunks[1].len() {
        assert!(reader.read(&chunks[1][..length]).is_err());
    }
}

#[test]
fn flipped_bits_are_refused_or_other_objects() {
    let (head, chunks) = image(&full().state.objects);
    for byte in 0..head.len() {
        let mut flipped = head.clone();
        flipped[byte] ^= 1 << (byte % 8);
        if let Ok(objects) = assembled(&flipped, &chunks) {
            assert_eq!(image(&objects), (flipped, chunks.clone()));
        }
    }
    let reader = Assembly::new(&head).expect("it is right").chunk_reader();
    for bit in 0..2_000 {
        let mut flipped = chunks[0].clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        if reader.read(&flipped).is_ok() {
            let other = [flipped, chunks[1].clone()];
            let objects = assembled(&head, &other).expect("each chunk is read");
            assert_eq!(image(&objects).1, other);
        }
    }
}

/// A change of one field, and its name.
type Change<T> = (&'static str, fn(&mut T));
type WalletChange = Box<dyn Fn(&mut Parts)>;

/// Every way to change one field of the first wallet of `m`.
fn wallet_changes() -> Vec<(&'static str, WalletChange)> {
    fn lot(change: impl Fn(&mut Lot) + Copy + 'static) -> [WalletChange; 2] {
        [
            Box::new(move |parts: &mut Parts| change(&mut parts.lots[0])),
            Box::new(move |parts: &mut Parts| change(&mut parts.holds[0].parts[0])),
        ]
    }
    let mut changes: Vec<(&'static str, WalletChange)> = Vec::new();
    let lots = [
        ("id", lot(|lot| lot.id = LotId(lot.id.0 + 1))),
        ("amount", lot(|lot| lot.amount += 1)),
        ("activates_at", lot(|lot| lot.activates_at.0 += 1)),
        ("expires_at", lot(|lot| lot.expires_at.0 -= 1)),
        ("origin", lot(|lot| lot.origin += 1)),
        ("terms", lot(|lot| lot.terms = TermsId(1 - lot.terms.0))),
        ("pending", lot(|lot| lot.pending = !lot.pending)),
    ];
    for (name, both) in lots {
        changes.extend(both.into_iter().map(|change| (name, change)));
    }
    changes.push((
        "lot gone",
        Box::new(|parts| parts.lots.truncate(parts.lots.len() - 1)),
    ));
    changes.push(("hold's id", Box::new(|parts| parts.holds[0].id += 1)));
    changes.push((
        "lapses_at",
        Box::new(|parts| parts.holds[0].lapses_at.0 += 1),
    ));
    changes.push(("order of holds", Box::new(|parts| parts.holds.swap(0, 1))));
    changes.push(("debt", Box::new(|parts| parts.debt += 1)));
    changes.push(("last", Box::new(|parts| parts.last += 1)));
    changes
}

struct Parts {
    lots: Vec<Lot>,
    holds: Vec<Hold>,
    debt: i64,
    last: u64,
}

/// Every way to change one field of the state that stands outside wallets.
fn state_changes() -> Vec<Change<State>> {
    vec![
        ("sequence", |state| state.objects.sequence += 1),
        ("recorded_at", |state| state.objects.recorded_at.0 += 1),
        ("funder", |state| {
            Arc::make_mut(&mut state.objects.terms)[1].funder = None
        }),
        ("price", |state| {
            let price = &mut Arc::make_mut(&mut state.objects.terms)[1].price;
            *price = Some(Price {
                micros: 4_501,
                currency: *b"EUR",
            });
        }),
        ("price's currency", |state| {
            let price = &mut Arc::make_mut(&mut state.objects.terms)[1].price;
            *price = Some(Price {
                micros: 4_500,
                currency: *b"USD",
            });
        }),
        ("terms", |state| {
            Arc::make_mut(&mut state.objects.terms).pop();
        }),
        ("program", |state| {
            Arc::make_mut(&mut state.objects.programs[1]).zone = "Europe/Berlin".into();
        }),
        ("programs", |state| {
            state.objects.programs.push(Arc::new(Program::default()))
        }),
        ("schedule", |state| {
            let wallet = member_mut(state, "m")
                .wallet(0)
                .expect("it is there")
                .clone();
            state.objects.schedule.add(0, &wallet, 1);
        }),
        ("key", |state| {
            let print = state.print("", "another key");
            state.keys.insert(Slot::new(print, 5));
        }),
        ("follow-up", |state| {
            state.set_follow_up(FollowUp {
                original: 3,
                latest: 9,
            });
        }),
        ("later follow-up", |state| {
            let mut follow_up = state.follow_ups()[0];
            follow_up.latest += 1;
            state.set_follow_up(follow_up);
        }),
        ("member", |state| {
            Arc::make_mut(&mut state.objects.chunks[1]).add("one-more");
        }),
        ("wallet", |state| {
            member_mut(state, "quiet-3").wallet_mut(1);
        }),
        ("wallet's currency", |state| {
            let stamps = member_mut(state, "m")
                .wallet(1)
                .expect("it is there")
                .clone();
            *member_mut(state, "m").wallet_mut(2) = stamps;
            *member_mut(state, "m").wallet_mut(1) = Wallet::default();
        }),
    ]
}

fn alias_changes() -> Vec<Change<HeldAlias>> {
    vec![
        ("kind", |alias| alias.kind = "phone".into()),
        ("hash", |alias| alias.hash[15] ^= 1),
        ("last_digits", |alias| alias.last_digits += 1),
        ("from", |alias| alias.from.0 += 1),
        ("until", |alias| alias.until = Instant(alias.until.0 - 1)),
    ]
}

#[test]
fn changing_any_field_changes_the_digest() {
    let book = full();
    let mut digests = vec![digest(&book.state)];
    let mut differs = |name: &str, state: &State| {
        let changed = digest(state);
        assert!(!digests.contains(&changed), "{name}");
        digests.push(changed);
    };
    for (name, change) in state_changes() {
        let mut state = book.state.clone();
        change(&mut state);
        differs(name, &state);
    }
    for (name, change) in alias_changes() {
        let mut state = book.state.clone();
        change(&mut member_mut(&mut state, "m").aliases_mut()[1]);
        differs(name, &state);
    }
    for (name, change) in wallet_changes() {
        let mut state = book.state.clone();
        let wallet = member_mut(&mut state, "m").wallet_mut(0);
        let mut parts = Parts {
            lots: wallet.lots().to_vec(),
            holds: wallet.holds().to_vec(),
            debt: wallet.debt(),
            last: wallet.last,
        };
        change(&mut parts);
        *wallet = Wallet::from_parts(parts.lots, parts.holds, parts.debt, parts.last);
        differs(name, &state);
    }
    for (currency, terms, sums) in book.state.objects.accounts.iter() {
        for account in 0..sums.len() {
            let mut state = book.state.clone();
            let mut changed = *sums;
            changed[account] += 1;
            state.objects.accounts.set(currency, terms, changed);
            differs("account", &state);
        }
    }
}

#[test]
fn a_members_id_counts() {
    let book = full();
    let (head, chunks) = image(&book.state.objects);
    let mut renamed = chunks.clone();
    let at = renamed[0].windows(7).position(|bytes| bytes == b"quiet-1");
    renamed[0][at.expect("such a member is there")] = b'Q';
    let objects = assembled(&head, &renamed).expect("the id is right");
    assert_ne!(digest(&around(&book.state, objects)), digest(&book.state));
}

/// Cases by default; `PROPTEST_CASES` makes all of them longer alike.
fn cases(by_default: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: by_default * default.cases / 256,
        ..default
    }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn arbitrary_bytes_never_panic(head in vec(any::<u8>(), 0..100), chunk in vec(any::<u8>(), 0..100)) {
        if let Ok(objects) = assembled(&head, &[]) {
            prop_assert_eq!(image(&objects), (head, vec![]));
        }
        let (head, _) = image(&State::new(SECRET).objects);
        if let Ok(objects) = assembled(&head, std::slice::from_ref(&chunk)) {
            prop_assert_eq!(image(&objects).1, vec![chunk]);
        }
    }

    #[test]
    fn damaged_wallets_never_panic(damage in vec((0_usize..300, any::<u8>()), 1..5)) {
        let (head, mut chunks) = image(&FULL.state.objects);
        for (place, byte) in damage {
            chunks[0][place] = byte;
        }
        if let Ok(objects) = assembled(&head, &chunks) {
            prop_assert_eq!(image(&objects).1, chunks);
        }
    }
}

static FULL: std::sync::LazyLock<common::Book> = std::sync::LazyLock::new(full);
