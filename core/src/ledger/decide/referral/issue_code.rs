//! issue_code: an advocate gets a code to hand on.

use std::borrow::Cow;

use super::super::super::entry::Fact;
use super::super::super::referral::book::{Book, Code as Issued};
use super::super::super::referral::codes;
use super::super::super::referral::coupon::Coupon;
use super::super::super::rejection::{Code, Rejection};
use super::super::super::request::IssueCode;
use super::super::super::time::Instant;
use super::super::case::{Case, Verdict};
use super::conversions::look_again;
use super::desk::Desk;
use super::{book_of, subject};

pub fn decide<'a>(
    case: &mut Case<'_>,
    key: &str,
    issue: &IssueCode<'a>,
) -> Result<Verdict<'a>, Rejection> {
    let number = book_of(case, &issue.program)?;
    let member = case.open_member(&issue.member)?;
    let book = case.state.objects.referrals.book(number);
    let code = code_of(book, key, issue);
    if book.is_taken(&code) {
        let message = format!("the code {code} was issued before; choose another one");
        return Err(Rejection::new(Code::CodeTaken, message));
    }
    let issued = Issued {
        member,
        expires_at: issue.expires_at.unwrap_or(Instant::NEVER),
        disabled_at: Instant::NEVER,
        coupon: issue.single_use.then_some(Coupon::Open),
    };
    let shown = case.shown(member);
    let waiting: Vec<u32> = book.claims_of_code(&code).collect();
    let mut desk = Desk::new(case, key, shown.effects)?;
    desk.referrals
        .to_mut()
        .book_mut(number)
        .set_code(&code, issued.clone());
    desk.tell(Fact::ReferralCodeIssued {
        program: number,
        code: Cow::Owned(code),
        issued: Box::new(issued),
    });
    for friend in waiting {
        let subject = subject(&desk, number, friend)?;
        if let Err(code) = look_again(&mut desk, subject) {
            return Ok(Verdict::refused(code, 0, Default::default()));
        }
        desk.go_on(subject);
    }
    Ok(desk.close(Verdict::default()))
}

/// The member's own choice, or the one that follows from the request's key.
pub fn code_of(book: &Book, key: &str, issue: &IssueCode<'_>) -> String {
    match &issue.code {
        Some(chosen) => chosen.to_string(),
        None => codes::issued(&issue.program, key, |code| book.is_taken(code)),
    }
}
