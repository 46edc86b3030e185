//! A till's end-of-day slip: count, money and points of what was recorded under its receipts, by verb and outcome.

use std::collections::BTreeMap;

use crate::ledger::rejection::Code;
use crate::ledger::till::{TillDay, TillLine};
use crate::ledger::verbs::verb_of_number;

/// One verb with one outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TillTotal {
    pub verb: &'static str,
    pub code: Code,
    pub count: u64,
    /// Minor units: of purchases, and of their reversals.
    pub money: i128,
    /// Points given or moved.
    pub points: i128,
}

/// What a store recorded on a day, of one terminal or of all; by verb and code.
pub fn till_totals(day: Option<&TillDay>, store: &str, terminal: Option<&str>) -> Vec<TillTotal> {
    let tills = day.into_iter().flatten();
    let wanted = tills.filter(|((of, till), _)| {
        **of == *store && terminal.is_none_or(|terminal| **till == *terminal)
    });
    let mut sums: BTreeMap<(&'static str, u16), TillTotal> = BTreeMap::new();
    for line in wanted.flat_map(|(_, lines)| lines) {
        let verb = verb_of_number(line.verb);
        let sum = sums.entry((verb, line.code.number()));
        add(sum.or_insert_with(|| nothing(verb, line.code)), line);
    }
    sums.into_values().collect()
}

const fn nothing(verb: &'static str, code: Code) -> TillTotal {
    TillTotal {
        verb,
        code,
        count: 0,
        money: 0,
        points: 0,
    }
}

const fn add(sum: &mut TillTotal, line: &TillLine) {
    sum.count += line.count;
    sum.money += line.money;
    sum.points += line.points;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(verb: u8, code: Code, count: u64) -> TillLine {
        TillLine {
            verb,
            code,
            count,
            money: i128::from(count) * 100,
            points: i128::from(count),
        }
    }

    #[test]
    fn terminals_of_a_store_add_up() {
        let till = |store: &str, terminal: &str| (Box::from(store), Box::from(terminal));
        let day = TillDay::from([
            (
                till("12", "3"),
                vec![line(7, Code::Applied, 2), line(8, Code::Applied, 1)],
            ),
            (till("12", "4"), vec![line(7, Code::Applied, 3)]),
            (till("13", "3"), vec![line(7, Code::Applied, 9)]),
        ]);
        let told = |store, terminal| -> Vec<(&str, u64, i128)> {
            let totals = till_totals(Some(&day), store, terminal);
            totals
                .iter()
                .map(|sum| (sum.verb, sum.count, sum.money))
                .collect()
        };
        assert_eq!(told("12", None), [("purchase", 5, 500), ("redeem", 1, 100)]);
        assert_eq!(told("12", Some("4")), [("purchase", 3, 300)]);
        assert_eq!(told("14", None), []);
        assert_eq!(till_totals(None, "12", None), []);
    }

    #[test]
    fn lots_and_holds_are_extended_by_one_verb() {
        let till = (Box::from("12"), Box::from("3"));
        let lines = vec![line(31, Code::Applied, 1), line(32, Code::Applied, 1)];
        let day = TillDay::from([(till, lines)]);
        let [sum] = till_totals(Some(&day), "12", None)[..] else {
            panic!("one verb");
        };
        assert_eq!((sum.verb, sum.count), ("extend", 2));
    }
}
