//! Figures: what the answer states must be what moved, and what a refusal states must be what the wallet had.

use super::super::entry::{Balance, Entry, Flow};
use super::super::rejection::{Class, Code};
use super::super::request::Command;
use super::super::settle::settle;
use super::super::state::State;
use super::{Finding, demand};

/// Whether the figures of the answer are what the movements add up to.
pub fn check(state: &State, entry: &Entry<'_>) -> Finding {
    let figures = &entry.figures;
    if entry.code.class() == Class::Refused {
        return check_refusal(state, entry);
    }
    let moved = |flows: &[Flow]| -> i64 {
        let own = entry
            .effects
            .iter()
            .flat_map(|effect| &effect.movements)
            .filter(|movement| movement.due_at.is_none());
        own.filter(|movement| flows.contains(&movement.flow))
            .map(|movement| movement.lot.amount)
            .fold(0, i64::saturating_add)
    };
    let awarded = match &entry.request.command {
        Command::Purchase(_) | Command::Accrue(_) => moved(&[Flow::Accrued]),
        Command::Redeem(_) => moved(&[Flow::Redeemed, Flow::RedeemOverdrawn]),
        Command::Authorize(_) => moved(&[Flow::Held]),
        Command::Capture(_) => moved(&[Flow::Captured, Flow::Redeemed, Flow::RedeemOverdrawn]),
        Command::Void(_) => moved(&[Flow::Released]),
        Command::Adjust(adjust) => {
            let down = moved(&[Flow::AdjustedDown, Flow::AdjustOverdrawn]);
            // What had waited for a gift takes its part of it in the same entry.
            let is_met = adjust.points > 0 && down <= figures.reversed_points;
            moved(&[Flow::AdjustedUp]) - if is_met { 0 } else { down }
        }
        // What a reversal moved depends on what it reverses.
        Command::Reverse(_) => figures.awarded,
        Command::Transfer(_) => moved(&[Flow::TransferredIn]),
        Command::CloseMember(_) | Command::EraseMember(_) => moved(&[Flow::Forfeited]),
        Command::Reinstate(_) => moved(&[Flow::Reinstated]),
        Command::ExtendLot(_) | Command::Activate(_) | Command::ClosePeriod(_) => {
            moved(&[Flow::MovedIn])
        }
        Command::ForgiveDebt(_) => moved(&[Flow::DebtForgiven]),
        Command::Sweep => entry.effects.len() as i64,
        _ => 0,
    };
    demand(
        figures.awarded == awarded,
        "the stated award is not what moved",
    )?;
    let requested = match &entry.request.command {
        Command::Accrue(accrue) => Some(accrue.points),
        Command::Redeem(redeem) => Some(redeem.points),
        Command::Authorize(authorize) => Some(authorize.points),
        Command::Adjust(adjust) => Some(adjust.points),
        Command::Transfer(transfer) => Some(transfer.points),
        Command::Purchase(_) | Command::Void(_) => Some(awarded),
        Command::Reinstate(reinstate) => Some(reinstate.points.unwrap_or(awarded)),
        Command::ForgiveDebt(forgive) => Some(forgive.points.unwrap_or(awarded)),
        Command::ExtendLot(_) | Command::Activate(_) => Some(awarded),
        _ => None,
    };
    demand(
        requested.is_none_or(|requested| requested == figures.requested),
        "the stated request is another",
    )
}

/// A refusal states what the wallet had.
fn check_refusal(state: &State, entry: &Entry<'_>) -> Finding {
    let figures = entry.figures;
    demand(figures.awarded == 0, "a refusal moves nothing")?;
    let asked = state.asked_wallet(entry);
    let Some(wallet) = asked.filter(|_| entry.code != Code::TooOld) else {
        return Ok(());
    };
    let mut wallet = state.objects.wallet(wallet).cloned().unwrap_or_default();
    settle(&mut wallet, entry.recorded_at.instant(), &mut |_| {});
    let Balance {
        available,
        held,
        debt,
        ..
    } = wallet.balance();
    let stated = (figures.available, figures.held, figures.debt);
    demand(
        stated == (available, held, debt),
        "the refusal states another balance",
    )
}
