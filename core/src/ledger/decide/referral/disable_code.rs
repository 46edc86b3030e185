//! disable_code: a code works no more; what it brought stays.

use super::super::super::entry::Fact;
use super::super::super::rejection::{Code, Rejection};
use super::super::super::request::DisableCode;
use super::super::case::{Case, Verdict};
use super::book_of;

pub fn decide<'a>(
    case: &mut Case<'_>,
    disable: &DisableCode<'a>,
) -> Result<Verdict<'a>, Rejection> {
    let number = book_of(case, &disable.program)?;
    let book = case.state.objects.referrals.book(number);
    let Some(code) = book.code(&disable.code) else {
        return Err(Rejection::plain(Code::UnknownCode));
    };
    let mut verdict = case.shown(code.member);
    verdict.facts.push(Fact::ReferralCodeDisabled {
        program: number,
        code: disable.code.clone(),
    });
    Ok(verdict)
}
