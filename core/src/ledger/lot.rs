//! Lots: points of one accrual with their own dates, terms and origin; and parts of lots on the move.

use super::time::Instant;

/// Names a lot for ever: the sequence of the entry that made it, and its place in that entry. Place 0 is the lot an
/// entry earns; lots that take over points of others count from 1, those that are no grace lots with the mark `MOVED`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct LotId(pub u64);

impl LotId {
    const PLACE_BITS: u32 = 20;
    /// Set in the place of a lot that took points over and can still be followed by a grace lot.
    const MOVED: u32 = 1 << 19;

    pub const fn new(sequence: u64, place: u32) -> LotId {
        LotId(sequence << LotId::PLACE_BITS | place as u64)
    }

    /// The same, from numbers that may not fit.
    pub const fn checked(sequence: u64, place: u32) -> Option<LotId> {
        let fits = place >> LotId::PLACE_BITS == 0 && sequence >> (64 - LotId::PLACE_BITS) == 0;
        if fits {
            Some(LotId::new(sequence, place))
        } else {
            None
        }
    }

    /// Which of the lots that entry made.
    pub const fn place(self) -> u32 {
        (self.0 & ((1 << LotId::PLACE_BITS) - 1)) as u32
    }

    /// The lot that an entry earns.
    pub const fn earned(sequence: u64) -> LotId {
        LotId::new(sequence, 0)
    }

    /// The same without the mark of a lot that only moved.
    pub const fn unmarked(self) -> LotId {
        LotId(self.0 & !(LotId::MOVED as u64))
    }

    /// The same with the mark of a lot that only moved.
    pub const fn moved(self) -> LotId {
        LotId(self.0 | LotId::MOVED as u64)
    }

    /// Whether it is a grace lot, or took over points of one: grace is given once.
    pub const fn is_grace(self) -> bool {
        !self.is_earned() && self.place() & LotId::MOVED == 0
    }

    /// Whether its points were earned by the entry that made it, not moved over from another lot.
    pub const fn is_earned(self) -> bool {
        self.place() == 0
    }

    /// Sequence of the entry that made the lot.
    pub const fn sequence(self) -> u64 {
        self.0 >> LotId::PLACE_BITS
    }
}

/// Number of a (funder, price) pair in the ledger's list of terms; 0 has neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TermsId(pub u32);

impl TermsId {
    pub const NONE: TermsId = TermsId(0);
}

/// `amount` points of one lot. In a wallet: what is left of it. In a movement or a hold: the part that moves or
/// is held, so that a drained lot can be dropped and restored from any part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lot {
    pub id: LotId,
    pub amount: i64,
    pub activates_at: Instant,
    /// First instant at which it is no longer spendable; `Instant::NEVER` for a lot that stays.
    pub expires_at: Instant,
    /// Sequence of the entry that earned the points; a lot that takes points over keeps its predecessor's.
    pub origin: u64,
    pub terms: TermsId,
    /// Not yet spendable.
    pub pending: bool,
}

impl Lot {
    /// Where the lot stands in its wallet: earliest expiry first, never last, then activation, then id.
    pub const fn place(&self) -> (Instant, Instant, LotId) {
        (self.expires_at, self.activates_at, self.id)
    }

    /// Points of no lot: owed, forgiven, written off.
    pub const fn nowhere(amount: i64) -> Lot {
        Lot {
            id: LotId(0),
            amount,
            activates_at: Instant(0),
            expires_at: Instant(0),
            origin: 0,
            terms: TermsId::NONE,
            pending: false,
        }
    }

    /// The same lot with another amount.
    pub const fn part(&self, amount: i64) -> Lot {
        Lot { amount, ..*self }
    }

    /// Whether both are parts of one lot, in every field but the amount.
    pub fn same_lot(&self, other: &Lot) -> bool {
        self.part(0) == other.part(0)
    }
}
