//! Random histories of all verbs: links, replay, sweeps and sums hold after every one of them.

mod common;

use std::collections::BTreeMap;

use common::{Book, id, originals};
use loyalty_ledger::ledger::apply::apply;
use loyalty_ledger::ledger::audit::audit;
use loyalty_ledger::ledger::digest::digest;
use loyalty_ledger::ledger::entry::WalletId;
use loyalty_ledger::ledger::request::*;
use loyalty_ledger::ledger::settle::settle;
use loyalty_ledger::ledger::time::Instant;
use proptest::prelude::*;

const PROGRAM: &str = "zone = \"America/New_York\"\n\
    [currencies.points]\npending = \"P1D\"\nexpiry = { rolling = \"P1M\", round_up_to = \"month\" }\n\
    [currencies.stars]\ndraw_order = \"lifo\"\n";
const MEMBERS: [&str; 3] = ["m", "n", "o"];
const HOUR: i64 = 3_600_000_000;

/// One random step: what to do, to whom, with how many points, after how many hours.
type Step = (u8, usize, i64, i64);

fn command(book: &Book, (verb, member, points, _): Step) -> Command<'static> {
    let (name, points) = (id(MEMBERS[member]), points.abs().max(1));
    let wallet: Text<'static> = if verb % 2 == 0 {
        "points".into()
    } else {
        "stars".into()
    };
    let earlier = Reference::Sequence(1 + points as u64 % (book.entries.len() as u64 + 1));
    match verb / 2 {
        0 => Command::Accrue(Accrue {
            member: name,
            wallet,
            points,
            activates_at: None,
            expires_at: None,
            funder: (points % 3 == 0).then(|| "bakery".into()),
            price: None,
            enroll: false,
            joining: None,
        }),
        1 => {
            let amount = Money {
                minor_units: points * 90,
                currency: *b"EUR",
            };
            Command::Purchase(Purchase {
                member: name,
                amount,
                enroll: false,
                basket: None,
            })
        }
        2 => Command::Redeem(Redeem {
            member: name,
            wallet,
            points: points / 2 + 1,
        }),
        3 => {
            let ttl_micros = Some(points * HOUR / 10);
            Command::Authorize(Authorize {
                member: name,
                wallet,
                points,
                ttl_micros,
                allow_partial: true,
            })
        }
        4 => Command::Capture(Capture {
            authorization: earlier,
            points: (points % 2 == 0).then_some(points / 3),
        }),
        5 => Command::Void(Void {
            authorization: earlier,
        }),
        6 => Command::Reverse(Reverse {
            original: earlier,
            part: Part::Rest,
            member: None,
            shortfall: None,
            restore: None,
            dispute: None,
        }),
        7 => Command::Reverse(Reverse {
            original: earlier,
            part: Part::Points(points / 4 + 1),
            member: None,
            shortfall: None,
            restore: None,
            dispute: None,
        }),
        _ => Command::Adjust(Adjust {
            member: name,
            wallet,
            points: if points % 2 == 0 { points } else { -points },
            reason: "goodwill".into(),
            actor: "desk".into(),
            expires_at: None,
            overdraw: false,
        }),
    }
}

fn play(steps: &[Step], sweeps: bool) -> Book {
    let mut book = Book::with_program(PROGRAM);
    book.enroll("n");
    book.enroll("o");
    for (number, step) in steps.iter().enumerate() {
        book.now = Instant(book.now.0 + step.3 * HOUR);
        if sweeps && number % 5 == 0 {
            book.sweep();
        }
        // A rejection leaves no entry; it is one of the outcomes.
        let _rejected = book
            .run(&format!("key/{number}"), command(&book, *step))
            .is_err();
    }
    book
}

fn every_wallet(book: &Book) -> Vec<WalletId> {
    let members = 0..book.state.objects.member_count();
    members
        .flat_map(|member| [0, 1].map(|currency| WalletId { member, currency }))
        .collect()
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((0..18_u8, 0..3_usize, 1..400_i64, 0..200_i64), 1..80)
}

fn cases() -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: default.cases / 4,
        failure_persistence: None,
        ..default
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn back_links_lead_through_every_effect_of_a_wallet(steps in steps()) {
        let book = play(&steps, true);
        let mut scanned: BTreeMap<WalletId, Vec<u64>> = BTreeMap::new();
        for entry in &book.entries {
            for effect in &entry.effects {
                scanned.entry(effect.wallet).or_default().push(entry.sequence);
            }
        }
        for wallet in every_wallet(&book) {
            let mut walked = Vec::new();
            let mut next = book.state.objects.wallet(wallet).map_or(0, |wallet| wallet.last);
            while next != 0 {
                walked.push(next);
                let entry = &book.entries[next as usize - 1];
                next = entry.effects.iter().find(|effect| effect.wallet == wallet).expect("linked").previous;
            }
            walked.reverse();
            prop_assert_eq!(walked, scanned.remove(&wallet).unwrap_or_default());
        }
        prop_assert!(scanned.is_empty());
    }

    #[test]
    fn replay_ends_in_the_same_digest(steps in steps()) {
        let book = play(&steps, true);
        let mut state = Book::default().state;
        for entry in &book.entries {
            let originals = originals(&state, &book.entries, &entry.request, entry.recorded_at);
            audit(&state, entry, &originals).expect("it passed once");
            apply(&mut state, entry);
        }
        prop_assert_eq!(digest(&state), digest(&book.state));
    }

    #[test]
    fn sums_match_the_wallets(steps in steps()) {
        let book = play(&steps, true);
        for currency in [0, 1] {
            let wallets = every_wallet(&book).into_iter().filter(|wallet| wallet.currency == currency);
            let wallets = wallets.filter_map(|id| book.state.objects.wallet(id));
            let held: i128 = wallets.map(|wallet| wallet.balance().outstanding()).sum();
            let accounts = book.state.objects.accounts.iter().filter(|(number, ..)| *number == currency);
            prop_assert_eq!(held, accounts.map(|(_, _, sums)| sums[0]).sum::<i128>());
        }
    }

    #[test]
    fn sweeps_change_no_balance(steps in steps()) {
        // References count entries, and sweeps are entries: only verbs without references are played here.
        let without = |(verb, member, points, hours): Step| (verb % 8, member, points, hours);
        let steps: Vec<Step> = steps.into_iter().map(without).collect();
        let (swept, still) = (play(&steps, true), play(&steps, false));
        for wallet in every_wallet(&swept) {
            let settled = |book: &Book| {
                let mut wallet = book.state.objects.wallet(wallet).cloned().unwrap_or_default();
                settle(&mut wallet, book.now, &mut |_| {});
                wallet.balance()
            };
            prop_assert_eq!(settled(&swept), settled(&still));
        }
    }
}
