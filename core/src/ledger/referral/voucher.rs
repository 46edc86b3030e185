//! Vouchers: codes that rewards are worth at the till, once; they wait and vest as the reward does.
//!
//! ```text
//! event                pending      available    reserved     redeemed     expired      disabled     unrecovered
//! reward vests         available    –            –            –            –            –            –
//! reserve              not ready    reserved     reserved     code used    expired      disabled     disabled
//! use                  not ready    redeemed     redeemed     code used    expired      disabled     disabled
//! release              –            –            available    available    –            disabled     disabled
//! reservation ends     –            –            available    –            –            –            –
//! validity ends        –            expired      expired      –            –            –            –
//! reward taken back    disabled     disabled     disabled     unrecovered  disabled     –            –
//! dispute won          –            –            –            –            –            as before    redeemed
//! member closes        disabled     disabled     disabled     –            disabled     –            –
//! ```
//!
//! A dash: it can't happen, or nothing changes.

use super::coupon::Coupon;
use super::file::Reward;
use crate::ledger::time::Instant;

/// A code that is worth something at the till, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voucher {
    pub code: Box<str>,
    /// What it is good for.
    pub label: Box<str>,
    /// `NEVER` while it waits for a person, or for the close of its month.
    pub ready_at: Instant,
    /// `NEVER`: it stays.
    pub expires_at: Instant,
    /// Only the reward's member can have it.
    pub coupon: Coupon<u32>,
    /// A chargeback has taken it.
    pub is_charged_back: bool,
}

/// Where a voucher stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoucherState {
    /// Its reward has not vested.
    Pending,
    Available,
    Reserved,
    Redeemed,
    Expired,
    /// Its reward was taken back, or its member has left, before it was used.
    Disabled,
    /// Its reward was taken back after it was used.
    Unrecovered,
}

impl Voucher {
    pub fn is_used(&self) -> bool {
        matches!(self.coupon, Coupon::Used(_))
    }

    /// Where it stands; `reward` is the one that it belongs to.
    pub fn state(&self, reward: &Reward, has_left: bool, now: Instant) -> VoucherState {
        match (self.is_used(), reward.ended.is_some()) {
            (true, true) => return VoucherState::Unrecovered,
            (true, false) => return VoucherState::Redeemed,
            (false, true) => return VoucherState::Disabled,
            (false, false) => {}
        }
        match self.coupon.settled(now) {
            _ if has_left => VoucherState::Disabled,
            _ if self.ready_at > now => VoucherState::Pending,
            _ if self.expires_at <= now => VoucherState::Expired,
            Coupon::Reserved { .. } => VoucherState::Reserved,
            _ => VoucherState::Available,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::file::Ended;
    use super::*;

    const READY: Instant = Instant(100);
    const ENDS: Instant = Instant(200);

    fn state(coupon: Coupon<u32>, ended: Option<Ended>, has_left: bool, now: i64) -> VoucherState {
        let voucher = Voucher {
            code: "A".into(),
            label: "COFFEE".into(),
            ready_at: READY,
            expires_at: ENDS,
            coupon,
            is_charged_back: false,
        };
        let reward = Reward {
            ended,
            ..Reward::nothing()
        };
        voucher.state(&reward, has_left, Instant(now))
    }

    #[test]
    fn time_makes_it_ready_and_ends_it() {
        let reserved = |ends_at| Coupon::Reserved {
            friend: 7,
            ends_at: Instant(ends_at),
        };
        let cases = [
            (Coupon::Open, 99, VoucherState::Pending),
            (Coupon::Open, 100, VoucherState::Available),
            (Coupon::Open, 199, VoucherState::Available),
            (Coupon::Open, 200, VoucherState::Expired),
            (reserved(150), 149, VoucherState::Reserved),
            (reserved(150), 150, VoucherState::Available),
            (reserved(250), 200, VoucherState::Expired),
            (Coupon::Used(7), 99, VoucherState::Redeemed),
            (Coupon::Used(7), 200, VoucherState::Redeemed),
        ];
        for (coupon, now, expected) in cases {
            assert_eq!(
                state(coupon, None, false, now),
                expected,
                "{coupon:?} at {now}"
            );
        }
    }

    #[test]
    fn what_was_used_is_told_before_what_ended() {
        let clawed = Some(Ended::Clawed);
        assert_eq!(
            state(Coupon::Open, clawed, false, 150),
            VoucherState::Disabled
        );
        assert_eq!(
            state(Coupon::Used(7), clawed, false, 150),
            VoucherState::Unrecovered
        );
        assert_eq!(state(Coupon::Open, None, true, 150), VoucherState::Disabled);
        assert_eq!(
            state(Coupon::Used(7), None, true, 150),
            VoucherState::Redeemed
        );
    }
}
