//! What of a wallet's lots has expired and is still gone: what came back, or counted as taken, is not.

use super::super::entry::{Entry, Flow, Movement, WalletId};
use super::super::lot::{Lot, LotId};
use super::super::rejection::Class;
use super::super::request::Command;
use super::super::time::Instant;

/// Lots of one wallet as they stand in its history, each with the points of it that expired and are still gone.
pub struct Expired {
    /// What expired earlier does not count.
    since: Instant,
    /// In the order in which they began to expire.
    lots: Vec<Lot>,
    /// Those that have not expired.
    others: Vec<Lot>,
    /// What of expired lots counts as taken, and may be gone again.
    taken: Vec<(LotId, i64)>,
}

impl Expired {
    /// Of the lots that are wanted. Entries come oldest first; `unrecorded` is what time has moved since.
    pub fn of<'e>(
        wallet: WalletId,
        entries: impl Iterator<Item = &'e Entry<'static>>,
        unrecorded: &[Movement],
        wanted: impl Fn(&Lot) -> bool,
    ) -> Expired {
        Expired::after(Instant::FIRST, wallet, entries, unrecorded, wanted)
    }

    /// The same, of what expired after an instant.
    pub fn after<'e>(
        since: Instant,
        wallet: WalletId,
        entries: impl Iterator<Item = &'e Entry<'static>>,
        unrecorded: &[Movement],
        wanted: impl Fn(&Lot) -> bool,
    ) -> Expired {
        let mut expired = Expired {
            since,
            lots: Vec::new(),
            others: Vec::new(),
            taken: Vec::new(),
        };
        for entry in entries {
            let effects = entry.effects.iter();
            for effect in effects.filter(|effect| effect.wallet == wallet) {
                expired.follow(&effect.movements, entry.sequence, &wanted);
                expired.bring_back(entry);
            }
        }
        expired.follow(unrecorded, 0, &wanted);
        expired
    }

    /// One lot, if it ever was in the wallet; its amount is what expired of it.
    pub fn lot(&self, id: LotId) -> Option<Lot> {
        let mut known = self.lots.iter().chain(&self.others);
        known.find(|lot| lot.id == id).copied()
    }

    /// Every part that is gone, in the order in which the lots began to expire.
    pub fn into_parts(self) -> Vec<Lot> {
        let gone = |lot: &Lot| lot.amount > 0;
        self.lots.into_iter().filter(gone).collect()
    }

    fn follow(&mut self, movements: &[Movement], entry: u64, wanted: &impl Fn(&Lot) -> bool) {
        let about_lots = movements
            .iter()
            .filter(|movement| !movement.flow.has_no_lot() && wanted(&movement.lot));
        for movement in about_lots {
            let amount = match movement.flow {
                Flow::Expired if movement.due_at.is_some_and(|due_at| due_at <= self.since) => 0,
                Flow::Expired => movement.lot.amount,
                Flow::ExpiryReversed | Flow::RewardExpiryTaken => self.take(&movement.lot),
                Flow::ExpiryRestored | Flow::RewardExpiryRestored => self.untake(&movement.lot),
                // Into a lot of its own comes what was reinstated by hand; that counts for the lot it names.
                Flow::Reinstated if movement.lot.id.sequence() == entry => 0,
                Flow::Reinstated => -movement.lot.amount,
                _ => 0,
            };
            self.add(&movement.lot, amount);
        }
    }

    /// What counts as taken of what expired since; the rest expired earlier.
    fn take(&mut self, lot: &Lot) -> i64 {
        let known = self.lots.iter().find(|known| known.id == lot.id);
        let amount = known.map_or(0, |known| known.amount.min(lot.amount));
        self.taken.push((lot.id, amount));
        -amount
    }

    /// What is gone again of what counted as taken: undoing that is no expiry of its own.
    fn untake(&mut self, lot: &Lot) -> i64 {
        let mut left = lot.amount;
        for (_, amount) in self.taken.iter_mut().filter(|(id, _)| *id == lot.id) {
            let again = left.min(*amount);
            *amount -= again;
            left -= again;
        }
        lot.amount - left
    }

    /// What is reinstated by hand comes back as another lot.
    fn bring_back(&mut self, entry: &Entry<'_>) {
        if let Command::Reinstate(reinstate) = &entry.request.command
            && entry.code.class() == Class::Applied
            && let Some(lot) = self.lots.iter_mut().find(|lot| lot.id == reinstate.lot)
        {
            lot.amount -= entry.figures.awarded;
        }
    }

    fn add(&mut self, lot: &Lot, amount: i64) {
        let same = |known: &&mut Lot| known.id == lot.id;
        let fresh = Lot {
            pending: false,
            ..lot.part(amount)
        };
        if let Some(known) = self.lots.iter_mut().find(same) {
            known.amount += amount;
        } else if amount != 0 {
            self.lots.push(fresh);
        } else if !self.others.iter().any(|known| known.id == lot.id) {
            self.others.push(fresh);
        }
    }
}
