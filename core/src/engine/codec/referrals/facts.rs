//! The facts about referrals.

use std::borrow::Cow;

use super::super::parts::*;
use super::super::reader::Reader;
use super::super::writer::Writer;
use super::file::{read_coupon, read_file, read_touch, write_coupon, write_file, write_touch};
use super::{CodecError, Read, read_month, read_optional_code};
use crate::ledger::entry::Fact;
use crate::ledger::referral::book::Code;
use crate::ledger::referral::coupon::Coupon;
use crate::ledger::referral::file::Refund;
use crate::ledger::time::Instant;

const CODE_ISSUED: u32 = 19;
const CODE_DISABLED: u32 = 20;
const TOUCHED: u32 = 21;
const REFERRAL: u32 = 22;
const FINGERPRINTS: u32 = 23;
const BIND_PASSED: u32 = 24;
const REFUND_MET: u32 = 25;
const PERIOD_CLOSED: u32 = 26;
const ANSWERED: u32 = 27;
const COUPON_CHANGED: u32 = 28;

#[inline(never)]
pub(in super::super) fn write_fact(writer: &mut Writer<'_>, fact: &Fact<'_>) {
    match fact {
        Fact::ReferralCodeIssued {
            program,
            code,
            issued,
        } => writer.message(CODE_ISSUED, |writer| {
            writer.number(1, u64::from(*program));
            writer.text(2, code);
            writer.number(3, u64::from(issued.member));
            writer.flag(4, issued.coupon.is_some());
            writer.instant_unless(5, issued.expires_at, Instant::NEVER);
        }),
        Fact::ReferralCodeDisabled { program, code } => writer.message(CODE_DISABLED, |writer| {
            writer.number(1, u64::from(*program));
            writer.text(2, code);
        }),
        Fact::Touched {
            program,
            token,
            touch,
            forgets,
        } => writer.message(TOUCHED, |writer| {
            writer.number(1, u64::from(*program));
            write_optional_text(writer, 2, token.as_deref());
            write_touch(writer, 3, touch);
            writer.number(4, *forgets);
        }),
        Fact::Referral {
            program,
            friend,
            file,
        } => writer.message(REFERRAL, |writer| {
            writer.number(1, u64::from(*program));
            writer.number(2, u64::from(*friend));
            write_file(writer, 3, file);
        }),
        others => write_others(writer, others),
    }
}

fn write_others(writer: &mut Writer<'_>, fact: &Fact<'_>) {
    match fact {
        Fact::Fingerprints { member, marks } => writer.message(FINGERPRINTS, |writer| {
            writer.number(1, u64::from(*member));
            for mark in marks {
                writer.stated_bytes(2, mark.as_bytes());
            }
        }),
        Fact::BindPassed {
            program,
            advocate,
            most,
        } => writer.message(BIND_PASSED, |writer| {
            writer.number(1, u64::from(*program));
            writer.number(2, u64::from(*advocate));
            writer.number(3, u64::from(*most));
        }),
        Fact::RefundMet { refund } => writer.message(REFUND_MET, |writer| {
            writer.number(1, refund.entry);
            writer.signed(2, refund.amount);
            writer.instant(3, refund.occurred_at);
            writer.flag(4, refund.is_chargeback);
            writer.flag(5, refund.is_undone);
        }),
        Fact::PeriodClosed { program, month } => writer.message(PERIOD_CLOSED, |writer| {
            writer.number(1, u64::from(*program));
            writer.signed(2, i64::from(month.0));
        }),
        Fact::ReferralAnswered { code } => {
            writer.message(ANSWERED, |writer| {
                writer.number(1, u64::from(code.number()));
            });
        }
        Fact::CouponChanged {
            program,
            code,
            coupon,
        } => writer.message(COUPON_CHANGED, |writer| {
            writer.number(1, u64::from(*program));
            writer.text(2, code);
            write_coupon(writer, 3, *coupon);
        }),
        _ => {}
    }
}

/// Reads one of these facts, if there is one.
#[inline(never)]
pub(in super::super) fn read_fact<'b>(reader: &mut Reader<'b>) -> Read<Option<Fact<'b>>> {
    if let Some(issued) = reader.message(CODE_ISSUED, read_issued)? {
        return Ok(Some(issued));
    }
    if let Some(disabled) = reader.message(CODE_DISABLED, |reader| {
        Ok(Fact::ReferralCodeDisabled {
            program: read_program(reader)?,
            code: Cow::Borrowed(reader.text(2)?),
        })
    })? {
        return Ok(Some(disabled));
    }
    if let Some(touched) = reader.message(TOUCHED, |reader| {
        let program = read_program(reader)?;
        let token = read_optional_text(reader, 2)?;
        let touch = read_touch(reader, 3)?.ok_or(CodecError::Missing("the touch"))?;
        Ok(Fact::Touched {
            program,
            token,
            touch: Box::new(touch),
            forgets: reader.number(4)?,
        })
    })? {
        return Ok(Some(touched));
    }
    if let Some(referral) = reader.message(REFERRAL, |reader| {
        let program = read_program(reader)?;
        let friend = reader.small(2, "a member's number")?;
        let file = read_file(reader, 3)?.ok_or(CodecError::Missing("what is known"))?;
        Ok(Fact::Referral {
            program,
            friend,
            file: Box::new(file),
        })
    })? {
        return Ok(Some(referral));
    }
    read_others(reader)
}

fn read_others<'b>(reader: &mut Reader<'b>) -> Read<Option<Fact<'b>>> {
    if let Some(marks) = reader.message(FINGERPRINTS, |reader| {
        Ok(Fact::Fingerprints {
            member: reader.small(1, "a member's number")?,
            marks: read_texts(reader, 2)?,
        })
    })? {
        return Ok(Some(marks));
    }
    if let Some(passed) = reader.message(BIND_PASSED, |reader| {
        Ok(Fact::BindPassed {
            program: read_program(reader)?,
            advocate: reader.small(2, "a member's number")?,
            most: reader.small(3, "a number of binds")?,
        })
    })? {
        return Ok(Some(passed));
    }
    if let Some(refund) = reader.message(REFUND_MET, |reader| {
        Ok(Refund {
            entry: reader.number(1)?,
            amount: reader.signed(2)?,
            occurred_at: read_instant(reader, 3)?,
            is_chargeback: reader.flag(4)?,
            is_undone: reader.flag(5)?,
        })
    })? {
        return Ok(Some(Fact::RefundMet { refund }));
    }
    if let Some(closed) = reader.message(PERIOD_CLOSED, |reader| {
        Ok(Fact::PeriodClosed {
            program: read_program(reader)?,
            month: read_month(reader, 2)?,
        })
    })? {
        return Ok(Some(closed));
    }
    if let Some(code) = reader.message(ANSWERED, |reader| {
        read_optional_code(reader, 1)?.ok_or(CodecError::Missing("a code"))
    })? {
        return Ok(Some(Fact::ReferralAnswered { code }));
    }
    reader.message(COUPON_CHANGED, |reader| {
        Ok(Fact::CouponChanged {
            program: read_program(reader)?,
            code: Cow::Borrowed(reader.text(2)?),
            coupon: read_coupon(reader, 3)?,
        })
    })
}

fn read_issued<'b>(reader: &mut Reader<'b>) -> Read<Fact<'b>> {
    let program = read_program(reader)?;
    let code = Cow::Borrowed(reader.text(2)?);
    let member = reader.small(3, "a member's number")?;
    let is_single_use = reader.flag(4)?;
    let issued = Code {
        member,
        expires_at: reader.instant_unless(5, Instant::NEVER)?,
        disabled_at: Instant::NEVER,
        coupon: is_single_use.then_some(Coupon::Open),
    };
    Ok(Fact::ReferralCodeIssued {
        program,
        code,
        issued: Box::new(issued),
    })
}

fn read_program(reader: &mut Reader<'_>) -> Read<u16> {
    reader.small(1, "the number of a program of referrals")
}
