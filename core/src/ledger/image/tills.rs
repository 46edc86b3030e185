//! The bytes of what stores and tills have done: store accounts, offline allowances, totals per till and day.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ImageError;
use super::bytes::{Reader, Writer};
use crate::ledger::rejection::Code;
use crate::ledger::state::Objects;
use crate::ledger::till::{TillDay, TillLine};

type Read<T> = Result<T, ImageError>;

/// Length of the name, currency and points.
const SMALLEST_STORE: usize = 18;
/// Verb, code, count, money and points.
const SMALLEST_LINE: usize = 35;

pub(super) fn write(writer: &mut Writer<'_>, objects: &Objects) {
    writer.number(objects.stores.len() as u64);
    for ((store, currency), points) in objects.stores.iter() {
        writer.bytes(store.as_bytes());
        writer.byte(*currency);
        writer.fixed(&points.to_le_bytes());
    }
    writer.number(objects.offline.len() as u64);
    for ((member, day), points) in objects.offline.iter() {
        writer.number(u64::from(*member));
        writer.signed(i64::from(*day));
        writer.signed(*points);
    }
    writer.number(objects.tills.days().len() as u64);
    for (date, day) in objects.tills.days() {
        writer.signed(i64::from(date));
        write_day(writer, day);
    }
}

fn write_day(writer: &mut Writer<'_>, day: &TillDay) {
    writer.number(day.len() as u64);
    for ((store, terminal), lines) in day {
        writer.bytes(store.as_bytes());
        writer.bytes(terminal.as_bytes());
        writer.number(lines.len() as u64);
        for line in lines {
            writer.byte(line.verb);
            writer.number(u64::from(line.code.number()));
            writer.number(line.count);
            writer.fixed(&line.money.to_le_bytes());
            writer.fixed(&line.points.to_le_bytes());
        }
    }
}

pub(super) fn read(reader: &mut Reader<'_>, objects: &mut Objects) -> Read<()> {
    let mut stores = BTreeMap::new();
    for _ in 0..reader.count(SMALLEST_STORE)? {
        let account = (Box::from(reader.text()?), reader.byte()?);
        let points = i128::from_le_bytes(reader.fixed()?);
        rise(&mut stores, account, points)?;
    }
    objects.stores = Arc::new(stores);
    let mut offline = BTreeMap::new();
    for _ in 0..reader.count(3)? {
        let member = reader.small("a member's number is too large")?;
        let place: (u32, i32) = (member, read_date(reader)?);
        let points = reader.signed()?;
        rise(&mut offline, place, points)?;
    }
    objects.offline = Arc::new(offline);
    let mut before = None;
    for _ in 0..reader.count(2)? {
        let date = read_date(reader)?;
        if before.is_some_and(|before| before >= date) {
            return Err(ImageError::Invalid("dates are out of order"));
        }
        before = Some(date);
        objects.tills.set_day(date, read_day(reader)?);
    }
    Ok(())
}

fn read_day(reader: &mut Reader<'_>) -> Read<TillDay> {
    let mut day = TillDay::new();
    for _ in 0..reader.count(3)? {
        let till = (Box::from(reader.text()?), Box::from(reader.text()?));
        let mut lines: Vec<TillLine> = Vec::new();
        for _ in 0..reader.count(SMALLEST_LINE)? {
            let line = read_line(reader)?;
            let place = |line: &TillLine| (line.verb, line.code.number());
            if lines.last().is_some_and(|last| place(last) >= place(&line)) {
                return Err(ImageError::Invalid("a till's lines are out of order"));
            }
            lines.push(line);
        }
        rise(&mut day, till, lines)?;
    }
    Ok(day)
}

fn read_line(reader: &mut Reader<'_>) -> Read<TillLine> {
    let verb = reader.byte()?;
    let code = Code::from_number(reader.small("a code is too large")?);
    Ok(TillLine {
        verb,
        code: code.ok_or(ImageError::Invalid("a till has an unknown code"))?,
        count: reader.number()?,
        money: i128::from_le_bytes(reader.fixed()?),
        points: i128::from_le_bytes(reader.fixed()?),
    })
}

fn read_date(reader: &mut Reader<'_>) -> Read<i32> {
    i32::try_from(reader.signed()?).map_err(|_| ImageError::Invalid("a date is out of range"))
}

/// Inserts what stands behind all that is there.
fn rise<K: Ord, V>(map: &mut BTreeMap<K, V>, key: K, value: V) -> Read<()> {
    if map.last_key_value().is_some_and(|(last, _)| *last >= key) {
        return Err(ImageError::Invalid(
            "stores, days or tills are out of order",
        ));
    }
    map.insert(key, value);
    Ok(())
}
