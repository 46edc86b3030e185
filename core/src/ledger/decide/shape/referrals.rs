//! What is wrong with a request about referrals, whatever the state is.

use super::super::super::referral::commands::TOKEN_BYTES;
use super::super::super::referral::standing::can_be_code;
use super::super::super::rejection::{Code, Rejection};
use super::super::super::request::Command;
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
            check_code(&touch.code)?;
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
            check_hand(&review.reason, &review.actor)
        }
        Command::ClosePeriod(close) => check_id(&close.program, "name of the referral program"),
        _ => Ok(()),
    }
}

fn check_code(code: &str) -> Result<(), Rejection> {
    match can_be_code(code) {
        true => Ok(()),
        false => Err(Rejection::plain(Code::CodeMistyped)),
    }
}
