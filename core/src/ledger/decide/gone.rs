//! Points of a wallet that expired or were forfeited and are still gone, lot by lot, read from its past.

use std::collections::BTreeMap;

use super::super::entry::{Entry, Flow, Movement, WalletId};
use super::super::lot::{Lot, LotId};
use super::super::request::Command;
use super::case::Case;
use super::draft::Draft;

/// What is gone of a wallet's lots since an entry, that entry and what time has just done included; `of` says of which.
pub fn since(
    case: &Case<'_>,
    entry: &Entry<'static>,
    draft: &Draft,
    of: impl Fn(&Lot) -> bool,
) -> BTreeMap<LotId, Lot> {
    // What the entry that is decided now has done already stands in the draft.
    let recorded = Some(entry).filter(|entry| entry.sequence < case.sequence);
    let later = case.originals.history().rev();
    let later = later.filter(|later| later.sequence > entry.sequence);
    let entries = recorded.into_iter().chain(later);
    of_wallet(draft.id(), entries, draft.movements(), of)
}

/// The same from a wallet's entries, oldest first, and what no entry has recorded yet.
pub fn of_wallet<'e>(
    wallet: WalletId,
    entries: impl Iterator<Item = &'e Entry<'static>>,
    unrecorded: &[Movement],
    of: impl Fn(&Lot) -> bool,
) -> BTreeMap<LotId, Lot> {
    let mut gone = BTreeMap::new();
    for entry in entries {
        let effects = entry.effects.iter();
        for effect in effects.filter(|effect| effect.wallet == wallet) {
            for movement in effect.movements.iter().filter(|movement| of(&movement.lot)) {
                count(&mut gone, movement, Some(entry));
            }
        }
        // What came back of an earlier expiry than the first entry's is no less gone of the later ones.
        for lot in gone.values_mut() {
            lot.amount = lot.amount.max(0);
        }
    }
    for movement in unrecorded.iter().filter(|movement| of(&movement.lot)) {
        count(&mut gone, movement, None);
    }
    gone.retain(|_, lot| lot.amount > 0);
    gone
}

fn count(gone: &mut BTreeMap<LotId, Lot>, movement: &Movement, entry: Option<&Entry<'_>>) {
    let (mut id, amount) = (movement.lot.id, movement.lot.amount);
    let change = match movement.flow {
        Flow::Expired | Flow::Forfeited | Flow::ExpiryRestored | Flow::RewardExpiryRestored => {
            amount
        }
        Flow::ExpiryReversed | Flow::RewardExpiryTaken => -amount,
        Flow::Reinstated => {
            // By hand they come back as another lot than the one they expired in.
            if let Some(Command::Reinstate(reinstate)) = entry.map(|entry| &entry.request.command) {
                id = reinstate.lot;
            }
            -amount
        }
        _ => return,
    };
    let known = gone.entry(id).or_insert_with(|| Lot {
        id,
        pending: false,
        ..movement.lot.part(0)
    });
    known.amount += change;
}
