//! The parts that several commands and facts share: members' names, aliases, money, references.

use std::borrow::Cow;

use super::details::{read_receipt, write_receipt};
use super::error::CodecError;
use super::reader::Reader;
use super::writer::Writer;

use crate::ledger::request::{
    Alias, MemberName, Money, Price, ReceiptKind, ReceiptName, Reference, Text,
};
use crate::ledger::time::Instant;

type Read<T> = Result<T, CodecError>;

const SALES_RECEIPT: u32 = 32;
const RETURN_RECEIPT: u32 = 33;

/// A name takes two numbers: the id's, then the alias's.
pub(super) fn write_name(writer: &mut Writer<'_>, field: u32, name: &MemberName<'_>) {
    match name {
        MemberName::Id(id) => writer.stated_bytes(field, id.as_bytes()),
        MemberName::Alias(alias) => write_alias(writer, field + 1, alias),
    }
}

#[inline]
pub(super) fn read_name<'b>(reader: &mut Reader<'b>, field: u32) -> Read<MemberName<'b>> {
    read_optional_name(reader, field)?.ok_or(CodecError::Missing("the member"))
}

#[inline]
pub(super) fn read_optional_name<'b>(
    reader: &mut Reader<'b>,
    field: u32,
) -> Read<Option<MemberName<'b>>> {
    if let Some(id) = reader.stated_text(field)? {
        return Ok(Some(MemberName::Id(Cow::Borrowed(id))));
    }
    Ok(read_optional_alias(reader, field + 1)?.map(MemberName::Alias))
}

pub(super) fn write_alias(writer: &mut Writer<'_>, field: u32, alias: &Alias<'_>) {
    writer.message(field, |writer| {
        writer.text(1, &alias.kind);
        writer.stated_bytes(2, &alias.hash);
        writer.number(3, u64::from(alias.last_digits));
    });
}

pub(super) fn read_alias<'b>(reader: &mut Reader<'b>, field: u32) -> Read<Alias<'b>> {
    read_optional_alias(reader, field)?.ok_or(CodecError::Missing("the alias"))
}

pub(super) fn read_optional_alias<'b>(
    reader: &mut Reader<'b>,
    field: u32,
) -> Read<Option<Alias<'b>>> {
    reader.message(field, |reader| {
        Ok(Alias {
            kind: Cow::Borrowed(reader.text(1)?),
            hash: reader.exactly(2, "the hash of an alias")?,
            last_digits: reader.small(3, "the digits of an alias")?,
        })
    })
}

pub(super) fn write_money(writer: &mut Writer<'_>, field: u32, money: &Money) {
    writer.message(field, |writer| {
        writer.integer(1, money.minor_units);
        writer.stated_bytes(2, &money.currency);
    });
}

pub(super) fn read_money(reader: &mut Reader<'_>, field: u32) -> Read<Option<Money>> {
    reader.message(field, |reader| {
        Ok(Money {
            minor_units: reader.integer(1)?,
            currency: reader.exactly(2, "the currency of money")?,
        })
    })
}

pub(super) fn write_price(writer: &mut Writer<'_>, field: u32, price: Option<&Price>) {
    if let Some(price) = price {
        writer.message(field, |writer| {
            writer.integer(1, price.micros);
            writer.stated_bytes(2, &price.currency);
        });
    }
}

pub(super) fn read_price(reader: &mut Reader<'_>, field: u32) -> Read<Option<Price>> {
    reader.message(field, |reader| {
        Ok(Price {
            micros: reader.integer(1)?,
            currency: reader.exactly(2, "the currency of a price")?,
        })
    })
}

/// A reference takes numbers 1 (sequence) and 2 (key), and at the end of its message 32 (sales receipt) and 33 (return
/// receipt); one of the four is present.
pub(super) fn write_reference(writer: &mut Writer<'_>, reference: &Reference<'_>) {
    match reference {
        Reference::Sequence(sequence) => writer.stated_number(1, *sequence),
        Reference::Key(key) => writer.stated_bytes(2, key.as_bytes()),
        Reference::Receipt(_) => {}
    }
}

#[inline]
pub(super) fn write_reference_end(writer: &mut Writer<'_>, reference: &Reference<'_>) {
    if let Reference::Receipt(name) = reference {
        let field = match name.kind {
            ReceiptKind::Sale => SALES_RECEIPT,
            ReceiptKind::Return => RETURN_RECEIPT,
        };
        writer.message(field, |writer| write_receipt(writer, &name.receipt));
    }
}

/// The reference, unless it stands at the end.
pub(super) fn read_reference<'b>(reader: &mut Reader<'b>) -> Read<Option<Reference<'b>>> {
    if let Some(sequence) = reader.stated_number(1)? {
        return Ok(Some(Reference::Sequence(sequence)));
    }
    let key = reader.stated_text(2)?;
    Ok(key.map(|key| Reference::Key(Cow::Borrowed(key))))
}

#[inline(never)]
pub(super) fn read_reference_end<'b>(
    reader: &mut Reader<'b>,
    found: Option<Reference<'b>>,
) -> Read<Reference<'b>> {
    if let Some(reference) = found {
        return Ok(reference);
    }
    let (kind, receipt) = match reader.message(SALES_RECEIPT, read_receipt)? {
        Some(receipt) => (ReceiptKind::Sale, receipt),
        None => {
            let receipt = reader.message(RETURN_RECEIPT, read_receipt)?;
            let missing = CodecError::Missing("the reference");
            (ReceiptKind::Return, receipt.ok_or(missing)?)
        }
    };
    Ok(Reference::Receipt(Box::new(ReceiptName { kind, receipt })))
}

pub(super) fn write_optional_text(writer: &mut Writer<'_>, field: u32, text: Option<&str>) {
    if let Some(text) = text {
        writer.stated_bytes(field, text.as_bytes());
    }
}

pub(super) fn read_optional_text<'b>(
    reader: &mut Reader<'b>,
    field: u32,
) -> Read<Option<Text<'b>>> {
    Ok(reader.stated_text(field)?.map(Cow::Borrowed))
}

/// Texts that are repeated.
pub(super) fn read_texts<'b>(reader: &mut Reader<'b>, field: u32) -> Read<Vec<Text<'b>>> {
    let mut texts = Vec::new();
    while let Some(text) = read_optional_text(reader, field)? {
        texts.push(text);
    }
    Ok(texts)
}

/// An instant that is always present.
pub(super) fn read_instant(reader: &mut Reader<'_>, field: u32) -> Read<Instant> {
    reader
        .instant(field)?
        .ok_or(CodecError::Missing("an instant"))
}
