//! What a till's end-of-day slip must match: count, money and points per till, business date, verb and code.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::entry::Entry;
use super::rejection::Code;
use super::request::{Command, Part};

/// One verb with one outcome on one till's day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TillLine {
    /// Number of the verb, as the journal numbers commands.
    pub verb: u8,
    pub code: Code,
    pub count: u64,
    /// Minor units: of purchases, and of their reversals by amount.
    pub money: i128,
    /// Points given or moved, as the entries state them.
    pub points: i128,
}

/// A till: store and terminal.
pub type Till = (Box<str>, Box<str>);

/// Per till, in order of verb and code.
pub type TillDay = BTreeMap<Till, Vec<TillLine>>;

/// Per business date (days since 1970-01-01); dates that nothing changes are shared between views.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tills {
    days: BTreeMap<i32, Arc<TillDay>>,
}

impl Tills {
    /// Books an entry that names a receipt.
    pub fn book(&mut self, entry: &Entry<'_>) {
        let Some(receipt) = entry.request.receipt() else {
            return;
        };
        let day = self.days.entry(receipt.business_date).or_default();
        let till = (
            Box::from(receipt.store.as_ref()),
            Box::from(receipt.terminal.as_ref()),
        );
        let lines = Arc::make_mut(day).entry(till).or_default();
        let verb = entry.request.command.number();
        let place = (verb, entry.code.number());
        let found = lines.binary_search_by_key(&place, |line| (line.verb, line.code.number()));
        let at = found.unwrap_or_else(|at| {
            let line = TillLine {
                verb,
                code: entry.code,
                count: 0,
                money: 0,
                points: 0,
            };
            lines.insert(at, line);
            at
        });
        lines[at].count += 1;
        lines[at].money += i128::from(money_of(entry));
        lines[at].points += i128::from(entry.figures.awarded);
    }

    /// Every date in order.
    pub fn days(&self) -> impl ExactSizeIterator<Item = (i32, &TillDay)> {
        self.days.iter().map(|(date, day)| (*date, day.as_ref()))
    }

    pub fn day(&self, date: i32) -> Option<&TillDay> {
        self.days.get(&date).map(Arc::as_ref)
    }

    pub(super) fn set_day(&mut self, date: i32, day: TillDay) {
        self.days.insert(date, Arc::new(day));
    }
}

fn money_of(entry: &Entry<'_>) -> i64 {
    match &entry.request.command {
        Command::Purchase(purchase) => purchase.amount.minor_units,
        Command::Reverse(reverse) => match &reverse.part {
            Part::Points(_) => 0,
            Part::Money(money) => money.minor_units,
            Part::Rest | Part::Lines(_) if entry.figures.reversed_money != 0 => {
                entry.figures.requested
            }
            Part::Rest | Part::Lines(_) => 0,
        },
        _ => 0,
    }
}
