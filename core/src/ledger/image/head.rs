//! The bytes of what stands beside the members: terms, programs, accounts, and where in the journal it all stands.

use std::sync::Arc;

use super::bytes::{Reader, Writer};
use super::{ImageError, partners, referrals, tills};
use crate::ledger::accounts::{Account, Accounts, Sums};
use crate::ledger::entry::RecordedAt;
use crate::ledger::lot::TermsId;
use crate::ledger::program::Program;
use crate::ledger::request::Price;
use crate::ledger::state::{Objects, Terms};

type Read<T> = Result<T, ImageError>;

/// Marks whether there is a funder and a price.
const HAS_FUNDER: u8 = 1;
const HAS_PRICE: u8 = 2;

/// Appends the bytes of all but the members.
pub fn write_head(objects: &Objects, buffer: &mut Vec<u8>) {
    let writer = &mut Writer(buffer);
    writer.number(objects.sequence);
    writer.signed(objects.recorded_at.0);
    writer.number(u64::from(objects.member_count()));
    writer.number(objects.terms.len() as u64 - 1);
    for terms in &objects.terms[1..] {
        write_terms(writer, terms);
    }
    writer.number(u64::from(objects.program_version()));
    for program in &objects.programs[1..] {
        writer.bytes(&program.to_bytes());
    }
    writer.number(objects.accounts.iter().count() as u64);
    for (currency, terms, sums) in objects.accounts.iter() {
        writer.byte(currency);
        writer.number(u64::from(terms.0));
        for sum in sums {
            writer.fixed(&sum.to_le_bytes());
        }
    }
    tills::write(writer, objects);
    partners::write_codes(writer, &objects.codes);
    referrals::write(writer, &objects.referrals);
}

fn write_terms(writer: &mut Writer<'_>, terms: &Terms) {
    let funder = if terms.funder.is_some() {
        HAS_FUNDER
    } else {
        0
    };
    let price = if terms.price.is_some() { HAS_PRICE } else { 0 };
    writer.byte(funder | price);
    if let Some(funder) = &terms.funder {
        writer.bytes(funder.as_bytes());
    }
    if let Some(price) = &terms.price {
        writer.signed(price.micros);
        writer.fixed(&price.currency);
    }
}

/// Objects without members, and how many members they had.
pub(super) fn read(bytes: &[u8]) -> Read<(Objects, u32)> {
    let reader = &mut Reader::new(bytes);
    let mut objects = Objects::new();
    objects.sequence = reader.number()?;
    objects.recorded_at = RecordedAt(reader.signed()?);
    let members = reader.small("there are too many members")?;
    let mut terms = vec![Terms::default()];
    for _ in 0..reader.count(1)? {
        terms.push(read_terms(reader)?);
    }
    if u32::try_from(terms.len()).is_err() {
        return Err(ImageError::Invalid("there are too many terms"));
    }
    for _ in 0..reader.count(1)? {
        let program = Program::from_bytes(reader.bytes()?)
            .map_err(|error| ImageError::Program(error.to_string()))?;
        objects.programs.push(Arc::new(program));
    }
    objects.accounts = read_accounts(reader, terms.len())?;
    objects.terms = Arc::new(terms);
    tills::read(reader, &mut objects)?;
    objects.codes = partners::read_codes(reader, members)?;
    let known = referrals::Known {
        members,
        programs: objects.programs.len(),
        currencies: objects.program().currencies.len(),
    };
    objects.referrals = Arc::new(referrals::read(reader, &objects.programs, known)?);
    reader.end()?;
    Ok((objects, members))
}

fn read_terms(reader: &mut Reader<'_>) -> Read<Terms> {
    let marks = reader.byte()?;
    if marks > HAS_FUNDER | HAS_PRICE {
        return Err(ImageError::Invalid("terms have unknown marks"));
    }
    let mut terms = Terms::default();
    if marks & HAS_FUNDER != 0 {
        terms.funder = Some(Box::from(reader.text()?));
    }
    if marks & HAS_PRICE != 0 {
        terms.price = Some(Price {
            micros: reader.signed()?,
            currency: reader.fixed()?,
        });
    }
    Ok(terms)
}

/// Accounts stand densely: per currency by terms from 0 on.
fn read_accounts(reader: &mut Reader<'_>, terms: usize) -> Read<Accounts> {
    let mut accounts = Accounts::default();
    let mut before: Option<(u8, u32)> = None;
    for _ in 0..reader.count(2 + 16 * Account::COUNT)? {
        let place: (u8, u32) = (reader.byte()?, reader.small("terms are out of range")?);
        let follows = match before {
            Some((currency, terms)) if currency == place.0 => terms + 1 == place.1,
            Some((currency, _)) => currency < place.0 && place.1 == 0,
            None => place.1 == 0,
        };
        if !follows || place.1 as usize >= terms {
            return Err(ImageError::Invalid("an account stands in a wrong place"));
        }
        before = Some(place);
        let mut sums: Sums = [0; Account::COUNT];
        for sum in &mut sums {
            *sum = i128::from_le_bytes(reader.fixed()?);
        }
        accounts.set(place.0, TermsId(place.1), sums);
    }
    Ok(accounts)
}
