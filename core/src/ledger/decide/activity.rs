//! Activity: what keeps a wallet alive whose points expire together, and what late activity brings back.

use super::super::entry::WalletId;
use super::super::program::ExpiryPolicy;
use super::super::rejection::{Code, Rejection};
use super::super::time::Instant;
use super::case::Case;
use super::draft::Draft;
use super::expired::Expired;

/// A purchase, an accrual, a redemption or a capture in a wallet with a date of inactivity.
#[derive(Clone, Copy, Debug)]
pub struct Activity {
    /// The date that it gives the wallet.
    inactive_at: Instant,
}

impl Activity {
    /// `None` in a wallet whose points have dates of their own.
    pub fn in_wallet(case: &Case<'_>, wallet: WalletId) -> Result<Option<Activity>, Rejection> {
        let rules = &case.program().currencies[usize::from(wallet.currency)];
        let ExpiryPolicy::Sliding(period) = rules.expiry else {
            return Ok(None);
        };
        let date = case.calendar()?.inactivity_of(period, case.occurred_at);
        match date {
            Ok(inactive_at) => Ok(Some(Activity { inactive_at })),
            Err(_) => Err(Rejection::new(
                Code::TimeOutOfRange,
                "the wallet's date of inactivity lies after 9999",
            )),
        }
    }

    /// Moves the wallet's date, never backwards. What has expired by inactivity since it occurred is there again, if
    /// its own date lies ahead.
    pub fn note(self, case: &Case<'_>, draft: &mut Draft) {
        draft.be_active_until(self.inactive_at);
        if self.inactive_at <= case.now || draft.wallet().last_inactivity() <= case.occurred_at {
            return;
        }
        let history = case.originals.history().rev();
        let expired = Expired::after(
            case.occurred_at,
            draft.id(),
            history,
            draft.movements(),
            |lot| lot.expires_at == Instant::WITH_WALLET,
        );
        draft.reinstate(expired.into_parts(), case.draw_order(draft.id()));
    }
}
