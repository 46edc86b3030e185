//! reverse: undoes one earlier entry, whole or part by part.

use super::super::entry::{Entry, Flow};
use super::super::program::Shortfall;
use super::super::rejection::{Class, Code, Rejection};
use super::super::request::{Command, Part, Reverse};
use super::capture::wallet_of;
use super::case::{Case, Verdict};
use super::{clawback, dispute, give_back, offline, undo_adjust, undo_reversal, undo_transfer};

pub fn decide<'a>(case: &mut Case<'_>, reverse: &Reverse<'a>) -> Result<Verdict<'a>, Rejection> {
    if let Some(outcome) = reverse.dispute {
        return dispute::decide(case, reverse, outcome);
    }
    let member = match &reverse.member {
        Some(name) => Some(case.member(name)?),
        None => None,
    };
    let original = case.original()?;
    check_kind(original, &reverse.part)?;
    check_shortfall(original, reverse.shortfall)?;
    if let Some(member) = member {
        check_member(case, member, original)?;
    }
    if original.code.class() == Class::Refused {
        return Ok(case.nothing_to_undo(original));
    }
    let verdict = match &original.request.command {
        Command::Redeem(_) | Command::Capture(_) if original.figures.charged > 0 => {
            offline::give_back(case, original, &reverse.part)
        }
        Command::Purchase(purchase) => clawback::of_purchase(case, original, purchase, reverse)?,
        Command::Accrue(_) => clawback::of_accrual(case, original, reverse),
        Command::Reverse(_) => undo_reversal::decide(case, original)?,
        Command::Adjust(adjust) => undo_adjust::decide(case, original, adjust, reverse)?,
        Command::Transfer(_) => undo_transfer::decide(case, original, reverse),
        _ => give_back::decide(case, original, reverse, Flow::RedemptionReversed)?,
    };
    Ok(verdict.about(original.sequence))
}

fn check_kind(original: &Entry<'_>, part: &Part) -> Result<(), Rejection> {
    let by_money = match &original.request.command {
        Command::Reverse(undone) if undone.dispute.is_some() => {
            let message = "a dispute is not reversed: a lost one may be won";
            return Err(Rejection::new(Code::NotReversible, message));
        }
        Command::Reverse(_) => return undo_reversal::check_whole(original, part),
        Command::Purchase(_) => true,
        Command::Accrue(_) | Command::Redeem(_) | Command::Capture(_) => false,
        Command::Adjust(_) | Command::Transfer(_) => false,
        Command::Authorize(_) => {
            let message = "a hold is not reversed: void it, or reverse its capture";
            return Err(Rejection::new(Code::NotReversible, message));
        }
        other => {
            let message = format!(
                "entry {} is of kind {}, which is not reversed",
                original.sequence,
                other.verb()
            );
            return Err(Rejection::new(Code::NotReversible, message));
        }
    };
    match part {
        Part::Points(_) if by_money => Err(Rejection::new(
            Code::WrongUnit,
            "a purchase is reversed by money: give amount, not points",
        )),
        Part::Money(_) | Part::Lines(_) if !by_money => Err(Rejection::new(
            Code::WrongUnit,
            "this entry is reversed by points: give points, not amount",
        )),
        _ => Ok(()),
    }
}

/// Missing points of an adjustment or a transfer are debt, or nothing may be missing.
fn check_shortfall(original: &Entry<'_>, stated: Option<Shortfall>) -> Result<(), Rejection> {
    let is_fit = matches!(stated, None | Some(Shortfall::Block | Shortfall::Debt));
    match &original.request.command {
        Command::Adjust(_) | Command::Transfer(_) if !is_fit => Err(Rejection::new(
            Code::WrongUnit,
            "this entry is reversed with shortfall block or debt",
        )),
        _ => Ok(()),
    }
}

fn check_member(case: &Case<'_>, member: u32, original: &Entry<'_>) -> Result<(), Rejection> {
    let owner = match original.effects.first() {
        Some(_) => Some(wallet_of(original).member),
        None => case
            .state
            .asked_wallet(original)
            .map(|wallet| wallet.member),
    };
    if owner.is_none_or(|owner| owner == member) {
        Ok(())
    } else {
        Err(Rejection::plain(Code::MemberMismatch))
    }
}
