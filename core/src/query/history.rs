//! What reads need of the journal: entries by sequence and in order; and a wallet's own chain through them.

use crate::ledger::entry::{Effect, Entry, WalletId};
use crate::ledger::rejection::Code;

/// The durable entries, as the engine shows them.
pub trait History {
    /// One entry, in constant time.
    fn entry(&self, sequence: u64) -> Result<Entry<'static>, HistoryError>;

    /// Every entry from `from` on, in order, until `each` returns an error.
    fn scan(
        &self,
        from: u64,
        each: &mut dyn FnMut(Entry<'_>) -> Result<(), HistoryError>,
    ) -> Result<(), HistoryError>;
}

/// The journal did not give what a read asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HistoryError {
    #[error("there is no entry {0} in the journal")]
    Missing(u64),
    #[error("entry {sequence} is damaged: {reason}; restore a backup")]
    Damaged { sequence: u64, reason: String },
    #[error("the journal cannot be read: {reason}")]
    Unreadable { code: Code, reason: String },
}

impl HistoryError {
    pub const fn code(&self) -> Code {
        match self {
            HistoryError::Missing(_) => Code::TransactionNotFound,
            HistoryError::Damaged { .. } => Code::ChainBroken,
            HistoryError::Unreadable { code, .. } => *code,
        }
    }
}

/// One entry of a wallet's chain, with its effect on that wallet.
pub(super) struct Link {
    pub entry: Entry<'static>,
    effect: usize,
}

impl Link {
    pub fn effect(&self) -> &Effect {
        &self.entry.effects[self.effect]
    }

    pub fn into_effect(mut self) -> Effect {
        self.entry.effects.swap_remove(self.effect)
    }
}

/// A wallet's effects along their back links, newest first; one read of the journal each.
pub(super) struct Chain<'h> {
    history: &'h dyn History,
    wallet: WalletId,
    next: u64,
}

impl<'h> Chain<'h> {
    /// The chain from the effect of entry `newest` on; empty if that is 0.
    pub fn new(history: &'h dyn History, wallet: WalletId, newest: u64) -> Chain<'h> {
        Chain {
            history,
            wallet,
            next: newest,
        }
    }

    fn read(&mut self, sequence: u64) -> Result<Link, HistoryError> {
        let entry = self.history.entry(sequence)?;
        let place = entry
            .effects
            .iter()
            .position(|effect| effect.wallet == self.wallet);
        let damaged = |reason: &str| HistoryError::Damaged {
            sequence,
            reason: reason.to_string(),
        };
        let effect = place.ok_or_else(|| damaged("a wallet's chain leads to it in vain"))?;
        let previous = entry.effects[effect].previous;
        if previous >= sequence {
            return Err(damaged("a wallet's chain leads forwards"));
        }
        self.next = previous;
        Ok(Link { entry, effect })
    }
}

impl Iterator for Chain<'_> {
    type Item = Result<Link, HistoryError>;

    fn next(&mut self) -> Option<Self::Item> {
        let sequence = std::mem::take(&mut self.next);
        (sequence != 0).then(|| self.read(sequence))
    }
}
