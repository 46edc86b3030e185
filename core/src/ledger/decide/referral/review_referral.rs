//! review_referral: a person freezes a referral, lets it go on, or denies it.

use super::super::super::referral::commands::ReviewDecision;
use super::super::super::referral::edge::{EdgeAnswer, EdgeEvent};
use super::super::super::referral::file::File;
use super::super::super::rejection::{Code, Rejection};
use super::super::super::request::ReviewReferral;
use super::super::super::time::Instant;
use super::super::case::{Case, Verdict};
use super::desk::{Desk, Subject};
use super::{book_of, conversions, posting, subject};

pub fn decide<'a>(
    case: &mut Case<'_>,
    key: &str,
    review: &ReviewReferral<'a>,
) -> Result<Verdict<'a>, Rejection> {
    let number = book_of(case, &review.program)?;
    let friend = case.member(&review.friend)?;
    let shown = case.shown(friend);
    let mut desk = Desk::new(case, key, shown.effects)?;
    let subject = subject(&desk, number, friend)?;
    let mut file = desk.file(number, friend);
    let event = match review.decision {
        ReviewDecision::Freeze | ReviewDecision::Release => EdgeEvent::FreezeOrRelease,
        ReviewDecision::Deny => EdgeEvent::Deny,
    };
    let (_, answer) = desk.standing(subject).edge(friend, &file).after(event);
    if answer != EdgeAnswer::Applied {
        return Err(Rejection::plain(Code::NoAttribution));
    }
    if let Err(code) = apply(&mut desk, subject, &mut file, review.decision) {
        return Ok(Verdict::refused(code, 0, Default::default()));
    }
    desk.keep(number, friend, file);
    Ok(desk.close(Verdict::default()))
}

fn apply<'s>(
    desk: &mut Desk<'_, 's>,
    subject: Subject<'s>,
    file: &mut File,
    decision: ReviewDecision,
) -> Result<(), Code> {
    file.is_frozen = decision == ReviewDecision::Freeze;
    file.was_released = decision == ReviewDecision::Release;
    if decision == ReviewDecision::Deny {
        file.is_void = true;
        file.reason = Some(Code::Denied);
        return conversions::cancel_all(desk, subject, file);
    }
    for conversion in &mut file.conversions {
        let rules = desk.rules_of(subject, conversion);
        for reward in conversion
            .rewards
            .iter_mut()
            .filter(|reward| reward.ended.is_none())
        {
            if decision == ReviewDecision::Freeze {
                posting::freeze(desk, rules, reward)?;
            } else if reward.frozen_until != Instant::NEVER {
                posting::thaw(desk, rules, reward)?;
            }
        }
    }
    Ok(())
}
