//! The law of time: what happens to a wallet between two instants, with nobody asking.
//!
//! Due instants are taken in order; at one instant holds lapse, then lots activate, then lots expire, each in
//! order of id. So `settle(settle(w, a), b) = settle(w, b)`, and no job ever decides anything.

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
    let mut cursor = 0;
    loop {
        let lapse = wallet
            .holds()
            .iter()
            .map(|hold| (hold.lapses_at, hold.id))
            .min()
            .filter(|due| due.0 <= to);
        let activation = activations.last().map(|lot| lot.activates_at);
        cursor = next_expiring(wallet, cursor);
        let expiry = wallet
            .lots()
            .get(cursor)
            .map(|lot| lot.expires_at)
            .filter(|due| *due <= to);
        let earliest = [lapse.map(|due| due.0), activation, expiry]
            .into_iter()
            .flatten()
            .min();
        let Some(now) = earliest else { break };
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
        if lot.expires_at <= now && lot.amount > paid {
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
    let mut gone: Vec<Lot> = due
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

fn step(wallet: &mut Wallet, movement: Movement, tell: &mut impl FnMut(Movement)) {
    wallet.apply(&movement);
    tell(movement);
}

/// The first lot in line from `cursor` on that can expire. Lots behind it are gone: what comes back later than its
/// expiry expires at once, what activates does so before it expires.
fn next_expiring(wallet: &Wallet, cursor: usize) -> usize {
    let ahead = wallet.lots()[cursor..]
        .iter()
        .position(|lot| lot.amount > 0 && !lot.pending);
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
