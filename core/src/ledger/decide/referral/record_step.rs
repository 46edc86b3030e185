//! record_step: a friend did what counts and is no purchase.

use super::super::super::program::referral::Step;
use super::super::super::referral::edge::EdgeState;
use super::super::super::referral::file::StepDone;
use super::super::super::rejection::{Code, Rejection};
use super::super::super::request::RecordStep;
use super::super::case::{Case, Verdict};
use super::conversions::look_again;
use super::desk::Desk;
use super::{book_of, subject};

pub fn decide<'a>(
    case: &mut Case<'_>,
    key: &str,
    told: &RecordStep<'a>,
) -> Result<Verdict<'a>, Rejection> {
    let number = book_of(case, &told.program)?;
    let rules = case.program().referral(&told.program);
    let is_listed = |step: &Step| step.minimum().is_none() && step.name() == *told.step;
    if !rules.is_some_and(|rules| rules.steps.iter().any(is_listed)) {
        let message = format!(
            "the referral program lists no step {:?} that is no purchase",
            told.step
        );
        return Err(Rejection::new(Code::UnknownStep, message));
    }
    let friend = case.open_member(&told.friend)?;
    let shown = case.shown(friend);
    let occurred_at = case.occurred_at;
    let mut desk = Desk::new(case, key, shown.effects)?;
    let subject = subject(&desk, number, friend)?;
    let mut file = desk.file(number, friend);
    if desk.standing(subject).edge(friend, &file) == EdgeState::Void {
        return Err(Rejection::plain(Code::NoAttribution));
    }
    if file.steps.len() >= super::super::super::bounds::FRIEND_STEPS {
        return Err(Rejection::plain(Code::LimitExceeded));
    }
    file.steps.push(StepDone {
        key: key.into(),
        step: told.step.as_ref().into(),
        occurred_at,
        recorded_at: desk.now(),
    });
    desk.keep(number, friend, file);
    if let Err(code) = look_again(&mut desk, subject) {
        return Ok(Verdict::refused(code, 0, Default::default()));
    }
    let is_bound = desk.file(number, friend).bound().is_some();
    let verdict = desk.close(Verdict::default());
    Ok(Verdict {
        code: if is_bound {
            Code::Applied
        } else {
            Code::Parked
        },
        ..verdict
    })
}
