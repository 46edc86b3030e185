//! What an original drew, point by point in the order drawn, and where what came back of it stands.

use super::super::entry::{Effect, Entry, Fact, Flow, WalletId};
use super::super::lot::{Lot, LotId};
use super::super::rejection::Class;
use super::super::request::Command;
use super::case::Case;
use super::share::parts_after;

const DRAWN: [Flow; 6] = [
    Flow::Redeemed,
    Flow::Captured,
    Flow::RedeemOverdrawn,
    Flow::AdjustedDown,
    Flow::AdjustOverdrawn,
    Flow::TransferredOut,
];
const BACK: [Flow; 3] = [
    Flow::RedemptionReversed,
    Flow::AdjustmentReturned,
    Flow::TransferredIn,
];
const AGAIN: [Flow; 3] = [Flow::ReturnTaken, Flow::AdjustedDown, Flow::TransferredOut];
const MISSING: [Flow; 5] = [
    Flow::ReturnOverdrawn,
    Flow::ReturnWrittenOff,
    Flow::AdjustOverdrawn,
    Flow::TransferOverdrawn,
    Flow::TransferWrittenOff,
];

/// Parts of lots in the order drawn; the last `back` points have come back. Points that were never there are of the
/// lot with id 0.
#[derive(Clone, Debug)]
pub struct Draws {
    parts: Vec<Lot>,
    back: i64,
}

impl Draws {
    /// What an original drew from a wallet, with all that happened to it since as far as the history is given.
    pub fn of(case: &Case<'_>, original: &Entry<'_>, wallet: WalletId, back: i64) -> Draws {
        let effects = || {
            original
                .effects
                .iter()
                .filter(|effect| effect.wallet == wallet)
        };
        let parts: Vec<Lot> = effects().flat_map(|effect| moved(effect, &DRAWN)).collect();
        let plain = Draws {
            parts: parts.clone(),
            back,
        };
        let mut draws = Draws { parts, back: 0 };
        // What waited for it came back in its own entry.
        effects().for_each(|effect| draws.come_back(effect));
        for entry in case.originals.history().rev() {
            draws.follow(entry, original.sequence, wallet);
        }
        // Without its past an original was never reopened, and only its own lots matter.
        if draws.back == back { draws } else { plain }
    }

    pub fn total(&self) -> i64 {
        self.parts.iter().map(|part| part.amount).sum()
    }

    /// The next points to come back, the last drawn first.
    pub fn next_back(&self, points: i64) -> Vec<Lot> {
        parts_after(self.parts.iter().rev(), self.back, points)
    }

    /// Of the points that came back, those drawn first.
    pub fn first_back(&self, points: i64) -> Vec<Lot> {
        let before = self.total() - self.back;
        parts_after(self.parts.iter(), before, points)
    }

    fn follow(&mut self, entry: &Entry<'_>, original: u64, wallet: WalletId) {
        let is_follow_up = entry.code.class() == Class::Applied
            && matches!(entry.request.command, Command::Reverse(_));
        let effect = entry.effects.iter().find(|effect| effect.wallet == wallet);
        let Some(effect) = effect.filter(|_| is_follow_up) else {
            return;
        };
        if reopens(entry, original) {
            self.take_again(effect);
        } else if entry.original == original {
            self.come_back(effect);
        }
    }

    /// Points came back, each to the lot it is of from now on; those that did not stay are of the lot they were drawn
    /// from.
    fn come_back(&mut self, effect: &Effect) {
        let came = returned(effect);
        let points = came.iter().map(|part| part.lot.amount).sum();
        let mut slots = self.next_back(points);
        slots.reverse();
        let mut parts = Vec::with_capacity(came.len());
        for Returned { lot, claimed } in came {
            let stays = lot.amount - claimed;
            parts.extend(pop_points(&mut slots, claimed));
            pop_points(&mut slots, stays);
            parts.push(lot.part(stays));
        }
        parts.retain(|part| part.amount > 0);
        parts.reverse();
        let end = self.total() - self.back;
        self.replace(end - points, points, parts);
        self.back += points;
    }

    /// Some points were drawn anew: from their lots as far as they were there, the others from what stood in for them.
    fn take_again(&mut self, effect: &Effect) {
        let mut taken: Vec<Lot> = moved(effect, &AGAIN).collect();
        // What had expired paid debt before it was taken again.
        let reinstated = effect.movements.iter().filter(|movement| {
            movement.flow == Flow::Reinstated && movement.due_at.is_none() && movement.paid > 0
        });
        taken.extend(reinstated.map(|movement| movement.lot.part(movement.paid)));
        let owed: i64 = moved(effect, &MISSING).map(|lot| lot.amount).sum();
        let paid: i64 = effect
            .movements
            .iter()
            .filter(|movement| movement.flow == Flow::Reinstated && movement.due_at.is_none())
            .map(|movement| movement.paid)
            .sum();
        let points = taken.iter().map(|lot| lot.amount).sum::<i64>() + owed - paid;
        let begin = self.total() - self.back;
        let slots = self.first_back(points);
        self.replace(begin, points, fill(slots, taken));
        self.back -= points;
    }

    /// Puts other parts in the place of `points` points that start behind the first `begin`.
    fn replace(&mut self, begin: i64, points: i64, parts: Vec<Lot>) {
        let total = self.total();
        let mut line = parts_after(self.parts.iter(), 0, begin);
        line.extend(parts);
        let rest = total - begin - points;
        line.extend(parts_after(self.parts.iter(), begin + points, rest));
        self.parts = line;
    }
}

/// What stands in the place of each drawn part once it is drawn anew: its own lot as far as that was taken, then what
/// was taken beyond that, in order; where that ends (the rest is debt or written off), its own lot.
fn fill(slots: Vec<Lot>, mut taken: Vec<Lot>) -> Vec<Lot> {
    let mut owned = Vec::with_capacity(slots.len());
    for slot in slots {
        let mut own = 0;
        for part in taken.iter_mut().filter(|part| part.id == slot.id) {
            let amount = part.amount.min(slot.amount - own);
            part.amount -= amount;
            own += amount;
        }
        owned.push((slot, own));
    }
    let mut others = taken.into_iter().filter(|part| part.amount > 0);
    let mut other: Option<Lot> = others.next();
    let mut filled = Vec::new();
    for (slot, own) in owned {
        if own > 0 {
            filled.push(slot.part(own));
        }
        let mut open = slot.amount - own;
        while let Some(part) = other.filter(|_| open > 0) {
            let amount = part.amount.min(open);
            filled.push(part.part(amount));
            open -= amount;
            other = match part.amount - amount {
                0 => others.next(),
                left => Some(part.part(left)),
            };
        }
        if open > 0 {
            filled.push(slot.part(open));
        }
    }
    filled
}

/// Whether an entry undoes a reversal of the original.
pub fn reopens(entry: &Entry<'_>, original: u64) -> bool {
    let mut facts = entry.facts.iter();
    facts.any(|fact| matches!(fact, Fact::Reopened { original: of } if *of == original))
}

/// Takes points off the end of a line.
fn pop_points(line: &mut Vec<Lot>, points: i64) -> Vec<Lot> {
    let (mut left, mut parts) = (points, Vec::new());
    while left > 0
        && let Some(last) = line.pop()
    {
        let amount = last.amount.min(left);
        left -= amount;
        parts.push(last.part(amount));
        if amount < last.amount {
            line.push(last.part(last.amount - amount));
        }
    }
    parts
}

/// A part that came back, and how much of it paid debt or made a write-off good.
struct Returned {
    lot: Lot,
    claimed: i64,
}

/// What an entry itself gave back, in the order in which it came.
fn returned(effect: &Effect) -> Vec<Returned> {
    let mut came: Vec<Returned> = Vec::new();
    for movement in effect
        .movements
        .iter()
        .filter(|movement| movement.due_at.is_none())
    {
        if BACK.contains(&movement.flow) {
            came.push(Returned {
                lot: movement.lot,
                claimed: movement.paid,
            });
        } else if let (Flow::MadeGood, Some(last)) = (movement.flow, came.last_mut()) {
            last.claimed += movement.lot.amount;
        }
    }
    came
}

/// Parts that an entry itself moved by any of these flows, in order.
fn moved<'e>(effect: &'e Effect, flows: &'e [Flow]) -> impl Iterator<Item = Lot> + 'e {
    let own = effect
        .movements
        .iter()
        .filter(|movement| movement.due_at.is_none() && flows.contains(&movement.flow));
    own.map(|movement| movement.lot)
}

/// Whether a part was never there.
pub fn is_phantom(lot: &Lot) -> bool {
    lot.id == LotId::default()
}
