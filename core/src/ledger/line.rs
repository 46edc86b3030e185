//! A wallet's lots in line: where each stands, and how those that come back get their places.

use smallvec::SmallVec;

use super::entry::{Movement, Way};
use super::lot::Lot;
use super::wallet::Wallet;

/// Lots that come back at once from which on they are put in line in one pass.
const MANY: usize = 16;

impl Wallet {
    /// Where in line a lot stands, if it has a place.
    pub fn position(&self, lot: &Lot) -> Result<usize, usize> {
        // Most lots that come are the last in line: this looks at no other.
        if self.lots.last().map(Lot::place) < Some(lot.place()) {
            return Err(self.lots.len());
        }
        let cursor = self.cursor as usize;
        let is_at = |at: &usize| {
            self.lots
                .get(*at)
                .is_some_and(|stored| stored.id == lot.id && stored.place() == lot.place())
        };
        let near = [cursor, cursor + 1, cursor.wrapping_sub(1)];
        match near.into_iter().find(is_at) {
            Some(at) => Ok(at),
            None => self.lots.binary_search_by_key(&lot.place(), Lot::place),
        }
    }

    /// Puts the lots that come back by many movements in line before they do, drained: one pass instead of an
    /// insertion for each.
    pub fn make_room(&mut self, movements: &[Movement]) {
        let returns = |movement: &&Movement| {
            matches!(
                movement.flow.way(),
                Way::Back | Way::Restored | Way::Releases
            )
        };
        if movements.len() < MANY || movements.iter().filter(returns).count() < MANY {
            return;
        }
        let coming = movements
            .iter()
            .filter(returns)
            .map(|movement| &movement.lot);
        self.make_room_for(coming);
    }

    /// The same, for parts that are about to come back.
    pub fn make_room_for<'l>(&mut self, coming: impl Iterator<Item = &'l Lot>) {
        let absent = coming.filter(|lot| self.position(lot).is_err());
        let mut line: Vec<Lot> = absent.map(|lot| lot.part(0)).collect();
        if line.len() < MANY {
            return;
        }
        line.reserve_exact(self.lots.len());
        line.extend_from_slice(&self.lots);
        // Stable: of lots that claim one place, the first to come stands for it.
        line.sort_by_key(Lot::place);
        line.dedup_by_key(|lot| lot.place());
        line.shrink_to_fit();
        self.lots = SmallVec::from_vec(line);
        self.cursor = 0;
        self.drained = true;
    }
}

/// Lots of which a wallet makes room when it is full: few, as most wallets stay small.
pub(super) const fn room_for_more(lots: usize) -> usize {
    match lots {
        0..=1 => 1,
        _ => 2 + lots / 4,
    }
}
