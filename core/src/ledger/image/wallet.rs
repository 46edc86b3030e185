//! The bytes of a wallet, and what must hold so that nothing done to it later can fail.

use super::ImageError;
use super::bytes::{Reader, Writer};
use crate::ledger::bounds::WALLET_LOTS;
use crate::ledger::entry::Balance;
use crate::ledger::lot::{self, Lot, LotId, TermsId};
use crate::ledger::memory::{Memory, WriteOff};
use crate::ledger::time::Instant;
use crate::ledger::wallet::{Hold, Wallet};

type Read<T> = Result<T, ImageError>;

const PENDING: u8 = 1;
const HAS_PLACE: u8 = 2;
const HAS_ORIGIN: u8 = 4;
const HAS_TERMS: u8 = 8;
const EXPIRES: u8 = 16;
const ALL_MARKS: u8 = 31;
/// Marks, amount, sequence and activation.
const SMALLEST_LOT: usize = 4;
/// Number, lapse, count of parts and one part.
const SMALLEST_HOLD: usize = 3 + SMALLEST_LOT;

pub(super) fn write(writer: &mut Writer<'_>, wallet: &Wallet) {
    let balance = wallet.balance();
    writer.number(wallet.last);
    writer.amount(balance.pending);
    writer.amount(balance.available);
    writer.amount(balance.held);
    writer.amount(balance.debt);
    writer.number(wallet.lots().len() as u64);
    for lot in wallet.lots() {
        write_lot(writer, lot);
    }
    writer.number(wallet.holds().len() as u64);
    for hold in wallet.holds() {
        writer.number(hold.id);
        writer.instant(hold.lapses_at);
        writer.number(hold.parts.len() as u64);
        for part in &hold.parts {
            write_lot(writer, part);
        }
    }
    write_memory(writer, wallet.memory());
}

fn write_memory(writer: &mut Writer<'_>, memory: Option<&Memory>) {
    let Some(memory) = memory else {
        return writer.byte(0);
    };
    writer.byte(1);
    writer.instant(memory.inactive_at);
    writer.instant(memory.last_inactivity);
    writer.number(memory.write_offs.len() as u64);
    for write_off in &memory.write_offs {
        writer.number(write_off.entry);
        writer.amount(write_off.open);
    }
}

fn read_memory(reader: &mut Reader<'_>) -> Read<Memory> {
    match reader.byte()? {
        0 => return Ok(Memory::default()),
        1 => {}
        _ => return Err(ImageError::Invalid("a wallet remembers or does not")),
    }
    let mut memory = Memory {
        inactive_at: reader.instant()?,
        last_inactivity: reader.instant()?,
        write_offs: Vec::new(),
    };
    for _ in 0..reader.count(2)? {
        let write_off = WriteOff {
            entry: reader.number()?,
            open: reader.amount()?,
        };
        let before = memory.write_offs.last();
        let follows = before.is_none_or(|before| before.entry < write_off.entry);
        if write_off.open == 0 || !follows {
            return Err(ImageError::Invalid("a write-off is empty or out of order"));
        }
        memory.write_offs.push(write_off);
    }
    if memory == Memory::default() {
        return Err(ImageError::NotMinimal);
    }
    Ok(memory)
}

#[inline]
fn write_lot(writer: &mut Writer<'_>, lot: &Lot) {
    let (made_by, place) = (lot.id.sequence(), lot.id.place());
    let mark = |set: bool, mark: u8| if set { mark } else { 0 };
    let marks = mark(lot.pending, PENDING)
        | mark(place != 0, HAS_PLACE)
        | mark(lot.origin != made_by, HAS_ORIGIN)
        | mark(lot.terms != TermsId::NONE, HAS_TERMS)
        | mark(lot.expires_at != Instant::NEVER, EXPIRES);
    writer.byte(marks);
    writer.amount(lot.amount);
    writer.number(made_by);
    if marks & HAS_PLACE != 0 {
        writer.number(u64::from(place));
    }
    writer.instant(lot.activates_at);
    if marks & EXPIRES != 0 {
        writer.instant(lot.expires_at);
    }
    if marks & HAS_ORIGIN != 0 {
        writer.number(lot.origin);
    }
    if marks & HAS_TERMS != 0 {
        writer.number(u64::from(lot.terms.0));
    }
}

/// Reads a wallet whose lots bear terms below `terms`.
pub(super) fn read(reader: &mut Reader<'_>, terms: u32) -> Read<Wallet> {
    let last = reader.number()?;
    let stated = Balance {
        pending: reader.amount()?,
        available: reader.amount()?,
        held: reader.amount()?,
        debt: reader.amount()?,
    };
    let lots = read_lots(reader, terms)?;
    let count = reader.count(SMALLEST_HOLD)?;
    let mut holds = Vec::with_capacity(count);
    for _ in 0..count {
        holds.push(Hold::new(
            reader.number()?,
            reader.instant()?,
            read_lots(reader, terms)?,
        ));
    }
    check_lots(&lots)?;
    check_holds(&lots, &holds)?;
    if summed(&lots, &holds)? != (stated.pending, stated.available, stated.held) {
        return Err(ImageError::Invalid("a balance is not the sum of its lots"));
    }
    let memory = read_memory(reader)?;
    Ok(Wallet::from_stored(lots, holds, stated.debt, last, memory))
}

fn read_lots(reader: &mut Reader<'_>, terms: u32) -> Read<Vec<Lot>> {
    let count = reader.count(SMALLEST_LOT)?;
    if count > WALLET_LOTS {
        return Err(ImageError::Invalid("a wallet has too many lots"));
    }
    let mut lots = Vec::with_capacity(count);
    for _ in 0..count {
        lots.push(read_lot(reader, terms)?);
    }
    Ok(lots)
}

#[inline]
fn read_lot(reader: &mut Reader<'_>, terms: u32) -> Read<Lot> {
    let marks = reader.byte()?;
    if marks > ALL_MARKS {
        return Err(ImageError::Invalid("a lot has unknown marks"));
    }
    let marked = |mark: u8| marks & mark != 0;
    let amount = reader.amount()?;
    let made_by = reader.number()?;
    let place = if marked(HAS_PLACE) {
        not_meant(reader.small("a lot's place is too large")?, 0)?
    } else {
        0
    };
    let id = LotId::checked(made_by, place)
        .ok_or(ImageError::Invalid("a lot's number is out of range"))?;
    let activates_at = reader.instant()?;
    let expires_at = if marked(EXPIRES) {
        not_meant(reader.instant()?, Instant::NEVER)?
    } else {
        Instant::NEVER
    };
    let origin = if marked(HAS_ORIGIN) {
        not_meant(reader.number()?, made_by)?
    } else {
        made_by
    };
    let terms_id = if marked(HAS_TERMS) {
        not_meant(reader.small("a number of terms is too large")?, 0)?
    } else {
        0
    };
    if lot::origin_entry(origin) > made_by {
        return Err(ImageError::Invalid("a lot names a later origin"));
    }
    if terms_id >= terms {
        return Err(ImageError::Invalid("a lot bears unknown terms"));
    }
    Ok(Lot {
        id,
        amount,
        activates_at,
        expires_at,
        origin,
        terms: TermsId(terms_id),
        pending: marked(PENDING),
    })
}

fn not_meant<T: PartialEq>(value: T, meant: T) -> Read<T> {
    if value == meant {
        Err(ImageError::NotMinimal)
    } else {
        Ok(value)
    }
}

/// Lots stand in line, hold points, and none stands in it twice.
fn check_lots(lots: &[Lot]) -> Read<()> {
    if lots.iter().any(|lot| lot.amount == 0) {
        return Err(ImageError::Invalid("a drained lot is still there"));
    }
    if !lots.is_sorted_by(|one, next| one.place() < next.place()) {
        return Err(ImageError::Invalid("lots do not stand in line"));
    }
    let rising = lots.is_sorted_by(|one, next| one.id < next.id);
    if !rising && has_twice(lots) {
        return Err(ImageError::Invalid("a lot stands in a wallet twice"));
    }
    Ok(())
}

fn has_twice(lots: &[Lot]) -> bool {
    let mut ids: Vec<LotId> = lots.iter().map(|lot| lot.id).collect();
    ids.sort_unstable();
    ids.windows(2).any(|pair| pair[0] == pair[1])
}

/// Holds have numbers of their own and keep points; parts of one lot agree about it, wherever they are.
fn check_holds(lots: &[Lot], holds: &[Hold]) -> Read<()> {
    let mut numbers: Vec<u64> = holds.iter().map(|hold| hold.id).collect();
    numbers.sort_unstable();
    if numbers.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(ImageError::Invalid("two holds have one number"));
    }
    for hold in holds {
        let keeps = |part: &Lot| part.amount > 0 && !part.pending;
        if hold.parts.is_empty() || !hold.parts.iter().all(keeps) || has_twice(&hold.parts) {
            return Err(ImageError::Invalid("a hold keeps what cannot be held"));
        }
    }
    let parts = holds.iter().flat_map(|hold| &hold.parts);
    let mut all: Vec<&Lot> = if holds.is_empty() {
        return Ok(());
    } else {
        lots.iter().chain(parts).collect()
    };
    all.sort_unstable_by_key(|lot| lot.id);
    let agree = |pair: &[&Lot]| pair[0].id != pair[1].id || pair[0].same_lot(pair[1]);
    if all.windows(2).all(agree) {
        Ok(())
    } else {
        Err(ImageError::Invalid(
            "a hold and a wallet differ about a lot",
        ))
    }
}

/// Pending, available and held; all of them together fit a number.
fn summed(lots: &[Lot], holds: &[Hold]) -> Read<(i64, i64, i64)> {
    let (mut pending, mut available, mut held, mut all) = (0, 0, 0, 0_i64);
    let parts = holds.iter().flat_map(|hold| &hold.parts);
    let owned = lots.iter().map(|lot| (lot, false));
    for (lot, is_held) in owned.chain(parts.map(|part| (part, true))) {
        let too_many = ImageError::Invalid("a wallet holds too many points");
        all = all.checked_add(lot.amount).ok_or(too_many)?;
        match (is_held, lot.pending) {
            (true, _) => held += lot.amount,
            (false, true) => pending += lot.amount,
            (false, false) => available += lot.amount,
        }
    }
    Ok((pending, available, held))
}
