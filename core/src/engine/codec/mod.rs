//! The bytes of an entry: hand-written, and exactly the messages of `proto/loyalty/journal/v1/journal.proto`.
//!
//! ```text
//!  Entry ──┬── head: instant, program, caller, key, occurred
//!          ├── command   one message per verb          command.rs, members.rs, partners.rs, referrals/
//!          ├── code, figures, original
//!          ├── facts     what belongs to no wallet     fact.rs, partners.rs, referrals/
//!          ├── effects ── movements                    effect.rs
//!          └── details: receipt and source             details.rs
//!  shared parts: parts.rs      protobuf fields: writer.rs, reader.rs
//! ```
//!
//! Every entry has one encoding. Reading asks for the fields in their order, so whatever is unknown, repeated, out of
//! order or written although absence says the same is refused, and `encode(decode(bytes)) == bytes`.

mod command;
mod details;
mod effect;
mod error;
mod fact;
mod members;
mod partners;
mod parts;
mod purchase;
mod reader;
mod referrals;
mod writer;

use std::borrow::Cow;

use smallvec::SmallVec;

use self::effect::Context;
pub use self::error::CodecError;
use self::reader::Reader;
use self::writer::Writer;
use crate::ledger::compact::zigzag;
use crate::ledger::entry::{Entry, Figures, RecordedAt};
use crate::ledger::rejection::Code;
use crate::ledger::request::{Command, Request};
use crate::ledger::time::Instant;

/// Appends an entry's bytes. `expected` is the instant that its place in its frame gives it.
///
/// # Panics
/// If an instant lies before 1970: requests that name one are refused by their shape.
pub fn encode(entry: &Entry<'_>, expected: RecordedAt, buffer: &mut Vec<u8>) {
    let recorded = entry.recorded_at.instant();
    let context = Context {
        sequence: entry.sequence,
        recorded,
    };
    let request = &entry.request;
    let writer = &mut Writer::new(buffer);
    writer.signed(1, entry.recorded_at.0.wrapping_sub(expected.0));
    writer.number(2, u64::from(entry.program));
    writer.text(3, &request.caller);
    writer.text(4, &request.key);
    if let Some(occurred_at) = request.occurred_at {
        writer.stated_number(5, zigzag(occurred_at.0.wrapping_sub(recorded.0)));
    }
    command::write_frequent(writer, &request.command);
    if entry.code != Code::Applied {
        writer.number(11, u64::from(entry.code.number()));
    }
    write_figures(writer, entry);
    writer.number(13, entry.original);
    for fact in &entry.facts {
        writer.message(14, |writer| fact::write(writer, fact));
    }
    for effect in &entry.effects {
        writer.message(15, |writer| effect::write(writer, effect, context));
    }
    command::write_other(writer, &request.command);
    if let Some(details) = &request.details {
        details::write(writer, details);
    }
}

/// Reads an entry's bytes; its texts borrow from them. `expected` as for [`encode`].
pub fn decode<'b>(
    sequence: u64,
    expected: RecordedAt,
    bytes: &'b [u8],
) -> Result<Entry<'b>, CodecError> {
    let reader = &mut Reader::new(bytes);
    let recorded_at = RecordedAt(expected.0.wrapping_add(reader.signed(1)?));
    let recorded = recorded_at.instant();
    let context = Context { sequence, recorded };
    let program = reader.small(2, "a program's version")?;
    let caller = Cow::Borrowed(reader.text(3)?);
    let key = Cow::Borrowed(reader.text(4)?);
    let occurred = reader.stated_signed(5)?;
    let frequent = command::read_frequent(reader)?;
    let code = read_code(reader)?;
    let differences = read_figures(reader)?;
    let original = reader.number(13)?;
    let mut facts = SmallVec::new();
    while let Some(fact) = reader.message(14, fact::read)? {
        facts.push(fact);
    }
    let mut effects = SmallVec::new();
    while let Some(effect) = reader.message(15, |reader| effect::read(reader, context))? {
        effects.push(effect);
    }
    let command = match frequent {
        Some(command) => command,
        None => command::read_other(reader)?,
    };
    let details = details::read(reader)?;
    reader.end()?;
    let figures = figures_of(&command, code, differences);
    Ok(Entry {
        sequence,
        recorded_at,
        program,
        request: Request {
            caller,
            key,
            occurred_at: occurred.map(|offset| Instant(recorded.0.wrapping_add(offset))),
            details,
            command,
        },
        code,
        figures,
        original,
        facts,
        effects,
    })
}

/// The points a command names: figures are stored as their difference from them.
const fn points_named(command: &Command<'_>) -> i64 {
    match command {
        Command::Accrue(accrue) => accrue.points,
        Command::Redeem(redeem) => redeem.points,
        Command::Authorize(authorize) => authorize.points,
        Command::Capture(capture) => match capture.points {
            Some(points) => points,
            None => 0,
        },
        Command::Adjust(adjust) => adjust.points,
        Command::Transfer(transfer) => transfer.points,
        _ => 0,
    }
}

/// What `awarded` is expected to be.
fn award_expected(code: Code, requested: i64) -> i64 {
    if code == Code::Applied { requested } else { 0 }
}

fn figures_of(command: &Command<'_>, code: Code, differences: Figures) -> Figures {
    let requested = differences.requested.wrapping_add(points_named(command));
    let expected = award_expected(code, requested);
    Figures {
        requested,
        awarded: differences.awarded.wrapping_add(expected),
        ..differences
    }
}

fn write_figures(writer: &mut Writer<'_>, entry: &Entry<'_>) {
    let figures = &entry.figures;
    let expected = award_expected(entry.code, figures.requested);
    let differences = Figures {
        requested: figures
            .requested
            .wrapping_sub(points_named(&entry.request.command)),
        awarded: figures.awarded.wrapping_sub(expected),
        ..*figures
    };
    if differences == Figures::default() {
        return;
    }
    writer.message(12, |writer| {
        writer.signed(1, differences.requested);
        writer.signed(2, differences.awarded);
        writer.integer(3, differences.available);
        writer.integer(4, differences.held);
        writer.integer(5, differences.debt);
        writer.integer(6, differences.reversed_money);
        writer.integer(7, differences.reversed_points);
        writer.integer(8, differences.reversed_expired);
        writer.integer(9, differences.spent);
        writer.integer(10, differences.cash);
        writer.integer(11, differences.kept_back);
        writer.integer(12, differences.spared);
        writer.signed(13, differences.charged);
        writer.integer(14, differences.eligible);
        writer.integer(15, differences.reversed_spent);
        writer.integer(16, differences.reversed_by_lines);
        writer.integer(17, differences.eligible_by_lines);
    });
}

#[inline]
fn read_figures(reader: &mut Reader<'_>) -> Result<Figures, CodecError> {
    let found = reader.message(12, read_stated_figures)?;
    Ok(found.unwrap_or_default())
}

#[inline(never)]
fn read_stated_figures(reader: &mut Reader<'_>) -> Result<Figures, CodecError> {
    let figures = Figures {
        requested: reader.signed(1)?,
        awarded: reader.signed(2)?,
        available: reader.integer(3)?,
        held: reader.integer(4)?,
        debt: reader.integer(5)?,
        reversed_money: reader.integer(6)?,
        reversed_points: reader.integer(7)?,
        reversed_expired: reader.integer(8)?,
        spent: reader.integer(9)?,
        cash: reader.integer(10)?,
        kept_back: reader.integer(11)?,
        spared: reader.integer(12)?,
        charged: reader.signed(13)?,
        eligible: reader.integer(14)?,
        reversed_spent: reader.integer(15)?,
        reversed_by_lines: reader.integer(16)?,
        eligible_by_lines: reader.integer(17)?,
    };
    if figures == Figures::default() {
        return Err(CodecError::Redundant);
    }
    Ok(figures)
}

fn read_code(reader: &mut Reader<'_>) -> Result<Code, CodecError> {
    match reader.small::<u16>(11, "a code")? {
        0 => Ok(Code::Applied),
        number if number == Code::Applied.number() => Err(CodecError::Redundant),
        number => Code::from_number(number).ok_or(CodecError::OutOfRange("a code")),
    }
}
