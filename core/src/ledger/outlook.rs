//! What an effect states of its wallet afterwards, read from the wallet or foretold.

use super::entry::Balance;
use super::lot::Lot;
use super::time::Instant;
use super::wallet::Wallet;

/// What an effect states of its wallet afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outlook {
    pub balance: Balance,
    pub lots: usize,
    pub next_activation: Instant,
    pub next_expiry: Instant,
    /// Earliest instant at which time moves something.
    pub next_due: Instant,
}

impl Wallet {
    pub fn outlook(&self) -> Outlook {
        Outlook {
            balance: self.balance(),
            lots: self.lots().len(),
            next_activation: self.next_activation(),
            next_expiry: self.next_expiry(),
            next_due: self.next_due(),
        }
    }

    /// What a plain wallet's outlook becomes with one more lot: the commonest change, foretold without a copy.
    pub fn outlook_with(&self, lot: &Lot) -> Outlook {
        let mut outlook = self.outlook();
        outlook.lots += 1;
        // A plain wallet has no date that a lot could expire with.
        let expires_at = match lot.expires_at {
            Instant::WITH_WALLET => Instant::NEVER,
            expires_at => expires_at,
        };
        outlook.next_expiry = outlook.next_expiry.min(expires_at);
        if lot.pending {
            outlook.balance.pending += lot.amount;
            outlook.next_activation = outlook.next_activation.min(lot.activates_at);
            outlook.next_due = outlook.next_due.min(lot.activates_at);
        } else {
            outlook.balance.available += lot.amount;
            outlook.next_due = outlook.next_due.min(expires_at);
        }
        outlook
    }
}
