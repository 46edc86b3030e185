//! Lots: points of one accrual with their own dates, terms and origin; and parts of lots on the move.

use super::time::Instant;

/// Names a lot for ever: the sequence of the entry that made it, and its place in that entry. Place 0 is the lot an
/// entry earns; lots that take over points of others count from 1, those that are no grace lots with the mark `MOVED`;
/// rewards of referrals count from 0 with the mark `REWARD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct LotId(pub u64);

impl LotId {
    const PLACE_BITS: u32 = 20;
    /// Set in the place of a lot that took points over and can still be followed by a grace lot.
    const MOVED: u32 = 1 << 19;

    /// Set in the place of a lot that is the reward of a referral.
    const REWARD: u32 = 1 << 18;
    /// Rewards that one entry gives.
    pub const REWARDS: u32 = LotId::REWARD;

    /// The reward that an entry gives, counted from 0.
    pub const fn reward(sequence: u64, place: u32) -> LotId {
        LotId::new(sequence, LotId::REWARD | place)
    }

    /// Whether it is a reward as it was given.
    pub const fn is_reward(self) -> bool {
        self.place() & (LotId::REWARD | LotId::MOVED) == LotId::REWARD
    }

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
        !self.is_earned() && !self.is_reward() && self.place() & LotId::MOVED == 0
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

/// Set in the origin of what a reward gave: the rest is the reward's lot.
const OF_REWARD: u64 = 1 << 63;

/// The origin of all points of a reward.
pub const fn origin_of_reward(lot: LotId) -> u64 {
    OF_REWARD | lot.0
}

/// Whether an origin is a reward.
pub const fn is_of_reward(origin: u64) -> bool {
    origin & OF_REWARD != 0
}

/// Sequence of the entry that an origin is, or that gave the reward that it is.
pub const fn origin_entry(origin: u64) -> u64 {
    match is_of_reward(origin) {
        true => LotId(origin & !OF_REWARD).sequence(),
        false => origin,
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
    /// Sequence of the entry that earned the points, or the reward that they are; a lot that takes points over keeps
    /// its predecessor's.
    pub origin: u64,
    pub terms: TermsId,
    /// Not yet spendable.
    pub pending: bool,
}

impl Lot {
    /// Sequence of the entry that earned the points or gave the reward.
    pub const fn earned_by(&self) -> u64 {
        origin_entry(self.origin)
    }

    /// Whether it waits for a person's decision: then its expiry is when nobody can decide any more.
    pub fn is_frozen(&self) -> bool {
        self.pending
            && self.activates_at == Instant::NEVER
            && self.expires_at <= Instant::FORESEEABLE
    }

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
