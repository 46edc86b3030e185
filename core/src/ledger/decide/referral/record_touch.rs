//! record_touch: somebody was reached by a code.

use std::borrow::Cow;

use super::super::super::bounds::TOKEN_TOUCHES;
use super::super::super::entry::Fact;
use super::super::super::referral::book::Book;
use super::super::super::referral::file::Touch;
use super::super::super::referral::standing::refusal;
use super::super::super::referral::touch::{Claims, Method};
use super::super::super::rejection::{Code, Rejection};
use super::super::super::request::RecordTouch;
use super::super::case::{Case, Verdict};
use super::conversions::look_again;
use super::desk::Desk;
use super::{book_of, subject};

pub fn decide<'a>(
    case: &mut Case<'_>,
    key: &str,
    told: &RecordTouch<'a>,
) -> Result<Verdict<'a>, Rejection> {
    let number = book_of(case, &told.program)?;
    check_not_ahead(case, told)?;
    let book = case.state.objects.referrals.book(number);
    let advocate = advocate(book, told)?;
    let touch = Touch {
        key: key.into(),
        method: told.method,
        code: told.code.as_ref().into(),
        advocate,
        touched_at: told.touched_at,
    };
    let token = told.token.as_deref();
    let claimed: Vec<u32> =
        token.map_or_else(Vec::new, |token| book.claims_of_token(token).collect());
    let mut desk = Desk::new(case, key, Default::default())?;
    if claims(&desk, number, &claimed).refuse() {
        return Err(Rejection::plain(Code::NoAttribution));
    }
    if token.is_some_and(|token| desk.book(number).touches(token).len() >= TOKEN_TOUCHES) {
        return Err(Rejection::plain(Code::LimitExceeded));
    }
    let forgets = forgets(&desk, number, token);
    desk.tell(Fact::Touched {
        program: number,
        token: token.map(|token| Cow::Owned(token.to_owned())),
        touch: Box::new(touch.clone()),
        forgets,
    });
    if !claimed.is_empty() {
        let sequence = desk.case.sequence;
        let book = desk.referrals.to_mut().book_mut(number);
        book.add_touch(token, touch, sequence);
    }
    for friend in claimed {
        let subject = subject(&desk, number, friend)?;
        if let Err(code) = look_again(&mut desk, subject) {
            return Ok(Verdict::refused(code, 0, Default::default()));
        }
        desk.go_on(subject);
    }
    Ok(desk.close(Verdict::default()))
}

/// Whose code the touch was by; nobody's if the visitor came without one.
fn advocate(book: &Book, told: &RecordTouch<'_>) -> Result<u32, Rejection> {
    if told.method == Method::Direct {
        return Ok(Touch::NOBODY);
    }
    let code = book.code(&told.code);
    let code = code.ok_or_else(|| Rejection::plain(Code::UnknownCode))?;
    match refusal(code, told.touched_at) {
        Some(refused) => Err(Rejection::plain(refused)),
        None => Ok(code.member),
    }
}

fn check_not_ahead(case: &Case<'_>, told: &RecordTouch<'_>) -> Result<(), Rejection> {
    let ahead = told.touched_at.0.saturating_sub(case.now.0);
    let most = case.program().time.future_micros;
    if most.is_none_or(|most| ahead <= most) {
        return Ok(());
    }
    let message = format!(
        "touched_at {} is ahead of the ledger's clock {}; set the sender's clock right and send it again",
        told.touched_at, case.now
    );
    Err(Rejection::new(Code::TouchInFuture, message))
}

/// The claims to the token of the touch.
fn claims(desk: &Desk<'_, '_>, number: u16, claimed: &[u32]) -> Claims {
    let first = claimed
        .first()
        .and_then(|friend| desk.subject(number, *friend));
    let Some(subject) = first else {
        return Claims::None;
    };
    let standing = desk.standing(subject);
    let files = claimed.iter().filter_map(|friend| {
        let file = standing.book.file(*friend)?;
        Some((*friend, file))
    });
    let mut is_bound = false;
    for (friend, file) in files {
        if file
            .claim
            .as_ref()
            .is_some_and(|claim| standing.is_open(claim))
        {
            return Claims::Open;
        }
        let edge = standing.edge(friend, &file);
        is_bound |= edge.is_taken();
    }
    if is_bound {
        Claims::OverAndBound
    } else {
        Claims::OverAndUnbound
    }
}

/// The oldest token that makes room, if the program keeps as many as it may; 0 if none has to.
fn forgets(desk: &Desk<'_, '_>, number: u16, token: Option<&str>) -> u64 {
    let (book, program) = (desk.book(number), desk.case.program());
    let Some(rules) = program.referral(&book.name) else {
        return 0;
    };
    let is_new = token.is_some_and(|token| book.touches(token).is_empty());
    if !is_new || book.token_count() < rules.touches as usize {
        return 0;
    }
    book.oldest_unclaimed().unwrap_or(0)
}
