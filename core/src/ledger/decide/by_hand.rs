//! What corrections share: the wallet that is put right, the lot that is meant, and the dates of what replaces it.

use super::super::entry::WalletId;
use super::super::lot::{Lot, LotId};
use super::super::rejection::{Code, Rejection};
use super::super::request::MemberName;
use super::super::time::Instant;
use super::case::Case;
use super::draft::Draft;
use super::expired::Expired;

/// The wallet to put right; one that was left is not.
pub fn open(case: &Case<'_>, member: &MemberName<'_>, wallet: &str) -> Result<Draft, Rejection> {
    let currency = case.currency(wallet)?;
    let member = case.open_member(member)?;
    Ok(case.draft(WalletId { member, currency }))
}

/// A lot that is or was in the wallet; its amount is what of it has expired and is still gone.
pub fn expired_lot(case: &Case<'_>, draft: &Draft, id: LotId) -> Result<Lot, Rejection> {
    let history = case.originals.history().rev();
    let expired = Expired::of(draft.id(), history, draft.movements(), |lot| lot.id == id);
    let wallet = draft.wallet();
    let held = wallet.holds().iter().flat_map(|hold| &hold.parts);
    let alive = || wallet.lots().iter().chain(held).find(|lot| lot.id == id);
    let found = expired.lot(id).or_else(|| alive().map(|lot| lot.part(0)));
    found.ok_or_else(|| {
        let message = format!("the member's wallet never had a lot {}", id.0);
        Rejection::new(Code::LotNotFound, message)
    })
}

/// A date that is set by hand lies ahead.
pub fn check_ahead(case: &Case<'_>, expires_at: Instant) -> Result<(), Rejection> {
    if expires_at > case.now {
        return Ok(());
    }
    let message = format!(
        "expires_at {expires_at} is not after now, {}; give a later one",
        case.now
    );
    Err(Rejection::new(Code::ExpiryInPast, message))
}
