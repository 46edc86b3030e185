//! From TOML to the dates of points: when they activate and when they expire.

use toml::de::DeValue;

use super::fields::{Fields, Known, Located};
use super::{ExpiryPolicy, FixedDates, Pending, Period, ProgramError, Rounding};

const EXPIRY: Known = Known {
    now: &["rolling", "round_up_to", "fixed", "min_valid", "sliding"],
    later: &[],
};
const FORMS: &str =
    "\"never\" or { rolling = \"P12M\" } or { fixed = [\"03-31\"] } or { sliding = \"P18M\" }";

pub(super) fn pending(fields: &Fields<'_>) -> Result<Pending, ProgramError> {
    match fields.string("pending")? {
        None => Ok(Pending::After(Period::ZERO)),
        Some(text) if text.value == "on_event" => Ok(Pending::OnEvent),
        Some(text) => Ok(Pending::After(text.read_period()?.value)),
    }
}

pub(super) fn expiry(text: &str, fields: &Fields<'_>) -> Result<ExpiryPolicy, ProgramError> {
    let (span, table) = match fields.value("expiry") {
        None => return Ok(ExpiryPolicy::default()),
        Some((span, DeValue::Table(table))) => (span, table),
        Some((_, DeValue::String(_))) => return named_expiry(fields),
        Some((span, other)) => return Err(fields.wrong_type("expiry", &span, FORMS, other)),
    };
    let path = fields.path("expiry");
    let policy = Fields::open(text, &path, span, table, &EXPIRY)?;
    let kinds = ["rolling", "fixed", "sliding"];
    let given: Vec<&str> = kinds
        .into_iter()
        .filter(|kind| policy.value(kind).is_some())
        .collect();
    let [kind] = given.as_slice() else {
        let message = if given.is_empty() {
            format!("`{path}` has no period; write {FORMS}")
        } else {
            format!("`{path}` is of several kinds; write one of {FORMS}")
        };
        return Err(policy.error(message));
    };
    for (field, of) in [("round_up_to", "rolling"), ("min_valid", "fixed")] {
        if policy.value(field).is_some() && of != *kind {
            let message = format!("`{path}.{field}` belongs to `{of}`; remove it");
            return Err(policy.error(message));
        }
    }
    match *kind {
        "rolling" => rolling(&policy),
        "fixed" => fixed(&policy),
        _ => Ok(ExpiryPolicy::Sliding(lasting(&policy, "sliding")?)),
    }
}

fn rolling(policy: &Fields<'_>) -> Result<ExpiryPolicy, ProgramError> {
    let spans = [
        ("month", Rounding::Month),
        ("quarter", Rounding::Quarter),
        ("half_year", Rounding::HalfYear),
        ("year", Rounding::Year),
    ];
    Ok(ExpiryPolicy::Rolling {
        period: lasting(policy, "rolling")?,
        round_up_to: match policy.string("round_up_to")? {
            None => None,
            Some(span) => Some(span.choose(&spans, &[])?),
        },
    })
}

fn fixed(policy: &Fields<'_>) -> Result<ExpiryPolicy, ProgramError> {
    let mut days = Vec::new();
    for day in policy.strings("fixed", FixedDates::MOST)? {
        let parsed = day_of_year(day.value);
        days.push(parsed.ok_or_else(|| {
            day.error("a day of the year is written as month and day, like \"03-31\"")
        })?);
    }
    let min_valid = match policy.period("min_valid")? {
        None => Period::ZERO,
        Some(period) => whole_days(&period)?,
    };
    FixedDates::new(&days, min_valid)
        .map(ExpiryPolicy::Fixed)
        .ok_or_else(|| {
            let path = policy.path("fixed");
            policy.error(format!("`{path}` names each day once, and one at least"))
        })
}

fn day_of_year(text: &str) -> Option<(u8, u8)> {
    let (month, day) = text.split_once('-')?;
    let two = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !two(month) || !two(day) {
        return None;
    }
    let day = (month.parse().ok()?, day.parse().ok()?);
    FixedDates::new(&[day], Period::ZERO).map(|_| day)
}

/// A period of whole days that is longer than none.
fn lasting(policy: &Fields<'_>, field: &str) -> Result<Period, ProgramError> {
    let missing = || policy.error(format!("`{}` is missing", policy.path(field)));
    let period = policy.period(field)?.ok_or_else(missing)?;
    if period.value.is_zero() {
        return Err(
            period.error("points would expire at once; write a longer period like \"P12M\"")
        );
    }
    whole_days(&period)
}

fn named_expiry(fields: &Fields<'_>) -> Result<ExpiryPolicy, ProgramError> {
    match fields.string("expiry")? {
        None => Ok(ExpiryPolicy::default()),
        Some(name) if name.value == "never" => Ok(ExpiryPolicy::Never),
        Some(name) => Err(name.error(format!("{:?} is unknown; write {FORMS}", name.value))),
    }
}

/// Refuses hours, minutes and seconds where points stay valid to the end of a day.
pub(super) fn whole_days(period: &Located<'_, Period>) -> Result<Period, ProgramError> {
    if period.value.seconds != 0 {
        return Err(period
            .error("points expire at the end of a day; write years, months, weeks or days only"));
    }
    Ok(period.value)
}
