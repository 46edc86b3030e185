//! A code as its program's book keeps it.

use crate::ledger::referral::coupon::Coupon;
use crate::ledger::referral::touch::Method;
use crate::ledger::time::Instant;

/// A code that an advocate hands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    pub member: u32,
    /// `NEVER`: it stays.
    pub expires_at: Instant,
    /// `NEVER`: it works.
    pub disabled_at: Instant,
    /// Of a single-use code.
    pub coupon: Option<Coupon<u32>>,
}

impl Code {
    /// How somebody who types it was reached.
    pub const fn method(&self) -> Method {
        match self.coupon {
            None => Method::Code,
            Some(_) => Method::Coupon,
        }
    }

    /// Whether nobody else has it, if it can be used once.
    pub fn is_free_for(&self, friend: u32, now: Instant) -> bool {
        let coupon = self.coupon;
        coupon.is_none_or(|coupon| coupon.validate(friend, now).is_ok())
    }
}
