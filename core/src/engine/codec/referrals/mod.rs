//! Referrals: what is asked for, what entries state of them, and what is known of one friend.
//!
//! Their commands stand in one message, so that they have the numbers of their verbs.

mod commands;
mod facts;
mod file;

pub(super) use self::commands::{read, read_naming, write, write_naming};
pub(super) use self::facts::{read_fact, write_fact};

use super::error::CodecError;
use super::reader::Reader;
use crate::ledger::referral::commands::Month;
use crate::ledger::referral::touch::Method;
use crate::ledger::rejection::Code;

type Read<T> = Result<T, CodecError>;

/// Months since January of year 0, in zigzag.
fn read_month(reader: &mut Reader<'_>, field: u32) -> Read<Month> {
    let months = i32::try_from(reader.signed(field)?);
    months
        .map(Month)
        .map_err(|_| CodecError::OutOfRange("a month"))
}

fn read_method(reader: &mut Reader<'_>, field: u32) -> Read<Method> {
    let number: usize = reader.small(field, "a method")?;
    let method = Method::ALL.get(number);
    method
        .map(|(_, method)| *method)
        .ok_or(CodecError::OutOfRange("a method"))
}

/// A code that may be absent: then its number is 0.
fn read_optional_code(reader: &mut Reader<'_>, field: u32) -> Read<Option<Code>> {
    match reader.small(field, "a code")? {
        0 => Ok(None),
        number => Code::from_number(number)
            .ok_or(CodecError::OutOfRange("a code"))
            .map(Some),
    }
}

fn number_of(code: Option<Code>) -> u64 {
    code.map_or(0, |code| u64::from(code.number()))
}
