//! Single-use coupons: reserved like a hold, used, and released; over one entry or several.
//!
//! F is the friend who has it, G anybody else.
//!
//! | state          | validate F / G | reserve F / G       | use F / G         | release F / G     | F is bound by it |
//! | -------------- | -------------- | ------------------- | ----------------- | ----------------- | ---------------- |
//! | open           | ok / ok        | reserved / reserved | used / used       | open / open       | bound            |
//! | reserved by F  | ok / refused   | reserved / refused  | used / refused    | open / refused    | bound            |
//! | used by F      | ok / refused   | refused / refused   | refused / refused | open / refused    | bound            |
//! | bound to F     | ok / refused   | refused / refused   | refused / refused | refused / refused | bound            |
//!
//! A reservation has an end, or none; at its end and after it the coupon is open. Reserved again, it has the new end.
//! What is bound to F an edge has used, also one that was denied or moved since; it is open again when F is unbound.

use crate::ledger::time::Instant;

/// The life of a coupon; `F` is what friends are known by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Coupon<F> {
    #[default]
    Open,
    Reserved {
        friend: F,
        /// First instant at which it is open again; `NEVER`: it stays.
        ends_at: Instant,
    },
    /// At a till, without an edge.
    Used(F),
    /// An edge used it.
    Bound(F),
}

/// What a till does with a coupon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum CouponAction {
    Reserve = 1,
    Use = 2,
    Release = 3,
}

/// Somebody has the coupon, or it was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeUsed;

impl<F: Copy + PartialEq> Coupon<F> {
    /// The coupon as time has left it.
    #[must_use]
    pub fn settled(self, now: Instant) -> Self {
        match self {
            Self::Reserved { ends_at, .. } if ends_at <= now => Self::Open,
            _ => self,
        }
    }

    /// Who has it.
    pub fn friend(self) -> Option<F> {
        match self {
            Self::Open => None,
            Self::Reserved { friend, .. } | Self::Used(friend) | Self::Bound(friend) => {
                Some(friend)
            }
        }
    }

    /// Whether a friend may be bound by it.
    pub fn validate(self, friend: F, now: Instant) -> Result<(), CodeUsed> {
        match self.settled(now).friend() {
            Some(other) if other != friend => Err(CodeUsed),
            _ => Ok(()),
        }
    }

    /// The coupon after what a till does with it; a reservation ends at `ends_at`.
    pub fn changed(
        self,
        action: CouponAction,
        friend: F,
        ends_at: Instant,
        now: Instant,
    ) -> Result<Self, CodeUsed> {
        self.validate(friend, now)?;
        match (action, self) {
            (CouponAction::Release, Self::Bound(_))
            | (CouponAction::Reserve | CouponAction::Use, Self::Used(_) | Self::Bound(_)) => {
                Err(CodeUsed)
            }
            (CouponAction::Reserve, _) => Ok(Self::Reserved { friend, ends_at }),
            (CouponAction::Use, _) => Ok(Self::Used(friend)),
            (CouponAction::Release, _) => Ok(Self::Open),
        }
    }
}

impl CouponAction {
    pub const ALL: [(&'static str, CouponAction); 3] = [
        ("reserve", CouponAction::Reserve),
        ("use", CouponAction::Use),
        ("release", CouponAction::Release),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant(100);
    const OPEN: Coupon<char> = Coupon::Open;
    const USED: Coupon<char> = Coupon::Used('F');
    const BOUND: Coupon<char> = Coupon::Bound('F');

    fn reserved(friend: char, ends_at: i64) -> Coupon<char> {
        let ends_at = Instant(ends_at);
        Coupon::Reserved { friend, ends_at }
    }

    #[test]
    fn every_action_leads_where_the_table_says() {
        let states = [OPEN, reserved('F', 101), USED, BOUND];
        let anew = |friend| Ok(reserved(friend, 500));
        let used = |friend| Ok(Coupon::Used(friend));
        let no = Err(CodeUsed);
        let rows = [
            (CouponAction::Reserve, 'F', [anew('F'), anew('F'), no, no]),
            (CouponAction::Reserve, 'G', [anew('G'), no, no, no]),
            (CouponAction::Use, 'F', [used('F'), used('F'), no, no]),
            (CouponAction::Use, 'G', [used('G'), no, no, no]),
            (
                CouponAction::Release,
                'F',
                [Ok(OPEN), Ok(OPEN), Ok(OPEN), no],
            ),
            (CouponAction::Release, 'G', [Ok(OPEN), no, no, no]),
        ];
        for (action, friend, row) in rows {
            let after = states.map(|coupon| coupon.changed(action, friend, Instant(500), NOW));
            assert_eq!(after, row, "{action:?} by {friend}");
        }
        let may = |friend| states.map(|coupon| coupon.validate(friend, NOW).is_ok());
        assert_eq!(may('F'), [true; 4]);
        assert_eq!(may('G'), [true, false, false, false]);
        let friends = states.map(Coupon::friend);
        assert_eq!(friends, [None, Some('F'), Some('F'), Some('F')]);
    }

    #[test]
    fn a_reservation_is_over_at_its_end() {
        let until = |ends_at| reserved('F', ends_at).settled(NOW);
        assert_eq!(until(101), reserved('F', 101));
        assert_eq!([until(100), until(99)], [OPEN; 2]);
        let stays = reserved('F', Instant::NEVER.0);
        assert_eq!(stays.settled(Instant::LAST), stays);
        let over = reserved('F', 100);
        assert_eq!(over.validate('G', NOW), Ok(()));
        let used = over.changed(CouponAction::Use, 'G', Instant::NEVER, NOW);
        assert_eq!(used, Ok(Coupon::Used('G')));
    }
}
