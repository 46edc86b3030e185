//! The commands: what was asked for, one message per verb.

use std::borrow::Cow;

use super::error::CodecError;
use super::parts::*;
use super::reader::Reader;
use super::writer::Writer;
use super::{members, purchase, referrals};
use crate::ledger::program::{Restore, Shortfall};
use crate::ledger::request::{
    Accrue, Adjust, Authorize, Capture, ChangeAlias, Command, Enroll, Part, Publish, Record,
    Redeem, ReturnedLine, Reverse, Void,
};

type Read<T> = Result<T, CodecError>;

const ACCRUE: u32 = 6;
const PURCHASE: u32 = 7;
const REDEEM: u32 = 8;
const AUTHORIZE: u32 = 9;
const CAPTURE: u32 = 10;
const ENROLL: u32 = 16;
const ADD_ALIAS: u32 = 17;
const REMOVE_ALIAS: u32 = 18;
const VOID: u32 = 19;
const REVERSE: u32 = 20;
const ADJUST: u32 = 21;
const PUBLISH: u32 = 22;
const SWEEP: u32 = 23;
const RECORD: u32 = 24;

/// Writes a command of the frequent verbs, whose numbers stand before the code's; the others write nothing.
#[inline]
pub(super) fn write_frequent(writer: &mut Writer<'_>, command: &Command<'_>) {
    match command {
        Command::Accrue(accrue) => writer.message(ACCRUE, |writer| write_accrue(writer, accrue)),
        Command::Purchase(purchase) => {
            writer.message(PURCHASE, |writer| purchase::write(writer, purchase));
        }
        Command::Redeem(redeem) => writer.message(REDEEM, |writer| {
            write_name(writer, 1, &redeem.member);
            writer.text(3, &redeem.wallet);
            writer.integer(4, redeem.points);
        }),
        Command::Authorize(authorize) => writer.message(AUTHORIZE, |writer| {
            write_name(writer, 1, &authorize.member);
            writer.text(3, &authorize.wallet);
            writer.integer(4, authorize.points);
            if let Some(ttl) = authorize.ttl_micros {
                writer.stated_number(5, ttl as u64);
            }
            writer.flag(6, authorize.allow_partial);
        }),
        Command::Capture(capture) => writer.message(CAPTURE, |writer| {
            write_reference(writer, &capture.authorization);
            if let Some(points) = capture.points {
                writer.stated_number(3, points as u64);
            }
            write_reference_end(writer, &capture.authorization);
        }),
        _ => {}
    }
}

/// Writes a command of the other verbs, whose numbers stand at the end.
#[inline]
pub(super) fn write_other(writer: &mut Writer<'_>, command: &Command<'_>) {
    match command {
        Command::Accrue(_)
        | Command::Purchase(_)
        | Command::Redeem(_)
        | Command::Authorize(_)
        | Command::Capture(_) => {}
        Command::Enroll(enroll) => writer.message(ENROLL, |writer| {
            writer.text(1, &enroll.member);
            for alias in &enroll.aliases {
                write_alias(writer, 2, alias);
            }
            if let Some(naming) = &enroll.referral {
                referrals::write_naming(writer, 3, naming);
            }
        }),
        Command::AddAlias(change) => {
            writer.message(ADD_ALIAS, |writer| write_change(writer, change));
        }
        Command::RemoveAlias(change) => {
            writer.message(REMOVE_ALIAS, |writer| write_change(writer, change));
        }
        Command::Void(void) => {
            writer.message(VOID, |writer| {
                write_reference(writer, &void.authorization);
                write_reference_end(writer, &void.authorization);
            });
        }
        Command::Reverse(reverse) if reverse.dispute.is_none() => {
            writer.message(REVERSE, |writer| write_reverse(writer, reverse));
        }
        Command::Adjust(adjust) => writer.message(ADJUST, |writer| write_adjust(writer, adjust)),
        Command::Publish(publish) => {
            writer.message(PUBLISH, |writer| writer.text(1, &publish.toml))
        }
        Command::Sweep => writer.message(SWEEP, |_| {}),
        Command::Record(record) => writer.message(RECORD, |writer| write_record(writer, *record)),
        others => members::write(writer, others),
    }
}

#[inline]
fn write_accrue(writer: &mut Writer<'_>, accrue: &Accrue<'_>) {
    write_name(writer, 1, &accrue.member);
    writer.text(3, &accrue.wallet);
    writer.integer(4, accrue.points);
    if let Some(activates_at) = accrue.activates_at {
        writer.instant(5, activates_at);
    }
    if let Some(expires_at) = accrue.expires_at {
        writer.instant(6, expires_at);
    }
    write_optional_text(writer, 7, accrue.funder.as_deref());
    write_price(writer, 8, accrue.price.as_ref());
    writer.flag(9, accrue.enroll);
    if let Some(joining) = &accrue.joining {
        purchase::write_joining(writer, 10, joining);
    }
}

fn write_change(writer: &mut Writer<'_>, change: &ChangeAlias<'_>) {
    write_name(writer, 1, &change.member);
    write_alias(writer, 3, &change.alias);
}

fn write_reverse(writer: &mut Writer<'_>, reverse: &Reverse<'_>) {
    write_reference(writer, &reverse.original);
    match &reverse.part {
        Part::Rest => {}
        Part::Points(points) => writer.stated_number(3, *points as u64),
        Part::Money(money) => write_money(writer, 4, money),
        Part::Lines(_) => {}
    }
    if let Some(member) = &reverse.member {
        write_name(writer, 5, member);
    }
    if let Part::Lines(lines) = &reverse.part {
        for line in lines {
            writer.message(7, |writer| {
                writer.number(1, u64::from(line.line));
                if let Some(quantity) = line.quantity {
                    writer.stated_number(2, quantity as u64);
                }
            });
        }
    }
    writer.number(8, reverse.shortfall.map_or(0, |policy| policy as u64 + 1));
    writer.number(9, reverse.restore.map_or(0, |policy| policy as u64 + 1));
    write_reference_end(writer, &reverse.original);
}

fn write_adjust(writer: &mut Writer<'_>, adjust: &Adjust<'_>) {
    write_name(writer, 1, &adjust.member);
    writer.text(3, &adjust.wallet);
    writer.signed(4, adjust.points);
    writer.text(5, &adjust.reason);
    writer.text(6, &adjust.actor);
    if let Some(expires_at) = adjust.expires_at {
        writer.instant(7, expires_at);
    }
    writer.flag(8, adjust.overdraw);
}

fn write_record(writer: &mut Writer<'_>, record: Record) {
    match record {
        Record::Restored { through } => writer.stated_number(1, through),
        Record::ClockAccepted => writer.flag(2, true),
        Record::ClockIsSystem => writer.flag(3, true),
    }
}

/// Reads a command of the frequent verbs, if there is one.
#[inline]
pub(super) fn read_frequent<'b>(reader: &mut Reader<'b>) -> Read<Option<Command<'b>>> {
    if let Some(accrue) = reader.message(ACCRUE, read_accrue)? {
        return Ok(Some(Command::Accrue(accrue)));
    }
    if let Some(purchase) = reader.message(PURCHASE, purchase::read)? {
        return Ok(Some(Command::Purchase(purchase)));
    }
    if let Some(redeem) = reader.message(REDEEM, read_redeem)? {
        return Ok(Some(Command::Redeem(redeem)));
    }
    if let Some(authorize) = reader.message(AUTHORIZE, read_authorize)? {
        return Ok(Some(Command::Authorize(authorize)));
    }
    let capture = reader.message(CAPTURE, |reader| {
        let authorization = read_reference(reader)?;
        let points = reader.stated_integer(3)?;
        Ok(Capture {
            authorization: read_reference_end(reader, authorization)?,
            points,
        })
    })?;
    Ok(capture.map(Command::Capture))
}

/// Reads a command of the other verbs.
#[inline(never)]
pub(super) fn read_other<'b>(reader: &mut Reader<'b>) -> Read<Command<'b>> {
    if let Some(enroll) = reader.message(ENROLL, read_enroll)? {
        return Ok(Command::Enroll(enroll));
    }
    if let Some(change) = reader.message(ADD_ALIAS, read_change)? {
        return Ok(Command::AddAlias(change));
    }
    if let Some(change) = reader.message(REMOVE_ALIAS, read_change)? {
        return Ok(Command::RemoveAlias(change));
    }
    if let Some(authorization) = reader.message(VOID, |reader| {
        let found = read_reference(reader)?;
        read_reference_end(reader, found)
    })? {
        return Ok(Command::Void(Void { authorization }));
    }
    if let Some(reverse) = reader.message(REVERSE, read_reverse)? {
        return Ok(Command::Reverse(reverse));
    }
    if let Some(adjust) = reader.message(ADJUST, read_adjust)? {
        return Ok(Command::Adjust(adjust));
    }
    if let Some(toml) = reader.message(PUBLISH, |reader| reader.text(1))? {
        let toml = Cow::Borrowed(toml);
        return Ok(Command::Publish(Publish { toml }));
    }
    if reader.message(SWEEP, |_| Ok(()))?.is_some() {
        return Ok(Command::Sweep);
    }
    if let Some(record) = reader.message(RECORD, read_record)? {
        return Ok(Command::Record(record));
    }
    match members::read(reader)? {
        Some(command) => Ok(command),
        None => {
            reader.end()?;
            Err(CodecError::Missing("the command"))
        }
    }
}

#[inline]
fn read_accrue<'b>(reader: &mut Reader<'b>) -> Read<Accrue<'b>> {
    Ok(Accrue {
        member: read_name(reader, 1)?,
        wallet: Cow::Borrowed(reader.text(3)?),
        points: reader.integer(4)?,
        activates_at: reader.instant(5)?,
        expires_at: reader.instant(6)?,
        funder: read_optional_text(reader, 7)?,
        price: read_price(reader, 8)?,
        enroll: reader.flag(9)?,
        joining: match reader.is_at_end() {
            true => None,
            false => purchase::read_joining(reader, 10)?.map(Box::new),
        },
    })
}

fn read_redeem<'b>(reader: &mut Reader<'b>) -> Read<Redeem<'b>> {
    Ok(Redeem {
        member: read_name(reader, 1)?,
        wallet: Cow::Borrowed(reader.text(3)?),
        points: reader.integer(4)?,
    })
}

fn read_authorize<'b>(reader: &mut Reader<'b>) -> Read<Authorize<'b>> {
    Ok(Authorize {
        member: read_name(reader, 1)?,
        wallet: Cow::Borrowed(reader.text(3)?),
        points: reader.integer(4)?,
        ttl_micros: reader.stated_integer(5)?,
        allow_partial: reader.flag(6)?,
    })
}

fn read_enroll<'b>(reader: &mut Reader<'b>) -> Read<Enroll<'b>> {
    let member = Cow::Borrowed(reader.text(1)?);
    let mut aliases = Vec::new();
    while let Some(alias) = read_optional_alias(reader, 2)? {
        aliases.push(alias);
    }
    Ok(Enroll {
        member,
        aliases,
        referral: referrals::read_naming(reader, 3)?.map(Box::new),
    })
}

fn read_change<'b>(reader: &mut Reader<'b>) -> Read<ChangeAlias<'b>> {
    Ok(ChangeAlias {
        member: read_name(reader, 1)?,
        alias: read_alias(reader, 3)?,
    })
}

fn read_reverse<'b>(reader: &mut Reader<'b>) -> Read<Reverse<'b>> {
    let original = read_reference(reader)?;
    let part = if let Some(points) = reader.stated_integer(3)? {
        Part::Points(points)
    } else if let Some(money) = read_money(reader, 4)? {
        Part::Money(money)
    } else {
        Part::Rest
    };
    let member = read_optional_name(reader, 5)?;
    let part = match part {
        Part::Rest => read_lines(reader)?,
        part => part,
    };
    Ok(Reverse {
        part,
        member,
        shortfall: read_policy(reader, 8, Shortfall::from_number)?,
        restore: read_policy(reader, 9, Restore::from_number)?,
        dispute: None,
        original: read_reference_end(reader, original)?,
    })
}

fn read_lines(reader: &mut Reader<'_>) -> Read<Part> {
    let mut lines = Vec::new();
    while let Some(line) = reader.message(7, |reader| {
        Ok(ReturnedLine {
            line: reader.small(1, "a line's place")?,
            quantity: reader.stated_integer(2)?,
        })
    })? {
        lines.push(line);
    }
    Ok(match lines.is_empty() {
        true => Part::Rest,
        false => Part::Lines(lines),
    })
}

/// A policy is stored as its number plus 1; its absence leaves it to the program.
fn read_policy<T>(
    reader: &mut Reader<'_>,
    field: u32,
    of: impl Fn(u8) -> Option<T>,
) -> Read<Option<T>> {
    match reader.small::<u8>(field, "a policy")? {
        0 => Ok(None),
        number => of(number - 1)
            .ok_or(CodecError::OutOfRange("a policy"))
            .map(Some),
    }
}

fn read_adjust<'b>(reader: &mut Reader<'b>) -> Read<Adjust<'b>> {
    Ok(Adjust {
        member: read_name(reader, 1)?,
        wallet: Cow::Borrowed(reader.text(3)?),
        points: reader.signed(4)?,
        reason: Cow::Borrowed(reader.text(5)?),
        actor: Cow::Borrowed(reader.text(6)?),
        expires_at: reader.instant(7)?,
        overdraw: reader.flag(8)?,
    })
}

fn read_record(reader: &mut Reader<'_>) -> Read<Record> {
    if let Some(through) = reader.stated_number(1)? {
        Ok(Record::Restored { through })
    } else if reader.flag(2)? {
        Ok(Record::ClockAccepted)
    } else if reader.flag(3)? {
        Ok(Record::ClockIsSystem)
    } else {
        Err(CodecError::Missing("what the engine recorded"))
    }
}
