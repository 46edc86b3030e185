//! What is wrong with a request about referrals, whatever the state is.

use super::super::super::bounds::ID_BYTES;
use super::super::super::referral::commands::{COUPON_MICROS, ReviewDecision, TOKEN_BYTES};
use super::super::super::referral::coupon::CouponAction;
use super::super::super::referral::standing::can_be_code;
use super::super::super::referral::touch::Method;
use super::super::super::rejection::{Code, Rejection};
use super::super::super::request::{ChangeCoupon, Command, RecordTouch, ReviewReferral};
use super::super::referral::wrong_naming;
use super::{check_expiry, check_hand, check_id, check_instant, check_member};

pub fn check(command: &Command<'_>) -> Result<(), Rejection> {
    match command {
        Command::IssueCode(issue) => {
            check_id(&issue.program, "name of the referral program")?;
            check_member(&issue.member)?;
            check_expiry(issue.expires_at)?;
            issue.code.as_deref().map_or(Ok(()), check_code)
        }
        Command::DisableCode(disable) => {
            check_id(&disable.program, "name of the referral program")?;
            check_hand(&disable.reason, &disable.actor)?;
            check_code(&disable.code)
        }
        Command::RecordTouch(touch) => {
            check_id(&touch.program, "name of the referral program")?;
            let token = touch.token.as_deref();
            if token.is_some_and(|token| !(1..=TOKEN_BYTES).contains(&token.len())) {
                return Err(Rejection::plain(Code::TokenTooLong));
            }
            match touch.method {
                Method::Direct => check_direct(touch)?,
                _ => check_code(&touch.code)?,
            }
            check_instant(touch.touched_at, "touched_at")
        }
        Command::BindReferral(bind) => {
            check_member(&bind.friend)?;
            if let Some(wrong) = wrong_naming(&bind.naming) {
                return Err(Rejection::plain(wrong));
            }
            match bind.naming.names_somebody() {
                true => Ok(()),
                false => Err(Rejection::new(
                    Code::FieldInvalid,
                    "name the code or the token by which the friend was brought",
                )),
            }
        }
        Command::RecordStep(step) => {
            check_id(&step.program, "name of the referral program")?;
            check_member(&step.friend)
        }
        Command::ReviewReferral(review) => {
            check_id(&review.program, "name of the referral program")?;
            check_member(&review.friend)?;
            check_hand(&review.reason, &review.actor)?;
            check_move(review)
        }
        Command::ClosePeriod(close) => check_id(&close.program, "name of the referral program"),
        Command::ChangeCoupon(change) => {
            check_id(&change.program, "name of the referral program")?;
            check_member(&change.member)?;
            check_reservation(change)?;
            check_code(&change.code)
        }
        _ => Ok(()),
    }
}

fn check_direct(touch: &RecordTouch<'_>) -> Result<(), Rejection> {
    match touch.code.is_empty() && touch.token.is_some() {
        true => Ok(()),
        false => Err(invalid(
            "a direct visit has a token and no code: nobody brought the visitor",
        )),
    }
}

/// A move names the other advocate and the second person who agrees; no other decision does.
fn check_move(review: &ReviewReferral<'_>) -> Result<(), Rejection> {
    let approved_by = review.approved_by.trim();
    match (&review.to, review.decision) {
        (Some(to), ReviewDecision::Move) => check_member(to)?,
        (None, ReviewDecision::Move) => {
            return Err(invalid(
                "to is missing; name the advocate whom the referral is moved to",
            ));
        }
        (None, _) if review.approved_by.is_empty() => return Ok(()),
        _ => {
            return Err(invalid(
                "to and approved_by belong to the decision move; leave them out",
            ));
        }
    }
    let is_named = (1..=ID_BYTES).contains(&review.approved_by.len()) && !approved_by.is_empty();
    let is_actor = approved_by.to_lowercase() == review.actor.trim().to_lowercase();
    match is_named && !is_actor {
        true => Ok(()),
        false => Err(Rejection::plain(Code::ApproverMissing)),
    }
}

fn check_reservation(change: &ChangeCoupon<'_>) -> Result<(), Rejection> {
    match change.ttl_micros {
        Some(_) if change.action != CouponAction::Reserve => {
            Err(invalid("ttl belongs to the action reserve; leave it out"))
        }
        Some(ttl) if !COUPON_MICROS.contains(&ttl) => Err(Rejection::new(
            Code::InvalidTtl,
            "a coupon is reserved for 1 second to 365 days, or without an end if no ttl is given",
        )),
        _ => Ok(()),
    }
}

fn invalid(message: &str) -> Rejection {
    Rejection::new(Code::FieldInvalid, message)
}

fn check_code(code: &str) -> Result<(), Rejection> {
    match can_be_code(code) {
        true => Ok(()),
        false => Err(Rejection::plain(Code::CodeMistyped)),
    }
}
