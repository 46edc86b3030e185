//! review_referral: a person freezes a referral, lets it go on, gives it to another advocate, or denies it.

use super::super::super::referral::commands::ReviewDecision;
use super::super::super::referral::edge::{EdgeAnswer, EdgeEvent};
use super::super::super::referral::file::File;
use super::super::super::rejection::{Code, Rejection};
use super::super::super::request::{MemberName, ReviewReferral};
use super::super::super::time::Instant;
use super::super::case::{Case, Verdict};
use super::desk::{Desk, Subject};
use super::{book_of, conversions, fraud, posting, subject};

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
        ReviewDecision::Move => EdgeEvent::Move,
        ReviewDecision::Deny => EdgeEvent::Deny,
    };
    let (_, answer) = desk.standing(subject).edge(friend, &file).after(event);
    if answer != EdgeAnswer::Applied {
        return Err(Rejection::plain(Code::NoAttribution));
    }
    let done = match &review.to {
        Some(to) => {
            let to = another(&desk, subject, &file, to)?;
            give_to(&mut desk, subject, &mut file, to)
        }
        None => apply(&mut desk, subject, &mut file, review.decision),
    };
    if let Err(code) = done {
        return Ok(Verdict::refused(code, 0, Default::default()));
    }
    desk.keep(number, friend, file);
    Ok(desk.close(Verdict::default()))
}

/// The advocate whom a referral may be moved to.
fn another(
    desk: &Desk<'_, '_>,
    subject: Subject<'_>,
    file: &File,
    name: &MemberName<'_>,
) -> Result<u32, Rejection> {
    let to = desk.case.other_member(name)?;
    desk.case.check_open(to)?;
    let edge = file.bound();
    let denied = edge.and_then(|edge| fraud::denial_of_move(desk, subject, (edge.advocate, to)));
    denied.map_or(Ok(to), |code| Err(Rejection::plain(code)))
}

/// The touch that had won, and the code that it used, stay on record.
fn give_to<'s>(
    desk: &mut Desk<'_, 's>,
    subject: Subject<'s>,
    file: &mut File,
    to: u32,
) -> Result<(), Code> {
    file.is_moved = true;
    if let Some(edge) = &mut file.edge {
        edge.advocate = to;
    }
    for place in 0..file.conversions.len() {
        conversions::decide_again(desk, subject, file, place)?;
    }
    Ok(())
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
