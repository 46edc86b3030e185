//! What is asked about referrals.

use super::super::fields::{self, Edge, FieldError, text};
use crate::ledger::referral::commands::{Month, ReviewDecision, plain};
use crate::ledger::referral::coupon::CouponAction;
use crate::ledger::referral::touch::Method;
use crate::ledger::request::{
    BindReferral, ChangeCoupon, ClosePeriod, Command, DisableCode, DisputeOutcome, IssueCode,
    Naming, Part, RecordStep, RecordTouch, Reverse, ReviewReferral,
};
use crate::service::wire;

/// Who brought a member, inside of an enrolment or a purchase.
pub fn naming(
    given: Option<&wire::ReferralReference>,
) -> Result<Option<Box<Naming<'_>>>, FieldError> {
    use wire::referral_reference::Referral as Named;
    let Some(given) = given else {
        return Ok(None);
    };
    let beside = given.touch_token.as_deref();
    let (code, token) = match &given.referral {
        Some(Named::Code(code)) => (Some(code.as_str()), beside),
        Some(Named::Token(_)) if beside.is_some() => {
            let message = "stands beside a code; leave it out where `token` is given";
            return Err(FieldError::new("referral.touch_token", message));
        }
        Some(Named::Token(token)) => (None, Some(token.as_str())),
        None => (None, beside),
    };
    Ok(Some(Box::new(named(
        &given.program,
        code,
        token,
        &given.fingerprints,
    ))))
}

fn named<'r>(
    program: &'r str,
    code: Option<&'r str>,
    token: Option<&'r str>,
    fingerprints: &'r [String],
) -> Naming<'r> {
    let fingerprints = fingerprints.iter().map(|print| text(print)).collect();
    Naming::of(text(program), code.map(text), token.map(text), fingerprints)
}

pub fn issue_code<'r>(
    request: &'r wire::IssueReferralCodeRequest,
    edge: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    Ok(Command::IssueCode(Box::new(IssueCode {
        program: text(&request.program),
        member: fields::required_member("member", request.member.as_ref(), edge)?,
        code: request.code.as_deref().map(|code| plain(text(code))),
        single_use: request.single_use,
        expires_at: fields::optional_instant("expires_time", request.expires_time.as_ref())?,
    })))
}

pub fn disable_code<'r>(
    request: &'r wire::DisableReferralCodeRequest,
    _: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    Ok(Command::DisableCode(Box::new(DisableCode {
        program: text(&request.program),
        code: plain(text(&request.code)),
        reason: text(&request.reason),
        actor: text(&request.actor),
    })))
}

pub fn touch<'r>(
    request: &'r wire::RecordTouchRequest,
    _: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    let touched = request.touched_time.as_ref();
    let touched = touched.ok_or_else(|| FieldError::missing("touched_time"))?;
    Ok(Command::RecordTouch(Box::new(RecordTouch {
        program: text(&request.program),
        method: method(request.method)?,
        token: request.token.as_deref().map(text),
        code: plain(text(&request.code)),
        touched_at: fields::instant("touched_time", touched)?,
    })))
}

pub fn bind<'r>(
    request: &'r wire::BindReferralRequest,
    edge: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    let (code, token) = (request.code.as_deref(), request.token.as_deref());
    Ok(Command::BindReferral(Box::new(BindReferral {
        friend: fields::required_member("friend", request.friend.as_ref(), edge)?,
        naming: named(&request.program, code, token, &request.fingerprints),
    })))
}

pub fn step<'r>(
    request: &'r wire::RecordStepRequest,
    edge: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    Ok(Command::RecordStep(Box::new(RecordStep {
        program: text(&request.program),
        friend: fields::required_member("friend", request.friend.as_ref(), edge)?,
        step: text(&request.step),
    })))
}

pub fn review<'r>(
    request: &'r wire::ReviewReferralRequest,
    edge: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    Ok(Command::ReviewReferral(Box::new(ReviewReferral {
        program: text(&request.program),
        friend: fields::required_member("friend", request.friend.as_ref(), edge)?,
        decision: decision(request.decision)?,
        to: fields::optional_member("to", request.to.as_ref(), edge)?,
        reason: text(&request.reason),
        actor: text(&request.actor),
        approved_by: text(&request.approved_by),
    })))
}

pub fn change_coupon<'r>(
    request: &'r wire::ChangeCouponRequest,
    edge: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    let ttl = request.ttl.as_ref().map(|ttl| fields::micros("ttl", ttl));
    Ok(Command::ChangeCoupon(Box::new(ChangeCoupon {
        program: text(&request.program),
        code: plain(text(&request.code)),
        member: fields::required_member("member", request.member.as_ref(), edge)?,
        action: action(request.action)?,
        ttl_micros: ttl.transpose()?,
    })))
}

pub fn close_period<'r>(
    request: &'r wire::CloseReferralPeriodRequest,
    _: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    let month = Month::parse(&request.month).ok_or_else(|| {
        let message = format!("{:?} is no month; write it as in 2026-03", request.month);
        FieldError::new("month", message)
    })?;
    Ok(Command::ClosePeriod(ClosePeriod {
        program: text(&request.program),
        month,
    }))
}

pub fn dispute<'r>(
    request: &'r wire::DisputePurchaseRequest,
    _: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    Ok(Command::Reverse(Reverse {
        original: fields::reference("original", request.original.as_ref())?,
        part: Part::Rest,
        member: None,
        shortfall: None,
        restore: None,
        dispute: Some(outcome(request.outcome)?),
    }))
}

fn method(number: i32) -> Result<Method, FieldError> {
    match wire::TouchMethod::try_from(number) {
        Ok(wire::TouchMethod::Click) => Ok(Method::Click),
        Ok(wire::TouchMethod::Code) => Ok(Method::Code),
        Ok(wire::TouchMethod::Coupon) => Ok(Method::Coupon),
        Ok(wire::TouchMethod::Invite) => Ok(Method::Invite),
        Ok(wire::TouchMethod::Direct) => Ok(Method::Direct),
        Ok(wire::TouchMethod::Unspecified) | Err(_) => {
            Err(fields::unknown_number("method", number))
        }
    }
}

fn decision(number: i32) -> Result<ReviewDecision, FieldError> {
    match wire::ReviewDecision::try_from(number) {
        Ok(wire::ReviewDecision::Freeze) => Ok(ReviewDecision::Freeze),
        Ok(wire::ReviewDecision::Release) => Ok(ReviewDecision::Release),
        Ok(wire::ReviewDecision::Deny) => Ok(ReviewDecision::Deny),
        Ok(wire::ReviewDecision::Move) => Ok(ReviewDecision::Move),
        Ok(wire::ReviewDecision::Unspecified) | Err(_) => {
            Err(fields::unknown_number("decision", number))
        }
    }
}

fn action(number: i32) -> Result<CouponAction, FieldError> {
    match wire::CouponAction::try_from(number) {
        Ok(wire::CouponAction::Reserve) => Ok(CouponAction::Reserve),
        Ok(wire::CouponAction::Use) => Ok(CouponAction::Use),
        Ok(wire::CouponAction::Release) => Ok(CouponAction::Release),
        Ok(wire::CouponAction::Unspecified) | Err(_) => {
            Err(fields::unknown_number("action", number))
        }
    }
}

fn outcome(number: i32) -> Result<DisputeOutcome, FieldError> {
    match wire::DisputeOutcome::try_from(number) {
        Ok(wire::DisputeOutcome::Lost) => Ok(DisputeOutcome::Lost),
        Ok(wire::DisputeOutcome::Won) => Ok(DisputeOutcome::Won),
        Ok(wire::DisputeOutcome::Unspecified) | Err(_) => {
            Err(fields::unknown_number("outcome", number))
        }
    }
}
