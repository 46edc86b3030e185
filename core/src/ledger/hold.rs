//! Points that one authorization reserves, and how parts of it leave.

use super::lot::Lot;
use super::time::Instant;

/// Points reserved by one authorization. Inside an effect parts that were taken out stay in their place; at its end
/// they go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Sequence of the authorization.
    pub id: u64,
    /// First instant at which it no longer holds.
    pub lapses_at: Instant,
    /// Held parts in draw order.
    pub parts: Vec<Lot>,
    /// Parts that are empty and still in their place.
    emptied: u32,
    /// Where the latest part left: the next one is its neighbour, whichever end a hold is emptied from.
    cursor: u32,
}

impl Hold {
    pub const fn new(id: u64, lapses_at: Instant, parts: Vec<Lot>) -> Hold {
        Hold {
            id,
            lapses_at,
            parts,
            emptied: 0,
            cursor: 0,
        }
    }

    /// The part that is of a lot, and still holds something of it.
    pub(super) fn part_of(&self, lot: &Lot) -> Option<&Lot> {
        self.position(lot).map(|at| &self.parts[at])
    }

    pub(super) fn add(&mut self, part: Lot) {
        self.parts.push(part);
    }

    /// Takes points out that `part_of` has found here; tells whether nothing is left.
    pub(super) fn take(&mut self, part: &Lot) -> bool {
        let at = self.position(part).expect("audit found the part held");
        self.cursor = at as u32;
        self.parts[at].amount -= part.amount;
        self.emptied += u32::from(self.parts[at].amount == 0);
        self.emptied as usize == self.parts.len()
    }

    /// Ends an effect: empty parts go.
    pub(super) fn settle_down(&mut self) {
        if self.emptied > 0 {
            self.parts.retain(|part| part.amount > 0);
        }
        (self.emptied, self.cursor) = (0, 0);
    }

    fn position(&self, lot: &Lot) -> Option<usize> {
        let is_it = |part: &Lot| part.id == lot.id && part.amount > 0;
        let cursor = self.cursor as usize;
        let near = [
            cursor,
            cursor + 1,
            cursor.wrapping_sub(1),
            self.parts.len().wrapping_sub(1),
        ];
        let is_at = |at: &usize| self.parts.get(*at).is_some_and(is_it);
        near.into_iter()
            .find(is_at)
            .or_else(|| self.parts.iter().position(is_it))
    }
}
