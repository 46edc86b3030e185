//! Reversal of a redemption or a capture: points return in reverse draw order, as if less had been redeemed.

use super::super::entry::{Entry, Figures, Flow, Movement};
use super::super::lot::{Lot, LotId};
use super::super::program::Restore;
use super::super::rejection::{Code, Rejection};
use super::super::request::Part;
use super::super::time::Instant;
use super::super::wallet::Wallet;
use super::accrue::Dates;
use super::capture::wallet_of;
use super::case::{Case, Verdict};
use super::share::{Share, parts_after};

pub fn decide<'a>(
    case: &mut Case<'_>,
    original: &Entry<'_>,
    part: &Part,
) -> Result<Verdict<'a>, Rejection> {
    let drawn: Vec<Lot> = drawn_by(original).collect();
    let total = drawn.iter().map(|lot| lot.amount).sum();
    let latest = case.originals.latest.as_ref();
    let reversed_before = latest.map_or(0, |latest| latest.figures.reversed_points);
    let mut draft = case.draft(wallet_of(original));
    let before = draft.balance();
    let share = match Share::of(total, reversed_before, latest, part) {
        Ok(share) => share,
        Err((code, asked)) => return Ok(Verdict::refused(code, asked, before)),
    };
    let grace = grace_until(case)?;
    let anew = lot_anew(case, original)?;
    // The last points of what is still redeemed, last drawn first.
    let returning = parts_after(drawn.iter().rev(), share.reversed_before, share.asked);
    let coming = coming_back(case, draft.wallet(), &returning, grace, anew);
    draft.make_room(&coming);
    for lot in coming {
        draft.put(Flow::RedemptionReversed, lot, 0);
    }
    let figures = Figures {
        requested: share.asked,
        awarded: share.asked,
        reversed_points: share.reversed_after(),
        ..Figures::default()
    };
    Ok(Verdict::applied(draft, before, figures))
}

/// What a debit drew, in order; what it overdrew is of no lot.
fn drawn_by<'e>(original: &'e Entry<'_>) -> impl Iterator<Item = Lot> + 'e {
    let movements = original.effects.iter().flat_map(|effect| &effect.movements);
    let is_debit = |movement: &&Movement| {
        matches!(
            movement.flow,
            Flow::Redeemed | Flow::Captured | Flow::RedeemOverdrawn
        )
    };
    movements.filter(is_debit).map(|movement| movement.lot)
}

/// The lot that points get which never had one: as if earned now.
fn lot_anew(case: &Case<'_>, original: &Entry<'_>) -> Result<Lot, Rejection> {
    let currency = wallet_of(original).currency;
    let dates = Dates::of_policy(case, currency, Some(case.now))?;
    Ok(Lot {
        activates_at: dates.activates_at,
        expires_at: dates.expires_at,
        origin: original.sequence,
        ..Lot::nowhere(0)
    })
}

/// What returns, as the lots it comes back as. What is left of an expired lot once debt is paid gets a grace lot.
fn coming_back(
    case: &mut Case<'_>,
    wallet: &Wallet,
    returning: &[Lot],
    grace: Option<Instant>,
    anew: Lot,
) -> Vec<Lot> {
    let mut debt = wallet.debt();
    let mut coming = Vec::with_capacity(returning.len());
    for lot in returning {
        let paid = debt.min(lot.amount);
        debt -= paid;
        // A grace lot comes back as it was: grace is given once.
        match grace {
            _ if lot.id == LotId::default() => coming.push(Lot {
                id: case.lots.take().moved(),
                ..anew.part(lot.amount)
            }),
            Some(expires_at) if wallet.expiry_of(lot) <= case.now && !lot.id.is_grace() => {
                if paid > 0 {
                    coming.push(lot.part(paid));
                }
                if lot.amount > paid {
                    let fresh = Lot {
                        id: case.lots.take(),
                        activates_at: case.now,
                        expires_at,
                        ..*lot
                    };
                    coming.push(fresh.part(lot.amount - paid));
                }
            }
            _ => coming.push(*lot),
        }
    }
    coming
}

/// Until when points of a lot that expired meanwhile stay valid; `None` where they expire at once.
fn grace_until(case: &Case<'_>) -> Result<Option<Instant>, Rejection> {
    let rules = &case.program().reversal;
    match rules.restore {
        Restore::Original => Ok(None),
        // The other policies were refused when the program was published.
        Restore::Grace | Restore::Reissue => {
            let until = case.calendar()?.grace_until(case.now, rules.grace);
            until.map(Some).map_err(|_| {
                Rejection::new(Code::TimeOutOfRange, "the grace period ends after 9999")
            })
        }
    }
}
