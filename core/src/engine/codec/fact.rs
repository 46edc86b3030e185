//! Facts: what belongs to no wallet.

use std::borrow::Cow;

use super::error::CodecError;
use super::parts::*;
use super::reader::Reader;
use super::writer::Writer;
use crate::ledger::entry::Fact;
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
    }
}

fn write_alias_change(writer: &mut Writer<'_>, member: u32, alias: &Alias<'_>) {
    writer.number(1, u64::from(member));
    write_alias(writer, 2, alias);
}

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
    published.ok_or(CodecError::Missing("the fact"))
}

fn read_alias_change<'b>(reader: &mut Reader<'b>) -> Read<(u32, Alias<'b>)> {
    let member = reader.small(1, "a member's number")?;
    Ok((member, read_alias(reader, 2)?))
}
