//! Single values across the border: names, times, money.

use loyalty_ledger::ledger::request::{Money, Naming, Reference, Text};
use loyalty_ledger::ledger::source::{Receipt, ReceiptKind, ReceiptName};
use loyalty_ledger::ledger::time::Instant;
use loyalty_ledger::table::money;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::attempt::ReceiptParts;

/// How Python names a member: by id, or by kind and value of an alias.
#[derive(FromPyObject)]
pub enum Member {
    Id(String),
    Alias(String, String),
}

/// How Python names an earlier entry: by sequence, by key, or by receipt and whether it is a return's.
#[derive(Clone, FromPyObject)]
pub enum Named {
    Sequence(u64),
    Key(String),
    Receipt(ReceiptParts, bool),
}

impl From<Named> for Reference<'static> {
    fn from(named: Named) -> Reference<'static> {
        match named {
            Named::Sequence(sequence) => Reference::Sequence(sequence),
            Named::Key(key) => Reference::Key(Text::Owned(key)),
            Named::Receipt((store, terminal, business_date, number), is_return) => {
                let receipt = Receipt {
                    store: Text::Owned(store),
                    terminal: Text::Owned(terminal),
                    business_date,
                    number: Text::Owned(number),
                };
                let kind = receipt_kind(is_return);
                Reference::Receipt(Box::new(ReceiptName { kind, receipt }))
            }
        }
    }
}

pub const fn receipt_kind(is_return: bool) -> ReceiptKind {
    match is_return {
        false => ReceiptKind::Sale,
        true => ReceiptKind::Return,
    }
}

/// Microseconds since 1970 for Python; `None` for never.
pub fn micros(instant: Instant) -> Option<i64> {
    (instant <= Instant::FORESEEABLE).then_some(instant.0)
}

/// A sequence for Python; `None` for none.
pub fn sequence(number: u64) -> Option<u64> {
    (number != 0).then_some(number)
}

/// Who brought a member: program, code, token, fingerprints.
pub type NamingParts = (String, Option<String>, Option<String>, Vec<String>);

pub fn naming((program, code, token, fingerprints): &NamingParts) -> Naming<'_> {
    let fingerprints = fingerprints
        .iter()
        .map(|print| Text::Borrowed(print.as_str()));
    Naming::of(
        Text::Borrowed(program),
        code.as_deref().map(Text::Borrowed),
        token.as_deref().map(Text::Borrowed),
        fingerprints.collect(),
    )
}

/// Minor units and ISO 4217 code.
pub type MoneyPair<'a> = (i64, &'a str);

pub fn money((minor_units, currency): MoneyPair<'_>) -> PyResult<Money> {
    let currency = money_currency(currency)?;
    Ok(Money {
        minor_units,
        currency,
    })
}

/// Text for Python; `None` for none.
pub fn given(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// Three capital letters.
pub fn money_currency(code: &str) -> PyResult<[u8; 3]> {
    money::currency_bytes(code)
        .ok_or_else(|| PyValueError::new_err(format!("currency {code:?} {}", money::NO_CURRENCY)))
}

pub fn currency_code(bytes: [u8; 3]) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Decimal places of a money currency's minor unit.
#[pyfunction]
pub fn minor_digits(currency: &str) -> PyResult<u32> {
    Ok(money::minor_digits(money_currency(currency)?))
}
