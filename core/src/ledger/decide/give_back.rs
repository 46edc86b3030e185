//! Points of an earlier debit come back in reverse draw order, as if less had been drawn.

use std::collections::BTreeMap;

use super::super::entry::{Entry, Figures, Flow};
use super::super::lot::{Lot, LotId, TermsId};
use super::super::program::Restore;
use super::super::rejection::{Code, Rejection};
use super::super::request::Reverse;
use super::super::time::Instant;
use super::capture::wallet_of;
use super::case::{Case, Verdict};
use super::draft::Draft;
use super::draws::{Draws, is_phantom};
use super::share::Share;

/// Reverses a redemption, a capture or an adjustment downwards; `flow` says what it is booked on.
pub fn decide<'a>(
    case: &mut Case<'_>,
    original: &Entry<'_>,
    reverse: &Reverse<'_>,
    flow: Flow,
) -> Result<Verdict<'a>, Rejection> {
    let wallet = wallet_of(original);
    let stand = Stand::of(case, reverse, wallet.currency)?;
    let mut draft = case.draft(wallet);
    let before = draft.balance();
    let reversed_before = case.originals.so_far().reversed_points;
    let draws = Draws::of(case, original, draft.id(), reversed_before);
    let is_once = case.is_reversed_before(original);
    let share = match Share::of(draws.total(), reversed_before, is_once, &reverse.part) {
        Ok(share) => share,
        Err((code, asked)) => return Ok(Verdict::refused(code, asked, before)),
    };
    let returning = draws.next_back(share.asked);
    put_back(case, &mut draft, original.sequence, flow, &returning, stand);
    let figures = Figures {
        requested: share.asked,
        awarded: share.asked,
        reversed_points: share.reversed_after(),
        ..Figures::default()
    };
    Ok(Verdict::applied(draft, before, figures))
}

/// What points of an expired lot come back as.
#[derive(Clone, Copy, Debug)]
pub struct Stand {
    restore: Restore,
    /// Until when the lot is valid that stands in for an expired one.
    until: Instant,
    /// Until when points are valid that are earned now.
    from_now: Instant,
}

impl Stand {
    pub fn of(case: &Case<'_>, reverse: &Reverse<'_>, currency: u8) -> Result<Stand, Rejection> {
        let program = case.program();
        let rules = &program.reversal;
        let restore = reverse.restore.unwrap_or(rules.restore);
        let calendar = case.calendar()?;
        let out_of_range = |_| {
            Rejection::new(
                Code::TimeOutOfRange,
                "what comes back would be valid beyond 9999",
            )
        };
        let expiry = program.currencies[usize::from(currency)].expiry;
        let from_now = calendar.expiry_of(expiry, case.now).map_err(out_of_range)?;
        let until = match restore {
            Restore::Original => Instant::NEVER,
            Restore::Reissue => from_now,
            Restore::Grace => calendar
                .grace_until(case.now, rules.grace)
                .map_err(out_of_range)?,
        };
        Ok(Stand {
            restore,
            until,
            from_now,
        })
    }
}

/// Puts points of an earlier debit back, the last drawn first.
pub fn put_back(
    case: &mut Case<'_>,
    draft: &mut Draft,
    debit: u64,
    flow: Flow,
    returning: &[Lot],
    stand: Stand,
) {
    let coming = coming_back(case, draft, debit, returning, stand);
    draft.make_room(&coming);
    for lot in coming {
        draft.put_back(flow, lot, debit);
    }
}

/// What returns, as the lots it comes back as: one new lot for what of an expired one pays no debt and makes nothing
/// good, and one for all points that were never there.
fn coming_back(
    case: &mut Case<'_>,
    draft: &Draft,
    debit: u64,
    returning: &[Lot],
    stand: Stand,
) -> Vec<Lot> {
    let mut claims = draft.claims(debit);
    let mut coming: Vec<Lot> = Vec::with_capacity(returning.len());
    // Which place of `coming` is a new lot for which old one.
    let mut places: BTreeMap<LotId, usize> = BTreeMap::new();
    for lot in returning {
        let claimed = claims.min(lot.amount);
        claims -= claimed;
        let (as_it_was, anew) = if is_phantom(lot) {
            (0, lot.amount)
        } else if stands_for(case, draft, lot, stand) {
            (claimed, lot.amount - claimed)
        } else {
            (lot.amount, 0)
        };
        if as_it_was > 0 {
            coming.push(lot.part(as_it_was));
        }
        if anew == 0 {
            continue;
        }
        match places.get(&lot.id) {
            Some(place) => coming[*place].amount += anew,
            None => {
                places.insert(lot.id, coming.len());
                coming.push(new_lot(case, lot, debit, stand).part(anew));
            }
        }
    }
    coming
}

/// Whether a new lot stands in for an expired one. Grace is given once.
fn stands_for(case: &Case<'_>, draft: &Draft, lot: &Lot, stand: Stand) -> bool {
    let is_expired = draft.wallet().expiry_of(lot) <= case.now && !draft.has_left();
    is_expired
        && match stand.restore {
            Restore::Original => false,
            Restore::Grace => !lot.id.is_grace(),
            Restore::Reissue => true,
        }
}

fn new_lot(case: &mut Case<'_>, old: &Lot, debit: u64, stand: Stand) -> Lot {
    let id = case.lots.take();
    let fresh = Lot {
        id: id.moved(),
        activates_at: case.now,
        pending: false,
        ..*old
    };
    if is_phantom(old) {
        return Lot {
            expires_at: stand.from_now,
            origin: debit,
            terms: TermsId::NONE,
            ..fresh
        };
    }
    Lot {
        id: match stand.restore {
            Restore::Grace => id,
            Restore::Original | Restore::Reissue => id.moved(),
        },
        expires_at: stand.until,
        ..fresh
    }
}
