//! The commands about referrals, and how a friend names who brought them.

use std::borrow::Cow;

use super::super::parts::*;
use super::super::reader::Reader;
use super::super::writer::Writer;
use super::{CodecError, Read, read_method, read_month};
use crate::ledger::referral::commands::ReviewDecision;
use crate::ledger::referral::coupon::CouponAction;
use crate::ledger::request::{
    BindReferral, ChangeCoupon, ClosePeriod, Command, DisableCode, DisputeOutcome, IssueCode,
    Naming, Part, RecordStep, RecordTouch, Reverse, ReviewReferral,
};

/// The message of the entry that they all stand in.
const OF_REFERRALS: u32 = 39;

const ISSUE_CODE: u32 = 39;
const DISABLE_CODE: u32 = 40;
const RECORD_TOUCH: u32 = 41;
const BIND_REFERRAL: u32 = 42;
const RECORD_STEP: u32 = 43;
const REVIEW_REFERRAL: u32 = 44;
const CLOSE_PERIOD: u32 = 45;
const DISPUTE: u32 = 46;
const CHANGE_COUPON: u32 = 47;

#[inline(never)]
pub(in super::super) fn write(writer: &mut Writer<'_>, command: &Command<'_>) {
    writer.message(OF_REFERRALS, |writer| match command {
        Command::IssueCode(issue) => writer.message(ISSUE_CODE, |writer| {
            write_name(writer, 1, &issue.member);
            writer.text(3, &issue.program);
            write_optional_text(writer, 4, issue.code.as_deref());
            writer.flag(5, issue.single_use);
            if let Some(expires_at) = issue.expires_at {
                writer.instant(6, expires_at);
            }
        }),
        Command::DisableCode(disable) => writer.message(DISABLE_CODE, |writer| {
            writer.text(3, &disable.program);
            writer.text(4, &disable.code);
            writer.text(8, &disable.reason);
            writer.text(9, &disable.actor);
        }),
        Command::RecordTouch(touch) => writer.message(RECORD_TOUCH, |writer| {
            writer.text(3, &touch.program);
            writer.text(4, &touch.code);
            writer.number(5, touch.method as u64);
            write_optional_text(writer, 6, touch.token.as_deref());
            writer.instant(7, touch.touched_at);
        }),
        Command::BindReferral(bind) => writer.message(BIND_REFERRAL, |writer| {
            write_name(writer, 1, &bind.friend);
            write_naming(writer, 3, &bind.naming);
        }),
        Command::RecordStep(step) => writer.message(RECORD_STEP, |writer| {
            write_name(writer, 1, &step.friend);
            writer.text(3, &step.program);
            writer.text(4, &step.step);
        }),
        Command::ReviewReferral(review) => {
            writer.message(REVIEW_REFERRAL, |writer| write_review(writer, review));
        }
        Command::ClosePeriod(close) => writer.message(CLOSE_PERIOD, |writer| {
            writer.text(3, &close.program);
            writer.signed(4, i64::from(close.month.0));
        }),
        Command::Reverse(reverse) => writer.message(DISPUTE, |writer| {
            write_reference(writer, &reverse.original);
            writer.number(3, reverse.dispute.map_or(0, |outcome| outcome as u64));
            write_reference_end(writer, &reverse.original);
        }),
        Command::ChangeCoupon(change) => {
            writer.message(CHANGE_COUPON, |writer| write_change(writer, change));
        }
        _ => unreachable!("every other command has a message of its own"),
    });
}

fn write_review(writer: &mut Writer<'_>, review: &ReviewReferral<'_>) {
    write_name(writer, 1, &review.friend);
    writer.text(3, &review.program);
    writer.number(4, review.decision as u64);
    if let Some(to) = &review.to {
        write_name(writer, 5, to);
    }
    writer.text(8, &review.reason);
    writer.text(9, &review.actor);
    writer.text(10, &review.approved_by);
}

fn write_change(writer: &mut Writer<'_>, change: &ChangeCoupon<'_>) {
    write_name(writer, 1, &change.member);
    writer.text(3, &change.program);
    writer.text(4, &change.code);
    writer.number(5, change.action as u64);
    if let Some(ttl) = change.ttl_micros {
        writer.stated_number(6, ttl as u64);
    }
}

/// Reads one of these commands, if there is one.
#[inline(never)]
pub(in super::super) fn read<'b>(reader: &mut Reader<'b>) -> Read<Option<Command<'b>>> {
    reader.message(OF_REFERRALS, read_any)
}

fn read_any<'b>(reader: &mut Reader<'b>) -> Read<Command<'b>> {
    if let Some(issue) = reader.message(ISSUE_CODE, read_issue)? {
        return Ok(Command::IssueCode(Box::new(issue)));
    }
    if let Some(disable) = reader.message(DISABLE_CODE, read_disable)? {
        return Ok(Command::DisableCode(Box::new(disable)));
    }
    if let Some(touch) = reader.message(RECORD_TOUCH, read_touch)? {
        return Ok(Command::RecordTouch(Box::new(touch)));
    }
    if let Some(bind) = reader.message(BIND_REFERRAL, |reader| {
        let friend = read_name(reader, 1)?;
        let naming = read_naming(reader, 3)?.ok_or(CodecError::Missing("the naming"))?;
        Ok(BindReferral { friend, naming })
    })? {
        return Ok(Command::BindReferral(Box::new(bind)));
    }
    if let Some(step) = reader.message(RECORD_STEP, |reader| {
        let friend = read_name(reader, 1)?;
        Ok(RecordStep {
            program: Cow::Borrowed(reader.text(3)?),
            friend,
            step: Cow::Borrowed(reader.text(4)?),
        })
    })? {
        return Ok(Command::RecordStep(Box::new(step)));
    }
    if let Some(review) = reader.message(REVIEW_REFERRAL, read_review)? {
        return Ok(Command::ReviewReferral(Box::new(review)));
    }
    if let Some(close) = reader.message(CLOSE_PERIOD, |reader| {
        Ok(ClosePeriod {
            program: Cow::Borrowed(reader.text(3)?),
            month: read_month(reader, 4)?,
        })
    })? {
        return Ok(Command::ClosePeriod(close));
    }
    if let Some(dispute) = reader.message(DISPUTE, read_dispute)? {
        return Ok(Command::Reverse(dispute));
    }
    let change = reader.message(CHANGE_COUPON, read_change)?;
    let change = change.ok_or(CodecError::Missing("the command"))?;
    Ok(Command::ChangeCoupon(Box::new(change)))
}

fn read_issue<'b>(reader: &mut Reader<'b>) -> Read<IssueCode<'b>> {
    let member = read_name(reader, 1)?;
    Ok(IssueCode {
        program: Cow::Borrowed(reader.text(3)?),
        member,
        code: read_optional_text(reader, 4)?,
        single_use: reader.flag(5)?,
        expires_at: reader.instant(6)?,
    })
}

fn read_disable<'b>(reader: &mut Reader<'b>) -> Read<DisableCode<'b>> {
    Ok(DisableCode {
        program: Cow::Borrowed(reader.text(3)?),
        code: Cow::Borrowed(reader.text(4)?),
        reason: Cow::Borrowed(reader.text(8)?),
        actor: Cow::Borrowed(reader.text(9)?),
    })
}

fn read_touch<'b>(reader: &mut Reader<'b>) -> Read<RecordTouch<'b>> {
    let program = Cow::Borrowed(reader.text(3)?);
    let code = Cow::Borrowed(reader.text(4)?);
    Ok(RecordTouch {
        program,
        method: read_method(reader, 5)?,
        token: read_optional_text(reader, 6)?,
        code,
        touched_at: read_instant(reader, 7)?,
    })
}

fn read_review<'b>(reader: &mut Reader<'b>) -> Read<ReviewReferral<'b>> {
    let friend = read_name(reader, 1)?;
    let program = Cow::Borrowed(reader.text(3)?);
    let number: u8 = reader.small(4, "a decision")?;
    let mut decisions = ReviewDecision::ALL.into_iter();
    let decision = decisions.find(|(_, decision)| *decision as u8 == number);
    let (_, decision) = decision.ok_or(CodecError::OutOfRange("a decision"))?;
    Ok(ReviewReferral {
        program,
        friend,
        decision,
        to: read_optional_name(reader, 5)?,
        reason: Cow::Borrowed(reader.text(8)?),
        actor: Cow::Borrowed(reader.text(9)?),
        approved_by: Cow::Borrowed(reader.text(10)?),
    })
}

fn read_change<'b>(reader: &mut Reader<'b>) -> Read<ChangeCoupon<'b>> {
    let member = read_name(reader, 1)?;
    let program = Cow::Borrowed(reader.text(3)?);
    let code = Cow::Borrowed(reader.text(4)?);
    let number: u8 = reader.small(5, "an action")?;
    let mut actions = CouponAction::ALL.into_iter();
    let action = actions.find(|(_, action)| *action as u8 == number);
    let (_, action) = action.ok_or(CodecError::OutOfRange("an action"))?;
    Ok(ChangeCoupon {
        program,
        code,
        member,
        action,
        ttl_micros: reader.stated_integer(6)?,
    })
}

/// A dispute is about a whole sale, whatever the program says about returns.
fn read_dispute<'b>(reader: &mut Reader<'b>) -> Read<Reverse<'b>> {
    let original = read_reference(reader)?;
    let number: u8 = reader.small(3, "an outcome")?;
    let mut outcomes = DisputeOutcome::ALL.into_iter();
    let outcome = outcomes.find(|(_, outcome)| *outcome as u8 == number);
    let (_, outcome) = outcome.ok_or(CodecError::OutOfRange("an outcome"))?;
    Ok(Reverse {
        original: read_reference_end(reader, original)?,
        part: Part::Rest,
        member: None,
        shortfall: None,
        restore: None,
        dispute: Some(outcome),
    })
}

#[inline(never)]
pub(in super::super) fn write_naming(writer: &mut Writer<'_>, field: u32, naming: &Naming<'_>) {
    writer.message(field, |writer| {
        writer.text(1, &naming.program);
        write_optional_text(writer, 2, naming.code.as_deref());
        write_optional_text(writer, 3, naming.token.as_deref());
        for fingerprint in &naming.fingerprints {
            writer.stated_bytes(4, fingerprint.as_bytes());
        }
    });
}

#[inline(never)]
pub(in super::super) fn read_naming<'b>(
    reader: &mut Reader<'b>,
    field: u32,
) -> Read<Option<Naming<'b>>> {
    reader.message(field, |reader| {
        Ok(Naming {
            program: Cow::Borrowed(reader.text(1)?),
            code: read_optional_text(reader, 2)?,
            token: read_optional_text(reader, 3)?,
            fingerprints: read_texts(reader, 4)?,
        })
    })
}
