//! Single fields of requests, and how one that is wrong is named.

use prost_types::{Duration, Timestamp};

use crate::engine::Ledger;
use crate::ledger::bounds::PAGE_ROWS;
use crate::ledger::decide::{check_id, check_key};
use crate::ledger::program::LocalDate;
use crate::ledger::rejection::{Code, Rejection};
use crate::ledger::request::{
    Alias, MemberName, Money, Price, Receipt, ReceiptKind, ReceiptName, Reference, Source, Text,
};
use crate::ledger::source::EntryMode;
use crate::ledger::time::{Instant, MICROS_PER_SECOND};
use crate::service::wire;
use crate::table::money::{NO_CURRENCY, currency_bytes};

/// Rows of a page whose size is not stated.
const PAGE_DEFAULT: usize = 100;
const NANOS_PER_SECOND: i32 = 1_000_000_000;

/// What a conversion knows beside the message: who calls, and the ledger that hashes aliases.
#[derive(Clone, Copy, Debug)]
pub struct Edge<'e> {
    /// Name of the caller, whose keys are apart from those of others.
    pub caller: &'e str,
    /// Id of the partner that it is; empty for others.
    pub partner: &'e str,
    pub ledger: &'e Ledger,
}

/// A field that is wrong, and how.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct FieldError {
    /// From the request inwards, as in `lines[2].quantity`.
    pub path: String,
    /// Of the class `Invalid`.
    pub code: Code,
    /// What is wrong, and what to do about it.
    pub message: String,
}

impl FieldError {
    pub fn new(path: &str, message: impl Into<String>) -> FieldError {
        FieldError {
            path: path.to_owned(),
            code: Code::FieldInvalid,
            message: message.into(),
        }
    }

    pub(super) fn missing(path: &str) -> FieldError {
        FieldError::new(path, "is required")
    }

    /// What the ledger says no to in this field.
    pub(super) fn of(path: &str, rejection: Rejection) -> FieldError {
        FieldError {
            path: path.to_owned(),
            code: rejection.code,
            message: rejection.message,
        }
    }

    /// The same field, seen from the message around it.
    pub(super) fn within(self, outer: &str) -> FieldError {
        FieldError {
            path: format!("{outer}.{}", self.path),
            ..self
        }
    }
}

pub(super) const fn text(text: &str) -> Text<'_> {
    Text::Borrowed(text)
}

/// The name of a currency of points; empty means the first that every program has.
pub const fn wallet(name: &str) -> Text<'_> {
    Text::Borrowed(if name.is_empty() { "points" } else { name })
}

/// An instant, to the microsecond that it lies in.
pub(super) fn instant(path: &str, time: &Timestamp) -> Result<Instant, FieldError> {
    let out_of_range = |message: String| FieldError {
        code: Code::TimeOutOfRange,
        ..FieldError::new(path, message)
    };
    if !(0..NANOS_PER_SECOND).contains(&time.nanos) {
        let message = format!("{} nanos; a second has 0 to 999,999,999", time.nanos);
        return Err(out_of_range(message));
    }
    let whole = time.seconds.checked_mul(MICROS_PER_SECOND);
    let micros = whole.and_then(|whole| whole.checked_add(i64::from(time.nanos / 1_000)));
    micros
        .and_then(|micros| Instant::from_micros(micros).ok())
        .ok_or_else(|| out_of_range("lies outside 1970 to 9999".to_owned()))
}

/// An instant that may be left out.
pub fn optional_instant(
    path: &str,
    time: Option<&Timestamp>,
) -> Result<Option<Instant>, FieldError> {
    time.map(|time| instant(path, time)).transpose()
}

/// Microseconds of a span of time.
pub fn micros(path: &str, span: &Duration) -> Result<i64, FieldError> {
    let signs_agree =
        span.seconds == 0 || span.nanos == 0 || (span.seconds < 0) == (span.nanos < 0);
    let in_second = span.nanos.unsigned_abs() < NANOS_PER_SECOND.unsigned_abs();
    let whole = span.seconds.checked_mul(MICROS_PER_SECOND);
    whole
        .and_then(|whole| whole.checked_add(i64::from(span.nanos / 1_000)))
        .filter(|_| signs_agree && in_second)
        .ok_or_else(|| {
            FieldError::new(
                path,
                "is no span of time that can be counted in microseconds",
            )
        })
}

/// How an expiry is stated; `NEVER` for points that stay.
pub(super) fn expiry(path: &str, expiry: &wire::Expiry) -> Result<Instant, FieldError> {
    match &expiry.expiry {
        None => Err(FieldError::missing(path)),
        Some(wire::expiry::Expiry::ExpiresTime(time)) => {
            instant("expires_time", time).map_err(|error| error.within(path))
        }
        Some(wire::expiry::Expiry::Never(true)) => Ok(Instant::NEVER),
        Some(wire::expiry::Expiry::Never(false)) => {
            let message = "is true or left out; give expires_time for points that expire";
            Err(FieldError::new("never", message).within(path))
        }
    }
}

/// Days since 1970-01-01 of a date such as 2026-03-16.
pub fn business_date(path: &str, date: &str) -> Result<i32, FieldError> {
    parsed_date(date).map(LocalDate::days).ok_or_else(|| {
        let message = format!("{date:?} is no date; write it as in 2026-03-16");
        FieldError::new(path, message)
    })
}

fn parsed_date(date: &str) -> Option<LocalDate> {
    let is_formed = date.len() == 10
        && date.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !is_formed {
        return None;
    }
    let (year, month, day) = (&date[..4], &date[5..7], &date[8..]);
    LocalDate::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

pub(super) fn receipt<'r>(
    path: &str,
    receipt: &'r wire::Receipt,
) -> Result<Receipt<'r>, FieldError> {
    let day = business_date("business_date", &receipt.business_date);
    Ok(Receipt {
        store: text(&receipt.store),
        terminal: text(&receipt.terminal),
        business_date: day.map_err(|error| error.within(path))?,
        number: text(&receipt.number),
    })
}

pub(super) fn source(source: &wire::Source) -> Result<Source<'_>, FieldError> {
    let entry_mode = u8::try_from(source.entry_mode)
        .ok()
        .and_then(EntryMode::from_number);
    Ok(Source {
        store: text(&source.store),
        actor: text(&source.actor),
        entry_mode: entry_mode
            .ok_or_else(|| unknown_number("source.entry_mode", source.entry_mode))?,
        offline: source.offline,
        training: source.training,
        partner: text(&source.partner),
        verification: text(&source.verification),
    })
}

pub(super) fn unknown_number(path: &str, number: i32) -> FieldError {
    let message = format!("{number} is none of the numbers of this field; use one of its names");
    FieldError::new(path, message)
}

pub(super) fn money(path: &str, money: &wire::Money) -> Result<Money, FieldError> {
    Ok(Money {
        minor_units: money.minor_units,
        currency: currency(path, &money.currency_code)?,
    })
}

pub(super) fn price(path: &str, price: &wire::Price) -> Result<Price, FieldError> {
    Ok(Price {
        micros: price.micros,
        currency: currency(path, &price.currency_code)?,
    })
}

fn currency(path: &str, code: &str) -> Result<[u8; 3], FieldError> {
    currency_bytes(code).ok_or_else(|| {
        FieldError::new("currency_code", format!("{code:?} {NO_CURRENCY}")).within(path)
    })
}

/// An alias's hash; the clear value goes no further.
pub(super) fn alias(
    path: &str,
    alias: &wire::Alias,
    edge: Edge<'_>,
) -> Result<Alias<'static>, FieldError> {
    let hashed = edge.ledger.alias(&alias.kind, &alias.value);
    hashed.map_err(|rejection| FieldError::of(path, rejection))
}

pub(super) fn required_alias(
    path: &str,
    given: Option<&wire::Alias>,
    edge: Edge<'_>,
) -> Result<Alias<'static>, FieldError> {
    alias(path, given.ok_or_else(|| FieldError::missing(path))?, edge)
}

pub(super) fn id<'r>(path: &str, id: &'r str) -> Result<Text<'r>, FieldError> {
    let checked = check_id(id, "member id");
    checked.map_err(|rejection| FieldError::of(path, rejection))?;
    Ok(text(id))
}

pub(super) fn member<'r>(
    path: &str,
    member: &'r wire::MemberName,
    edge: Edge<'_>,
) -> Result<MemberName<'r>, FieldError> {
    let named = match &member.name {
        None => return Err(FieldError::missing(path)),
        Some(wire::member_name::Name::Id(named)) => id("id", named).map(MemberName::Id),
        Some(wire::member_name::Name::Alias(named)) => {
            alias("alias", named, edge).map(MemberName::Alias)
        }
    };
    named.map_err(|error| error.within(path))
}

/// A member that has to be named.
pub fn required_member<'r>(
    path: &str,
    given: Option<&'r wire::MemberName>,
    edge: Edge<'_>,
) -> Result<MemberName<'r>, FieldError> {
    member(path, given.ok_or_else(|| FieldError::missing(path))?, edge)
}

/// A member that may be named.
pub fn optional_member<'r>(
    path: &str,
    given: Option<&'r wire::MemberName>,
    edge: Edge<'_>,
) -> Result<Option<MemberName<'r>>, FieldError> {
    given.map(|given| member(path, given, edge)).transpose()
}

/// An earlier transaction that has to be named.
pub fn reference<'r>(
    path: &str,
    given: Option<&'r wire::Reference>,
) -> Result<Reference<'r>, FieldError> {
    use wire::reference::Reference as Named;
    let given = given.and_then(|given| given.reference.as_ref());
    let named = match given.ok_or_else(|| FieldError::missing(path))? {
        Named::Sequence(0) => Err(FieldError::new("sequence", "counts from 1")),
        Named::Sequence(sequence) => Ok(Reference::Sequence(*sequence)),
        Named::Key(key) => match check_key(key) {
            Ok(()) => Ok(Reference::Key(text(key))),
            Err(rejection) => Err(FieldError::of("key", rejection)),
        },
        Named::SalesReceipt(named) => by_receipt("sales_receipt", ReceiptKind::Sale, named),
        Named::ReturnReceipt(named) => by_receipt("return_receipt", ReceiptKind::Return, named),
    };
    named.map_err(|error| error.within(path))
}

fn by_receipt<'r>(
    path: &str,
    kind: ReceiptKind,
    named: &'r wire::Receipt,
) -> Result<Reference<'r>, FieldError> {
    let receipt = receipt(path, named)?;
    Ok(Reference::Receipt(Box::new(ReceiptName { kind, receipt })))
}

/// Rows of one page: those asked for, at most as many as a page has.
pub fn page_size(asked: u32) -> usize {
    match asked {
        0 => PAGE_DEFAULT,
        asked => (asked as usize).min(PAGE_ROWS),
    }
}
