//! The law of time: what happens to a wallet between two instants, with nobody asking.
//!
//! Due instants are taken in order; at one instant holds lapse, then lots activate, then lots expire, then freezes
//! lapse that nobody decided on, each in order of id. So `settle(settle(w, a), b) = settle(w, b)`, and no job ever
//! decides anything.

use super::entry::{Flow, Movement};
use super::lot::Lot;
use super::time::Instant;
use super::wallet::Wallet;

/// Advances a wallet to `to`, both ends included, and tells each movement in order.
pub fn settle(wallet: &mut Wallet, to: Instant, tell: &mut impl FnMut(Movement)) {
    if wallet.next_due() > to {
        return;
    }
    let mut activations = pending_places(wallet, to);
    activations.reverse();
    let mut frozen = frozen_places(wallet, to);
    frozen.reverse();
    let (mut cursor, mut reached) = (0, Instant::FIRST);
    loop {
        let lapse = wallet
            .holds()
            .iter()
            .map(|hold| (hold.lapses_at, hold.id))
            .min()
            .filter(|due| due.0 <= to);
        let activation = activations.last().map(|lot| lot.activates_at);
        let first = lapse
            .map(|due| due.0)
            .into_iter()
            .chain(activation)
            .min()
            .unwrap_or(Instant::NEVER);
        cursor = next_expiring(wallet, cursor, first);
        let dated = wallet.lots().get(cursor).map(|lot| lot.expires_at);
        // What comes to a wallet whose date has passed expires at once.
        let with_wallet = wallet.next_inactivity().max(reached);
        let expiry = dated
            .into_iter()
            .chain([with_wallet])
            .min()
            .filter(|due| *due <= to && *due < first);
        let earliest = [lapse.map(|due| due.0), activation, expiry]
            .into_iter()
            .flatten()
            .min();
        let unfrozen = frozen.last().map(|lot| lot.expires_at);
        if let Some(now) = unfrozen.filter(|now| earliest.is_none_or(|earliest| *now < earliest)) {
            reached = now;
            let lot = frozen.pop().expect("the freeze was just seen");
            take_back(wallet, lot, now, tell);
            continue;
        }
        let Some(now) = earliest else { break };
        reached = now;
        if let Some((_, id)) = lapse.filter(|due| due.0 == now) {
            release_hold(wallet, id, now, tell);
        } else if activation == Some(now) {
            let lot = activations.pop().expect("the activation was just seen");
            let paid = wallet.debt().min(lot.amount);
            step(
                wallet,
                Movement {
                    flow: Flow::Activated,
                    due_at: Some(now),
                    lot,
                    paid,
                    hold: 0,
                },
                tell,
            );
        } else {
            expire_from(wallet, cursor, now, tell);
        }
    }
    wallet.settle_down();
}

/// Releases all parts of a hold, last drawn first. Points pay debt, fill their lot, and expire if due.
fn release_hold(wallet: &mut Wallet, id: u64, now: Instant, tell: &mut impl FnMut(Movement)) {
    let parts = wallet
        .hold(id)
        .map(|hold| hold.parts.clone())
        .expect("the hold was just seen");
    wallet.make_room_for(parts.iter());
    for lot in parts.into_iter().rev() {
        let paid = wallet.debt().min(lot.amount);
        step(
            wallet,
            Movement {
                flow: Flow::Released,
                due_at: Some(now),
                lot,
                paid,
                hold: id,
            },
            tell,
        );
        if wallet.expiry_of(&lot) <= now && lot.amount > paid {
            let gone = lot.part(lot.amount - paid);
            step(
                wallet,
                Movement {
                    flow: Flow::Expired,
                    due_at: Some(now),
                    lot: gone,
                    paid: 0,
                    hold: 0,
                },
                tell,
            );
        }
    }
}

/// Expires every lot in line that is due at `now`, in order of id.
fn expire_from(wallet: &mut Wallet, at: usize, now: Instant, tell: &mut impl FnMut(Movement)) {
    let due = wallet.lots()[at..]
        .iter()
        .take_while(|lot| lot.expires_at <= now);
    let with_wallet = match wallet.inactive_at() <= now {
        true => wallet.lots_with_wallet(),
        false => &[],
    };
    let mut gone: Vec<Lot> = due
        .chain(with_wallet)
        .filter(|lot| lot.amount > 0 && !lot.pending)
        .copied()
        .collect();
    gone.sort_unstable_by_key(|lot| lot.id);
    for lot in gone {
        step(
            wallet,
            Movement {
                flow: Flow::Expired,
                due_at: Some(now),
                lot,
                paid: 0,
                hold: 0,
            },
            tell,
        );
    }
}

/// What was frozen and nobody released is taken back.
fn take_back(wallet: &mut Wallet, lot: Lot, now: Instant, tell: &mut impl FnMut(Movement)) {
    step(
        wallet,
        Movement {
            flow: Flow::RewardTaken,
            due_at: Some(now),
            lot,
            paid: 0,
            hold: 0,
        },
        tell,
    );
}

fn step(wallet: &mut Wallet, movement: Movement, tell: &mut impl FnMut(Movement)) {
    wallet.apply(&movement);
    tell(movement);
}

/// The first lot in line from `cursor` on that can expire, or that would do so no earlier than `first`, the next
/// lapse or activation. Lots behind it are gone for good: what comes back later than its expiry expires at once, and
/// a lot that is still pending before `first` expires after it.
fn next_expiring(wallet: &Wallet, cursor: usize, first: Instant) -> usize {
    let ahead = wallet.lots()[cursor..]
        .iter()
        .position(|lot| lot.expires_at >= first || (lot.amount > 0 && !lot.pending));
    ahead.map_or(wallet.lots().len(), |steps| cursor + steps)
}

/// Pending lots that activate by `to`, in order of activation and id.
fn pending_places(wallet: &Wallet, to: Instant) -> Vec<Lot> {
    let pending = wallet
        .lots()
        .iter()
        .filter(|lot| lot.pending && lot.amount > 0 && lot.activates_at <= to);
    let mut places: Vec<Lot> = pending.copied().collect();
    places.sort_unstable_by_key(|lot| (lot.activates_at, lot.id));
    places
}

/// Frozen lots whose freeze lapses by `to`, in order of that and of id.
fn frozen_places(wallet: &Wallet, to: Instant) -> Vec<Lot> {
    let lots = wallet.lots().iter();
    let frozen = lots.filter(|lot| lot.is_frozen() && lot.amount > 0 && lot.expires_at <= to);
    let mut places: Vec<Lot> = frozen.copied().collect();
    places.sort_unstable_by_key(|lot| (lot.expires_at, lot.id));
    places
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ledger::lot::{LotId, TermsId};
    use crate::ledger::wallet::Hold;

    const HORIZON: i64 = 20;

    fn lot(number: u64, amount: i64, activates_at: i64, expires_at: i64, pending: bool) -> Lot {
        Lot {
            id: LotId::new(number, 0),
            amount,
            activates_at: Instant(activates_at),
            expires_at: Instant(expires_at),
            origin: number,
            terms: TermsId::NONE,
            pending,
        }
    }

    fn sorted(mut lots: Vec<Lot>) -> Vec<Lot> {
        lots.sort_by_key(Lot::place);
        lots
    }

    fn settled(wallet: &Wallet, to: i64) -> (Wallet, Vec<Movement>) {
        let (mut wallet, mut told) = (wallet.clone(), Vec::new());
        settle(&mut wallet, Instant(to), &mut |movement| {
            told.push(movement)
        });
        (wallet, told)
    }

    #[test]
    fn a_lot_activates_and_expires_ahead_of_a_later_one() {
        let lots = vec![lot(1, 50, 10, 20, true), lot(2, 60, 0, 30, false)];
        let wallet = Wallet::from_parts(lots, Vec::new(), 0, 2);
        let (after, told) = settled(&wallet, 25);
        let flows: Vec<(Flow, i64)> = told
            .iter()
            .map(|movement| (movement.flow, movement.due_at.expect("time's own").0))
            .collect();
        assert_eq!(flows, [(Flow::Activated, 10), (Flow::Expired, 20)]);
        assert_eq!(after.balance().available, 60);
    }

    #[test]
    fn debt_is_paid_by_what_activates_before_it_can_expire() {
        let lots = vec![lot(1, 50, 10, 20, true), lot(2, 60, 15, 99, true)];
        let wallet = Wallet::from_parts(lots, Vec::new(), 70, 2);
        let parts = |to| {
            let balance = settled(&wallet, to).0.balance();
            [
                balance.available,
                balance.pending,
                balance.held,
                balance.debt,
            ]
        };
        assert_eq!(parts(9), [0, 110, 0, 70]);
        assert_eq!(parts(10), [0, 60, 0, 20]);
        assert_eq!(parts(15), [40, 0, 0, 0]);
        assert_eq!(parts(20), [40, 0, 0, 0]);
    }

    #[test]
    fn a_lapse_comes_before_the_expiry_of_its_lots() {
        let lots = vec![lot(2, 150, 0, 40, false)];
        let parts = vec![lot(1, 200, 0, 5, false), lot(2, 150, 0, 40, false)];
        let hold = Hold::new(3, Instant(10), parts);
        let wallet = Wallet::from_parts(lots, vec![hold], 0, 3);
        let (after, told) = settled(&wallet, 10);
        let steps: Vec<(Flow, i64)> = told
            .iter()
            .map(|movement| (movement.flow, movement.lot.amount))
            .collect();
        let expected = [
            (Flow::Released, 150),
            (Flow::Released, 200),
            (Flow::Expired, 200),
        ];
        assert_eq!(steps, expected);
        assert_eq!(after.balance().available, 300);
        assert!(after.is_plain());
    }

    #[test]
    fn a_sliding_wallet_expires_whole_and_what_comes_later_at_once() {
        let with_wallet = |number, amount, activates_at, pending| {
            let late = Instant::WITH_WALLET.0;
            lot(number, amount, activates_at, late, pending)
        };
        let lots = vec![
            with_wallet(1, 50, 0, false),
            with_wallet(2, 20, 30, true),
            lot(3, 7, 0, Instant::NEVER.0, false),
        ];
        let hold = Hold::new(9, Instant(40), vec![with_wallet(4, 5, 0, false)]);
        let mut wallet = Wallet::from_parts(sorted(lots), vec![hold], 0, 9);
        assert_eq!(
            settled(&wallet, 99).1.len(),
            2,
            "without a date nothing expires"
        );
        wallet.set_inactive_at(Instant(25));
        wallet.settle_down();
        assert_eq!(
            (wallet.next_due(), wallet.next_expiry()),
            (Instant(25), Instant(25))
        );
        let (after, told) = settled(&wallet, 99);
        let steps: Vec<(Flow, i64, i64)> = told
            .iter()
            .map(|step| {
                (
                    step.flow,
                    step.lot.amount,
                    step.due_at.expect("time's own").0,
                )
            })
            .collect();
        let expected = [
            (Flow::Expired, 50, 25),
            (Flow::Activated, 20, 30),
            (Flow::Expired, 20, 30),
            (Flow::Released, 5, 40),
            (Flow::Expired, 5, 40),
        ];
        assert_eq!(steps, expected);
        assert_eq!(
            (after.balance().available, after.last_inactivity()),
            (7, Instant(40))
        );
    }

    prop_compose! {
        /// What an entry at instant 0 may leave: dates ahead, debt only where nothing is available.
        fn wallets()(
            lots in prop::collection::vec((1i64..9, -1i64..HORIZON, 1i64..HORIZON, any::<bool>()), 0..9),
            holds in prop::collection::vec(
                (1i64..HORIZON, prop::collection::vec((0usize..9, 1i64..9), 1..4)), 0..3),
            debt in prop_oneof![Just(0i64), 1i64..40],
            slides in prop::option::of((1i64..HORIZON, 0usize..4)),
        ) -> Wallet {
            let made: Vec<Lot> = lots.iter().zip(1u64..).map(|((amount, activates, lives, for_ever), number)| {
                let with_wallet = slides.is_some_and(|(_, every)| number as usize % 4 <= every);
                let expires = match (with_wallet, *for_ever) {
                    (true, _) => Instant::WITH_WALLET.0,
                    (false, true) => Instant::NEVER.0,
                    (false, false) => (*activates).max(0) + lives,
                };
                lot(number, *amount, *activates, expires, *activates > 0)
            }).collect();
            let spendable: Vec<Lot> = made.iter().filter(|lot| !lot.pending).copied().collect();
            let holds = holds.iter().zip(100u64..).filter_map(|((lapses, parts), id)| {
                let mut held: Vec<Lot> = Vec::new();
                for (place, amount) in parts {
                    if let Some(lot) = spendable.get(*place)
                        && held.iter().all(|part| part.id != lot.id) {
                        held.push(lot.part(*amount));
                    }
                }
                (!held.is_empty()).then(|| Hold::new(id, Instant(*lapses), held))
            }).collect();
            let left = made.into_iter().filter(|lot| debt == 0 || lot.pending).collect();
            let mut wallet = Wallet::from_parts(sorted(left), holds, debt, 200);
            if let Some((inactive_at, _)) = slides {
                wallet.set_inactive_at(Instant(inactive_at));
                wallet.settle_down();
            }
            wallet
        }
    }

    proptest! {
        #[test]
        fn settling_in_two_steps_is_settling_in_one(wallet in wallets(), a in 0..HORIZON * 2, more in 0..HORIZON) {
            let (middle, mut told) = settled(&wallet, a);
            let (after, rest) = settled(&middle, a + more);
            told.extend(rest);
            prop_assert_eq!((after, told), settled(&wallet, a + more));
        }

        #[test]
        fn settling_at_every_instant_is_settling_at_the_end(wallet in wallets()) {
            let (mut stepped, mut told) = (wallet.clone(), Vec::new());
            for now in 0..=HORIZON * 2 {
                settle(&mut stepped, Instant(now), &mut |movement| told.push(movement));
                let balance = stepped.balance();
                prop_assert_eq!(balance, stepped.recomputed());
                prop_assert!(balance.debt == 0 || balance.available == 0);
                prop_assert!(stepped.next_due() > Instant(now));
                for lot in stepped.lots() {
                    let due = if lot.pending { lot.activates_at } else { stepped.expiry_of(lot) };
                    prop_assert!(due.0 > now);
                }
            }
            prop_assert_eq!((stepped, told), settled(&wallet, HORIZON * 2));
        }

        #[test]
        fn each_movement_of_time_is_one_that_audit_accepts(wallet in wallets()) {
            let (_, told) = settled(&wallet, HORIZON * 2);
            let mut audited = wallet;
            for movement in &told {
                prop_assert_eq!(audited.check(movement), Ok(()));
                audited.apply(movement);
            }
        }
    }
}
