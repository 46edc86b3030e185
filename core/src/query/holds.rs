//! Open holds: whose points wait for a till, since when, and for which one.

use super::history::{History, HistoryError};
use crate::ledger::entry::WalletId;
use crate::ledger::state::Objects;
use crate::ledger::time::Instant;
use crate::ledger::wallet::Hold;

/// Points that an authorization keeps, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenHold {
    /// Sequence of the authorization.
    pub authorization: u64,
    pub wallet: WalletId,
    pub points: i64,
    pub opened_at: Instant,
    pub lapses_at: Instant,
    pub store: String,
    /// Of the authorization's receipt; empty without one.
    pub terminal: String,
    pub key: String,
}

/// Which holds are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct WantedHolds<'w> {
    pub store: Option<&'w str>,
    /// Opened before this instant.
    pub opened_before: Option<Instant>,
    /// Opened by entries after this one: the last authorization of the page before, or 0.
    pub after: u64,
    pub limit: usize,
}

/// Holds that are open at `now`, oldest first. Looks at every wallet, and reads one entry for each open hold until the
/// page is full.
pub fn open_holds(
    history: &dyn History,
    objects: &Objects,
    now: Instant,
    wanted: WantedHolds<'_>,
) -> Result<Vec<OpenHold>, HistoryError> {
    let mut open: Vec<(WalletId, &Hold)> = Vec::new();
    for member in 0..objects.member_count() {
        for (currency, wallet) in objects.member(member).wallets() {
            let holds = wallet.holds().iter();
            let alive = holds.filter(|hold| hold.lapses_at > now && hold.id > wanted.after);
            open.extend(alive.map(|hold| (WalletId { member, currency }, hold)));
        }
    }
    open.sort_unstable_by_key(|(_, hold)| hold.id);
    let mut found = Vec::new();
    for (wallet, hold) in open {
        if found.len() == wanted.limit {
            break;
        }
        let entry = history.entry(hold.id)?;
        let opened_at = entry.recorded_at.instant();
        if wanted
            .opened_before
            .is_some_and(|before| opened_at >= before)
        {
            break;
        }
        let store = entry.request.store();
        if wanted.store.is_some_and(|wanted| wanted != store) {
            continue;
        }
        let receipt = entry.request.receipt();
        found.push(OpenHold {
            authorization: hold.id,
            wallet,
            points: hold.parts.iter().map(|part| part.amount).sum(),
            opened_at,
            lapses_at: hold.lapses_at,
            store: store.to_owned(),
            terminal: receipt.map_or_else(String::new, |receipt| receipt.terminal.to_string()),
            key: entry.request.key.to_string(),
        });
    }
    Ok(found)
}
