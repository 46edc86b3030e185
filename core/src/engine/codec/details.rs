//! Details: the receipt a request is about, and where it comes from.

use std::borrow::Cow;

use super::error::CodecError;
use super::reader::Reader;
use super::writer::Writer;
use crate::ledger::compact::{unzigzag, zigzag};
use crate::ledger::request::{Details, EntryMode, Receipt, Source};

type Read<T> = Result<T, CodecError>;

const RECEIPT: u32 = 40;
const SOURCE: u32 = 41;

#[inline(never)]
pub(super) fn write(writer: &mut Writer<'_>, details: &Details<'_>) {
    if let Some(receipt) = &details.receipt {
        writer.message(RECEIPT, |writer| write_receipt(writer, receipt));
    }
    let source = &details.source;
    if *source != Source::default() {
        writer.message(SOURCE, |writer| {
            writer.text(1, &source.store);
            writer.text(2, &source.actor);
            writer.number(3, source.entry_mode as u64);
            writer.flag(4, source.offline);
            writer.flag(5, source.training);
            writer.text(6, &source.partner);
            writer.text(7, &source.verification);
        });
    }
}

#[inline(always)]
pub(super) fn read<'b>(reader: &mut Reader<'b>) -> Read<Option<Box<Details<'b>>>> {
    if reader.is_at_end() {
        Ok(None)
    } else {
        read_some(reader)
    }
}

#[inline(never)]
fn read_some<'b>(reader: &mut Reader<'b>) -> Read<Option<Box<Details<'b>>>> {
    let receipt = reader.message(RECEIPT, read_receipt)?;
    let source = reader.message(SOURCE, |reader| {
        let mode = |number| EntryMode::from_number(number);
        Ok(Source {
            store: Cow::Borrowed(reader.text(1)?),
            actor: Cow::Borrowed(reader.text(2)?),
            entry_mode: mode(reader.small(3, "an entry mode")?)
                .ok_or(CodecError::OutOfRange("an entry mode"))?,
            offline: reader.flag(4)?,
            training: reader.flag(5)?,
            partner: Cow::Borrowed(reader.text(6)?),
            verification: Cow::Borrowed(reader.text(7)?),
        })
    })?;
    match source {
        Some(source) if source == Source::default() => Err(CodecError::Redundant),
        source => Ok(Details::boxed(receipt, source.unwrap_or_default())),
    }
}

pub(super) fn write_receipt(writer: &mut Writer<'_>, receipt: &Receipt<'_>) {
    writer.text(1, &receipt.store);
    writer.text(2, &receipt.terminal);
    writer.number(3, zigzag(i64::from(receipt.business_date)));
    writer.text(4, &receipt.number);
}

#[inline(never)]
pub(super) fn read_receipt<'b>(reader: &mut Reader<'b>) -> Read<Receipt<'b>> {
    Ok(Receipt {
        store: Cow::Borrowed(reader.text(1)?),
        terminal: Cow::Borrowed(reader.text(2)?),
        business_date: read_day(reader, 3)?,
        number: Cow::Borrowed(reader.text(4)?),
    })
}

/// Days since 1970-01-01, in zigzag.
pub(super) fn read_day(reader: &mut Reader<'_>, field: u32) -> Read<i32> {
    let days = unzigzag(reader.number(field)?);
    i32::try_from(days).map_err(|_| CodecError::OutOfRange("a date"))
}
