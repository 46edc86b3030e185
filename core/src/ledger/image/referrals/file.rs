//! The bytes of what is known of one friend in one program.

use super::super::ImageError;
use super::super::bytes::{Reader, Writer};
use super::{Known, Read, mark, read_coupon, read_flags, read_month, write_coupon};
use crate::ledger::referral::file::{
    Claim, Conversion, Edge, Ended, File, Notes, Reward, RoleNumber, StepDone, Touch,
};
use crate::ledger::referral::touch::Method;
use crate::ledger::referral::voucher::Voucher;
use crate::ledger::rejection::Code;

/// Length of the key, method, length of the code, advocate and instant.
pub(super) const SMALLEST_TOUCH: usize = 5;
/// Marks, first claim, reason, notes, count of steps and of conversions.
pub(super) const SMALLEST_FILE: usize = 6;
/// Length of the touch's key, and a code.
const SMALLEST_VERDICT: usize = 2;
/// Length of the touch's key.
const SMALLEST_CONTACT: usize = 1;
/// Two lengths and two instants.
const SMALLEST_STEP: usize = 4;
/// Marks, length of the event, instant, sale, program, instant, month, instant and count of rewards.
const SMALLEST_CONVERSION: usize = 9;
/// Marks, role, member, currency, two amounts, instant, how it ended, instant, origin and three amounts.
const SMALLEST_REWARD: usize = 13;

const IS_VOID: u8 = 1;
const IS_FROZEN: u8 = 2;
const WAS_RELEASED: u8 = 4;
const HAS_CLAIM: u8 = 8;
const HAS_EDGE: u8 = 16;
const IS_MOVED: u8 = 32;

const AT_CHECKOUT: u8 = 1;
const CAME_LATE: u8 = 2;
const HAS_CODE: u8 = 4;
const HAS_TOKEN: u8 = 8;
const IS_TYPED: u8 = 16;

const VESTS_AT_CLOSE: u8 = 1;
const HAS_LAPSED: u8 = 2;

const HAS_VOUCHER: u8 = 4;
const FROM_POOL: u8 = 1;
const IS_CLOSED_OUT: u8 = 2;

pub(super) fn write_touch(writer: &mut Writer<'_>, touch: &Touch) {
    writer.bytes(touch.key.as_bytes());
    writer.byte(touch.method as u8);
    writer.bytes(touch.code.as_bytes());
    writer.number(u64::from(touch.advocate));
    writer.instant(touch.touched_at);
}

pub(super) fn read_touch(reader: &mut Reader<'_>, known: Known) -> Read<Touch> {
    let key = Box::from(reader.text()?);
    let method = Method::ALL.get(usize::from(reader.byte()?));
    let (_, method) = method.ok_or(ImageError::Invalid("a touch has an unknown method"))?;
    Ok(Touch {
        key,
        method: *method,
        code: Box::from(reader.text()?),
        advocate: match method {
            Method::Direct => reader.small("a visit has a wrong advocate")?,
            _ => known.member(reader)?,
        },
        touched_at: reader.instant()?,
    })
}

pub(super) fn write_file(writer: &mut Writer<'_>, file: &File) {
    writer.byte(
        mark(file.is_void, IS_VOID)
            | mark(file.is_frozen, IS_FROZEN)
            | mark(file.was_released, WAS_RELEASED)
            | mark(file.claim.is_some(), HAS_CLAIM)
            | mark(file.edge.is_some(), HAS_EDGE)
            | mark(file.is_moved, IS_MOVED),
    );
    if let Some(claim) = &file.claim {
        write_claim(writer, claim);
    }
    writer.number(file.first_claim);
    if let Some(edge) = &file.edge {
        writer.number(u64::from(edge.advocate));
        writer.bytes(edge.touch.as_bytes());
        writer.bytes(edge.code.as_bytes());
        writer.instant(edge.bound_at);
    }
    write_code(writer, file.reason);
    writer.number(u64::from(file.notes.0));
    writer.number(file.steps.len() as u64);
    for step in &file.steps {
        writer.bytes(step.key.as_bytes());
        writer.bytes(step.step.as_bytes());
        writer.instant(step.occurred_at);
        writer.instant(step.recorded_at);
    }
    writer.number(file.conversions.len() as u64);
    for conversion in &file.conversions {
        write_conversion(writer, conversion);
    }
}

pub(super) fn read_file(reader: &mut Reader<'_>, known: Known) -> Read<File> {
    let marks = read_flags(
        reader,
        IS_VOID | IS_FROZEN | WAS_RELEASED | HAS_CLAIM | HAS_EDGE | IS_MOVED,
    )?;
    let mut file = File {
        is_void: marks & IS_VOID != 0,
        is_moved: marks & IS_MOVED != 0,
        is_frozen: marks & IS_FROZEN != 0,
        was_released: marks & WAS_RELEASED != 0,
        ..File::default()
    };
    if marks & HAS_CLAIM != 0 {
        file.claim = Some(Box::new(read_claim(reader, known)?));
    }
    file.first_claim = reader.number()?;
    if marks & HAS_EDGE != 0 {
        file.edge = Some(Edge {
            advocate: known.member(reader)?,
            touch: Box::from(reader.text()?),
            code: Box::from(reader.text()?),
            bound_at: reader.instant()?,
        });
    }
    file.reason = read_code(reader)?;
    let notes = Notes::from_bits(reader.small("notes are out of range")?);
    file.notes = notes.ok_or(ImageError::Invalid("a rule found what no rule finds"))?;
    for _ in 0..reader.count(SMALLEST_STEP)? {
        file.steps.push(StepDone {
            key: Box::from(reader.text()?),
            step: Box::from(reader.text()?),
            occurred_at: reader.instant()?,
            recorded_at: reader.instant()?,
        });
    }
    for _ in 0..reader.count(SMALLEST_CONVERSION)? {
        file.conversions.push(read_conversion(reader, known)?);
    }
    Ok(file)
}

fn write_claim(writer: &mut Writer<'_>, claim: &Claim) {
    writer.byte(
        mark(claim.at_checkout, AT_CHECKOUT)
            | mark(claim.came_late, CAME_LATE)
            | mark(claim.code.is_some(), HAS_CODE)
            | mark(claim.token.is_some(), HAS_TOKEN)
            | mark(claim.typed.is_some(), IS_TYPED),
    );
    writer.bytes(claim.key.as_bytes());
    for name in [&claim.code, &claim.token].into_iter().flatten() {
        writer.bytes(name.as_bytes());
    }
    writer.instant(claim.identified_at);
    writer.instant(claim.recorded_at);
    if let Some(typed) = &claim.typed {
        write_touch(writer, typed);
    }
    writer.number(claim.verdicts.len() as u64);
    for (touch, denied) in &claim.verdicts {
        writer.bytes(touch.as_bytes());
        write_code(writer, *denied);
    }
    writer.number(claim.contacts.len() as u64);
    for touch in &claim.contacts {
        writer.bytes(touch.as_bytes());
    }
}

fn read_claim(reader: &mut Reader<'_>, known: Known) -> Read<Claim> {
    let marks = read_flags(
        reader,
        AT_CHECKOUT | CAME_LATE | HAS_CODE | HAS_TOKEN | IS_TYPED,
    )?;
    let key = Box::from(reader.text()?);
    let mut name = |mark: u8| -> Read<Option<Box<str>>> {
        match marks & mark {
            0 => Ok(None),
            _ => Ok(Some(Box::from(reader.text()?))),
        }
    };
    let (code, token) = (name(HAS_CODE)?, name(HAS_TOKEN)?);
    let mut claim = Claim {
        key,
        code,
        token,
        identified_at: reader.instant()?,
        recorded_at: reader.instant()?,
        at_checkout: marks & AT_CHECKOUT != 0,
        came_late: marks & CAME_LATE != 0,
        typed: match marks & IS_TYPED {
            0 => None,
            _ => Some(read_touch(reader, known)?),
        },
        verdicts: Vec::new(),
        contacts: Vec::new(),
    };
    for _ in 0..reader.count(SMALLEST_VERDICT)? {
        let touch = Box::from(reader.text()?);
        claim.verdicts.push((touch, read_code(reader)?));
    }
    for _ in 0..reader.count(SMALLEST_CONTACT)? {
        claim.contacts.push(Box::from(reader.text()?));
    }
    Ok(claim)
}

fn write_conversion(writer: &mut Writer<'_>, conversion: &Conversion) {
    writer.byte(
        mark(conversion.vests_at_close, VESTS_AT_CLOSE) | mark(conversion.has_lapsed, HAS_LAPSED),
    );
    writer.bytes(conversion.event.as_bytes());
    writer.instant(conversion.occurred_at);
    writer.number(conversion.sale);
    writer.number(u64::from(conversion.program));
    writer.instant(conversion.recorded_at);
    writer.signed(i64::from(conversion.month.0));
    writer.instant(conversion.clawback_ends_at);
    writer.number(conversion.rewards.len() as u64);
    for reward in &conversion.rewards {
        write_reward(writer, reward);
    }
}

fn read_conversion(reader: &mut Reader<'_>, known: Known) -> Read<Conversion> {
    let marks = read_flags(reader, VESTS_AT_CLOSE | HAS_LAPSED)?;
    let mut conversion = Conversion {
        event: Box::from(reader.text()?),
        occurred_at: reader.instant()?,
        sale: reader.number()?,
        program: reader.small("a program's version is too large")?,
        recorded_at: reader.instant()?,
        month: read_month(reader)?,
        clawback_ends_at: reader.instant()?,
        vests_at_close: marks & VESTS_AT_CLOSE != 0,
        rewards: Vec::new(),
        has_lapsed: marks & HAS_LAPSED != 0,
    };
    if conversion.program as usize >= known.programs {
        return Err(ImageError::Invalid("rewards are of an unknown program"));
    }
    for _ in 0..reader.count(SMALLEST_REWARD)? {
        conversion.rewards.push(read_reward(reader, known)?);
    }
    Ok(conversion)
}

fn write_reward(writer: &mut Writer<'_>, reward: &Reward) {
    writer.byte(
        mark(reward.from_pool, FROM_POOL)
            | mark(reward.is_closed_out, IS_CLOSED_OUT)
            | mark(reward.voucher.is_some(), HAS_VOUCHER),
    );
    writer.byte(reward.role.0);
    writer.number(u64::from(reward.member));
    writer.byte(reward.currency);
    writer.amount(reward.points);
    writer.amount(reward.kept);
    writer.instant(reward.hold_ends_at);
    writer.byte(reward.ended.map_or(0, |ended| ended as u8));
    writer.instant(reward.frozen_until);
    writer.number(reward.origin);
    writer.signed(reward.clawed);
    writer.signed(reward.charged_back);
    writer.signed(reward.charged_back_vested);
    if let Some(voucher) = &reward.voucher {
        writer.bytes(voucher.code.as_bytes());
        writer.bytes(voucher.label.as_bytes());
        writer.instant(voucher.ready_at);
        writer.instant(voucher.expires_at);
        write_coupon(writer, Some(voucher.coupon));
        writer.byte(u8::from(voucher.is_charged_back));
    }
}

fn read_voucher(reader: &mut Reader<'_>, known: Known) -> Read<Voucher> {
    Ok(Voucher {
        code: Box::from(reader.text()?),
        label: Box::from(reader.text()?),
        ready_at: reader.instant()?,
        expires_at: reader.instant()?,
        coupon: read_coupon(reader, known)?.ok_or(ImageError::Invalid("a voucher is no coupon"))?,
        is_charged_back: read_flags(reader, 1)? == 1,
    })
}

fn read_reward(reader: &mut Reader<'_>, known: Known) -> Read<Reward> {
    let marks = read_flags(reader, FROM_POOL | IS_CLOSED_OUT | HAS_VOUCHER)?;
    let mut reward = Reward {
        role: RoleNumber(reader.byte()?),
        member: known.member(reader)?,
        currency: reader.byte()?,
        points: reader.amount()?,
        kept: reader.amount()?,
        hold_ends_at: reader.instant()?,
        from_pool: marks & FROM_POOL != 0,
        ended: match reader.byte()? {
            0 => None,
            number => {
                let ended = Ended::from_number(number);
                Some(ended.ok_or(ImageError::Invalid("a reward ended in an unknown way"))?)
            }
        },
        frozen_until: reader.instant()?,
        is_closed_out: marks & IS_CLOSED_OUT != 0,
        origin: reader.number()?,
        clawed: reader.signed()?,
        charged_back: reader.signed()?,
        charged_back_vested: reader.signed()?,
        voucher: None,
    };
    if marks & HAS_VOUCHER != 0 {
        reward.voucher = Some(Box::new(read_voucher(reader, known)?));
    }
    if usize::from(reward.currency) >= known.currencies {
        return Err(ImageError::Invalid("a reward has a wrong currency"));
    }
    Ok(reward)
}

/// A code that may be absent: then its number is 0.
fn write_code(writer: &mut Writer<'_>, code: Option<Code>) {
    writer.number(code.map_or(0, |code| u64::from(code.number())));
}

fn read_code(reader: &mut Reader<'_>) -> Read<Option<Code>> {
    match reader.small("a code is too large")? {
        0 => Ok(None),
        number => Code::from_number(number)
            .ok_or(ImageError::Invalid("a referral has an unknown code"))
            .map(Some),
    }
}
