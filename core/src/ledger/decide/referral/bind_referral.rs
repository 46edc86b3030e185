//! bind_referral: a member says who brought them.

use std::borrow::Cow;

use super::super::super::bounds::MEMBER_FINGERPRINTS;
use super::super::super::entry::Fact;
use super::super::super::referral::commands::{FINGERPRINT_BYTES, FINGERPRINTS, TOKEN_BYTES};
use super::super::super::referral::standing::can_be_code;
use super::super::super::rejection::{Class, Code, Rejection};
use super::super::super::request::{BindReferral, Naming};
use super::super::case::{Case, Verdict};
use super::attribution::{Saying, claim};
use super::conversions::look_on;
use super::desk::Desk;
use super::{book_of_naming, subject};

pub fn decide<'a>(
    case: &mut Case<'_>,
    key: &str,
    bind: &BindReferral<'a>,
) -> Result<Verdict<'a>, Rejection> {
    let number = book_of_naming(case, &bind.naming)?;
    let friend = case.open_member(&bind.friend)?;
    let shown = case.shown(friend);
    let balance = shown
        .effects
        .first()
        .map(|effect| effect.after)
        .unwrap_or_default();
    let saying = Saying {
        identified_at: case.occurred_at,
        at_checkout: false,
    };
    let mut desk = Desk::new(case, key, shown.effects)?;
    let subject = subject(&desk, number, friend)?;
    add_marks(&mut desk, friend, &bind.naming);
    let answered = claim(&mut desk, subject, &bind.naming, saying);
    let answered = answered.and_then(|code| {
        if code.class() == Class::Applied {
            look_on(&mut desk, subject)?;
        }
        Ok(code)
    });
    match answered {
        Ok(code) if code.class() == Class::Applied => Ok(Verdict {
            code,
            ..desk.close(Verdict::default())
        }),
        // What was said is known from now on, whatever it was answered.
        Ok(code) => {
            let told = desk.close(Verdict::default());
            Ok(Verdict {
                facts: told.facts,
                ..Verdict::refused(code, 0, balance)
            })
        }
        Err(code) => Ok(Verdict::refused(code, 0, balance)),
    }
}

/// A member is known by fingerprints from now on.
pub fn add_marks(desk: &mut Desk<'_, '_>, member: u32, naming: &Naming<'_>) {
    let known = desk.referrals.marks(member);
    let is_new = |mark: &&Cow<'_, str>| known.binary_search(&mark.as_ref()).is_err();
    let room = MEMBER_FINGERPRINTS.saturating_sub(known.len());
    let fresh = naming.fingerprints.iter().filter(is_new).take(room);
    let marks: Vec<Cow<'static, str>> = fresh.map(|mark| Cow::Owned(mark.to_string())).collect();
    drop(known);
    if !marks.is_empty() {
        desk.tell(Fact::Fingerprints { member, marks });
    }
}

/// What no state can make right about a naming.
pub fn wrong_naming(naming: &Naming<'_>) -> Option<Code> {
    let fits = |mark: &Cow<'_, str>| {
        let has_kind = mark
            .split_once(':')
            .is_some_and(|(kind, value)| !kind.is_empty() && !value.is_empty());
        has_kind && mark.len() <= FINGERPRINT_BYTES
    };
    if naming
        .code
        .as_deref()
        .is_some_and(|code| !can_be_code(code))
    {
        return Some(Code::CodeMistyped);
    }
    if naming
        .token
        .as_deref()
        .is_some_and(|token| !(1..=TOKEN_BYTES).contains(&token.len()))
    {
        return Some(Code::TokenTooLong);
    }
    let all_fit = naming.fingerprints.len() <= FINGERPRINTS && naming.fingerprints.iter().all(fits);
    (!all_fit).then_some(Code::FieldInvalid)
}
