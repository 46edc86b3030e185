//! Facts: what belongs to no wallet.

use std::borrow::Cow;

use super::details::read_day;
use super::error::CodecError;
use super::partners;
use super::parts::*;
use super::reader::Reader;
use super::writer::Writer;
use crate::ledger::entry::Fact;
use crate::ledger::members::Status;
use crate::ledger::request::Alias;

type Read<T> = Result<T, CodecError>;

pub(super) fn write(writer: &mut Writer<'_>, fact: &Fact<'_>) {
    match fact {
        Fact::MemberEnrolled { member, id } => writer.message(1, |writer| {
            writer.number(1, u64::from(*member));
            writer.text(2, id);
        }),
        Fact::AliasAdded { member, alias } => {
            writer.message(2, |writer| write_alias_change(writer, *member, alias));
        }
        Fact::AliasRemoved { member, alias } => {
            writer.message(3, |writer| write_alias_change(writer, *member, alias));
        }
        Fact::TermsAdded {
            terms,
            funder,
            price,
        } => writer.message(4, |writer| {
            writer.number(1, u64::from(*terms));
            write_optional_text(writer, 2, funder.as_deref());
            write_price(writer, 3, price.as_ref());
        }),
        Fact::ProgramPublished { version, compiled } => writer.message(5, |writer| {
            writer.number(1, u64::from(*version));
            writer.bytes(2, compiled);
        }),
        Fact::AliasLost { member, alias } => {
            writer.message(6, |writer| write_alias_change(writer, *member, alias));
        }
        Fact::StatusChanged { member, status } => writer.message(7, |writer| {
            writer.number(1, u64::from(*member));
            writer.number(2, *status as u64);
        }),
        Fact::Parked { previous } => writer.message(8, |writer| writer.number(1, *previous)),
        Fact::StoreCharged {
            store,
            currency,
            points,
        } => writer.message(9, |writer| {
            writer.text(1, store);
            writer.number(2, u64::from(*currency));
            writer.signed(3, *points);
        }),
        Fact::OfflineUsed {
            member,
            day,
            points,
        } => writer.message(10, |writer| {
            writer.number(1, u64::from(*member));
            writer.signed(2, i64::from(*day));
            writer.signed(3, *points);
        }),
        Fact::LineReturned { line, quantity } => writer.message(11, |writer| {
            writer.number(1, u64::from(*line));
            writer.integer(2, *quantity);
        }),
        Fact::Reopened { original } => writer.message(12, |writer| writer.number(1, *original)),
        Fact::RowRefused { row } => {
            writer.message(13, |writer| writer.number(1, u64::from(*row)));
        }
        of_partners => partners::write_fact(writer, of_partners),
    }
}

fn write_alias_change(writer: &mut Writer<'_>, member: u32, alias: &Alias<'_>) {
    writer.number(1, u64::from(member));
    write_alias(writer, 2, alias);
}

#[inline(never)]
pub(super) fn read<'b>(reader: &mut Reader<'b>) -> Read<Fact<'b>> {
    if let Some(enrolled) = reader.message(1, |reader| {
        Ok(Fact::MemberEnrolled {
            member: reader.small(1, "a member's number")?,
            id: Cow::Borrowed(reader.text(2)?),
        })
    })? {
        return Ok(enrolled);
    }
    if let Some((member, alias)) = reader.message(2, read_alias_change)? {
        return Ok(Fact::AliasAdded { member, alias });
    }
    if let Some((member, alias)) = reader.message(3, read_alias_change)? {
        return Ok(Fact::AliasRemoved { member, alias });
    }
    if let Some(added) = reader.message(4, |reader| {
        Ok(Fact::TermsAdded {
            terms: reader.small(1, "a number of terms")?,
            funder: read_optional_text(reader, 2)?,
            price: read_price(reader, 3)?,
        })
    })? {
        return Ok(added);
    }
    let published = reader.message(5, |reader| {
        Ok(Fact::ProgramPublished {
            version: reader.small(1, "a program's version")?,
            compiled: Cow::Borrowed(reader.bytes(2)?),
        })
    })?;
    match published {
        Some(published) => Ok(published),
        None => read_later(reader),
    }
}

/// The facts of the numbers from 6 on.
#[inline(never)]
fn read_later<'b>(reader: &mut Reader<'b>) -> Read<Fact<'b>> {
    if let Some((member, alias)) = reader.message(6, read_alias_change)? {
        return Ok(Fact::AliasLost { member, alias });
    }
    if let Some(changed) = reader.message(7, |reader| {
        let member = reader.small(1, "a member's number")?;
        let status = Status::from_number(reader.small(2, "a status")?);
        let status = status.ok_or(CodecError::OutOfRange("a status"))?;
        Ok(Fact::StatusChanged { member, status })
    })? {
        return Ok(changed);
    }
    if let Some(previous) = reader.message(8, |reader| reader.number(1))? {
        return Ok(Fact::Parked { previous });
    }
    if let Some(charged) = reader.message(9, |reader| {
        Ok(Fact::StoreCharged {
            store: Cow::Borrowed(reader.text(1)?),
            currency: reader.small(2, "a currency's number")?,
            points: reader.signed(3)?,
        })
    })? {
        return Ok(charged);
    }
    if let Some(used) = reader.message(10, |reader| {
        Ok(Fact::OfflineUsed {
            member: reader.small(1, "a member's number")?,
            day: read_day(reader, 2)?,
            points: reader.signed(3)?,
        })
    })? {
        return Ok(used);
    }
    if let Some(returned) = reader.message(11, |reader| {
        Ok(Fact::LineReturned {
            line: reader.small(1, "a line's place")?,
            quantity: reader.integer(2)?,
        })
    })? {
        return Ok(returned);
    }
    if let Some(original) = reader.message(12, |reader| reader.number(1))? {
        return Ok(Fact::Reopened { original });
    }
    let row = reader.message(13, |reader| reader.small(1, "a row"))?;
    if let Some(row) = row {
        return Ok(Fact::RowRefused { row });
    }
    partners::read_fact(reader)?.ok_or(CodecError::Missing("the fact"))
}

fn read_alias_change<'b>(reader: &mut Reader<'b>) -> Read<(u32, Alias<'b>)> {
    let member = reader.small(1, "a member's number")?;
    Ok((member, read_alias(reader, 2)?))
}
