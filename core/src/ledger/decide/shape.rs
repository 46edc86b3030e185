//! The first rung of every ladder: lengths, ranges and forms, which no state can change.

mod basket;
mod details;
mod members;
mod partners;
mod referrals;

use super::super::bounds::{ID_BYTES, KEY_BYTES, MEMBER_ALIASES, REQUEST_POINTS};
use super::super::codes::ONE_TIME;
use super::super::rejection::{Code, Rejection};
use super::super::request::{
    Accrue, Adjust, Alias, Command, Enroll, MemberName, Part, Reference, Request, Reverse,
};
use super::super::time::Instant;

/// Checks what can be checked without any state. Comes before the key is looked up.
pub fn check_shape(request: &Request<'_>) -> Result<(), Rejection> {
    match request.command {
        Command::Publish(_) | Command::Sweep | Command::Record(_) => {}
        _ => check_key(&request.key)?,
    }
    check_content(request)
}

/// The same of a request that is never written: it needs no key.
pub fn check_unwritten(request: &Request<'_>) -> Result<(), Rejection> {
    if !request.key.is_empty() {
        check_key(&request.key)?;
    }
    check_content(request)
}

fn check_content(request: &Request<'_>) -> Result<(), Rejection> {
    let command = &request.command;
    if let Some(occurred_at) = request.occurred_at {
        check_instant(occurred_at, "occurred_at")?;
    }
    if let Some(details) = &request.details {
        details::check(details)?;
    }
    match command {
        Command::Enroll(enroll) => check_enroll(enroll),
        Command::AddAlias(change) | Command::RemoveAlias(change) => {
            check_alias(&change.alias)?;
            check_member(&change.member)
        }
        Command::Purchase(purchase) => {
            check_member(&purchase.member)?;
            check_amount(purchase.amount.minor_units)?;
            let basket = purchase.basket.as_deref();
            basket.map_or(Ok(()), |basket| basket::check(basket, purchase.amount))
        }
        Command::Accrue(accrue) => check_accrue(accrue),
        Command::Redeem(redeem) => {
            check_member(&redeem.member)?;
            check_points(redeem.points)
        }
        Command::Authorize(authorize) => {
            check_member(&authorize.member)?;
            check_points(authorize.points)?;
            match authorize.ttl_micros {
                Some(ttl) if ttl <= 0 => Err(Rejection::plain(Code::InvalidTtl)),
                _ => Ok(()),
            }
        }
        Command::Capture(capture) => {
            check_reference(&capture.authorization)?;
            capture
                .points
                .filter(|points| *points != 0)
                .map_or(Ok(()), check_points)
        }
        Command::Void(void) => check_reference(&void.authorization),
        Command::Reverse(reverse) => {
            check_reference(&reverse.original)?;
            reverse.member.as_ref().map_or(Ok(()), check_member)?;
            check_part(&reverse.part)?;
            check_dispute(reverse)
        }
        Command::Adjust(adjust) => check_adjust(adjust),
        Command::Publish(_) | Command::Sweep | Command::Record(_) => Ok(()),
        Command::LinkMember(_) | Command::UnlinkMember(_) | Command::IssueOneTimeCode(_) => {
            partners::check(command)
        }
        Command::IssueCode(_)
        | Command::DisableCode(_)
        | Command::RecordTouch(_)
        | Command::BindReferral(_)
        | Command::RecordStep(_)
        | Command::ReviewReferral(_)
        | Command::ClosePeriod(_)
        | Command::ChangeCoupon(_) => referrals::check(command),
        _ => members::check(command),
    }
}

/// A key's length.
pub fn check_key(key: &str) -> Result<(), Rejection> {
    match key.len() {
        0 => Err(Rejection::new(
            Code::KeyMissing,
            "a write needs a key: one attempt of one caller, kept for ever",
        )),
        length if length > KEY_BYTES => Err(Rejection::new(
            Code::KeyTooLong,
            format!("the key has {length} bytes; at most {KEY_BYTES} are kept"),
        )),
        _ => Ok(()),
    }
}

/// The form of an id, which is called `what` if it is wrong.
pub fn check_id(id: &str, what: &str) -> Result<(), Rejection> {
    let fits = (1..=ID_BYTES).contains(&id.len());
    let plain = id
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'@')
        || has_plain_letters(id);
    if fits && plain {
        return Ok(());
    }
    let reason = if fits {
        "holds @, a space or a control character"
    } else {
        "is empty or longer than 64 bytes"
    };
    Err(Rejection::new(
        Code::InvalidId,
        format!("the {what} {reason}; use an opaque id without personal data"),
    ))
}

/// The same for ids beyond ASCII.
fn has_plain_letters(id: &str) -> bool {
    !id.chars()
        .any(|char| char == '@' || char.is_whitespace() || char.is_control())
}

fn check_member(member: &MemberName<'_>) -> Result<(), Rejection> {
    match member {
        MemberName::Id(id) => check_id(id, "member id"),
        MemberName::Alias(alias) => check_id(&alias.kind, "alias kind"),
    }
}

/// An alias that is to be held: the ledger itself makes one-time codes.
fn check_alias(alias: &Alias<'_>) -> Result<(), Rejection> {
    if alias.kind == ONE_TIME {
        let message = "one-time codes are made by the ledger; use issue_one_time_code";
        return Err(Rejection::new(Code::InvalidId, message));
    }
    check_id(&alias.kind, "alias kind")
}

/// Points that one request moves.
pub fn check_points(points: i64) -> Result<(), Rejection> {
    if points <= 0 {
        return Err(Rejection::new(
            Code::PointsNotPositive,
            format!("{points} points; ask for more than zero"),
        ));
    }
    if points > REQUEST_POINTS {
        return Err(Rejection::new(
            Code::PointsTooLarge,
            format!("{points} points; at most 2^53 move at once"),
        ));
    }
    Ok(())
}

fn check_amount(minor_units: i64) -> Result<(), Rejection> {
    if minor_units < 0 {
        return Err(Rejection::new(
            Code::AmountNegative,
            format!("amount {minor_units}; use reverse for a return"),
        ));
    }
    if minor_units > REQUEST_POINTS {
        return Err(Rejection::plain(Code::AmountTooLarge));
    }
    Ok(())
}

/// A dispute is about a whole sale, and decided elsewhere.
fn check_dispute(reverse: &Reverse<'_>) -> Result<(), Rejection> {
    let states = reverse.part != Part::Rest
        || reverse.member.is_some()
        || reverse.shortfall.is_some()
        || reverse.restore.is_some();
    if reverse.dispute.is_none() || !states {
        return Ok(());
    }
    let message = "a dispute names a sale and its outcome, and nothing else";
    Err(Rejection::new(Code::FieldInvalid, message))
}

fn check_part(part: &Part) -> Result<(), Rejection> {
    match part {
        Part::Rest => Ok(()),
        Part::Points(points) => check_points(*points),
        Part::Lines(lines) => basket::check_returned(lines),
        Part::Money(money) if money.minor_units <= 0 => {
            Err(Rejection::plain(Code::AmountNotPositive))
        }
        Part::Money(money) => check_amount(money.minor_units),
    }
}

fn check_enroll(enroll: &Enroll<'_>) -> Result<(), Rejection> {
    check_id(&enroll.member, "member id")?;
    if enroll.aliases.len() > MEMBER_ALIASES {
        let message = format!("a member has at most {MEMBER_ALIASES} aliases");
        return Err(Rejection::new(Code::InvalidId, message));
    }
    enroll.aliases.iter().try_for_each(check_alias)
}

fn check_accrue(accrue: &Accrue<'_>) -> Result<(), Rejection> {
    check_member(&accrue.member)?;
    check_points(accrue.points)?;
    if let Some(activates_at) = accrue.activates_at {
        check_instant(activates_at, "activates_at")?;
    }
    check_expiry(accrue.expires_at)?;
    if let (Some(activates_at), Some(expires_at)) = (accrue.activates_at, accrue.expires_at)
        && expires_at <= activates_at
    {
        let message = format!(
            "expires_at {expires_at} is not after activates_at {activates_at}; give a later one, or none"
        );
        return Err(Rejection::new(Code::ExpiryBeforeActivation, message));
    }
    let funder_fits = accrue
        .funder
        .as_ref()
        .is_none_or(|funder| (1..=ID_BYTES).contains(&funder.len()));
    let price_fits = accrue
        .price
        .as_ref()
        .is_none_or(|price| (0..=REQUEST_POINTS).contains(&price.micros));
    if !funder_fits || !price_fits {
        return Err(Rejection::plain(Code::TermsInvalid));
    }
    let joining = accrue.joining.as_deref();
    joining.map_or(Ok(()), basket::check_joining)
}

fn check_adjust(adjust: &Adjust<'_>) -> Result<(), Rejection> {
    check_member(&adjust.member)?;
    check_points(adjust.points.checked_abs().unwrap_or(i64::MAX))?;
    check_expiry(adjust.expires_at)?;
    check_hand(&adjust.reason, &adjust.actor)
}

/// What is done by hand has a reason and an actor.
fn check_hand(reason: &str, actor: &str) -> Result<(), Rejection> {
    let named = |text: &str| (1..=ID_BYTES).contains(&text.len());
    if named(reason) && named(actor) {
        Ok(())
    } else {
        Err(Rejection::plain(Code::ReasonMissing))
    }
}

fn check_reference(reference: &Reference<'_>) -> Result<(), Rejection> {
    match reference {
        Reference::Key(key) => check_key(key),
        Reference::Receipt(name) => details::check_receipt(&name.receipt),
        Reference::Sequence(_) => Ok(()),
    }
}

fn check_expiry(expires_at: Option<Instant>) -> Result<(), Rejection> {
    match expires_at {
        Some(expires_at) if expires_at != Instant::NEVER => check_instant(expires_at, "expires_at"),
        _ => Ok(()),
    }
}

fn check_instant(instant: Instant, what: &str) -> Result<(), Rejection> {
    if instant.is_valid() {
        return Ok(());
    }
    Err(Rejection::new(
        Code::TimeOutOfRange,
        format!("{what} lies outside 1970 to 9999"),
    ))
}
