//! A state and its replay agree; any damage is told, and named.

use std::sync::Arc;

use proptest::prelude::*;

use super::super::sample::{ANN, BOB, Sample, steps};
use super::*;
use crate::ledger::accounts::Account;
use crate::ledger::apply::apply;
use crate::ledger::lot::{Lot, TermsId};
use crate::ledger::state::State;
use crate::ledger::time::Instant;
use crate::ledger::wallet::Wallet;

fn replayed(sample: &Sample) -> Objects {
    let mut state = State::new([9; 16]);
    for entry in &sample.entries {
        apply(&mut state, entry);
    }
    state.objects
}

fn problems(live: &Objects, replayed: &Objects) -> Vec<String> {
    let report = verify(live, replayed, Problems::default(), [0; 32]);
    assert_eq!(report.ok, report.problems.is_empty());
    report.problems
}

/// Ann 70 of 100 and 5 pending, Bob 40 of which 10 are held.
fn sample() -> Sample {
    let mut sample = Sample::new();
    sample.at(10).accrue_under(ANN, 100, 10, 50, 1);
    sample.accrue(ANN, 5, 20, 60);
    sample.redeem(ANN, 30);
    sample.accrue(BOB, 40, 10, 70);
    sample.authorize(BOB, 10, 30);
    sample
}

fn change_wallet(objects: &mut Objects, member: usize, change: impl FnOnce(&mut Vec<Lot>)) {
    let chunk = Arc::make_mut(&mut objects.chunks[0]);
    let wallet = chunk.member_mut(member).wallet_mut(0);
    let mut lots = wallet.lots().to_vec();
    change(&mut lots);
    *wallet = Wallet::from_parts(lots, wallet.holds().to_vec(), wallet.debt(), wallet.last);
}

#[test]
fn a_sound_state_has_no_problem() {
    let sample = sample();
    let report = verify(
        &sample.state.objects,
        &replayed(&sample),
        Problems::default(),
        [3; 32],
    );
    assert_eq!(report.problems, Vec::<String>::new());
    assert!(report.ok);
    assert_eq!((report.entries, report.members), (7, 2));
    assert_eq!(report.digest, [3; 32]);
}

#[test]
fn a_wrong_amount_is_told_with_member_account_and_step() {
    let sample = sample();
    let mut live = sample.state.objects.clone();
    change_wallet(&mut live, 0, |lots| lots[0].amount += 1);
    let told = problems(&live, &replayed(&sample)).join("\n");
    assert!(
        told.contains("member ann, wallet points: it holds"),
        "{told}"
    );
    assert!(
        told.contains("account outstanding of points, terms 1: 70, the wallets hold 71"),
        "{told}"
    );
    assert!(told.contains("schedule of points, terms 1"), "{told}");
}

#[test]
fn a_wrong_date_is_told_with_its_lot() {
    let sample = sample();
    let mut live = sample.state.objects.clone();
    change_wallet(&mut live, 1, |lots| lots[0].expires_at = Instant(71));
    let told = problems(&live, &replayed(&sample)).join("\n");
    let lot = sample.wallet(BOB).lots()[0].id;
    let name = format!("member bob, wallet points: lot {} (of entry 6)", lot.0);
    assert!(told.contains(&name), "{told}");
}

#[test]
fn every_single_change_is_found() {
    let sample = sample();
    let sound = replayed(&sample);
    type Damage = fn(&mut Objects);
    let damages: [Damage; 12] = [
        |live| live.sequence += 1,
        |live| live.recorded_at.0 += 1,
        |live| Arc::make_mut(&mut live.terms)[1].funder = None,
        |live| live.programs.push(live.programs[0].clone()),
        |live| change_wallet(live, 0, |lots| lots[1].pending = false),
        |live| change_wallet(live, 0, |lots| lots[1].origin += 1),
        |live| change_wallet(live, 0, |lots| lots[1].terms = TermsId(1)),
        |live| change_wallet(live, 0, |lots| lots.truncate(1)),
        |live| Arc::make_mut(&mut live.chunks[0]).due = Instant::NEVER,
        |live| {
            Arc::make_mut(&mut live.chunks[0])
                .member_mut(1)
                .wallet_mut(0)
                .last -= 1
        },
        |live| Arc::make_mut(&mut live.chunks[0]).add("carl"),
        |live| {
            let mut sums = live.accounts.sums(0, TermsId::NONE);
            sums[Account::Redeemed as usize] += 1;
            live.accounts.set(0, TermsId::NONE, sums);
        },
    ];
    for (number, damage) in damages.iter().enumerate() {
        let mut live = sample.state.objects.clone();
        damage(&mut live);
        assert!(!problems(&live, &sound).is_empty(), "damage {number}");
    }
}

#[test]
fn identities_find_what_a_comparison_cannot() {
    let sample = sample();
    let mut objects = sample.state.objects.clone();
    change_wallet(&mut objects, 0, |lots| lots.swap(0, 1));
    let mut problems = Problems::default();
    check(&objects, &mut problems);
    assert!(
        problems
            .told()
            .iter()
            .any(|told| told.contains("out of line"))
    );

    let mut objects = sample.state.objects.clone();
    let mut sums = objects.accounts.sums(0, TermsId::NONE);
    sums[Account::Accrued as usize] -= 2;
    objects.accounts.set(0, TermsId::NONE, sums);
    let mut problems = Problems::default();
    check(&objects, &mut problems);
    let expected = "the accounts of points add up to -2, not to zero";
    assert_eq!(problems.told(), [expected]);
}

#[test]
fn problems_are_counted_beyond_those_told() {
    let mut problems = Problems::default();
    for number in 0..150 {
        problems.add(|| format!("problem {number}"));
    }
    let report = Report::new(&sample().state.objects, problems, [0; 32]);
    assert_eq!((report.problems.len(), report.problem_count), (100, 150));
    assert!(!report.ok);
}

proptest! {
    #[test]
    fn random_histories_verify(steps in steps()) {
        let mut sample = Sample::new();
        sample.play(&steps, |sample| {
            let mut found = Problems::default();
            check(&sample.state.objects, &mut found);
            assert_eq!(found, Problems::default());
        });
        prop_assert_eq!(problems(&sample.state.objects, &replayed(&sample)), Vec::<String>::new());
    }
}
