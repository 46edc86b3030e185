//! What is known of one friend in one program.

use super::super::parts::*;
use super::super::reader::Reader;
use super::super::writer::Writer;
use super::{CodecError, Read, number_of, read_method, read_month, read_optional_code};
use crate::ledger::referral::coupon::Coupon;
use crate::ledger::referral::file::{
    Claim, Conversion, Edge, Ended, File, Notes, Reward, RoleNumber, StepDone, Touch,
};
use crate::ledger::referral::voucher::Voucher;
use crate::ledger::time::Instant;

/// States of a coupon that somebody has.
const RESERVED: u64 = 1;
const USED: u64 = 2;
const BOUND: u64 = 3;

pub(super) fn write_touch(writer: &mut Writer<'_>, field: u32, touch: &Touch) {
    writer.message(field, |writer| {
        writer.text(1, &touch.key);
        writer.number(2, touch.method as u64);
        writer.text(3, &touch.code);
        writer.number(4, u64::from(touch.advocate));
        writer.instant(5, touch.touched_at);
    });
}

pub(super) fn read_touch(reader: &mut Reader<'_>, field: u32) -> Read<Option<Touch>> {
    reader.message(field, |reader| {
        Ok(Touch {
            key: Box::from(reader.text(1)?),
            method: read_method(reader, 2)?,
            code: Box::from(reader.text(3)?),
            advocate: reader.small(4, "a member's number")?,
            touched_at: read_instant(reader, 5)?,
        })
    })
}

pub(super) fn write_file(writer: &mut Writer<'_>, field: u32, file: &File) {
    writer.message(field, |writer| {
        if let Some(claim) = &file.claim {
            writer.message(1, |writer| write_claim(writer, claim));
        }
        writer.number(2, file.first_claim);
        if let Some(edge) = &file.edge {
            writer.message(3, |writer| write_edge(writer, edge));
        }
        writer.flag(4, file.is_void);
        writer.number(5, number_of(file.reason));
        writer.flag(6, file.is_frozen);
        writer.flag(7, file.was_released);
        writer.number(8, u64::from(file.notes.0));
        for step in &file.steps {
            writer.message(9, |writer| write_step(writer, step));
        }
        for conversion in &file.conversions {
            writer.message(10, |writer| write_conversion(writer, conversion));
        }
        writer.flag(11, file.is_moved);
    });
}

pub(super) fn read_file(reader: &mut Reader<'_>, field: u32) -> Read<Option<File>> {
    reader.message(field, |reader| {
        let mut file = File {
            claim: reader.message(1, read_claim)?.map(Box::new),
            first_claim: reader.number(2)?,
            edge: reader.message(3, read_edge)?,
            is_void: reader.flag(4)?,
            is_moved: false,
            reason: read_optional_code(reader, 5)?,
            is_frozen: reader.flag(6)?,
            was_released: reader.flag(7)?,
            notes: read_notes(reader, 8)?,
            steps: Vec::new(),
            conversions: Vec::new(),
        };
        while let Some(step) = reader.message(9, read_step)? {
            file.steps.push(step);
        }
        while let Some(conversion) = reader.message(10, read_conversion)? {
            file.conversions.push(conversion);
        }
        file.is_moved = reader.flag(11)?;
        Ok(file)
    })
}

fn read_notes(reader: &mut Reader<'_>, field: u32) -> Read<Notes> {
    let bits = reader.small(field, "what rules found")?;
    Notes::from_bits(bits).ok_or(CodecError::OutOfRange("what rules found"))
}

fn write_claim(writer: &mut Writer<'_>, claim: &Claim) {
    writer.text(1, &claim.key);
    write_optional_text(writer, 2, claim.code.as_deref());
    write_optional_text(writer, 3, claim.token.as_deref());
    writer.instant(4, claim.identified_at);
    writer.instant(5, claim.recorded_at);
    writer.flag(6, claim.at_checkout);
    writer.flag(7, claim.came_late);
    if let Some(typed) = &claim.typed {
        write_touch(writer, 8, typed);
    }
    for (touch, denied) in &claim.verdicts {
        writer.message(9, |writer| {
            writer.text(1, touch);
            writer.number(2, number_of(*denied));
        });
    }
    for touch in &claim.contacts {
        writer.stated_bytes(10, touch.as_bytes());
    }
}

fn read_claim(reader: &mut Reader<'_>) -> Read<Claim> {
    let mut claim = Claim {
        key: Box::from(reader.text(1)?),
        code: reader.stated_text(2)?.map(Box::from),
        token: reader.stated_text(3)?.map(Box::from),
        identified_at: read_instant(reader, 4)?,
        recorded_at: read_instant(reader, 5)?,
        at_checkout: reader.flag(6)?,
        came_late: reader.flag(7)?,
        typed: read_touch(reader, 8)?,
        verdicts: Vec::new(),
        contacts: Vec::new(),
    };
    while let Some(verdict) = reader.message(9, |reader| {
        let touch = Box::from(reader.text(1)?);
        Ok((touch, read_optional_code(reader, 2)?))
    })? {
        claim.verdicts.push(verdict);
    }
    let contacts = read_texts(reader, 10)?;
    claim.contacts = contacts.iter().map(|touch| Box::from(&**touch)).collect();
    Ok(claim)
}

fn write_edge(writer: &mut Writer<'_>, edge: &Edge) {
    writer.number(1, u64::from(edge.advocate));
    writer.text(2, &edge.touch);
    writer.text(3, &edge.code);
    writer.instant(4, edge.bound_at);
}

fn read_edge(reader: &mut Reader<'_>) -> Read<Edge> {
    Ok(Edge {
        advocate: reader.small(1, "a member's number")?,
        touch: Box::from(reader.text(2)?),
        code: Box::from(reader.text(3)?),
        bound_at: read_instant(reader, 4)?,
    })
}

fn write_step(writer: &mut Writer<'_>, step: &StepDone) {
    writer.text(1, &step.key);
    writer.text(2, &step.step);
    writer.instant(3, step.occurred_at);
    writer.instant(4, step.recorded_at);
}

fn read_step(reader: &mut Reader<'_>) -> Read<StepDone> {
    Ok(StepDone {
        key: Box::from(reader.text(1)?),
        step: Box::from(reader.text(2)?),
        occurred_at: read_instant(reader, 3)?,
        recorded_at: read_instant(reader, 4)?,
    })
}

fn write_conversion(writer: &mut Writer<'_>, conversion: &Conversion) {
    writer.text(1, &conversion.event);
    writer.instant(2, conversion.occurred_at);
    writer.number(3, conversion.sale);
    writer.number(4, u64::from(conversion.program));
    writer.instant(5, conversion.recorded_at);
    writer.signed(6, i64::from(conversion.month.0));
    writer.instant_unless(7, conversion.clawback_ends_at, Instant::NEVER);
    writer.flag(8, conversion.vests_at_close);
    for reward in &conversion.rewards {
        writer.message(9, |writer| write_reward(writer, reward));
    }
    writer.flag(10, conversion.has_lapsed);
}

fn read_conversion(reader: &mut Reader<'_>) -> Read<Conversion> {
    let mut conversion = Conversion {
        event: Box::from(reader.text(1)?),
        occurred_at: read_instant(reader, 2)?,
        sale: reader.number(3)?,
        program: reader.small(4, "a program's version")?,
        recorded_at: read_instant(reader, 5)?,
        month: read_month(reader, 6)?,
        clawback_ends_at: reader.instant_unless(7, Instant::NEVER)?,
        vests_at_close: reader.flag(8)?,
        rewards: Vec::new(),
        has_lapsed: false,
    };
    while let Some(reward) = reader.message(9, read_reward)? {
        conversion.rewards.push(reward);
    }
    conversion.has_lapsed = reader.flag(10)?;
    Ok(conversion)
}

fn write_reward(writer: &mut Writer<'_>, reward: &Reward) {
    writer.number(1, u64::from(reward.role.0));
    writer.number(2, u64::from(reward.member));
    writer.number(3, u64::from(reward.currency));
    writer.integer(4, reward.points);
    writer.integer(5, reward.kept);
    writer.instant(6, reward.hold_ends_at);
    writer.flag(7, reward.from_pool);
    writer.number(8, reward.ended.map_or(0, |ended| ended as u64));
    writer.instant_unless(9, reward.frozen_until, Instant::NEVER);
    writer.flag(10, reward.is_closed_out);
    writer.number(11, reward.origin);
    writer.integer(12, reward.clawed);
    writer.integer(13, reward.charged_back);
    writer.integer(14, reward.charged_back_vested);
    if let Some(voucher) = &reward.voucher {
        writer.message(15, |writer| write_voucher(writer, voucher));
    }
}

fn read_reward(reader: &mut Reader<'_>) -> Read<Reward> {
    Ok(Reward {
        role: RoleNumber(reader.small(1, "a role")?),
        member: reader.small(2, "a member's number")?,
        currency: reader.small(3, "a currency's number")?,
        points: reader.integer(4)?,
        kept: reader.integer(5)?,
        hold_ends_at: read_instant(reader, 6)?,
        from_pool: reader.flag(7)?,
        ended: match reader.small(8, "how a reward ended")? {
            0 => None,
            number => {
                let ended = Ended::from_number(number);
                Some(ended.ok_or(CodecError::OutOfRange("how a reward ended"))?)
            }
        },
        frozen_until: reader.instant_unless(9, Instant::NEVER)?,
        is_closed_out: reader.flag(10)?,
        origin: reader.number(11)?,
        clawed: reader.integer(12)?,
        charged_back: reader.integer(13)?,
        charged_back_vested: reader.integer(14)?,
        voucher: reader.message(15, read_voucher)?.map(Box::new),
    })
}

fn write_voucher(writer: &mut Writer<'_>, voucher: &Voucher) {
    writer.text(1, &voucher.code);
    writer.text(2, &voucher.label);
    writer.instant_unless(3, voucher.ready_at, Instant::NEVER);
    writer.instant_unless(4, voucher.expires_at, Instant::NEVER);
    write_coupon(writer, 5, voucher.coupon);
    writer.flag(6, voucher.is_charged_back);
}

fn read_voucher(reader: &mut Reader<'_>) -> Read<Voucher> {
    Ok(Voucher {
        code: Box::from(reader.text(1)?),
        label: Box::from(reader.text(2)?),
        ready_at: reader.instant_unless(3, Instant::NEVER)?,
        expires_at: reader.instant_unless(4, Instant::NEVER)?,
        coupon: read_coupon(reader, 5)?,
        is_charged_back: reader.flag(6)?,
    })
}

/// Who has a coupon, and how; nobody if the message is absent.
pub(super) fn write_coupon(writer: &mut Writer<'_>, field: u32, coupon: Coupon<u32>) {
    let (state, ends_at) = match coupon {
        Coupon::Open => return,
        Coupon::Reserved { ends_at, .. } => (RESERVED, ends_at),
        Coupon::Used(_) => (USED, Instant::NEVER),
        Coupon::Bound(_) => (BOUND, Instant::NEVER),
    };
    writer.message(field, |writer| {
        writer.number(1, state);
        writer.number(2, u64::from(coupon.friend().unwrap_or_default()));
        writer.instant_unless(3, ends_at, Instant::NEVER);
    });
}

pub(super) fn read_coupon(reader: &mut Reader<'_>, field: u32) -> Read<Coupon<u32>> {
    let coupon = reader.message(field, |reader| {
        let state = reader.number(1)?;
        let friend = reader.small(2, "a member's number")?;
        match state {
            RESERVED => Ok(Coupon::Reserved {
                friend,
                ends_at: reader.instant_unless(3, Instant::NEVER)?,
            }),
            USED => Ok(Coupon::Used(friend)),
            BOUND => Ok(Coupon::Bound(friend)),
            _ => Err(CodecError::OutOfRange("the state of a coupon")),
        }
    })?;
    Ok(coupon.unwrap_or_default())
}
