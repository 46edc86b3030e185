//! From TOML to a checked program: one function per table of the file.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::super::bounds::REQUEST_POINTS;
use super::calendar::find_zone;
use super::expiry::{expiry, pending, whole_days};
use super::fields::{Fields, Known, Located};
use super::{
    Currency, DrawOrder, EarnRule, HoldBounds, Money, OfflineRules, Overdraft, PartnerRules,
    Period, Program, ProgramError, Restore, ReversalRules, Shortfall, SpendRule, TimeBounds,
    TransferShortfall, referral,
};

const PROGRAM: Known = Known {
    now: &[
        "zone",
        "currencies",
        "earning",
        "spending",
        "reversal",
        "time",
        "holds",
        "offline",
        "partners",
        "referral",
    ],
    later: &["tiers", "campaigns"],
};
const CURRENCY: Known = Known {
    now: &["scale", "pending", "expiry", "draw_order"],
    later: &[],
};
const EARNING: Known = Known {
    now: &["currency", "points", "per_minor_units", "money", "exclude"],
    later: &[],
};
const SPENDING: Known = Known {
    now: &["currency", "points", "minor_units"],
    later: &[],
};
const REVERSAL: Known = Known {
    now: &["shortfall", "restore", "grace", "transfer"],
    later: &[],
};
const OFFLINE: Known = Known {
    now: &["floor_limit", "overdraft"],
    later: &[],
};
const PARTNERS: Known = Known {
    now: &["verify_above"],
    later: &[],
};
const TIME: Known = Known {
    now: &["future", "past"],
    later: &[],
};
const HOLDS: Known = Known {
    now: &["default", "longest"],
    later: &[],
};

/// A currency and where its name stands.
type NamedCurrency = (Currency, Range<usize>);

/// Reads a whole program, keeping the currency ids of the version before it.
pub(super) fn program(text: &str, previous: Option<&Program>) -> Result<Program, ProgramError> {
    if text.len() > Program::LONGEST_TEXT {
        let message = format!(
            "the program has {} bytes; keep it within {}",
            text.len(),
            Program::LONGEST_TEXT
        );
        return Err(ProgramError::at(text, &(0..0), message));
    }
    let document = DeTable::parse(text).map_err(|fault| syntax_error(text, &fault))?;
    let top = Fields::open(text, "", 0..0, document.get_ref(), &PROGRAM)?;
    let zone = zone(&top)?;
    let currencies = currencies(text, &top, previous)?;
    let earning = earning(text, &top, &currencies)?;
    let spending = spending(text, &top, &currencies, earning.currency)?;
    Ok(Program {
        zone,
        currencies,
        earning,
        spending,
        reversal: reversal(text, &top)?,
        time: time_bounds(text, &top)?,
        holds: hold_bounds(text, &top)?,
        offline: offline(text, &top)?,
        partners: partners(text, &top)?,
        referrals: referral::referrals(text, &top)?,
    })
}

fn syntax_error(text: &str, fault: &toml::de::Error) -> ProgramError {
    let span = fault.span().unwrap_or(0..0);
    let message = format!("{}; correct the TOML here", fault.message());
    ProgramError::at(text, &span, message)
}

fn zone(top: &Fields<'_>) -> Result<String, ProgramError> {
    let Some(zone) = top.string("zone")? else {
        return Ok(Program::default().zone);
    };
    let (name, _) = find_zone(zone.value).map_err(|fault| zone.error(fault))?;
    Ok(name)
}

fn currencies<'a>(
    text: &'a str,
    top: &Fields<'a>,
    previous: Option<&Program>,
) -> Result<Vec<Currency>, ProgramError> {
    let (fields, declared) = match top.table("currencies")? {
        None => (None, vec![(Currency::named("points"), 0..0)]),
        Some((span, table)) => {
            let fields = Fields::open_any(text, "currencies", span, table);
            let declared = declared_currencies(text, &fields)?;
            (Some(fields), declared)
        }
    };
    let error = |message: String| {
        let whole = fields.as_ref().unwrap_or(top);
        whole.error(message)
    };
    if declared.is_empty() {
        return Err(error(
            "`currencies` names no currency; add a table such as [currencies.points]".to_owned(),
        ));
    }
    let ordered = match previous {
        None => declared,
        Some(previous) => in_previous_order(text, declared, previous, &error)?,
    };
    if let Some((_, span)) = ordered.get(Program::MOST_CURRENCIES) {
        let message = format!(
            "a program has at most {} currencies; remove some",
            Program::MOST_CURRENCIES
        );
        return Err(ProgramError::at(text, span, message));
    }
    Ok(ordered.into_iter().map(|(currency, _)| currency).collect())
}

fn declared_currencies<'a>(
    text: &'a str,
    fields: &Fields<'a>,
) -> Result<Vec<NamedCurrency>, ProgramError> {
    let mut declared = Vec::new();
    for (key, value) in fields.in_file_order() {
        let name: &'a str = key.get_ref().as_ref();
        if !Currency::is_name(name) {
            let message = format!(
                "{name:?} cannot name a currency; use a letter, then letters, digits, `_` and `-`, at most {} in all",
                Currency::LONGEST_NAME
            );
            return Err(ProgramError::at(text, &key.span(), message));
        }
        let DeValue::Table(table) = value.get_ref() else {
            return Err(fields.wrong_type(name, &value.span(), "a table", value.get_ref()));
        };
        let currency = currency(text, name, &fields.path(name), value.span(), table)?;
        declared.push((currency, key.span()));
    }
    Ok(declared)
}

fn currency(
    text: &str,
    name: &str,
    path: &str,
    span: Range<usize>,
    table: &DeTable<'_>,
) -> Result<Currency, ProgramError> {
    let fields = Fields::open(text, path, span, table, &CURRENCY)?;
    let default = Currency::named(name);
    let scale = fields.integer("scale", 0..=i64::from(Currency::MOST_SCALE))?;
    let draw_orders = [
        ("fefo", DrawOrder::Fefo),
        ("fifo", DrawOrder::Fifo),
        ("lifo", DrawOrder::Lifo),
    ];
    Ok(Currency {
        scale: scale.map_or(default.scale, |scale| {
            u8::try_from(scale).expect("the scale was checked to be at most 9")
        }),
        pending: pending(&fields)?,
        expiry: expiry(text, &fields)?,
        draw_order: match fields.string("draw_order")? {
            None => default.draw_order,
            Some(order) => order.choose(&draw_orders, &[])?,
        },
        name: default.name,
    })
}

/// Puts the currencies of the version before first, in its order, so that every one keeps its id.
fn in_previous_order(
    text: &str,
    mut declared: Vec<NamedCurrency>,
    previous: &Program,
    error: &impl Fn(String) -> ProgramError,
) -> Result<Vec<NamedCurrency>, ProgramError> {
    let mut ordered = Vec::with_capacity(declared.len());
    for kept in &previous.currencies {
        let place = declared
            .iter()
            .position(|(currency, _)| currency.name == kept.name);
        let Some(place) = place else {
            let message = format!(
                "the currency `{}` of the version before is missing; keep [currencies.{}]",
                kept.name, kept.name
            );
            return Err(error(message));
        };
        let (currency, span) = declared.remove(place);
        if currency.scale != kept.scale {
            let message = format!(
                "the scale of `{}` was {} and cannot change; keep it",
                kept.name, kept.scale
            );
            return Err(ProgramError::at(text, &span, message));
        }
        ordered.push((currency, span));
    }
    ordered.append(&mut declared);
    Ok(ordered)
}

/// The id of the currency that a field names.
fn currency_id(name: &Located<'_, &str>, currencies: &[Currency]) -> Result<u8, ProgramError> {
    id_of(currencies, name.value).ok_or_else(|| {
        let declared: Vec<_> = currencies.iter().map(|c| format!("{:?}", c.name)).collect();
        let declared = declared.join(" or ");
        name.error(format!(
            "unknown currency {:?}; write {declared}",
            name.value
        ))
    })
}

fn id_of(currencies: &[Currency], name: &str) -> Option<u8> {
    let index = currencies
        .iter()
        .position(|currency| currency.name == name)?;
    u8::try_from(index).ok()
}

fn earning<'a>(
    text: &'a str,
    top: &Fields<'a>,
    currencies: &[Currency],
) -> Result<EarnRule, ProgramError> {
    let only = (currencies.len() == 1).then_some(0);
    let usual = only.or_else(|| id_of(currencies, "points"));
    let unnamed = "several currencies and none is `points`; say in `earning.currency` which one purchases earn";
    let Some((span, table)) = top.table("earning")? else {
        let currency = usual.ok_or_else(|| top.error(unnamed))?;
        return Ok(EarnRule {
            currency,
            ..EarnRule::default()
        });
    };
    let fields = Fields::open(text, "earning", span, table, &EARNING)?;
    let currency = match fields.string("currency")? {
        None => usual.ok_or_else(|| fields.error(unnamed))?,
        Some(name) => currency_id(&name, currencies)?,
    };
    let default = EarnRule::default();
    let points = fields.integer("points", 0..=EarnRule::MOST_POINTS)?;
    let per_minor_units = fields.integer("per_minor_units", 1..=EarnRule::MOST_MINOR_UNITS)?;
    let money = match fields.string("money")? {
        None => default.money,
        Some(code) => Money::new(code.value).ok_or_else(|| {
            code.error(
                "a money currency is three capital letters; write an ISO 4217 code like \"EUR\"",
            )
        })?,
    };
    Ok(EarnRule {
        currency,
        points: points.unwrap_or(default.points),
        per_minor_units: per_minor_units.unwrap_or(default.per_minor_units),
        money,
        exclude: excluded(&fields)?,
    })
}

fn excluded(fields: &Fields<'_>) -> Result<Vec<String>, ProgramError> {
    let names = fields.strings("exclude", EarnRule::MOST_EXCLUDED)?;
    let mut excluded: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        if !(1..=EarnRule::LONGEST_CATEGORY).contains(&name.value.len()) {
            return Err(name.error("a category has 1 to 64 bytes; write one like \"gift_card\""));
        }
        if excluded.iter().any(|known| known == name.value) {
            return Err(name.error(format!("{:?} stands there twice; remove one", name.value)));
        }
        excluded.push(name.value.to_owned());
    }
    Ok(excluded)
}

fn spending<'a>(
    text: &'a str,
    top: &Fields<'a>,
    currencies: &[Currency],
    earned: u8,
) -> Result<SpendRule, ProgramError> {
    let default = SpendRule {
        currency: earned,
        ..SpendRule::default()
    };
    let Some((span, table)) = top.table("spending")? else {
        return Ok(default);
    };
    let fields = Fields::open(text, "spending", span, table, &SPENDING)?;
    let points = fields.integer("points", 1..=EarnRule::MOST_POINTS)?;
    let minor_units = fields.integer("minor_units", 1..=EarnRule::MOST_MINOR_UNITS)?;
    Ok(SpendRule {
        currency: match fields.string("currency")? {
            None => default.currency,
            Some(name) => currency_id(&name, currencies)?,
        },
        points: points.unwrap_or(default.points),
        minor_units: minor_units.unwrap_or(default.minor_units),
    })
}

fn offline<'a>(text: &'a str, top: &Fields<'a>) -> Result<OfflineRules, ProgramError> {
    let default = OfflineRules::default();
    let Some((span, table)) = top.table("offline")? else {
        return Ok(default);
    };
    let fields = Fields::open(text, "offline", span, table, &OFFLINE)?;
    let overdrafts = [
        ("debt", Overdraft::Debt),
        ("decline_to_merchant", Overdraft::DeclineToMerchant),
    ];
    Ok(OfflineRules {
        floor_limit: limit(&fields, "floor_limit", OfflineRules::MOST_POINTS)?,
        overdraft: match fields.string("overdraft")? {
            None => default.overdraft,
            Some(policy) => policy.choose(&overdrafts, &[])?,
        },
    })
}

fn partners<'a>(text: &'a str, top: &Fields<'a>) -> Result<PartnerRules, ProgramError> {
    let Some((span, table)) = top.table("partners")? else {
        return Ok(PartnerRules::default());
    };
    let fields = Fields::open(text, "partners", span, table, &PARTNERS)?;
    Ok(PartnerRules {
        verify_above: limit(&fields, "verify_above", REQUEST_POINTS)?,
    })
}

/// Points up to which something is allowed, or "unlimited", as is what is left out.
fn limit(fields: &Fields<'_>, name: &'static str, most: i64) -> Result<Option<i64>, ProgramError> {
    if !matches!(fields.value(name), Some((_, DeValue::String(_)))) {
        return fields.integer(name, 0..=most);
    }
    let choice = fields.string(name)?;
    let unlimited = choice.map(|choice| choice.choose(&[("unlimited", ())], &[]));
    unlimited.transpose()?;
    Ok(None)
}

fn reversal<'a>(text: &'a str, top: &Fields<'a>) -> Result<ReversalRules, ProgramError> {
    let default = ReversalRules::default();
    let Some((span, table)) = top.table("reversal")? else {
        return Ok(default);
    };
    let fields = Fields::open(text, "reversal", span, table, &REVERSAL)?;
    let transfers = [
        ("block", TransferShortfall::Block),
        ("debt", TransferShortfall::Debt),
    ];
    Ok(ReversalRules {
        shortfall: match fields.string("shortfall")? {
            None => default.shortfall,
            Some(policy) => policy.choose(&Shortfall::ALL, &[])?,
        },
        restore: match fields.string("restore")? {
            None => default.restore,
            Some(policy) => policy.choose(&Restore::ALL, &[])?,
        },
        grace: match fields.period("grace")? {
            None => default.grace,
            Some(grace) => whole_days(&grace)?,
        },
        transfer: match fields.string("transfer")? {
            None => default.transfer,
            Some(policy) => policy.choose(&transfers, &[])?,
        },
    })
}

fn time_bounds<'a>(text: &'a str, top: &Fields<'a>) -> Result<TimeBounds, ProgramError> {
    let default = TimeBounds::default();
    let Some((span, table)) = top.table("time")? else {
        return Ok(default);
    };
    let fields = Fields::open(text, "time", span, table, &TIME)?;
    let bound = |field, default| match fields.string(field)? {
        None => Ok(default),
        Some(text) if text.value == "unlimited" => Ok(None),
        Some(text) => exact_micros(&text.read_period()?).map(Some),
    };
    Ok(TimeBounds {
        future_micros: bound("future", default.future_micros)?,
        past_micros: bound("past", default.past_micros)?,
    })
}

fn hold_bounds<'a>(text: &'a str, top: &Fields<'a>) -> Result<HoldBounds, ProgramError> {
    let default = HoldBounds::default();
    let Some((span, table)) = top.table("holds")? else {
        return Ok(default);
    };
    let fields = Fields::open(text, "holds", span, table, &HOLDS)?;
    let named_default = fields.period("default")?;
    let longest_micros = match fields.period("longest")? {
        None => default.longest_micros,
        Some(longest) => hold_micros(&longest)?,
    };
    let default_micros = match named_default {
        None => default.default_micros.min(longest_micros),
        Some(named) => {
            let micros = hold_micros(&named)?;
            if micros > longest_micros {
                return Err(named.error("longer than `holds.longest`; write a shorter one"));
            }
            micros
        }
    };
    Ok(HoldBounds {
        default_micros,
        longest_micros,
    })
}

fn hold_micros(period: &Located<'_, Period>) -> Result<i64, ProgramError> {
    let micros = exact_micros(period)?;
    if (1..=HoldBounds::MOST_MICROS).contains(&micros) {
        Ok(micros)
    } else {
        Err(period
            .error("a hold lives more than no time and at most 7 days; write one like \"PT15M\""))
    }
}

/// Refuses months where a length must not depend on the calendar.
fn exact_micros(period: &Located<'_, Period>) -> Result<i64, ProgramError> {
    let exact = period.value.exact_micros();
    exact.ok_or_else(|| {
        period.error(
            "years and months have no exact length; write weeks, days, hours, minutes or seconds",
        )
    })
}
