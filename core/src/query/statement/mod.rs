//! Statements: one wallet's rows, newest first, page by page along its back links.
//!
//! Rows stand in the order of what happened, not of what was recorded when: what time moved stands at its own
//! instant, whether a later entry, a sweep or nothing at all has recorded it yet. So a sweep changes no row, no
//! running balance and no position.

mod position;
mod rows;

use super::history::{Chain, History, HistoryError, Link};
use crate::ledger::bounds::PAGE_ROWS;
use crate::ledger::entry::WalletId;
use crate::ledger::settle::settle;
use crate::ledger::time::Instant;
use crate::ledger::wallet::Wallet;

pub use position::{Position, PositionError};
pub use rows::{Change, LotPart, StatementRow};

/// Rows of a statement, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub rows: Vec<StatementRow>,
    /// Where the next page goes on (`before`); `None` once the first row of all has been shown.
    pub next: Option<Position>,
}

/// Up to `limit` rows (at least 1, at most `PAGE_ROWS`) older than `before`, as known at `now`.
///
/// `wallet` is as of the ledger's latest entry. Costs one read of the journal per entry that the page shows or that
/// recorded something the page shows, and at most three more.
pub fn statement(
    history: &dyn History,
    wallet: &Wallet,
    id: WalletId,
    now: Instant,
    limit: usize,
    before: Option<Position>,
) -> Result<Page, HistoryError> {
    let limit = limit.clamp(1, PAGE_ROWS);
    let mut reader = PageReader {
        rows: Vec::new(),
        limit,
        before,
        newer: 0,
    };
    let start = resume(history, wallet, id, before)?;
    if start.is_none() {
        reader.take(unrecorded(wallet, now));
    }
    let newest = start.unwrap_or(wallet.last);
    for link in Chain::new(history, id, newest) {
        reader.take(recorded(&link?));
        if reader.is_full() {
            break;
        }
    }
    Ok(reader.page())
}

/// Collects rows older than a position, one more than the page has, so that it knows whether a next page exists.
struct PageReader {
    rows: Vec<StatementRow>,
    limit: usize,
    before: Option<Position>,
    /// The nearest entry so far that has a row of its own: where the chain is entered again.
    newer: u64,
}

impl PageReader {
    fn is_full(&self) -> bool {
        self.rows.len() > self.limit
    }

    /// Takes the rows of one effect, given oldest first.
    fn take(&mut self, rows: Vec<StatementRow>) {
        for mut row in rows.into_iter().rev() {
            if row.sequence != 0 {
                self.newer = row.sequence;
            }
            row.position = row.position.entered_at(self.newer);
            let wanted = self
                .before
                .is_none_or(|before| row.position.is_before(&before));
            if wanted && !self.is_full() {
                self.rows.push(row);
            }
        }
    }

    fn page(mut self) -> Page {
        let more = self.is_full();
        self.rows.truncate(self.limit);
        let last = self.rows.last().map(|row| row.position);
        Page {
            rows: self.rows,
            next: last.filter(|_| more),
        }
    }
}

/// The entry a position names to go on from, if it can be one: in this wallet's chain, not older than the position.
/// Anything else starts from the newest, which is right too, only slower.
fn resume(
    history: &dyn History,
    wallet: &Wallet,
    id: WalletId,
    before: Option<Position>,
) -> Result<Option<u64>, HistoryError> {
    let Some(position) = before else {
        return Ok(None);
    };
    let sequence = position.entry();
    if sequence == 0 || sequence > wallet.last {
        return Ok(None);
    }
    let entry = match history.entry(sequence) {
        Err(HistoryError::Missing(_)) => return Ok(None),
        other => other?,
    };
    let in_chain = entry.effects.iter().any(|effect| effect.wallet == id);
    Ok((in_chain && !position.is_after(entry.recorded_at)).then_some(sequence))
}

fn recorded(link: &Link) -> Vec<StatementRow> {
    rows::of_effect(&link.entry, link.effect())
}

/// What time has moved by `now` and no entry has recorded.
fn unrecorded(wallet: &Wallet, now: Instant) -> Vec<StatementRow> {
    let mut movements = Vec::new();
    settle(&mut wallet.clone(), now, &mut |movement| {
        movements.push(movement)
    });
    rows::of_time(&movements, wallet.balance())
}

#[cfg(test)]
mod tests;
