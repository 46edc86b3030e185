//! The bytes of what is known of referrals: a book per program, what members bought, and what tells them apart.

mod file;

use std::sync::Arc;

use self::file::{SMALLEST_FILE, SMALLEST_TOUCH, read_file, read_touch, write_file, write_touch};
use super::ImageError;
use super::bytes::{Reader, Writer};
use crate::ledger::program::Program;
use crate::ledger::referral::book::{Book, Buyer, Code, Referrals};
use crate::ledger::referral::commands::Month;
use crate::ledger::referral::coupon::Coupon;
use crate::ledger::referral::file::{Refund, Sale};

type Read<T> = Result<T, ImageError>;

/// Length of the letters and one of them, member, end, end by hand, and coupon.
const SMALLEST_CODE: usize = 6;
/// First entry, length of the token, count of touches and one touch.
const SMALLEST_TOKEN: usize = 3 + SMALLEST_TOUCH;
/// Buyer, sequence, length of the key, amount, two instants, marks and count of refunds.
const SMALLEST_SALE: usize = 8;
/// Entry, amount, instant and marks.
const SMALLEST_REFUND: usize = 4;
/// Length of the name, seven counts and numbers of touches.
const SMALLEST_BOOK: usize = 10;

const NEVER_STOOD: u8 = 1;

const IS_CHARGEBACK: u8 = 1;
const IS_UNDONE: u8 = 2;

/// What numbers in books may refer to.
#[derive(Clone, Copy)]
pub(super) struct Known {
    pub members: u32,
    /// The built-in default included.
    pub programs: usize,
    pub currencies: usize,
}

impl Known {
    fn member(self, reader: &mut Reader<'_>) -> Read<u32> {
        let member = reader.small("a member's number is too large")?;
        if member < self.members {
            Ok(member)
        } else {
            Err(ImageError::Invalid("a referral is of nobody"))
        }
    }
}

pub(super) fn write(writer: &mut Writer<'_>, referrals: &Referrals) {
    writer.number(referrals.books().len() as u64);
    for book in referrals.books() {
        write_book(writer, book);
    }
    writer.number(referrals.buyer_count() as u64);
    for (member, buyer) in referrals.buyers() {
        writer.number(u64::from(member));
        writer.instant(buyer.occurred_at);
        writer.instant(buyer.recorded_at);
    }
    writer.number(referrals.all_sales().count() as u64);
    for (member, sale) in referrals.all_sales() {
        writer.number(u64::from(member));
        write_sale(writer, &sale);
    }
    writer.number(referrals.waiting().count() as u64);
    for (sequence, member) in referrals.waiting() {
        writer.number(sequence);
        writer.number(u64::from(member));
    }
    writer.number(referrals.all_marks().count() as u64);
    for (member, marks) in referrals.all_marks() {
        writer.number(u64::from(member));
        writer.number(marks.len() as u64);
        for mark in marks {
            writer.bytes(mark.as_bytes());
        }
    }
    writer.number(referrals.all_joined().count() as u64);
    for (member, at) in referrals.all_joined() {
        writer.number(u64::from(member));
        writer.instant(at);
    }
}

/// Books stand in the order in which the programs open them.
pub(super) fn read(
    reader: &mut Reader<'_>,
    programs: &[Arc<Program>],
    known: Known,
) -> Read<Referrals> {
    let mut referrals = Referrals::default();
    for rules in programs.iter().flat_map(|program| &program.referrals) {
        referrals.open(&rules.name);
    }
    if reader.count(SMALLEST_BOOK)? != referrals.books().len() {
        return Err(ImageError::Invalid("programs have more or fewer books"));
    }
    for number in 0..referrals.books().len() {
        read_book(reader, referrals.book_mut(number as u16), known)?;
    }
    read_buyers(reader, &mut referrals, known)?;
    read_sales(reader, &mut referrals, known)?;
    read_marks(reader, &mut referrals, known)?;
    let mut before = None;
    for _ in 0..reader.count(2)? {
        let member = known.member(reader)?;
        rise(&mut before, member)?;
        referrals.add_joined(member, reader.instant()?);
    }
    Ok(referrals)
}

fn write_book(writer: &mut Writer<'_>, book: &Book) {
    writer.bytes(book.name.as_bytes());
    writer.number(book.codes().count() as u64);
    for (letters, code) in book.codes() {
        writer.bytes(letters.as_bytes());
        write_code(writer, code);
    }
    writer.number(book.tokens().count() as u64);
    for (first, token) in book.tokens() {
        writer.number(first);
        writer.bytes(token.as_bytes());
        writer.number(book.touches(token).len() as u64);
        for touch in book.touches(token) {
            write_touch(writer, touch);
        }
    }
    for count in book.touched {
        writer.number(count);
    }
    writer.number(book.file_count() as u64);
    for (friend, file) in book.files() {
        writer.number(u64::from(friend));
        write_file(writer, &file);
    }
    writer.number(book.all_passed().count() as u64);
    for (advocate, passed) in book.all_passed() {
        writer.number(u64::from(advocate));
        writer.number(passed.len() as u64);
        for at in passed {
            writer.instant(*at);
        }
    }
    writer.number(book.closed_months().count() as u64);
    for month in book.closed_months() {
        writer.signed(i64::from(month.0));
    }
}

fn read_book(reader: &mut Reader<'_>, book: &mut Book, known: Known) -> Read<()> {
    if *reader.text()? != *book.name {
        return Err(ImageError::Invalid("a book is of another program"));
    }
    let mut before = None;
    for _ in 0..reader.count(SMALLEST_CODE)? {
        let letters = reader.text()?;
        rise(&mut before, letters)?;
        book.set_code(letters, read_code(reader, known)?);
    }
    read_tokens(reader, book, known)?;
    for count in &mut book.touched {
        *count = reader.number()?;
    }
    let mut before = None;
    for _ in 0..reader.count(1 + SMALLEST_FILE)? {
        let friend = known.member(reader)?;
        rise(&mut before, friend)?;
        book.restore_file(friend, &read_file(reader, known)?);
    }
    let mut before = None;
    for _ in 0..reader.count(2)? {
        let advocate = known.member(reader)?;
        rise(&mut before, advocate)?;
        let count = reader.count(1)?;
        let mut passed = Vec::with_capacity(count);
        for _ in 0..count {
            passed.push(reader.instant()?);
        }
        book.set_passed(advocate, passed);
    }
    let mut before = None;
    for _ in 0..reader.count(1)? {
        let month = read_month(reader)?;
        rise(&mut before, month)?;
        book.close_month(month);
    }
    Ok(())
}

fn write_code(writer: &mut Writer<'_>, code: &Code) {
    writer.number(u64::from(code.member));
    writer.instant(code.expires_at);
    writer.instant(code.disabled_at);
    write_coupon(writer, code.coupon);
}

fn write_coupon(writer: &mut Writer<'_>, coupon: Option<Coupon<u32>>) {
    writer.byte(match coupon {
        None => 0,
        Some(Coupon::Open) => 1,
        Some(Coupon::Reserved { .. }) => 2,
        Some(Coupon::Used(_)) => 3,
        Some(Coupon::Bound(_)) => 4,
    });
    if let Some(friend) = coupon.and_then(Coupon::friend) {
        writer.number(u64::from(friend));
    }
    if let Some(Coupon::Reserved { ends_at, .. }) = coupon {
        writer.instant(ends_at);
    }
}

fn read_code(reader: &mut Reader<'_>, known: Known) -> Read<Code> {
    Ok(Code {
        member: known.member(reader)?,
        expires_at: reader.instant()?,
        disabled_at: reader.instant()?,
        coupon: read_coupon(reader, known)?,
    })
}

fn read_coupon(reader: &mut Reader<'_>, known: Known) -> Read<Option<Coupon<u32>>> {
    Ok(match reader.byte()? {
        0 => None,
        1 => Some(Coupon::Open),
        2 => Some(Coupon::Reserved {
            friend: known.member(reader)?,
            ends_at: reader.instant()?,
        }),
        3 => Some(Coupon::Used(known.member(reader)?)),
        4 => Some(Coupon::Bound(known.member(reader)?)),
        _ => return Err(ImageError::Invalid("a coupon has an unknown state")),
    })
}

fn read_tokens(reader: &mut Reader<'_>, book: &mut Book, known: Known) -> Read<()> {
    let mut before = None;
    for _ in 0..reader.count(SMALLEST_TOKEN)? {
        let first = reader.number()?;
        rise(&mut before, first)?;
        let token = reader.text()?;
        let count = reader.count(SMALLEST_TOUCH)?;
        if count == 0 || !book.touches(token).is_empty() {
            return Err(ImageError::Invalid("a token has no touch, or stands twice"));
        }
        let mut touches = Vec::with_capacity(count);
        for _ in 0..count {
            touches.push(read_touch(reader, known)?);
        }
        book.restore_touches(first, token, touches);
    }
    Ok(())
}

fn read_buyers(reader: &mut Reader<'_>, referrals: &mut Referrals, known: Known) -> Read<()> {
    let mut before = None;
    for _ in 0..reader.count(3)? {
        let member = known.member(reader)?;
        rise(&mut before, member)?;
        let buyer = Buyer {
            occurred_at: reader.instant()?,
            recorded_at: reader.instant()?,
        };
        referrals.restore_buyer(member, buyer);
    }
    Ok(())
}

/// Sales, and which of them may be forgotten.
fn read_sales(reader: &mut Reader<'_>, referrals: &mut Referrals, known: Known) -> Read<()> {
    let mut before = None;
    for _ in 0..reader.count(SMALLEST_SALE)? {
        let member = known.member(reader)?;
        let sale = read_sale(reader)?;
        rise(&mut before, (member, sale.sequence))?;
        referrals.restore_sale(member, &sale);
    }
    let mut before = None;
    for _ in 0..reader.count(2)? {
        let sequence = reader.number()?;
        rise(&mut before, sequence)?;
        referrals.restore_waiting(sequence, known.member(reader)?);
    }
    Ok(())
}

fn write_sale(writer: &mut Writer<'_>, sale: &Sale) {
    writer.number(sale.sequence);
    writer.bytes(sale.key.as_bytes());
    writer.amount(sale.amount);
    writer.instant(sale.occurred_at);
    writer.instant(sale.recorded_at);
    writer.byte(mark(sale.never_stood, NEVER_STOOD));
    writer.number(sale.refunds.len() as u64);
    for refund in &sale.refunds {
        writer.number(refund.entry);
        writer.signed(refund.amount);
        writer.instant(refund.occurred_at);
        let marks = mark(refund.is_chargeback, IS_CHARGEBACK) | mark(refund.is_undone, IS_UNDONE);
        writer.byte(marks);
    }
}

fn read_sale(reader: &mut Reader<'_>) -> Read<Sale> {
    let mut sale = Sale {
        sequence: reader.number()?,
        key: Box::from(reader.text()?),
        amount: reader.amount()?,
        occurred_at: reader.instant()?,
        recorded_at: reader.instant()?,
        never_stood: read_flags(reader, NEVER_STOOD)? != 0,
        refunds: Vec::new(),
    };
    for _ in 0..reader.count(SMALLEST_REFUND)? {
        let (entry, amount) = (reader.number()?, reader.signed()?);
        let occurred_at = reader.instant()?;
        let marks = read_flags(reader, IS_CHARGEBACK | IS_UNDONE)?;
        sale.refunds.push(Refund {
            entry,
            amount,
            occurred_at,
            is_chargeback: marks & IS_CHARGEBACK != 0,
            is_undone: marks & IS_UNDONE != 0,
        });
    }
    Ok(sale)
}

fn read_marks(reader: &mut Reader<'_>, referrals: &mut Referrals, known: Known) -> Read<()> {
    let mut before = None;
    for _ in 0..reader.count(3)? {
        let member = known.member(reader)?;
        rise(&mut before, member)?;
        let count = reader.count(1)?;
        if count == 0 {
            return Err(ImageError::Invalid("a member has no fingerprints"));
        }
        let mut marks = Vec::with_capacity(count);
        let mut last = None;
        for _ in 0..count {
            let mark = reader.text()?;
            rise(&mut last, mark)?;
            marks.push(mark);
        }
        referrals.add_marks(member, marks.into_iter());
    }
    Ok(())
}

fn read_month(reader: &mut Reader<'_>) -> Read<Month> {
    let months = i32::try_from(reader.signed()?);
    months
        .map(Month)
        .map_err(|_| ImageError::Invalid("a month is out of range"))
}

const fn mark(is_set: bool, mark: u8) -> u8 {
    if is_set { mark } else { 0 }
}

/// Marks of which only some are known.
fn read_flags(reader: &mut Reader<'_>, known: u8) -> Read<u8> {
    match reader.byte()? {
        marks if marks & !known == 0 => Ok(marks),
        _ => Err(ImageError::Invalid("a referral has unknown marks")),
    }
}

/// What stands behind all that was read.
fn rise<T: PartialOrd + Copy>(before: &mut Option<T>, next: T) -> Read<()> {
    if before.is_some_and(|before| before >= next) {
        return Err(ImageError::Invalid("referrals are out of order"));
    }
    *before = Some(next);
    Ok(())
}
